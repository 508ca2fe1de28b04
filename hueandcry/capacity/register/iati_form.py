"""Whether an activity has the form that IATI 2.03 asks for, by the table ``iati_form.csv``. Pure.

The order of elements is not asked for: a programme is not lost because its title stands before its identifier.
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
    """One line of the table. ``most`` 0: any number; ``kind``: a type of XML Schema, or whose form the child has."""

    name: str
    least: int
    most: int
    kind: str


class Problem(NamedTuple):
    """What is wrong with an activity, and on which line."""

    line: int
    reason: str


Form = dict[str, Part]

_TYPES = {
    "xsd:decimal": re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})"),
    "xsd:boolean": re.compile(r"true|false|1|0"),
    "xsd:int": re.compile(r"[+-]?\d{1,10}"),
    "xsd:nonNegativeInteger": re.compile(r"\+?\d{1,30}"),
    "xsd:positiveInteger": re.compile(r"\+?0{0,30}[1-9]\d{0,30}"),
    "xsd:NMTOKEN": re.compile(r"[\w.:-]{1,1000}"),
}
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[+-]\d\d:\d\d)?")


@cache
def forms() -> dict[str, Form]:
    """By element (with its way where two of one name differ): what it may hold."""
    found: dict[str, Form] = {}
    text = (files(__package__) / "iati_form.csv").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            element, name, least, most, kind = line.split("|")
            found.setdefault(element, {})[name] = Part(name, int(least), int(most), kind)
    return found


def problems(activity: Node) -> Iterator[Problem]:
    """What an activity lacks or has too much of, in the order of the file."""
    yield from _of(activity, "iati-activity")


def _of(node: Node, form: str) -> Iterator[Problem]:
    told = forms().get(form, {})
    yield from _attributes(node, told)
    yield from _counts(node, told)
    for child in node.children:
        part = told.get(child.tag)
        if part is None:
            yield Problem(child.line, f'"{node.tag}" cannot hold "{child.tag[:60]}"')
        else:
            yield from _of(child, part.kind)


def _attributes(node: Node, told: Form) -> Iterator[Problem]:
    for name, value in node.attributes.items():
        part = told.get(f"@{name}")
        if part is None:
            if not name.startswith("xml:"):
                yield Problem(node.line, f'"{node.tag}" has no attribute "{name[:60]}"')
        elif not fits(value, part.kind):
            yield Problem(node.line, f'"{name}" of "{node.tag}" is "{value[:60]}", which is no {_called(part.kind)}')
    for part in told.values():
        if part.name.startswith("@") and part.least and part.name[1:] not in node.attributes:
            yield Problem(node.line, f'"{node.tag}" lacks its attribute "{part.name[1:]}"')


def _counts(node: Node, told: Form) -> Iterator[Problem]:
    counts = Counter(child.tag for child in node.children)
    for part in told.values():
        if part.name.startswith("@"):
            continue
        if part.name == "text()":
            if not fits(node.words, part.kind):
                yield Problem(
                    node.line, f'"{node.tag}" is "{node.words.strip()[:60]}", which is no {_called(part.kind)}'
                )
        elif counts[part.name] < part.least:
            yield Problem(node.line, f'"{node.tag}" lacks "{part.name}"')
        elif part.most and counts[part.name] > part.most:
            yield Problem(node.line, f'"{node.tag}" holds {counts[part.name]} times "{part.name}", {part.most} at most')


def fits(value: str, kind: str) -> bool:
    """Whether a text is of a type of XML Schema; types of words take all."""
    value = value.strip()
    if kind in ("xsd:date", "xsd:dateTime"):
        return day(value) is not None if kind == "xsd:date" else "T" in value and day(value[:10]) is not None
    pattern = _TYPES.get(kind)
    return pattern is None or pattern.fullmatch(value) is not None


def day(value: str) -> date | None:
    """A day as XML Schema writes it; None for what is none."""
    found = _DAY.fullmatch(value.strip())
    try:
        return date.fromisoformat(found.group(1)) if found else None
    except ValueError:
        return None


def _called(kind: str) -> str:
    return {"xsd:date": "day", "xsd:dateTime": "moment", "xsd:decimal": "number", "xsd:boolean": "true or false"}.get(
        kind, "whole number" if "nt" in kind else "name"
    )
