"""Reports that are yet to come: the chain ladder on months of the crime by months until arrival. Pure, numpy.

``C[i, j]`` is what of month i had arrived by the end of its j-th month after. Development factors are ratios of column
sums (Mack 1993, ASTIN Bulletin 23(2); equal to the over-dispersed Poisson model with a row and a column effect).
The spread is that of the over-dispersed negative binomial model of the ladder (Verrall 2000, Insurance: Mathematics and
Economics 26): ``var C[i, j+1] given C[i, j] = phi f (f - 1) C[i, j]``; the error of prediction then follows
Mack's recursion (his Theorem 3), in which the factors' own error is contained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.trends import months
from hueandcry.picture.trends.negative_binomial import quantile

Array = NDArray[np.float64]

LONGEST: Final = 24  # months of delay that are followed; what comes later is not made up for
ROWS: Final = 36  # months of crimes that the factors are learnt from, the latest
LEAST_ROWS: Final = 6  # with fewer months under observation nothing is corrected
LEAST_SUM: Final = 30  # a factor that fewer cases stand behind corrects nothing
COMPLETE: Final = 0.95  # a month less complete than this is provisional
EARLY: Final = 0.25  # a month less complete than this is not corrected: too early
COVERED: Final = 0.95  # of intervals


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a triangle says of delay. ``factors[j]`` leads from delay j to j + 1; ``sums[j]`` is what it stands on;
    ``spread[j]`` is sigma squared: the variance of a step from C is sigma squared times C."""

    factors: Array
    sums: Array
    spread: Array
    dispersion: float  # phi of the negative binomial ladder; 1 is no more than chance

    @property
    def completeness(self) -> Array:
        """The share that has arrived after 0, 1, ... months."""
        return 1 / np.append(np.cumprod(self.factors[::-1])[::-1], 1.0)

    def error(self, age: int, held: float) -> float:
        """Mack's standard error of the final count of a month that holds ``held`` after ``age`` months."""
        final = held / self.completeness[age]
        return float(final * np.sqrt(self._relative(age, final)))

    def _relative(self, age: int, final: float) -> float:
        """The squared relative error of a final count foretold at an age."""
        steps = slice(min(age, len(self.factors)), None)
        on_the_way = np.maximum(final * self.completeness[:-1][steps], 1e-9)
        parts = self.spread[steps] / self.factors[steps] ** 2 * (1 / on_the_way + 1 / self.sums[steps])
        return float(parts.sum())


@dataclass(frozen=True, slots=True)
class Corrected:
    """One month: its completeness so far and its final count with a 95 % interval of prediction; None: too early."""

    completeness: float
    value: float | None
    low: float | None
    high: float | None
    unsure: float = 0.0  # squared relative error of the completeness itself, beside chance

    @property
    def provisional(self) -> bool:
        """Whether enough is still to come for the month to be drawn apart."""
        return self.completeness < COMPLETE


class TooLittleError(ValueError):
    """There is not enough to learn delay from; the message says what is missing."""


def ladder(cumulative: Array, *, free: bool = False) -> Ladder:
    """The chain ladder of a cumulative triangle; NaN is what is not seen yet. Columns without a factor are refused.

    ``free`` takes Mack's spread for each column by itself in place of the negative binomial one.
    Raises TooLittleError where a column holds fewer than ``LEAST_SUM`` to step from.
    """
    from_, to = cumulative[:, :-1], cumulative[:, 1:]
    seen = ~np.isnan(to)
    base = np.where(seen, from_, 0.0)
    sums = base.sum(axis=0)
    if len(sums) == 0 or sums.min() < LEAST_SUM:
        raise TooLittleError("too few cases to learn from how late they come")
    factors = np.where(seen, to, 0.0).sum(axis=0) / sums
    expected = (factors - 1) * base
    with np.errstate(invalid="ignore", divide="ignore"):
        squares = np.where(seen & (base > 0), (to - from_ - expected) ** 2 / base, 0.0)
    cells = (seen & (base > 0)).sum(axis=0)
    if free:
        return Ladder(factors, sums, _mack(squares.sum(axis=0), cells), float("nan"))
    unit = factors * (factors - 1)  # the variance of a step for each case held, were it pure chance
    moving = unit > 1e-9
    freedom = cells[moving].sum() - moving.sum()
    pearson = float((squares.sum(axis=0)[moving] / unit[moving]).sum())
    dispersion = max(1.0, pearson / freedom) if freedom > 0 else 1.0
    return Ladder(factors, sums, dispersion * unit, dispersion)


def _mack(squares: Array, cells: NDArray[np.int_]) -> Array:
    spread = squares / np.maximum(cells - 1, 1)
    if cells[-1] == 1 and len(spread) >= 3:  # one ratio has no spread: carried on from the two before
        spread[-1] = min(spread[-2] ** 2 / spread[-3], spread[-3], spread[-2])
    return spread


def cumulated(triangle: Mapping[tuple[str, int], int], today: date) -> tuple[int, Array]:
    """The cumulative triangle of counts by (month, months until arrival), and the number of its first month.

    Only whole months count: what came in the running month is left out. The first row is the month in which the first
    case arrived at all, for how late earlier ones came nobody saw. Raises TooLittleError.
    """
    last = months.of(today) - 1
    cells = [(months.number(month), delay, count) for (month, delay), count in triangle.items() if delay >= 0]
    arrived = [month + delay for month, delay, count in cells if count]
    if not arrived or last - min(arrived) + 1 < LEAST_ROWS:
        raise TooLittleError("reports have been arriving for less than six whole months")
    first = max(min(arrived), last - ROWS + 1)
    rows = last - first + 1
    wide = min(rows, LONGEST + 1)
    steps = np.zeros((rows, wide))
    for month, delay, count in cells:
        if month >= first and month + delay <= last and delay < wide:
            steps[month - first, delay] += count
    seen = np.add.outer(np.arange(rows), np.arange(wide)) < rows
    return first, np.where(seen, steps.cumsum(axis=1), np.nan)


def corrected(ladder: Ladder, held: float, *, age: int, elapsed: float) -> Corrected:
    """What a month comes to that holds ``held``: ``age`` whole months after its end and ``elapsed`` of one more.

    ``age`` -1 is the running month, of which nothing is foretold.
    """
    if age < 0:
        return Corrected(0.0, None, None, None)
    whole = ladder.completeness
    last = len(whole) - 1
    here, after = whole[min(age, last)], whole[min(age + 1, last)]
    complete = float(here + elapsed * (after - here))
    if complete >= 1:
        return Corrected(1.0, held, held, held)
    if complete < EARLY:
        return Corrected(complete, None, None, None)
    # Half a case more: where nothing has come, something still may.
    final = (held + 0.5) / complete
    relative = (1 - elapsed) * ladder._relative(min(age, last), final) + elapsed * ladder._relative(
        min(age + 1, last), final
    )
    tail = (1 - COVERED) / 2
    low, high = (quantile(share, final * (1 - complete), relative * final**2) for share in (tail, 1 - tail))
    chance = (1 - complete) / (final * complete)
    return Corrected(complete, held / complete, held + low, held + high, max(relative - chance, 0.0))
