"""XML of a stranger's, read one activity at a time: no document type, no entities, bounded in depth, size, time. Pure.

Expat tells what it meets; a small tree of one ``iati-activity`` is built, given, and forgotten, so that a file of any
length takes the memory of its largest activity. ``records`` gives all that stands under the root, also of files of
organisations.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from hueandcry.exchange.drafts import Unreadable

MOST_BYTES = 256 * 1024 * 1024
MOST_DEPTH = 30  # an activity of IATI 2.03 is 9 deep
MOST_NODES = 200_000  # of one activity
MOST_TEXT = 200_000  # characters of one element
MOST_SECONDS = 600.0
MOST_STRANGERS = 1_000  # of one element that are named
CHUNK = 64 * 1024
XML = "http://www.w3.org/XML/1998/namespace"
ROOTS = {"iati-activities": "iati-activity", "iati-organisations": "iati-organisation"}


class Stranger(NamedTuple):
    """An element or attribute (position -1) of somebody else's namespace; ``position``: behind how many children."""

    position: int
    line: int
    name: str


@dataclass(slots=True)
class Node:
    """An element: attributes and children without a namespace of others, its own words, the line it begins on."""

    tag: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    words: str = ""
    strangers: list[Stranger] = field(default_factory=list)

    def each(self, tag: str) -> Iterator[Node]:
        """The children of this name."""
        return (child for child in self.children if child.tag == tag)

    def first(self, tag: str) -> Node | None:
        """The first child of this name."""
        return next(self.each(tag), None)

    def get(self, name: str) -> str:
        """An attribute without spaces around it; "" where there is none."""
        return self.attributes.get(name, "").strip()


@dataclass(slots=True)
class _Reading:
    """What is open while expat goes along. ``every``: whatever stands under a root is given, not activities alone."""

    every: bool = False
    open: list[Node] = field(default_factory=list)  # from the activity down
    ready: list[Node] = field(default_factory=list)
    root: Node | None = None
    depth: int = 0
    nodes: int = 0
    given: int = 0  # children of the root so far
    foreign: int = 0  # how deep inside an element of somebody else's namespace


def activities(raw: bytes, *, seconds: float = MOST_SECONDS) -> Iterator[tuple[Node, Node]]:
    """(root, activity) for each activity in turn; the root has attributes alone.

    Raises Unreadable for what is no XML, no file of activities, holds a document type or entities, or is past a bound.
    """
    yield from _read(raw, _Reading(), seconds)


def records(raw: bytes, *, seconds: float = MOST_SECONDS) -> Iterator[tuple[Node, Node | None]]:
    """(root, child) for each child of the root, of activities or of organisations; at the end (root, None).

    The root's own words and strangers are complete at the end. Raises Unreadable as ``activities`` does.
    """
    state = _Reading(every=True)
    yield from _read(raw, state, seconds)
    if state.root is not None:
        yield state.root, None


def _read(raw: bytes, state: _Reading, seconds: float) -> Iterator[tuple[Node, Node]]:
    if len(raw) > MOST_BYTES:
        raise Unreadable("the file", f"it is larger than {MOST_BYTES // 2**20} MiB")
    parser = _parser(state)
    ends = time.monotonic() + seconds
    for start in range(0, len(raw) + 1, CHUNK):
        piece = raw[start : start + CHUNK]
        _feed(parser, piece, final=start + CHUNK > len(raw))
        if time.monotonic() > ends:
            raise Unreadable(f"line {parser.CurrentLineNumber}", f"reading took longer than {seconds:.0f} seconds")
        while state.ready:
            yield state.root or Node("iati-activities", 1), state.ready.pop(0)
    if state.root is None:
        raise Unreadable("line 1", "the file holds no activities")


def _feed(parser: expat.XMLParserType, piece: bytes, *, final: bool) -> None:
    try:
        parser.Parse(piece, final)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code) or "it is no XML"
        raise Unreadable(f"line {error.lineno}", f"this is not well-formed XML: {said}") from None
    except (LookupError, ValueError) as error:
        raise Unreadable(f"line {parser.CurrentLineNumber}", f"its encoding cannot be read: {error}") from None


def _parser(state: _Reading) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def refuse(*_given: object) -> NoReturn:
        raise Unreadable(
            f"line {parser.CurrentLineNumber}", "it declares a document type or entities, which are not read"
        )

    def start(tag: str, given: dict[str, str]) -> None:
        _start(state, tag, given, parser.CurrentLineNumber)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: _end(state, tag)
    parser.CharacterDataHandler = lambda words: _words(state, words, parser.CurrentLineNumber)
    return parser


def _start(state: _Reading, tag: str, given: dict[str, str], line: int) -> None:
    state.depth += 1
    if state.depth > MOST_DEPTH:
        raise Unreadable(f"line {line}", f"elements within elements more than {MOST_DEPTH} deep")
    if state.root is None:
        _begin(state, tag, given, line)
        return
    if state.foreign or " " in tag:
        holder = state.open[-1] if state.open else state.root
        if not state.foreign and len(holder.strangers) < MOST_STRANGERS:
            holder.strangers.append(Stranger(len(holder.children) if state.open else state.given, line, tag))
        state.foreign += 1
        return
    if not state.open and not state.every and tag != "iati-activity":
        state.foreign += 1  # what stands beside activities is none of ours
        return
    state.nodes = state.nodes + 1 if state.open else 1
    if state.nodes > MOST_NODES:
        raise Unreadable(f"line {line}", f"an activity of more than {MOST_NODES:,} elements")
    node = _node(tag, given, line)
    if state.open:
        state.open[-1].children.append(node)
    else:
        state.given += 1
    state.open.append(node)


def _begin(state: _Reading, tag: str, given: dict[str, str], line: int) -> None:
    if tag != "iati-activities" and not (state.every and tag in ROOTS):
        wanted = " or ".join(f'"{each}"' for each in ROOTS) if state.every else '"iati-activities"'
        what = "files of IATI" if state.every else "a file of activities"
        raise Unreadable(f"line {line}", f'it begins with "{tag[:60]}", and {what} with {wanted}')
    state.root = _node(tag, given, line)


def _node(tag: str, given: dict[str, str], line: int) -> Node:
    strangers = [Stranger(-1, line, name) for name in given if " " in name and not name.startswith(f"{XML} ")]
    return Node(tag, line, _own(given), strangers=strangers[:MOST_STRANGERS])


def _own(given: dict[str, str]) -> dict[str, str]:
    """Attributes without a namespace, and xml:lang."""
    told = {name.replace(f"{XML} ", "xml:"): value[:MOST_TEXT] for name, value in given.items()}
    return {name: value for name, value in told.items() if " " not in name}


def _end(state: _Reading, tag: str) -> None:
    state.depth -= 1
    if state.foreign:
        state.foreign -= 1
    elif state.open:
        done = state.open.pop()
        if not state.open:
            state.ready.append(done)


def _words(state: _Reading, words: str, line: int) -> None:
    if state.foreign or not (state.open or state.every):
        return
    node = state.open[-1] if state.open else state.root
    if node is None:
        return
    if len(node.words) + len(words) > MOST_TEXT:
        raise Unreadable(f"line {line}", f"an element of more than {MOST_TEXT:,} characters")
    node.words += words
