"""Whether an activity has the form that IATI 2.03 asks for, by the table ``iati_form.csv``. Pure.

The tables are made out of the standard's XML schemas: what an element may hold, how often, in which order, of which
type, and where elements and attributes of other namespaces may stand. Who does not mind the order leaves out what is
found by the rule "order".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from hueandcry.capacity.register.iati_xml import Node


class Part(NamedTuple):
    """One line of the table. ``most`` 0: any number; ``kind``: a type of XML Schema, or whose form the child has.

    ``name``: a child, ``@`` an attribute, ``text()``, or ``*`` and ``@*`` for what is of other namespaces.
    """

    name: str
    least: int
    most: int
    kind: str


class Problem(NamedTuple):
    """What is wrong, and on which line. ``path`` from the element on; ``rule``: element, attribute, order or type."""

    line: int
    reason: str
    path: str = ""
    rule: str = "element"


Form = dict[str, Part]
Forms = dict[str, Form]

_TYPES = {
    "xsd:decimal": re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII),
    "xsd:boolean": re.compile(r"true|false|1|0"),
    "xsd:int": re.compile(r"[+-]?0{0,30}\d{1,10}", re.ASCII),
    "xsd:nonNegativeInteger": re.compile(r"\+?\d{1,30}|-0{1,30}", re.ASCII),
    "xsd:positiveInteger": re.compile(r"\+?0{0,30}[1-9]\d{0,30}", re.ASCII),
    "xsd:language": re.compile(r"(?:[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8}){0,20})?"),  # of xml:lang, which may be empty
    "xml:space": re.compile(r"default|preserve"),
    "xsd:NMTOKEN": re.compile(r"[\w.:-]{1,1000}"),
}
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
_HOUR = re.compile(
    r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,30})?|24:00:00(?:\.0{1,30})?)"
    r"(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?",
    re.ASCII,
)


@cache
def forms() -> Forms:
    """By element of an activity (with its way where two of one name differ): what it may hold."""
    return table((files(__package__) / "iati_form.csv").read_text(encoding="utf-8"))


def table(text: str) -> Forms:
    """Forms out of the lines of a table; the lines of one element stand in the order of its children."""
    found: Forms = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            element, name, least, most, kind = line.split("|")
            found.setdefault(element, {})[name] = Part(name, int(least), int(most), kind)
    return found


def problems(node: Node, known: Forms | None = None, form: str = "iati-activity") -> Iterator[Problem]:
    """What an activity lacks or has too much of, in the order of the file. ``known``: the table, if another."""
    yield from _of(node, form, forms() if known is None else known, "")


def _of(node: Node, form: str, known: Forms, path: str) -> Iterator[Problem]:
    told = known.get(form, {"text()": Part("text()", 0, 1, form)} if form.startswith("xsd:") else {})
    yield from of_itself(node, told, path)
    seen: Counter[str] = Counter()
    for child in node.children:
        seen[child.tag] += 1
        here = f"{path}/{child.tag[:60]}[{seen[child.tag]}]"
        part = told.get(child.tag)
        if part is None:
            yield Problem(child.line, f'"{node.tag}" cannot hold "{child.tag[:60]}"', here)
        else:
            yield from _of(child, part.kind, known, here)


def of_itself(node: Node, told: Form, path: str = "", *, counted: bool = True) -> Iterator[Problem]:
    """What is wrong with an element but for what is within its children."""
    yield from _attributes(node, told, path)
    yield from _text(node, told, path)
    if counted:
        yield from _counts(node, told, path)
    yield from _order(node, told, path)


def _attributes(node: Node, told: Form, path: str) -> Iterator[Problem]:
    for name, value in node.attributes.items():
        part = told.get(f"@{name}")
        kind = _XML.get(name) or (part.kind if part else "")
        if kind and not fits(value, kind):
            reason = f'"{name}" of "{node.tag}" is "{value[:60]}", which is no {_called(kind)}'
            yield Problem(node.line, reason, f"{path}/@{name}", "type")
        if part is None and not (name.startswith("xml:") and "@*" in told):
            reason = f'"{node.tag}" has no attribute "{name[:60]}"'
            yield Problem(node.line, reason, f"{path}/@{name[:60]}", "attribute")
    for part in told.values():
        if part.name.startswith("@") and part.least and part.name[1:] not in node.attributes:
            yield Problem(node.line, f'"{node.tag}" lacks its attribute "{part.name[1:]}"', path, "attribute")
    for stranger in node.strangers:
        if stranger.position < 0 and "@*" not in told and not stranger.name.startswith(f"{_INSTANCE} "):
            reason = f'"{node.tag}" takes no attribute of another namespace: "{stranger.name[:100]}"'
            yield Problem(stranger.line, reason, path, "attribute")


_XML = {"xml:lang": "xsd:language", "xml:space": "xml:space"}  # wherever they stand (the schema of xml: itself)
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def _text(node: Node, told: Form, path: str) -> Iterator[Problem]:
    part = told.get("text()")
    if part is None:
        if node.words.strip():
            yield Problem(node.line, f'"{node.tag}" holds words of its own: "{node.words.strip()[:60]}"', path)
    elif not fits(node.words, part.kind):
        reason = f'"{node.tag}" is "{node.words.strip()[:60]}", which is no {_called(part.kind)}'
        yield Problem(node.line, reason, path, "type")


def _counts(node: Node, told: Form, path: str) -> Iterator[Problem]:
    counts = Counter(child.tag for child in node.children)
    for part in told.values():
        if part.name.startswith(("@", "text", "*")):
            continue
        if counts[part.name] < part.least:
            yield Problem(node.line, f'"{node.tag}" lacks "{part.name}"', path)
        elif part.most and counts[part.name] > part.most:
            reason = f'"{node.tag}" holds {counts[part.name]} times "{part.name}", {part.most} at most'
            second = [child for child in node.children if child.tag == part.name][part.most]
            yield Problem(second.line, reason, f"{path}/{part.name}[{part.most + 1}]")


def _order(node: Node, told: Form, path: str) -> Iterator[Problem]:
    """The first child that stands behind what has to come after it."""
    places = {name: place for place, name in enumerate(told)}
    standing: list[tuple[int, int, str]] = [
        (place, child.line, child.tag) for place, child in enumerate(node.children) if child.tag in told
    ]
    for stranger in node.strangers:
        if stranger.position >= 0 and "*" not in told:
            reason = f'"{node.tag}" takes no element of another namespace: "{stranger.name[:100]}"'
            yield Problem(stranger.line, reason, path)
        elif stranger.position >= 0:
            standing.append((stranger.position - 1, stranger.line, "*"))
    last, before = -1, ""
    for _position, line, tag in sorted(standing, key=lambda each: each[0]):
        if places[tag] < last:
            said = "an element of another namespace" if before == "*" else f'"{before}"'
            what = "an element of another namespace" if tag == "*" else f'"{tag}"'
            yield Problem(line, f"{what} stands behind {said}, and the standard has it before", path, "order")
            return
        last, before = places[tag], tag


def fits(value: str, kind: str) -> bool:
    """Whether a text is of a type of XML Schema; types of words take all."""
    value = value.strip(" \t\r\n")
    if kind == "xsd:date":
        return day(value) is not None
    if kind == "xsd:dateTime":
        return value[10:11] == "T" and day(value[:10]) is not None and _HOUR.fullmatch(value[11:]) is not None
    pattern = _TYPES.get(kind)
    if pattern is None or pattern.fullmatch(value) is None:
        return pattern is None
    return kind != "xsd:int" or -(2**31) <= int(value) < 2**31


def day(value: str) -> date | None:
    """A day as XML Schema writes it; None for what is none."""
    found = _DAY.fullmatch(value.strip())
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def _called(kind: str) -> str:
    return {"xsd:date": "day", "xsd:dateTime": "moment", "xsd:decimal": "number", "xsd:boolean": "true or false"}.get(
        kind, "whole number" if "nt" in kind else "language" if kind == "xsd:language" else "name"
    )
