"""Elements as XML text: always the same bytes for the same tree. Pure.

UTF-8, two spaces for each step within, attributes in the order they have. Words and attributes are escaped so that a
reader gets them back as they were, also line ends and tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hueandcry.capacity.register.iati_xml import Node

# Characters that XML 1.0 cannot hold, not even escaped.
_NONE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_VALUE = _WORDS | {'"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


class Unwritable(ValueError):
    """What XML cannot hold, or a file that would not be valid."""


def text(root: Node) -> bytes:
    """A file. Raises Unwritable for a character that XML cannot hold."""
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + "".join(_element(root, 0))).encode()


def _element(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    attributes = "".join(f' {name}="{_escaped(value, _VALUE)}"' for name, value in node.attributes.items())
    yield f"{indent}<{node.tag}{attributes}"
    if node.children:
        yield ">\n"
        for child in node.children:
            yield from _element(child, depth + 1)
        yield f"{indent}</{node.tag}>\n"
    elif node.words:
        yield f">{_escaped(node.words, _WORDS)}</{node.tag}>\n"
    else:
        yield "/>\n"


def _escaped(words: str, marks: dict[str, str]) -> str:
    found = _NONE.search(words)
    if found:
        raise Unwritable(f'the character U+{ord(found.group()):04X} in "{words[:60]}" cannot stand in XML')
    return "".join(marks.get(each, each) for each in words) if any(each in words for each in marks) else words
