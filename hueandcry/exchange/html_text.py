"""HTML to text, with the addresses its links lead to, whatever their words say."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

MAX_MARKUP = 300_000  # characters looked at: the parser takes time with the square of some hostile input
MAX_LINKS = 5_000
_FED = 20_000  # characters fed at once
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
    try:
        for start in range(0, min(len(markup), MAX_MARKUP), _FED):
            reader.feed(markup[start : min(start + _FED, MAX_MARKUP)])
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        pass  # what was read until then stands
    lines = (" ".join(line.split()) for line in "".join(reader.words).splitlines())
    return Page("\n".join(line for line in lines if line), tuple(dict.fromkeys(reader.links)), len(markup) > MAX_MARKUP)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag in _BREAKS:
            self.words.append("\n")
        for name, value in attrs:
            if (tag, name) in _LINKS and value and len(self.links) < MAX_LINKS and _leads_out(value):
                self.links.append(value.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def _leads_out(link: str) -> bool:
    return link.strip().lower().startswith(("http:", "https:", "ftp:", "//", "hxxp"))
