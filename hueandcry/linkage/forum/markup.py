"""What somebody wrote, as HTML: a small part of Markdown, everything else as it was typed. Pure.

Paragraphs, "> quotes", "- lists" and "1. lists", fences of code, `code`, **strong**, *stressed*. An address of one of
our own pages becomes a link. An address elsewhere never does: in this forum it is more often than not the criminals',
and nobody shall reach it by a slip of the finger. All that is written is escaped; no HTML of a writer's comes through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

DEEPEST = 4  # quotes in quotes; what is quoted deeper stays at this depth
_PAGE = r"/(?:reports|crimes|operations|rooms|forum)/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/"
_INLINE = re.compile(
    r"`(?P<code>[^`\n]{1,2000})`"
    r"|(?P<url>[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s<>`\"]{1,2000})"
    rf"|(?<![\w/.])(?P<page>{_PAGE})"
    r"|\*\*(?P<strong>[^*\n]{1,500})\*\*"
    r"|(?<![\w*])\*(?P<stress>[^*\s][^*\n]{0,500})\*(?![\w*])"
)
_OWN = re.compile(_PAGE)
_FENCE = re.compile(r"^\s{0,3}```")
_LIST = {"ul": re.compile(r"^\s{0,3}[-*]\s+"), "ol": re.compile(r"^\s{0,3}\d{1,4}[.)]\s+")}
_QUOTE = re.compile(r"^\s{0,3}>\s?")


def to_html(text: str, *, site: str = "") -> SafeString:
    """The HTML of a post; ``site`` is our own address, whose pages are linked. Linear in the length of the text."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return mark_safe("".join(_blocks(lines, site.rstrip("/"), DEEPEST)))  # noqa: S308  every piece was escaped


def _blocks(lines: list[str], site: str, depth: int) -> Iterator[str]:
    for is_code, run in _fenced(lines):
        if is_code:
            yield f"<pre><code>{escape(chr(10).join(run))}</code></pre>"
            continue
        for kind, part in groupby(run, key=lambda line: _kind(line, depth)):
            yield from _block(kind, list(part), site, depth)


def _fenced(lines: Iterable[str]) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines inside and outside of fences; a fence that is not closed ends with the text."""
    inside, run = False, list[str]()
    for line in lines:
        if _FENCE.match(line):
            if run or inside:
                yield inside, run
            inside, run = not inside, []
        else:
            run.append(line)
    if run or inside:
        yield inside, run


def _kind(line: str, depth: int) -> str:
    if not line.strip():
        return ""
    if depth and _QUOTE.match(line):
        return "quote"
    return next((name for name, pattern in _LIST.items() if pattern.match(line)), "p")


def _block(kind: str, lines: list[str], site: str, depth: int) -> Iterator[str]:
    if kind == "quote":
        inner = [_QUOTE.sub("", line, count=1) for line in lines]
        yield f"<blockquote>{''.join(_blocks(inner, site, depth - 1))}</blockquote>"
    elif kind in _LIST:
        items = "".join(f"<li>{_inline(_LIST[kind].sub('', line, count=1), site)}</li>" for line in lines)
        yield f"<{kind}>{items}</{kind}>"
    elif kind == "p":
        yield f"<p>{'<br>'.join(_inline(line, site) for line in lines)}</p>"


def _inline(line: str, site: str) -> str:
    made, at = [], 0
    for found in _INLINE.finditer(line):
        made += [escape(line[at : found.start()]), _piece(found, site)]
        at = found.end()
    return "".join([*made, escape(line[at:])])


def _piece(found: re.Match[str], site: str) -> str:
    kind, text = str(found.lastgroup), found[str(found.lastgroup)]
    if kind == "page":
        return f'<a href="{text}">{text}</a>'
    if kind == "url":
        own = _OWN.match(text[len(site) :]) if site and text.startswith(f"{site}/") else None
        if own:
            rest = escape(text[len(site) + own.end() :])
            return f'<a href="{own[0]}">{own[0]}</a>{rest}'
        return f'<code class="value">{escape(text)}</code>'
    tag = {"code": "code", "strong": "strong", "stress": "em"}[kind]
    return f"<{tag}>{escape(text)}</{tag}>"
