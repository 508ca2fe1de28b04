"""The method note as a page: the text of docs/picture-method.md, with addresses for its sections."""

from __future__ import annotations

import html
import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

# Sections that figures lead to by a word; all are also there by their number.
ANCHORS: Final = {"3": "reported", "4": "distinct", "5": "estimated", "6": "time", "10": "protection", "11": "releases"}
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


class Section(NamedTuple):
    """One section: number, anchor, title, and its blocks ("p" or "li", text as HTML)."""

    number: str
    anchor: str
    title: str
    blocks: list[tuple[str, list[str]]]


@cache
def sections() -> tuple[str, list[Section]]:
    """What stands before the first section, and the sections. The note holds paragraphs and lists, no more."""
    lead, *parts = re.split(r"^## ", _text(), flags=re.MULTILINE)
    made = []
    for part in parts:
        head, _, body = part.partition("\n")
        number, _, title = head.partition(" ")
        made.append(Section(number, ANCHORS.get(number, f"section-{number}"), title, _blocks(body)))
    return _inline(" ".join(lead.split("\n", 1)[1].split())), made


def _blocks(body: str) -> list[tuple[str, list[str]]]:
    found: list[tuple[str, list[str]]] = []
    for block in re.split(r"\n\s*\n", body.strip()):
        lines = block.split("\n")
        if lines[0].startswith("- "):
            items = re.split(r"^- ", block, flags=re.MULTILINE)[1:]
            found.append(("ul", [_inline(" ".join(item.split())) for item in items]))
        else:
            found.append(("p", [_inline(" ".join(block.split()))]))
    return found


def _inline(text: str) -> str:
    return _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", html.escape(text, quote=False)))


def _text() -> str:
    return (files("hueandcry.picture.releases") / "picture-method.md").read_text("utf-8")  # a link to the one in docs
