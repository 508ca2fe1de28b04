"""Whether units that have somebody certified do otherwise than those that have nobody: an association, no proof. Pure.

A unit counts once, however many reports it sent: reports of one unit are alike. Means of units are compared by Welch's
t interval (Welch 1947, Biometrika 34), which holds for few units and for groups that differ in spread, where drawing
units again and again (bootstrap) gives too narrow an interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import fmean, variance
from typing import Literal

LEAST = 5  # units of either group, below which nothing is said
Measure = Literal["report", "answer"]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit without its name: whether it has somebody certified; of how many reports or requests its mean is."""

    certified: bool
    n: int
    mean: float


@dataclass(frozen=True, slots=True)
class Association:
    """``certified`` and ``others``: what is typical of either group. ``estimate`` with its 95 % interval: how many
    times as long (report), how many points of 100 more (answer)."""

    measure: Measure
    units: int
    other_units: int
    certified: float
    others: float
    estimate: float
    low: float
    high: float

    @property
    def told(self) -> bool:
        """Whether the interval leaves out that there is no difference."""
        none = 1.0 if self.measure == "report" else 0.0
        return not self.low <= none <= self.high


def association(measure: Measure, units: Iterable[Unit]) -> Association | None:
    """Of ``report`` the means are logarithms of days, of ``answer`` shares from 0 to 1. None for too few units."""
    held = list(units)
    with_, without = [u.mean for u in held if u.certified], [u.mean for u in held if not u.certified]
    if min(len(with_), len(without)) < LEAST:
        return None
    apart, reach = welch(with_, without)
    at, other = fmean(with_), fmean(without)
    if measure == "report":
        return Association(
            measure, len(with_), len(without), exp(at), exp(other), exp(apart), exp(apart - reach), exp(apart + reach)
        )
    low, high = max(-1.0, apart - reach), min(1.0, apart + reach)
    return Association(measure, len(with_), len(without), 100 * at, 100 * other, 100 * apart, 100 * low, 100 * high)


def welch(one: Sequence[float], other: Sequence[float], *, level: float = 0.95) -> tuple[float, float]:
    """The difference of two means, and how far its interval reaches to either side. Two or more of each."""
    parts = [variance(each) / len(each) for each in (one, other)]
    apart = fmean(one) - fmean(other)
    error = sum(parts)
    if not error:
        return apart, 0.0
    from scipy.stats import t  # loaded by who asks

    freedom = error**2 / sum(part**2 / (len(each) - 1) for part, each in zip(parts, (one, other), strict=True))
    return apart, float(t.ppf((1 + level) / 2, freedom)) * sqrt(error)
