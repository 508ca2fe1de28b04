"""The figures of a release: counted from the freeze, protected, estimated; then the observations of each table.

    made = figures(frozen, settings, earlier)
    made.tables["country-by-class"]        # list of Observation, margins first

Nothing exact goes out: bounds, rates and corrected months are all worked out of the values that protection shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.question import KNOWN, Dimension, Number, Question
from hueandcry.picture.reference import crosswalk
from hueandcry.picture.releases.contents import DIMENSIONS, ENTERPRISES, NUMBERS, TECHNIQUES, Cube, Settings, Table
from hueandcry.picture.releases.observations import Observation

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.releases.documents import Denominator

Progress = Callable[[int, int], None]
# Dimensions whose values everybody knows; "" is what was not told.
CLOSED: Final[Mapping[Dimension, tuple[str, ...]]] = {
    **{dimension: (*known, "") for dimension, known in KNOWN.items()},
    "source": KNOWN["source"],  # each report has one
    "offence": tuple(crosswalk.titles()),
}
PER: Final = {"inhabitants": 100_000, "enterprises": 10_000}
Protected = dict[Cube, list[Shown]]


@dataclass(frozen=True, slots=True)
class Turn:
    """A change of level that a series shows."""

    cls: str  # "" all
    since: str
    earliest: str
    latest: str
    direction: str
    ratio: float
    low: float
    high: float
    false_alarms: float


@dataclass(slots=True)
class Figures:
    """What the files of a release are written from."""

    tables: dict[str, list[Observation]] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    protection: dict[str, Any] = field(default_factory=dict)  # the report of disclosure control
    estimates: list[dict[str, Any]] = field(default_factory=list)  # how each estimate was made, or why it was refused
    denominators: list[Denominator] = field(default_factory=list)  # those that rates were made with


def months(first: str, last: str) -> tuple[str, ...]:
    """The months from first to last."""
    start, stop = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return tuple(f"{at // 12:04d}-{at % 12 + 1:02d}" for at in range(start, stop + 1))


def count(frozen: Frozen, settings: Settings, cubes: Iterable[Cube]) -> dict[Cube, list[Counted]]:
    """The exact cells of these cubes; one pass over the freeze for all of one question."""
    from hueandcry.picture.expressions import figures as expressions

    found: dict[Cube, list[Counted]] = {}
    asked: dict[Question, list[Cube]] = {}
    for cube in cubes:
        # A count and a sum of losses come out of the same cells.
        asked.setdefault(replace(cube.question(settings), measure="count"), []).append(cube)
    for question, held in asked.items():
        answers = expressions.several(frozen, question, [cube.dimensions or ("total",) for cube in held])
        for cube in held:
            cells = answers[cube.dimensions or ("total",)]
            found[cube] = cells if cube.dimensions else [replace(cell, key=()) for cell in cells]
    return found


def values(protected: Protected, cube: Cube, settings: Settings) -> list[tuple[str, ...]]:
    """Which values each dimension of a cube is told apart by: all that there are where everybody knows them; countries,
    regions and techniques where one of the numbers is shown of them, so that to be left out means few or none."""
    found = []
    for dimension in cube.dimensions:
        if dimension == "month":
            found.append(months(settings.first, settings.last))
            continue
        if dimension in CLOSED:
            found.append(CLOSED[dimension])
            continue
        told = [
            cell
            for number in NUMBERS
            for cell in protected.get(Cube(number, cube.measure, (dimension,)), [])
            if cell.withheld != "few"
        ]
        kept = sorted({cell.key[0] for cell in told})
        if dimension == "technique":
            most = {key: max(cell.value or 0 for cell in told if cell.key[0] == key) for key in kept}
            kept = sorted(sorted(kept, key=lambda key: (-most[key], key))[:TECHNIQUES])
        found.append(tuple(kept))
    return found


def observed(protected: Protected, cube: Cube, settings: Settings) -> Iterator[Observation]:
    """The cells of a cube as observations, each value with every other: what is not there is "few"."""
    shown = {cell.key: cell for cell in protected[cube]}
    for key in product(*values(protected, cube, settings)):
        cell = shown.get(key) or Shown(key, None, "few")
        by = 0.01 if cube.measure == "loss" else 1.0  # cents
        value, low, high = (None if n is None else n * by for n in (cell.value, cell.low, cell.high))
        exact = value is not None and low == high == value
        yield Observation(
            cube.number, cube.measure, dict(zip(cube.dimensions, key, strict=True)), value,
            None if exact or value is None else low, None if exact or value is None else high,
            withheld=cell.withheld if value is None else "",
        )  # fmt: skip


def rates(held: Sequence[Observation], table: Table, denominators: Sequence[Denominator]) -> Iterator[Observation]:
    """Counts of countries as rates: of enterprises by size and in all, where each size is shown. What has no
    denominator has no row."""
    under = {(each.country, each.size): each.value for each in denominators if each.kind == table.rate}
    if table.rate == "enterprises":
        held = [*(each for each in held if each.key.get("size") in ENTERPRISES), *_enterprises(held)]
    for each in held:
        value_under = under.get((each.key.get("country", ""), each.key.get("size", "")))
        if value_under is None:
            continue
        by = PER[table.rate] / value_under
        value, low, high = (None if n is None else n * by for n in (each.value, each.low, each.high))
        yield replace(each, measure=table.rate, value=value, low=low, high=high)


def _enterprises(held: Sequence[Observation]) -> Iterator[Observation]:
    """Of each country the cases of enterprises of any size; held back where one of the sizes is."""
    sizes: dict[tuple[Number | str, str], list[Observation]] = {}
    for each in held:
        if each.key.get("size") in ENTERPRISES and "country" in each.key:
            sizes.setdefault((each.number, each.key["country"]), []).append(each)
    for (number, country), parts in sizes.items():
        values = [each.value for each in parts if each.value is not None]
        whole = len(values) == len(ENTERPRISES)
        yield Observation(
            number, "count", {"country": country}, sum(values) if whole else None,
            withheld="" if whole else next((each.withheld for each in parts if each.withheld), "few"),
        )  # fmt: skip


def ordered(held: Iterable[Observation]) -> list[Observation]:
    """Margins first, then by key; of each cell reported, distinct, estimated."""
    place = {"reported": 0, "distinct": 1, "estimated": 2}
    return sorted(
        held,
        key=lambda each: (
            len(each.key),
            tuple((name, each.key[name]) for name in DIMENSIONS if name in each.key),
            each.measure == "corrected",
            place[each.number],
            each.measure == "linkage",
        ),
    )


def with_series(frozen: Frozen, settings: Settings, protected: Protected, made: Figures) -> None:
    """Mark provisional months, add what they will come to, and note changes of level: for all, and for each class."""
    from hueandcry.picture.trends import series

    held = made.tables["month-by-class"]
    by_cell = {(each.number, each.key.get("month"), each.key.get("class")): at for at, each in enumerate(held)}
    added: list[Observation] = []
    for number, cls in product(NUMBERS, (None, *KNOWN["class"])):
        cube = Cube(number, "count", ("month",) if cls is None else ("class", "month"))
        cells = [replace(cell, key=cell.key[-1:]) for cell in protected[cube] if cls is None or cell.key[0] == cls]
        if not any(cell.value is not None for cell in cells):
            continue
        question = Question(number=number, time=settings.time, cls=() if cls is None else (cls,))
        told = series.seen(series.told(frozen, question), cells)
        for month in told.months:
            at = by_cell.get((number, month.month, cls))
            if at is None or month.observed is None:
                continue
            if month.provisional:
                held[at] = replace(held[at], provisional=True)
            if month.provisional and month.corrected is not None:
                key = {"month": month.month} | ({} if cls is None else {"class": cls})
                low, high = month.low, month.high
                added.append(Observation(number, "corrected", key, month.corrected, low, high))
        if number == "distinct":
            made.turns += [
                Turn(cls or "", change.since, change.earliest, change.latest, change.direction, change.ratio,
                     change.low, change.high, change.false_alarms)
                for change in told.changes if settings.first <= change.since <= settings.last
            ]  # fmt: skip
    made.tables["month-by-class"] = ordered([*held, *added])
