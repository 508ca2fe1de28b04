"""Where the things are that acts name by a number: each desk says it for its own kinds, as it becomes ready."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from django.db.models import Model
from django.urls import reverse


class Place(NamedTuple):
    """The page of one thing, and what it is called where that tells nothing that the record itself does not."""

    url: str
    name: str = ""


Finder = Callable[[set[int]], dict[int, Place]]  # called inside a viewer: what that viewer may not find is not there
_finders: dict[str, Finder] = {}


def register(kind: str, finder: Finder) -> None:
    """Say how things of this kind, as acts name it, are found."""
    _finders[kind] = finder


def pages(model: type[Model], address: str, *, by: str = "reference", name: str = "") -> Finder:
    """The finder of a table whose things have a page each: ``address`` takes the field ``by``, ``name`` is shown."""

    def find(numbers: set[int]) -> dict[int, Place]:
        fields = ["pk", by, *([name] if name else [])]
        rows: Iterable[tuple[Any, ...]] = model._default_manager.filter(pk__in=numbers).values_list(*fields)
        return {row[0]: Place(reverse(address, args=[row[1]]), *map(str, row[2:])) for row in rows}

    return find


def find_all(acts: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """The places of the things that these acts (kind, thing) name: one query a kind, however many acts."""
    asked: dict[str, set[int]] = defaultdict(set)
    for kind, thing in acts:
        if kind in _finders and thing.isascii() and thing.isdigit() and len(thing) < 19:
            asked[kind].add(int(thing))
    return {
        (kind, str(number)): place
        for kind, numbers in asked.items()
        for number, place in _finders[kind](numbers).items()
    }
