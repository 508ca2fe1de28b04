"""The attack on a release: what one contributor can work out from all that is published, by linear programming.

It reads what everybody reads (headings, values, reasons) and what one organisation knows of itself, and nothing else;
it shares no code with the protection, so that a fault of the one does not hide in the other. Each withheld cell is an
unknown; published ones are numbers. The attacker's problem: Fischetti and Salazar-Gonzalez (Management Science, 2001).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from hueandcry.picture.cells import Shown
from hueandcry.picture.reference.nature import nature
from hueandcry.picture.reference.regions import regions_of

if TYPE_CHECKING:
    from hueandcry.picture.disclosure.tables import Protected

Told: TypeAlias = frozenset[tuple[str, str]]
Cell: TypeAlias = tuple[int, str, str, Told]  # release, number, measure, what is told of it
Known: TypeAlias = Mapping[str, Mapping[tuple[str, ...], int]]  # by table and key: the attacker's own part
ALL: Final = "_T"
_SEVERAL: Final = ("country", "region", "technique", "offence")


@dataclass(frozen=True, slots=True)
class Published:
    """A table as it is read: its heading and its cells."""

    name: str
    dimensions: tuple[str, ...]
    cells: Sequence[Shown]
    number: str = "distinct"
    measure: str = "count"
    time: str = "occurred"


def read(release: Protected) -> list[Published]:
    """A release's tables as everybody reads them."""
    return [
        Published(t.name, t.dimensions, release.tables[t.name], t.number, t.measure, t.time) for t in release.sources
    ]


def recover(
    releases: Sequence[Sequence[Published]],
    known: Sequence[Known] = (),
    *,
    targets: Iterable[Cell] | None = None,
    enough: Callable[[Cell], float] | None = None,
    grown: Callable[[Cell, Cell], bool] = lambda earlier, later: True,
) -> dict[Cell, tuple[float, float]]:
    """Between which numbers each withheld cell must lie: by cell, lowest and highest (infinite where nothing bounds).

    ``releases``: one after the other. ``known``: for each the attacker's own part. ``targets``: the cells asked for,
    all that are withheld otherwise. ``enough``: how wide an interval need not be looked at further. ``grown``: whether
    the attacker takes a cell to have only grown from one release to the next. Raises ValueError where nothing fits what
    is published, so that the attacker knows some belief to be wrong.
    """
    puzzle = _Puzzle()
    for at, tables in enumerate(releases):
        own = known[at] if at < len(known) else {}
        for table in tables:
            puzzle.read(at, table, own.get(table.name, {}))
        for table in tables:
            puzzle.lines(at, table)
    puzzle.between(grown)
    return puzzle.solved(targets, enough)


def place(release: int, table: Published, key: Sequence[str]) -> Cell:
    """The cell of the whole release that stands at this key."""
    timed = {"month", "year"} if table.time != "occurred" else set()
    told = frozenset(
        (d + " " + table.time if d in timed else d, v) for d, v in zip(table.dimensions, key, strict=True) if v != ALL
    )
    return release, table.number, table.measure, told


class _Puzzle:
    """Unknowns with the least each can be, numbers, and lines between them."""

    def __init__(self) -> None:
        self.least: dict[Cell, float] = {}
        self.number: dict[Cell, float] = {}
        self.sums: list[tuple[Cell, list[Cell]]] = []  # whole = sum of parts
        self.above: list[tuple[Cell, list[Cell]]] = []  # whole >= sum of parts
        self.below: list[tuple[Cell, list[Cell]]] = []  # whole <= sum of parts

    def read(self, release: int, table: Published, own: Mapping[tuple[str, ...], int]) -> None:
        for cell in table.cells:
            at = place(release, table, cell.key)
            if cell.value is not None:
                self.number[at] = cell.value
                continue
            mine = float(own.get(cell.key, 0))
            if cell.withheld == "secondary" and table.measure == "count":
                mine = max(10.0, mine + 5)  # it passed the thresholds, says its reason
            self.least[at] = max(mine, self.least.get(at, 0.0))

    def lines(self, release: int, table: Published) -> None:
        keys = [cell.key for cell in table.cells]
        for i, dimension in enumerate(table.dimensions):
            parts: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
            for key in keys:
                if key[i] != ALL:
                    parts[(*key[:i], ALL, *key[i + 1 :])].append(place(release, table, key))
            several = dimension in _SEVERAL or (dimension == "source" and table.number == "distinct")
            for margin, cells in parts.items():
                whole = place(release, table, margin)
                if not several:
                    self.sums.append((whole, cells))
                else:
                    self.below.append((whole, cells))
                    self.above += [(whole, [cell]) for cell in cells]

    def between(self, grown: Callable[[Cell, Cell], bool]) -> None:
        """Lines between tables, dimensions, numbers and releases."""
        everything = set(self.least) | set(self.number)
        last = max((cell[0] for cell in everything), default=0)
        year: dict[Cell, list[Cell]] = defaultdict(list)
        wider: dict[tuple[str, Cell], list[Cell]] = defaultdict(list)
        for cell in sorted(everything, key=str):
            release, number, measure, told = cell
            for dimension, value in told:
                rest = told - {(dimension, value)}
                if dimension.startswith("month") and value:
                    upper = (release, number, measure, rest | {(dimension.replace("month", "year"), value[:4])})
                    if upper in everything:
                        year[upper].append(cell)
                broader: dict[str, list[tuple[str, str]]] = {
                    "country": [("region", r) for r in regions_of(value)],
                    "type": [("class", value.split("/")[0]), ("nature", nature(value.split("/")[0], value))],
                    "class": [("nature", nature(value))] if value else [],
                }
                for broad in broader.get(dimension, []):
                    upper = (release, number, measure, rest | {broad})
                    if value and broad[1] and upper in everything:
                        wider[dimension if dimension != "country" else value, upper].append(cell)
            reports = (release, "reported", measure, told)
            if number == "distinct" and measure == "count" and reports in everything:
                self.above.append((reports, [cell]))
            later = [(r, number, measure, told) for r in range(release + 1, last + 1)]
            after = next((c for c in later if c in everything), None)
            if after is not None and grown(cell, after):
                self.above.append((after, [cell]))
        self.sums += year.items()
        self.above += [(whole, cells) for (_, whole), cells in wider.items()]

    def solved(
        self, targets: Iterable[Cell] | None, enough: Callable[[Cell], float] | None
    ) -> dict[Cell, tuple[float, float]]:
        import highspy
        import numpy as np

        for cell in self.number:
            self.least.pop(cell, None)
        unknown = sorted(self.least, key=lambda c: (c[0], c[1], c[2], sorted(c[3])))
        if not unknown:
            return {}
        column = {cell: i for i, cell in enumerate(unknown)}
        scale = max(1.0, max((abs(v) for v in self.number.values()), default=1.0) / 1e6)
        infinity = highspy.kHighsInf
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        least = np.array([self.least[c] / scale for c in unknown])
        solver.addVars(len(unknown), least, np.full(len(unknown), infinity))
        seen = set()
        for lines, to_low, to_high in (
            (self.sums, 0.0, 0.0),
            (self.above, -infinity, 0.0),
            (self.below, 0.0, infinity),
        ):
            for whole, parts in lines:
                row: dict[int, float] = defaultdict(float)
                right = 0.0
                for cell, times in ((whole, -1.0), *((part, 1.0) for part in parts)):
                    if cell in self.number:
                        right -= times * self.number[cell] / scale
                    else:
                        row[column[cell]] += times
                mark = (tuple(sorted(row.items())), right, to_low, to_high)
                if row and mark not in seen:
                    seen.add(mark)
                    index, values = np.array(list(row), dtype=np.int32), np.array(list(row.values()))
                    solver.addRow(to_low + right, to_high + right, len(row), index, values)
        lowest, highest = np.full(len(unknown), np.inf), np.full(len(unknown), -np.inf)
        if enough is not None:
            asked = [column[c] for c in (unknown if targets is None else targets) if c in column]
            _together(solver, asked, [enough(unknown[i]) / scale for i in asked], least, lowest, highest)
        found = {}
        for cell in unknown if targets is None else [t for t in targets if t in column]:
            at, wide = column[cell], (enough(cell) / scale if enough else np.inf)
            for sense in (1.0, -1.0):
                if highest[at] - lowest[at] >= wide:
                    break
                solver.changeColCost(at, sense)
                solver.run()
                state = solver.getModelStatus()
                solver.changeColCost(at, 0.0)
                if sense < 0 and state != highspy.HighsModelStatus.kOptimal:  # the lowest was found, so something fits
                    highest[at] = np.inf
                elif state == highspy.HighsModelStatus.kOptimal:
                    values = np.asarray(solver.getSolution().col_value)
                    np.minimum(lowest, values, out=lowest)
                    np.maximum(highest, values, out=highest)
                else:
                    raise ValueError(f"nothing fits what is published: {state}")
            found[cell] = (float(lowest[at] * scale), float(highest[at] * scale))
        return found


def _together(
    solver: Any, asked: Sequence[int], widths: Sequence[float], least: Any, lowest: Any, highest: Any
) -> None:
    """Cells that are plainly open are many, and seen to be so with few programmes: from a way of filling them all, each
    may rise by its width, and as many do as can at once; then as many fall. Notes the ranges seen."""
    import highspy
    import numpy as np

    def solve() -> Any:
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise ValueError(f"nothing fits what is published: {solver.getModelStatus()}")
        values = np.asarray(solver.getSolution().col_value)
        np.minimum(lowest, values, out=lowest)
        np.maximum(highest, values, out=highest)
        return values

    for i in asked:
        solver.changeColCost(i, 1.0)
    base = solve()
    for i in asked:
        solver.changeColCost(i, 0.0)
    closed = dict(zip(asked, widths, strict=True))
    for i, wide in closed.items():
        solver.changeColBounds(i, least[i], base[i] + wide)
    before = len(closed) + 1
    while closed and len(closed) < before:
        before = len(closed)
        for sense in (-1.0, 1.0):
            for i in closed:
                solver.changeColCost(i, sense)
            solve()
            for i in closed:
                solver.changeColCost(i, 0.0)
        closed = {i: wide for i, wide in closed.items() if highest[i] - lowest[i] < wide}
    for i in asked:
        solver.changeColBounds(i, least[i], highspy.kHighsInf)
