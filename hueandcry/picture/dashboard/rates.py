"""Rates of countries: what is shown of each, for so many inhabitants and enterprises, with whose count these are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from hueandcry.picture.cells import Shown

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen

PER: Final = {"inhabitants": 100_000, "enterprises": 10_000}
MONTHS: Final = 12


class Count(NamedTuple):
    """A denominator: how many, in which year, counted by whom."""

    value: int
    year: int
    source: str


class Rate(NamedTuple):
    """One country: its cell, and the rates where its denominators are loaded, each with bounds."""

    country: str
    cell: Shown
    inhabitants: tuple[float, float, float] | None
    enterprises: tuple[float, float, float] | None


class Rates(NamedTuple):
    """The countries by rate, highest first, and the sources of the denominators."""

    rows: list[Rate]
    sources: list[str]


@lru_cache(maxsize=4)
def denominators(frozen: Frozen) -> dict[tuple[str, str], Count]:
    """By kind and country the latest count of all sectors and sizes that the freeze holds."""
    from hueandcry.picture.freezes import reader

    held = reader.opened(frozen)
    table = held.table("denominators")
    rows = held.rows(table.filter(table.sector == "", table["size"] == "").order_by("year"))
    at = {name: place for place, name in enumerate(table.columns)}
    return {
        (row[at["kind"]], row[at["country"]]): Count(int(row[at["value"]]), int(row[at["year"]]), row[at["source"]])
        for row in rows
    }


def rates(frozen: Frozen, cells: Sequence[Shown], countries: Sequence[str] = ()) -> Rates:
    """Rates of the countries of these cells, only those in ``countries`` where any are named. Bounds are those of the
    cell; the denominators are taken as they were counted."""
    held = denominators(frozen)
    rows, sources = [], set()
    for cell in cells:
        land = cell.key[0]
        if not land or (countries and land not in countries):
            continue
        made: dict[str, tuple[float, float, float] | None] = {}
        for kind, per in PER.items():
            count = held.get((kind, land))
            made[kind] = None
            if count is not None:
                sources.add(f"{count.source} ({count.year})")
            if count is not None and cell.value is not None:
                low, high = (cell.value if bound is None else bound for bound in (cell.low, cell.high))
                made[kind] = (per * cell.value / count.value, per * low / count.value, per * high / count.value)
        rows.append(Rate(land, cell, made["inhabitants"], made["enterprises"]))
    rows.sort(key=lambda row: (-(row.inhabitants or (-1.0,))[0], -(row.cell.value or 0), row.country))
    return Rates(rows, sorted(sources))
