"""A series of the picture told honestly: what has come, what is still to come, and what changed. The core is pure.

    told(frozen, Question(number="distinct", cls=("fraud",)))  ->  Series

Its numbers are exact, so it stays inside the picture: ``seen`` makes of it what pages and files get, out of the cells
that disclosure control lets through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.cells import Shown
from hueandcry.picture.trends import changes, delay, exposure, forecast, months, season
from hueandcry.picture.trends.calibration import SEASONAL

if TYPE_CHECKING:
    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question

Array = NDArray[np.float64]
Part = Literal["delay", "reporters", "season", "changes", "forecast"]
Why = Literal["young", "few", "no shared reporters", "short"]

LONGEST: Final = 120  # months that a series goes back
FALSE_ALARMS: Final = 0.1  # a year, of one series that somebody looks at
USUAL_DAYS: Final = 30.4375
SHARED: Final = 0.3  # of a month's reports, at least so many from reporters who were there the month before


@dataclass(frozen=True, slots=True)
class Month:
    """One month. ``corrected`` is what it will come to, with a 95 % interval; None while it is too early to say."""

    month: str
    observed: float | None  # so far; None: withheld (only in what ``seen`` gives)
    completeness: float  # share that has come
    provisional: bool
    corrected: float | None
    low: float | None
    high: float | None
    adjusted: float | None  # corrected, as today's reporters would have told it in a usual month without season
    reporters: int | None  # organisations that took part


@dataclass(frozen=True, slots=True)
class Change:
    """The level changed; months as "2025-01", intervals of 95 %."""

    since: str
    earliest: str
    latest: str
    direction: str  # up, down
    ratio: float
    low: float
    high: float
    false_alarms: float  # a year, of a change so clear in such a series that never changes


@dataclass(frozen=True, slots=True)
class Coming:
    """A month to come, once complete, if reporters stay as they are; the band is of 95 %."""

    month: str
    expected: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """Everything that is told of one series. ``refused`` says which parts are not, and why (words.py)."""

    months: tuple[Month, ...]
    season: tuple[float, ...] | None  # twelve factors, January first
    changes: tuple[Change, ...]
    coming: tuple[Coming, ...]
    year: exposure.Change | None  # the last twelve months over the twelve before: reporters, and each of them
    refused: tuple[tuple[Part, Why], ...]


def told(frozen: Frozen, question: Question, *, false_alarms: float = FALSE_ALARMS) -> Series:
    """The series of a question, from a freeze. Its months bound nothing here: a trend needs what was before."""
    from hueandcry.picture.expressions import series as expressions

    whole = replace(question, first="", last="")
    return series_of(
        expressions.triangle(frozen, whole),
        expressions.by_reporter(frozen, whole),
        frozen.at.date(),
        everything=expressions.by_reporter(frozen, type(question)(number="reported", time=question.time)),
        false_alarms=false_alarms,
    )


def series_of(
    triangle: Mapping[tuple[str, int], int],
    by_reporter: Mapping[tuple[int, str], int],
    today: date,
    *,
    everything: Mapping[tuple[int, str], int] | None = None,
    false_alarms: float = FALSE_ALARMS,
) -> Series:
    """The series of plain counts. Pure.

    ``triangle``: counts by month and months until arrival. ``by_reporter``: by organisation and month, what each told
    of (a crime counts for each that told of it); empty where nobody knows. ``everything``: the same of all that these
    organisations tell, which says when they took part; left out, ``by_reporter`` has to.
    """
    return _Work(triangle, by_reporter, everything or by_reporter, today).series(false_alarms)


class _Work:
    """The steps of one series; vectors are over the months from ``first`` to the running one."""

    def __init__(
        self,
        triangle: Mapping[tuple[str, int], int],
        by_reporter: Mapping[tuple[int, str], int],
        everything: Mapping[tuple[int, str], int],
        today: date,
    ) -> None:
        self.refused: list[tuple[Part, Why]] = []
        self.running = months.of(today)
        counted = [months.number(month) for (month, _delay), count in triangle.items() if count]
        held = [month for month in counted if month <= self.running]
        self.first = max(min(held, default=self.running), self.running - LONGEST)
        self.length = self.running - self.first + 1
        self.days = np.array([months.days(self.first + at) for at in range(self.length)]) / USUAL_DAYS
        self.observed = np.zeros(self.length)
        for (month, _delay), count in triangle.items():
            at = months.number(month) - self.first
            if 0 <= at < self.length:
                self.observed[at] += count
        self.corrected = self._delay(triangle, today)
        self.complete = np.array([each.completeness for each in self.corrected])
        self.told, self.part = self._reporters(by_reporter, everything)

    def _delay(self, triangle: Mapping[tuple[str, int], int], today: date) -> list[delay.Corrected]:
        elapsed = (today.day - 0.5) / months.days(self.running)  # whenever it was in the day
        try:
            _first, table = delay.cumulated(triangle, today)
            rungs = delay.ladder(table[:, : _wide(table)])
        except delay.TooLittleError:
            self.refused.append(("delay", "young"))
            whole = [delay.Corrected(1.0, float(held), None, None) for held in self.observed[:-1]]
            return [*whole, delay.Corrected(0.0, None, None, None)]
        ages = range(self.length - 2, -2, -1)  # of the running month -1
        return [
            delay.corrected(rungs, float(held), age=age, elapsed=elapsed)
            for held, age in zip(self.observed, ages, strict=True)
        ]

    def _reporters(
        self, by_reporter: Mapping[tuple[int, str], int], everything: Mapping[tuple[int, str], int]
    ) -> tuple[Array, NDArray[np.bool_]]:
        """What each reporter told, (reporters, months), and when it took part; one row of all where nobody is known."""
        panel = {(body, months.number(month)): count for (body, month), count in by_reporter.items() if count}
        bodies, told = exposure.matrix(panel, self.first, self.running)
        if not bodies:
            self.refused.append(("reporters", "few"))
            return self.observed[None], np.ones((1, self.length), dtype=bool)
        inside = {(body, months.number(month)): count for (body, month), count in everything.items()}
        known, whole = exposure.matrix(
            {key: n for key, n in inside.items() if key[0] in set(bodies)}, self.first, self.running
        )
        rows = {body: row for row, body in enumerate(known)}
        part = np.zeros(told.shape, dtype=bool)
        # The running month belongs to whoever took part in the last whole one.
        seen = exposure.active(whole[:, :-1]) if self.length > 1 else whole > 0
        for row, body in enumerate(bodies):
            if body in rows and self.length > 1:
                part[row, :-1] = seen[rows[body]]
                part[row, -1] = seen[rows[body], -1]
        return np.where(part, told, 0.0), part

    def series(self, false_alarms: float) -> Series:
        """All of it."""
        usable = self.complete >= delay.EARLY
        usable[-1] = False
        usable &= self.part.any(axis=0)
        last = int(np.flatnonzero(usable)[-1]) + 1 if usable.any() else 0
        gaps = np.flatnonzero(~usable[:last])
        start = int(gaps[-1]) + 1 if len(gaps) else 0
        start = max(start, self._joined(start, last))
        here = slice(start, last)
        reach = self._reach(here)
        seasons = self._season(here, reach)
        factor = np.array([seasons[(self.first + at) % 12] for at in range(self.length)])
        usual = self.days * factor
        shifts = self._changes(here, usual, seasonal=bool((seasons != 1).any()), false_alarms=false_alarms)
        return Series(
            months=self._months(here, reach, usual),
            season=tuple(float(each) for each in seasons) if ("season", "short") not in self.refused else None,
            changes=tuple(self._change(shift, start) for shift in shifts),
            coming=self._coming(here, reach, seasons, shifts),
            year=self._year(here),
            refused=tuple(self.refused),
        )

    def _joined(self, start: int, last: int) -> int:
        """The first month from which each shares enough reporters with the one before: there levels compare."""
        for at in range(last - 1, start, -1):
            both = self.part[:, at] & self.part[:, at - 1]
            here = self.told[:, at].sum()
            if (
                here
                and self.told[both, at].sum() < SHARED * here
                and self.told[both, at - 1].sum() < SHARED * max(self.told[:, at - 1].sum(), 1)
            ):
                self.refused.append(("reporters", "no shared reporters"))
                return at
        return start

    def _reach(self, here: slice) -> Array:
        """How much reporting there was, over the latest months' average; 1 outside the months that are looked at."""
        made = np.ones(self.length)
        if here.stop > here.start:
            held = exposure.exposure(self.told[:, here], self.part[:, here]).expected
            now = held[-3:].mean()
            if now > 0:
                made[here] = held / now
        return made

    def _season(self, here: slice, reach: Array) -> Array:
        if here.stop - here.start < season.LEAST:
            self.refused.append(("season", "short"))
            return np.ones(12)
        told = self.told[:, here].sum(axis=0)
        offsets = (reach * self.days * self.complete)[here]
        return season.factors(told, offsets * told.sum() / offsets.sum(), self.first + here.start)

    def _changes(self, here: slice, usual: Array, *, seasonal: bool, false_alarms: float) -> tuple[changes.Shift, ...]:
        if here.stop - here.start < 2 * changes.BEFORE:
            self.refused.append(("changes", "short"))
            return ()
        told, part = self.told[:, here], self.part[:, here]
        mu, _lam = exposure.levels(told, part)
        expected = mu[:, None] * part * (usual * self.complete)[here]
        # Reporters who were there at the same time are one group: nothing of their counts is lost by adding them up.
        times, group = np.unique(part, axis=0, return_inverse=True)
        rows = range(len(times))
        of_group = np.ravel(group)
        counts = np.stack([told[of_group == row].sum(axis=0) for row in rows])
        offsets = np.stack([expected[of_group == row].sum(axis=0) for row in rows])
        unsure = np.array([each.unsure for each in self.corrected[here]])
        return changes.shifts(
            counts, offsets, unsure=unsure, seasonal=SEASONAL if seasonal else 0.0, false_alarms=false_alarms
        )

    def _change(self, shift: changes.Shift, start: int) -> Change:
        at, earliest, latest = (
            months.written(self.first + start + each) for each in (shift.at, shift.earliest, shift.latest)
        )
        return Change(
            at, earliest, latest, shift.direction, shift.ratio, shift.low, shift.high, shift.false_alarms
        )  # fmt: skip

    def _months(self, here: slice, reach: Array, usual: Array) -> tuple[Month, ...]:
        made = []
        for at, each in enumerate(self.corrected):
            inside = here.start <= at < here.stop and each.value is not None
            made.append(
                Month(
                    month=months.written(self.first + at),
                    observed=float(self.observed[at]),
                    completeness=each.completeness,
                    provisional=each.provisional,
                    corrected=each.value,
                    low=each.low,
                    high=each.high,
                    adjusted=float((each.value or 0.0) / (reach[at] * usual[at])) if inside else None,
                    reporters=int(self.part[:, at].sum()) if ("reporters", "few") not in self.refused else None,
                )
            )
        return tuple(made)

    def _coming(
        self, here: slice, reach: Array, seasons: Array, shifts: tuple[changes.Shift, ...]
    ) -> tuple[Coming, ...]:
        length = here.stop - here.start
        if length < forecast.LEAST:
            self.refused.append(("forecast", "short"))
            return ()
        if self.observed[here].sum() < length:  # less than one a month
            self.refused.append(("forecast", "few"))
            return ()
        factor = np.array([seasons[(self.first + at) % 12] for at in range(self.length)])
        coming = [
            self.first + here.stop + step for step in range(self.running - self.first - here.stop + forecast.AHEAD)
        ]
        offsets = np.array([months.days(month) / USUAL_DAYS * seasons[month % 12] for month in coming])
        found = forecast.ahead(
            self.observed[here],
            (self.days * factor * reach * self.complete)[here],
            offsets,
            since=shifts[-1].at if shifts else 0,
            unsure=self._season_error(here, reach) if (seasons != 1).any() else 0.0,
        )
        return tuple(
            Coming(months.written(month), each.expected, each.low, each.high)
            for month, each in zip(coming, found, strict=True)
        )

    def _season_error(self, here: slice, reach: Array) -> float:
        """The squared relative error of a seasonal factor: what months scatter, over the years it was seen in."""
        told = self.observed[here]
        offsets = (self.days * reach * self.complete)[here]
        beyond = float(changes.scatter(told, offsets * told.sum() / offsets.sum())) / changes.LINGERING
        return (beyond + 1 / max(float(told.mean()), 1.0)) * 12 / len(told)

    def _year(self, here: slice) -> exposure.Change | None:
        if here.stop - here.start < 24 or ("reporters", "few") in self.refused:
            return None
        told = np.where(self.part, self.told / np.maximum(self.complete, delay.EARLY), 0.0)[:, here]
        return exposure.decomposed(told, self.part[:, here], slice(-24, -12), slice(-12, None))


def _wide(table: Array) -> int:
    """How many columns the ladder stands on: the later ones go where too few cases are left to step from."""
    seen = ~np.isnan(table[:, 1:])
    sums = np.where(seen, table[:, :-1], 0.0).sum(axis=0)
    short = np.flatnonzero(sums < delay.LEAST_SUM)
    return int(short[0]) + 1 if len(short) else table.shape[1]


def seen(series: Series, cells: Sequence[Shown]) -> Series:
    """The series as it may be shown, out of its months' cells (dimension "month") after disclosure control.

    A month whose cell is withheld shows nothing; what it will come to is worked out of the shown value, not the exact
    one. Foretold months are rounded to whole cases, and stay away where one of the last three months is withheld. A
    change stays away unless half of the months on both sides of it are shown (of the year before it, three at least);
    what the last year holds over the one before, unless all of both are.
    """
    shown = {cell.key[0]: cell for cell in cells if cell.key[0]}
    made: list[Month] = []
    for month in series.months:
        cell = shown.get(month.month)
        if cell is None or cell.value is None or not month.observed:
            made.append(
                replace(month, observed=None, corrected=None, low=None, high=None, adjusted=None, reporters=None)
            )
            continue
        by = cell.value / month.observed
        low, high = (None if bound is None else float(round(bound * by)) for bound in (month.low, month.high))
        made.append(
            replace(
                month,
                observed=cell.value,
                corrected=None if month.corrected is None else float(round(month.corrected * by)),
                low=low,
                high=high,
                adjusted=None if month.adjusted is None else float(round(month.adjusted * by)),
                reporters=cell.organisations or None,
            )
        )
    usable = [month for month in made if month.completeness >= delay.EARLY][-3:]
    coming = tuple(
        replace(each, expected=float(round(each.expected))) for each in series.coming
    ) if usable and all(month.observed is not None for month in usable) else ()  # fmt: skip
    told = tuple(change for change in series.changes if _open(change, shown))
    last = [month for month in made if month.completeness >= delay.EARLY][-24:]
    year = series.year if all(month.observed is not None for month in last) else None
    # From when on there is anything at all tells of the first case: a series begins with what is shown of it, or today.
    first = next((at for at, month in enumerate(made) if month.observed is not None), len(made) - 1)
    return replace(series, months=tuple(made[first:]), coming=coming, changes=told, year=year)


def _open(change: Change, cells: Mapping[str, Shown]) -> bool:
    """Whether enough months around a change are shown for it to tell nothing that they do not."""
    since = months.number(change.since)
    year = [cells[month] for month in cells if since - 12 <= months.number(month) < since]
    after = [cells[month] for month in cells if months.number(month) >= since]
    return all(
        sum(cell.value is not None for cell in part) >= max(least, len(part) / 2)
        for part, least in ((year, 3), (after, 1))
    )
