"""Which series are looked at each time, and what in them is a signal. Reads a freeze; writes nothing.

A signal names no number of cases, yet it says that something rose: so only series are looked at in which that tells of
nobody, and a rise that goes away with its largest reporter is not one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, Final

from hueandcry.picture.question import Dimension, Question
from hueandcry.picture.trends import months
from hueandcry.picture.trends.series import Change, Series, series_of

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen

Panel = Mapping[tuple[int, str], int]

ALARMS: Final = 4.0  # false ones a year, at most, over all series together (Bonferroni: shared out evenly)
CASES: Final = 10  # a month, on average of the last twelve; and in all on either side of the change
ORGANISATIONS: Final = 3  # that told of it since the change, and as many in the year before
RECENT: Final = 12  # months; what changed earlier is history
ALONE: Final = 1.0  # false alarms a year at which the change has to show without its largest reporter ...
LEFT: Final = 0.5  # ... and how much of it then, on a logarithmic scale
NEAR: Final = 3  # months between two dates of one change
MOST: Final = 600  # series, those with most cases

# Each way of cutting the picture that is looked at: a series for each of its cells.
CUTS: Final[tuple[tuple[Dimension, ...], ...]] = (
    ("total",), ("class",), ("type",), ("country",), ("country", "class"), ("technique",), ("sector",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """A change of one series; ``recent`` enough to raise a signal by itself."""

    series: str  # the question's address
    change: Change  # its false alarms are over all series together
    recent: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found, in how many series."""

    series: int
    found: tuple[Found, ...]


def looked(frozen: Frozen) -> Look:
    """Every series that may be looked at, and the changes in them."""
    from hueandcry.picture.expressions import series as expressions

    asked = questions(frozen)
    if not asked:
        return Look(0, ())
    everything = expressions.by_reporter(frozen, Question(number="reported"))
    today = frozen.at.date()
    found: list[Found] = []
    for question in asked:
        triangle, panel = expressions.triangle(frozen, question), expressions.by_reporter(frozen, question)

        def series(panel: Panel, alarms: float, triangle: Mapping[tuple[str, int], int] = triangle) -> Series:
            return series_of(triangle, panel, today, everything=everything, false_alarms=alarms)

        for change in series(panel, ALARMS / len(asked)).changes:
            if stands(change, panel, series, months.of(today)):
                over_all = min(change.false_alarms * len(asked), ALARMS)
                recent = months.of(today) - months.number(change.since) <= RECENT
                found.append(Found(question.address(), replace(change, false_alarms=over_all), recent))
    return Look(len(asked), tuple(found))


def questions(frozen: Frozen) -> list[Question]:
    """What there is enough of in the last twelve whole months: crimes, cut each way, those with most cases first."""
    from hueandcry.picture.expressions.figures import several

    running = months.of(frozen.at.date())
    year = Question(first=months.written(running - 12), last=months.written(running - 1))
    tables = several(frozen, year, CUTS)
    cells = [
        (cell.count, Question().within(dimensions, cell.key))
        for dimensions in CUTS
        for cell in tables[dimensions]
        if (dimensions == ("total",) or all(cell.key))
        and cell.count >= CASES * 12
        and cell.organisations >= ORGANISATIONS
    ]
    cells.sort(key=lambda cell: -cell[0])
    return [question for _count, question in cells[:MOST]]


def stands(change: Change, panel: Panel, series: Callable[[Panel, float], Series], running: int) -> bool:
    """Whether a change tells of nobody and hangs on nobody.

    Enough cases and organisations stand behind both levels; and it shows without the organisation that told most since.
    ``series`` makes the series of a panel at so many false alarms a year.
    """
    since = months.number(change.since)
    before = _by_organisation(panel, since - 12, since)
    after = _by_organisation(panel, since, running + 1)
    if min(len(before), len(after)) < ORGANISATIONS or min(before.total(), after.total()) < CASES:
        return False
    largest = after.most_common(1)[0][0]
    without = {key: count for key, count in panel.items() if key[0] != largest}
    return any(
        log(other.ratio) / log(change.ratio) >= LEFT and abs(months.number(other.since) - since) <= NEAR
        for other in series(without, ALONE).changes
    )


def _by_organisation(panel: Panel, first: int, end: int) -> Counter[int]:
    made: Counter[int] = Counter()
    for (body, month), count in panel.items():
        if count and first <= months.number(month) < end:
            made[body] += count
    return made
