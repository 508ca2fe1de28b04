"""Where the things are that acts name by a number: each desk says it for every kind it records, as it becomes ready.

A kind that leads nowhere is registered too, with the reason; tests/audit/test_things.py finds what was forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

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


def kinds() -> set[str]:
    """All kinds that are registered."""
    return set(_finders)


@dataclass(frozen=True, slots=True)
class Pages:
    """The finder of a table whose things have a page each: the ``address`` takes the fields ``by``."""

    model: type[Model]
    address: str
    by: tuple[str, ...]
    name: str

    def __call__(self, numbers: set[int]) -> dict[int, Place]:
        fields = ["pk", *self.by, *([self.name] if self.name else [])]
        rows: Iterable[tuple[Any, ...]] = self.model._default_manager.filter(pk__in=numbers).values_list(*fields)
        end = 1 + len(self.by)
        return {row[0]: Place(reverse(self.address, args=row[1:end]), *map(str, row[end:])) for row in rows}

    def number(self, reference: UUID) -> int | None:
        """The number of the thing whose page bears this reference."""
        if self.by != ("reference",):
            return None
        return self.model._default_manager.filter(reference=reference).values_list("pk", flat=True).first()


def pages(model: type[Model], address: str, *by: str, name: str = "") -> Pages:
    """The finder of a table whose things have a page each, by reference unless said; ``name`` is a field shown."""
    return Pages(model, address, by or ("reference",), name)


def as_part_of(kind: str, model: type[Model] | None = None, column: str = "") -> Finder:
    """The finder of things that show on the page of another thing, of this kind: the one in ``column``; without a
    table, the thing of the same number."""

    def find(numbers: set[int]) -> dict[int, Place]:
        if model is None:
            return _finders[kind](numbers)
        rows = model._default_manager.filter(pk__in=numbers).exclude(**{column: None}).values_list("pk", column)
        whole: dict[int, int] = dict(rows)
        places = _finders[kind](set(whole.values())) if whole else {}
        return {number: places[of] for number, of in whole.items() if of in places}

    return find


def one_page(address: str) -> Finder:
    """The finder of things that all show on one page."""
    return lambda numbers: dict.fromkeys(numbers, Place(reverse(address)))


def nowhere(why: str) -> Finder:
    """The finder of what has no page, and the reason, for who reads the code."""
    return lambda numbers: {}


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


def numbered(reference: UUID) -> list[tuple[str, str]]:
    """What acts call the thing whose page bears this reference (kind, number), where the viewer finds it."""
    asked = ((kind, finder) for kind, finder in _finders.items() if isinstance(finder, Pages))
    found = ((kind, finder.number(reference)) for kind, finder in asked)
    return [(kind, str(number)) for kind, number in found if number is not None]
