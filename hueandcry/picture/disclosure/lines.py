"""How the cells of linked tables hang together: sums, parts that overlap, parts of parts. Pure.

A cell of one table that stands in another as well (a margin) is one unknown. All of this is known to
whoever reads the tables' headings; an attacker solves it for the cells that are not shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final, TypeAlias

from hueandcry.picture.cells import Counted
from hueandcry.picture.question import Dimension, Measure, Number, Time
from hueandcry.picture.reference.nature import nature
from hueandcry.picture.reference.regions import regions_of

TOTAL: Final = "_T"  # in a key: all values of this dimension (SDMX code list CL_AREA and others)
Key: TypeAlias = tuple[str, ...]
Id: TypeAlias = tuple[Number, tuple[tuple[str, str], ...]]  # a cell, whichever table it stands in


@dataclass(frozen=True)
class Table:
    """One table of a release with all its margins: a cell for every combination of values, TOTAL among them."""

    name: str
    dimensions: tuple[Dimension, ...]
    cells: tuple[Counted, ...]
    number: Number = "distinct"
    measure: Measure = "count"
    time: Time = "occurred"
    structural: frozenset[Key] = frozenset()  # cells that cannot hold anything, as everybody knows: shown as 0

    @classmethod
    def of(
        cls,
        name: str,
        dimensions: tuple[Dimension, ...],
        parts: Mapping[tuple[Dimension, ...], Sequence[Counted]],
        *,
        number: Number = "distinct",
        measure: Measure = "count",
        time: Time = "occurred",
        structural: Iterable[Key] = (),
    ) -> Table:
        """The table of ``dimensions``, put together from the cells of each set of them (in their order; () is the
        total), as ``expressions.figures.counted`` gives them. Combinations that no part names hold nothing."""
        cells: dict[Key, Counted] = {}
        for among, counted in parts.items():
            for cell in counted:
                told = dict(zip(among, cell.key, strict=True))
                key = tuple(told.get(d, TOTAL) for d in dimensions)
                cells[key] = replace(cell, key=key)
        table = cls(name, dimensions, tuple(cells.values()), number, measure, time, frozenset(structural))
        return table.filled(table.values())

    def values(self) -> dict[Dimension, set[str]]:
        """The values of each dimension that some cell has, without TOTAL."""
        return {d: {c.key[i] for c in self.cells} - {TOTAL} for i, d in enumerate(self.dimensions)}

    def filled(self, values: Mapping[Dimension, set[str]]) -> Table:
        """The same with a cell for each combination of these values, in order; what is not there holds nothing."""
        held = {c.key: c for c in self.cells}
        keys = product(*([*sorted(values[d]), TOTAL] for d in self.dimensions))
        return replace(self, cells=tuple(held.get(k) or Counted(k, 0, 0, 0, 0) for k in keys))

    def id(self, key: Key) -> Id:
        """Which cell of the whole release this is."""
        return cell_id(self, key)

    def number_of(self, cell: Counted) -> int:
        """What the table says of a cell: how many, or cents."""
        return cell.count if self.measure == "count" else cell.loss or 0

    def overlapping(self, dimension: Dimension) -> bool:
        """Whether one report or crime may stand under several values."""
        return dimension in OVERLAPPING or (dimension == "source" and self.number != "reported")


# A report or crime may be of several of these at once.
OVERLAPPING: Final = frozenset({"country", "region", "technique", "offence"})


def cell_id(table: Table, key: Key) -> Id:
    """A cell's id: its number and the values that are told, by dimension; times of other kinds apart."""
    told = []
    for dimension, value in zip(table.dimensions, key, strict=True):
        if value != TOTAL:
            timed = dimension in ("month", "year") and table.time != "occurred"
            told.append((f"{dimension} {table.time}" if timed else dimension, value))
    return table.number, tuple(sorted(told))


@dataclass
class Lines:
    """Cells as unknowns 0, 1, ... and what holds between them: low <= sum of coefficient * cell <= high."""

    ids: list[Id] = field(default_factory=list)
    index: dict[Id, int] = field(default_factory=dict)
    rows: list[tuple[dict[int, int], float, float]] = field(default_factory=list)
    _seen: set[tuple[frozenset[tuple[int, int]], float, float]] = field(default_factory=set)

    def at(self, cell: Id) -> int:
        """The unknown of a cell."""
        if cell not in self.index:
            self.index[cell] = len(self.ids)
            self.ids.append(cell)
        return self.index[cell]

    def add(self, row: dict[int, int], low: float, high: float) -> None:
        """One more line, unless it is there already."""
        mark = (frozenset(row.items()), low, high)
        if mark not in self._seen:
            self._seen.add(mark)
            self.rows.append((row, low, high))


def linked(tables: Sequence[Table], truth: Mapping[Id, int]) -> Lines:
    """What holds between the cells of filled tables of one measure. ``truth`` is each cell's number.

    Parts that share nothing sum to their margin (ValueError where they do not). Of parts that overlap, each is at most
    the margin, which is at most their sum. The months of a year sum to it, the types of a class and the countries of a
    region are parts of it, and there are no more crimes than reports: wherever that is so."""
    lines, infinity = Lines(), float("inf")
    for table in tables:
        for cell in table.cells:
            lines.at(table.id(cell.key))

    def total(row: dict[int, int]) -> int:
        return sum(times * truth[lines.ids[i]] for i, times in row.items())

    for table in tables:
        for place, dimension in enumerate(table.dimensions):
            parts: dict[Key, list[int]] = defaultdict(list)
            for cell in table.cells:
                if cell.key[place] != TOTAL:
                    parts[(*cell.key[:place], TOTAL, *cell.key[place + 1 :])].append(lines.at(table.id(cell.key)))
            for margin, members in parts.items():
                row = {lines.at(table.id(margin)): -1} | dict.fromkeys(members, 1)
                if not table.overlapping(dimension):
                    if total(row):
                        raise ValueError(f"{table.name}: the cells of {dimension} do not sum to {margin}")
                    lines.add(row, 0, 0)
                    continue
                for member in members:
                    part = {lines.at(table.id(margin)): -1, member: 1}
                    if total(part) <= 0:
                        lines.add(part, -infinity, 0)
                if total(row) >= 0:
                    lines.add(row, 0, infinity)
    _across(lines, truth)
    return lines


def _across(lines: Lines, truth: Mapping[Id, int]) -> None:
    """Lines between dimensions that are coarser and finer, and between reports and crimes."""
    parts: dict[tuple[int, str], list[int]] = defaultdict(list)
    for i, (number, told) in enumerate(list(lines.ids)):
        for dimension, value in told:
            rest = [t for t in told if t != (dimension, value)]
            for upper, of in _coarser(dimension, value):
                whole = lines.index.get((number, tuple(sorted([*rest, (upper, of)]))))
                if whole is not None:
                    parts[whole, dimension].append(i)
        if number == "distinct" and ("reported", told) in lines.index:
            reports = lines.index["reported", told]
            if truth[lines.ids[i]] <= truth[lines.ids[reports]]:
                lines.add({i: 1, reports: -1}, float("-inf"), 0)
    for (whole, dimension), members in parts.items():
        groups = [[m] for m in members] if dimension == "country" else [members]  # countries overlap
        for group in groups:
            row = {whole: -1} | dict.fromkeys(group, 1)
            over = sum(times * truth[lines.ids[i]] for i, times in row.items())
            if over <= 0:
                lines.add(row, 0.0 if over == 0 and dimension.startswith("month") else float("-inf"), 0)


def _coarser(dimension: str, value: str) -> list[tuple[str, str]]:
    """Dimensions and values that whatever has this value has as well."""
    name = dimension.split(" ")[0]
    if not value:
        return []
    if name == "month":
        return [(dimension.replace("month", "year", 1), value[:4])]
    if name == "country":
        return [("region", key) for key in regions_of(value)]
    if name in ("class", "type"):
        cls, _, kind = value.partition("/")
        told = nature(cls, kind)
        return [("class", cls)] * (name == "type") + [("nature", told)] * bool(told)
    return []
