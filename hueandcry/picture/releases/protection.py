"""Protection of a release: all its tables at once, and what earlier releases show of the same cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.disclosure import tables as disclosure
from hueandcry.picture.disclosure.tables import TOTAL
from hueandcry.picture.releases.contents import DIMENSIONS, NUMBERS, Cube, Settings

if TYPE_CHECKING:
    from hueandcry.picture.releases.figures import Protected

Exact = Mapping[Cube, Sequence[Counted]]
Held = dict[str, list[list[str]]]  # by table the cells that are withheld: their key, and last the reason
_SEPARATOR: Final = "/"


def protect(
    counted: Exact, settings: Settings, previous: Sequence[disclosure.Protected] = ()
) -> tuple[Protected, dict[str, Any], Held]:
    """The cells as they may be published, the report of disclosure control, and which cells are withheld: what a later
    release has to know of this one. Raises as ``disclosure.tables.protect``."""
    made = disclosure.protect(_tables(counted, settings), previous)
    shown: Protected = {}
    withheld: Held = {}
    for table in made.sources:
        number, measure = table.number, table.measure
        for cell in made.tables[table.name]:
            told = [(d, value) for d, value in zip(table.dimensions, cell.key, strict=True) if value != TOTAL]
            cube = Cube(number, measure, tuple(d for d, _value in told))
            found = Shown(
                tuple(v for _d, v in told), cell.value, cell.withheld, cell.low, cell.high, cell.organisations
            )
            shown.setdefault(cube, []).append(found)
            if cell.withheld:
                withheld.setdefault(table.name, []).append([*cell.key, cell.withheld])
    once = {cube: sorted({c.key: c for c in cells}.values(), key=lambda c: c.key) for cube, cells in shown.items()}
    return once, asdict(made.report), withheld


def earlier(counted: Exact, settings: Settings, withheld: Held) -> disclosure.Protected:
    """What an earlier release published, counted again from its freeze: exact cells and which of them were withheld.

    A cell that was left out because it was not among the most frequent counts as published, which errs on the side of
    caution. No report comes with it."""
    sources = tuple(_filled(_tables(counted, settings)))
    tables = {}
    for table in sources:
        reasons: dict[tuple[str, ...], Any] = {tuple(row[:-1]): row[-1] for row in withheld.get(table.name, ())}
        tables[table.name] = [
            Shown(cell.key, None if cell.key in reasons else float(table.number_of(cell)), reasons.get(cell.key, ""))
            for cell in table.cells
        ]
    return disclosure.Protected(sources, tables, disclosure.Report(0, 0, 0, 0, 0.0, 0, 0))


def _tables(counted: Exact, settings: Settings) -> list[disclosure.Table]:
    """Every table of the release for each number; tables of the same dimensions are one."""
    found: dict[str, disclosure.Table] = {}
    for table in settings.chosen:
        for number in NUMBERS:
            dimensions = tuple(d for d in DIMENSIONS if d in table.dimensions)
            name = _SEPARATOR.join((number, table.measure, *dimensions))
            if name not in found:
                parts = {cube.dimensions: counted[cube] for cube in table.cubes if cube.number == number}
                found[name] = disclosure.Table.of(
                    name, dimensions, parts, number=number, measure=table.measure, time=settings.time
                )
    return list(found.values())


def _filled(tables: Iterable[disclosure.Table]) -> list[disclosure.Table]:
    """Every table over all values that any table of its number and measure has, as ``disclosure.protect`` has them."""
    held = list(tables)
    values: dict[tuple[str, str], dict[Any, set[str]]] = {}
    for table in held:
        for dimension, among in table.values().items():
            values.setdefault((table.measure, table.number), {}).setdefault(dimension, set()).update(among)
    return [t.filled({d: values[t.measure, t.number][d] for d in t.dimensions}) for t in held]
