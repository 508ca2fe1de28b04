"""HTML to text, with the addresses its links lead to, whatever their words say."""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from html.parser import HTMLParser
from typing import Any, NamedTuple

MAX_MARKUP = 2_000_000  # characters looked at
MAX_LINKS = 5_000
# One tag, or a run of text. Tags go to the stdlib's parser one at a time: over a whole page it takes time with the
# square of unclosed marks. No part of the pattern passes a "<", so no character is looked at twice.
_TOKEN = re.compile(r"""<(?:[^<>"']++|"[^"<]*+"|'[^'<]*+')*+>|[^<]++|<""")
_LINKS = {
    ("a", "href"),
    ("area", "href"),
    ("form", "action"),
    ("iframe", "src"),
    ("base", "href"),
    ("button", "formaction"),
}
_SILENT = {"script", "style", "head", "title", "template"}
_BREAKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "hr"}


class Page(NamedTuple):
    """The words of a page, where its links lead, and whether it was too long to be read to its end."""

    text: str
    links: tuple[str, ...]
    cut: bool


def read(markup: str) -> Page:
    """Give the text and the links of an HTML page. Never raises; broken markup gives what can be made out."""
    reader = _Reader()
    for token in _TOKEN.finditer(_without_comments(markup[:MAX_MARKUP])):
        reader.take(token[0])
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return Page("\n".join(line for line in lines if line), tuple(dict.fromkeys(reader.links)), len(markup) > MAX_MARKUP)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def take(self, token: str) -> None:
        """Take one tag or one run of text."""
        if not token.startswith("<") or len(token) < 3:
            self.handle_data(unescape(token))
            return
        with suppress(AssertionError, ValueError):  # a tag that is none says nothing
            self.feed(token)
        self.reset()

    def set_cdata_mode(self, elem: str, **_: Any) -> None:
        """Leave script and style alone: what is in them comes as tokens, and is passed over as silent."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a link leads, and what is not shown."""
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.words.append("\n")
        for name, value in attrs:
            if (tag, name) in _LINKS and value and len(self.links) < MAX_LINKS and _leads_out(value):
                self.links.append(value.strip())

    def handle_endtag(self, tag: str) -> None:
        """End what is not shown, and the line."""
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep words that are shown."""
        if not self._silent:
            self.words.append(data)


def _leads_out(link: str) -> bool:
    return link.strip().lower().startswith(("http:", "https:", "ftp:", "//", "hxxp"))


def _without_comments(markup: str) -> str:
    kept, at = [], 0
    while (start := markup.find("<!--", at)) >= 0 and (end := markup.find("-->", start + 4)) >= 0:
        kept.append(markup[at:start])
        at = end + 3
    return "".join([*kept, markup[at:]])
