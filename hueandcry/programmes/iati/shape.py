"""How a field of the model stands in XML: one table for reading and for writing, so that neither forgets the other."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal, get_type_hints

Kind = Literal["attribute", "words", "word", "code", "codes", "day", "texts", "money", "one", "many"]
Scalar = Literal["text", "date", "moment", "flag", "number", "whole"]


@dataclass(frozen=True, slots=True)
class Shape:
    """``kind``: what carries the field; ``tag``: the name of the attribute or child, "" for the element itself."""

    kind: Kind
    tag: str = ""
    scalar: Scalar = "text"
    of: type[Any] | None = None
    must: bool = False  # it is written though it is empty


def attribute(name: str, scalar: Scalar = "text") -> Shape:
    """A field that is an attribute."""
    return Shape("attribute", name, scalar)


def word(tag: str, *, must: bool = False) -> Shape:
    """A child whose words are the field."""
    return Shape("word", tag, must=must)


def code(tag: str) -> Shape:
    """A child that has a code alone."""
    return Shape("code", tag)


def codes(tag: str) -> Shape:
    """Children that have a code alone."""
    return Shape("codes", tag)


def on(tag: str) -> Shape:
    """A child that has a day alone."""
    return Shape("day", tag, "date")


def texts(tag: str = "") -> Shape:
    """Narratives of a child, or of the element itself."""
    return Shape("texts", tag)


def money(tag: str = "value") -> Shape:
    """A child that is an amount."""
    return Shape("money", tag)


def one(tag: str, of: type[Any]) -> Shape:
    """A child of a shape of its own."""
    return Shape("one", tag, of=of)


def many(tag: str, of: type[Any]) -> Shape:
    """Children of a shape of their own."""
    return Shape("many", tag, of=of)


_KNOWN: dict[type[Any], tuple[tuple[str, Shape], ...]] = {}


def shapes(of: type[Any]) -> tuple[tuple[str, Shape], ...]:
    """(name of the field, shape), in the order of the fields."""
    if of not in _KNOWN:
        hints = get_type_hints(of, include_extras=True)
        _KNOWN[of] = tuple((each.name, hints[each.name].__metadata__[0]) for each in fields(of))
    return _KNOWN[of]
