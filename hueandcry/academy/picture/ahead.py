"""How many will still be certified: certificates end on days that are known, who renews is not. Pure.

Who comes up for renewal is taken to renew as those did who came up before. With a share that is not known itself, how
many of n renew follows a beta-binomial law (Jeffreys' prior, Beta(1/2, 1/2); Gelman et al., Bayesian Data Analysis,
3rd edition, 2.5); its 5th and 95th percentile bound what is to be expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LOW, HIGH = 0.05, 0.95
LEAST = 5  # ended certificates, below which nothing is said of how many renew


@dataclass(frozen=True, slots=True)
class Renewals:
    """Of certificates that ended, how many were renewed."""

    ended: int
    renewed: int

    @property
    def known(self) -> bool:
        """Whether there are enough to say anything."""
        return self.ended >= LEAST


@dataclass(frozen=True, slots=True)
class Month:
    """``months`` from now: people certified if nobody renews (None: fewer than five, or not said), and if they renew as
    before, with bounds (None where nothing is known of that)."""

    months: int
    unrenewed: int | None
    expected: float | None = None
    low: float | None = None
    high: float | None = None


def ahead(standing: Sequence[int | None], renewals: Renewals | None = None) -> list[Month]:
    """The months from now (``standing[0]``) on. Raises ValueError where ``standing`` grows."""
    told = [each for each in standing if each is not None]
    if any(later > sooner for sooner, later in pairwise(told)):
        raise ValueError("certificates that end do not grow in number")
    if renewals is None or not renewals.known or not standing or standing[0] is None:
        return [Month(months, people) for months, people in enumerate(standing)]
    return [_month(months, standing[0], people, renewals) for months, people in enumerate(standing)]


def _month(months: int, now: int, people: int | None, renewals: Renewals) -> Month:
    if people is None:
        return Month(months, None)
    ending = now - people
    a, b = renewals.renewed + 0.5, renewals.ended - renewals.renewed + 0.5
    if not ending:
        return Month(months, people, float(people), float(people), float(people))
    from scipy.stats import betabinom  # half a second: loaded by who asks

    low, high = (float(betabinom.ppf(at, ending, a, b)) for at in (LOW, HIGH))
    return Month(months, people, people + ending * a / (a + b), people + low, people + high)
