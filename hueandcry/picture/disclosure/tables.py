"""What a release may publish: exact cells, so many withheld that none of the sensitive ones can be worked out. Pure.

The attacker: reads every table of the release and of the releases before it, knows this method, knows what the largest
contributor of each cell contributed (so at least as much as any one contributor), and knows that from one release to
the next reports are only ever added, wherever that is so. It solves for the cells that are withheld. Each sensitive
cell stays open to it over an interval of ``rules.protection`` at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hueandcry.picture.cells import Counted, Shown, Withheld
from hueandcry.picture.disclosure import tauargus
from hueandcry.picture.disclosure.audit import Audit
from hueandcry.picture.disclosure.lines import TOTAL, Id, Lines, Table, linked
from hueandcry.picture.disclosure.rules import at_least, known_least, protection, sensitive
from hueandcry.picture.question import Measure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["TOTAL", "Protected", "Report", "Table", "protect"]

MARGIN: Final = 4  # a margin is so many times as dear to withhold as an inner cell of the same size
LARGEST: Final = 3000  # cells of a table that Tau-Argus gets; beyond, the audit alone finds what to withhold besides


@dataclass(frozen=True, slots=True)
class Report:
    """What protection cost, to be told with the release. Cells that stand in several tables count once."""

    cells: int
    primary: int  # sensitive in themselves
    secondary: int  # withheld so that those cannot be worked out
    by_audit: int  # of these, found only when all tables were attacked together
    lost: float  # part of all that inner cells count that stands in withheld ones, 0 to 1
    width: int  # no sensitive count is told more closely than to an interval so wide
    percent: int  # nor more closely than to so many per cent of its largest contribution


@dataclass(frozen=True)
class Protected:
    """A release's tables as they may be published, and what a later release needs to know of them."""

    sources: tuple[Table, ...]  # exact: never leaves the picture
    tables: dict[str, list[Shown]]  # in the order of the source's cells, margins by TOTAL
    report: Report

    def reasons(self) -> dict[tuple[Measure, Id], Withheld]:
        """Why each cell is withheld, "" where it is published."""
        found: dict[tuple[Measure, Id], Withheld] = {}
        for table in self.sources:
            for cell in self.tables[table.name]:
                reason = cell.withheld
                found[table.measure, table.id(cell.key)] = reason
        return found


def protect(tables: Sequence[Table], previous: Sequence[Protected] = ()) -> Protected:
    """Protect the tables of a release, which share margins, against all that is published of them and of the releases
    before (the last first or last, as you like; each with what it published). The same tables give the same answer.

    Raises ValueError where a table's cells do not sum to its margins, or two tables have one name or tell one cell
    differently; ArithmeticError where a cell cannot be protected."""
    if len({t.name for t in tables}) != len(tables):
        raise ValueError("two tables of one name")
    filled = _filled(tables)
    reasons: dict[tuple[Measure, Id], Withheld] = {}
    by_audit = 0
    for measure in ("count", "loss"):
        of = [t for t in filled if t.measure == measure]
        if of:
            found, more = _protect(of, measure, previous)
            by_audit += more
            reasons |= {(measure, cell): reason for cell, reason in found.items()}
    shown = {t.name: [_shown(t, cell, reasons[t.measure, t.id(cell.key)]) for cell in t.cells] for t in filled}
    return Protected(tuple(filled), shown, _report(filled, reasons, by_audit))


def _filled(tables: Sequence[Table]) -> list[Table]:
    """Every table over all values that any table of the same measure and number has of a dimension: a value that is
    missing from one of them would tell that nothing is there."""
    values: dict[tuple[str, str], dict[str, set[str]]] = {}
    for table in tables:
        for dimension, among in table.values().items():
            values.setdefault((table.measure, table.number), {}).setdefault(dimension, set()).update(among)
    return [t.filled({d: values[t.measure, t.number][d] for d in t.dimensions}) for t in tables]


def _cells(tables: Sequence[Table]) -> dict[Id, Counted]:
    found: dict[Id, Counted] = {}
    for table in tables:
        for cell in table.cells:
            other = found.setdefault(table.id(cell.key), cell)
            if table.number_of(other) != table.number_of(cell):
                raise ValueError(f"{table.name}: {cell.key} is told differently by another table")
    return found


def _structural(tables: Sequence[Table]) -> set[Id]:
    return {t.id(key) for t in tables for key in t.structural}


def _first(tables: Sequence[Table], measure: Measure) -> dict[Id, Withheld]:
    """Why each cell is withheld taken for itself. A cell that cannot hold anything is no secret."""
    empty = _structural(tables)
    return {i: "" if i in empty else sensitive(c, measure) for i, c in _cells(tables).items()}


def _protect(
    tables: Sequence[Table], measure: Measure, previous: Sequence[Protected]
) -> tuple[dict[Id, Withheld], int]:
    cells = _cells(tables)
    truth = {i: (c.count if measure == "count" else c.loss or 0) for i, c in cells.items()}
    empty = _structural(tables)
    reasons = _first(tables, measure)
    now = linked(tables, truth)
    for table in tables:  # each for itself, with what the others withhold already: fast, and as little is lost
        for found in _argus(linked([table], truth), cells, truth, reasons, measure, empty):
            reasons[found] = "secondary"
    before = sum(r == "secondary" for r in reasons.values())
    _audited(now, cells, truth, reasons, measure, empty, previous)
    return reasons, sum(r == "secondary" for r in reasons.values()) - before


def _cost(cell: Id, value: int) -> float:
    """How much is lost with a cell: more with more in it, but less than in proportion; margins are dear."""
    return float((1 + value) ** 0.5 * MARGIN ** max(0, 2 - len(cell[1])))


def _argus(
    now: Lines, cells: dict[Id, Counted], truth: dict[Id, int], reasons: dict[Id, Withheld], measure: Measure,
    empty: set[Id],
) -> list[Id]:  # fmt: skip
    """What Tau-Argus withholds besides in one table, of the lines that are sums; nothing where it finds no answer."""
    unit = 1 if measure == "count" else max(1, max(truth.values(), default=1) // 10**6)
    if len(now.ids) > LARGEST or unit > 1:  # sums of losses in other units no longer sum exactly
        return []
    given = []
    for cell in now.ids:
        counted, reason = cells[cell], reasons[cell]
        least = truth[cell] if cell in empty else known_least(counted, reason or "secondary", measure)
        wide = protection(counted, measure)
        guarded = reason not in ("", "secondary")
        down = min(truth[cell] - least, wide // 2) if guarded else 0
        up = wide - down if guarded else 0
        cost = round(100 * _cost(cell, truth[cell])) if cell not in empty else 10**9
        given.append(tauargus.Cell(truth[cell], cost, bool(reason), min(least, truth[cell]), down, up))
    sums = [row for row, low, high in now.rows if low == high == 0]
    return [now.ids[i] for i in tauargus.secondary(given, sums) or ()]


def _audited(
    now: Lines, cells: dict[Id, Counted], truth: dict[Id, int], reasons: dict[Id, Withheld], measure: Measure,
    empty: set[Id], previous: Sequence[Protected],
) -> None:  # fmt: skip
    """Attack, and withhold more, until no sensitive cell is told too closely. Changes ``reasons``."""
    import numpy as np

    rows = list(now.rows)
    values = [truth[i] for i in now.ids]
    least = [truth[i] if i in empty else known_least(cells[i], reasons[i] or "secondary", measure) for i in now.ids]
    withheld = [bool(reasons[i]) for i in now.ids]
    guarded = {at: protection(cells[i], measure) for at, i in enumerate(now.ids) if reasons[i] not in ("", "secondary")}
    last: dict[Id, int] = {i: at for at, i in enumerate(now.ids)}
    for earlier in reversed(previous):
        of = [t for t in earlier.sources if t.measure == measure]
        held, why = _cells(of), {i: r for (m, i), r in earlier.reasons().items() if m == measure}
        then = linked(of, {i: (c.count if measure == "count" else c.loss or 0) for i, c in held.items()})
        first = len(values)
        rows += [({first + i: times for i, times in row.items()}, low, high) for row, low, high in then.rows]
        fixed_zero = _structural(of)
        for at, i in enumerate(then.ids):
            number = held[i].count if measure == "count" else held[i].loss or 0
            values.append(number)
            least.append(number if i in fixed_zero else known_least(held[i], why[i] or "secondary", measure))
            withheld.append(bool(why[i]))
            if why[i] not in ("", "secondary"):
                guarded[first + at] = protection(held[i], measure)
            if i in last and number <= values[last[i]]:  # reports are only added, wherever that is so
                rows.append(({first + at: 1, last[i]: -1}, float("-inf"), 0))
            last[i] = first + at
    audit = Audit(rows, values, least, withheld)
    fixed = np.arange(len(values)) >= len(now.ids)
    for at, cell in enumerate(now.ids):
        fixed[at] |= cell in empty
    costs: NDArray[np.float64] = np.ones(len(values))
    costs[: len(now.ids)] = [_cost(i, truth[i]) / (1 + truth[i]) for i in now.ids]
    # To withhold more only ever widens intervals: once round is enough, and the second proves it.
    for _ in range(2):
        audit.spread(guarded)
        for at in sorted(guarded, key=lambda i: (-guarded[i], i)):
            if audit.protected(at, guarded[at]):
                continue
            for more in audit.besides(at, guarded[at], fixed.tolist(), costs):
                reasons[now.ids[more]] = "secondary"
                audit.withhold(more, least[more])
            if not audit.protected(at, guarded[at]):
                raise ArithmeticError("a withheld cell cannot be protected")


def _shown(table: Table, cell: Counted, reason: Withheld) -> Shown:
    if reason:
        return Shown(cell.key, None, reason)
    number = float(table.number_of(cell))
    bodies = cell.organisations if table.measure == "count" else cell.loss_organisations
    return Shown(cell.key, number, "", number, number, at_least(bodies))


def _report(tables: Sequence[Table], reasons: dict[tuple[Measure, Id], Withheld], by_audit: int) -> Report:
    from hueandcry.picture.disclosure.rules import PERCENT, WIDTH

    lost = held = 0.0
    for table in tables:
        scale = max((table.number_of(c) for c in table.cells), default=0) or 1
        for cell in table.cells:
            if TOTAL not in cell.key:
                held += table.number_of(cell) / scale
                lost += table.number_of(cell) / scale * bool(reasons[table.measure, table.id(cell.key)])
    secondary = sum(r == "secondary" for r in reasons.values())
    primary = sum(bool(r) for r in reasons.values()) - secondary
    return Report(
        len(reasons), primary, secondary, by_audit, round(lost / held, 4) if held else 0.0, WIDTH, 2 * PERCENT
    )
