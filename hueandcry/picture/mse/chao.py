"""Lower bounds: how many there are at least, whatever keeps some off the lists more than others. Pure.

    bound = lower_bound(table)          # always there where anybody is on two lists or more; seen alone otherwise
    chapman(40, 50, 10)                 # two lists

Chao (1987, Biometrics 43, 783-791) bounds those never seen by those seen once and twice. Her form for occasions that
are alike, (t - 1) / t f1 (f1 - 1) / (2 (f2 + 1)), overshoots where lists differ in size; lists do, so the bound is that
of Rivest & Baillargeon (2007, Biometrics 63, 999-1006) for model Mth, which Rcapture calls "Mth Chao (LB)":
(f1^2 - sum f1i^2) / (2 (f2 + 1)), f1i being those on list i alone. Both are one where lists are alike. By the
Cauchy-Schwarz inequality it lies below the truth where individuals differ; a list that keeps away from another
(negative dependence) can lift it above.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import exp, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hueandcry.picture.mse.table import Table

Z = 1.959964  # of a normal law, 97.5 %
ONE_SIDED = 1.644854  # 95 %


@dataclass(frozen=True, slots=True)
class Bound:
    """A total with its standard error and 95 % limits; these are log-normal, and never below those seen (Chao 1987)."""

    value: float
    error: float
    low: float
    high: float
    least: float  # one-sided: 95 % of such limits lie below the truth


def lower_bound(table: Table) -> Bound:
    """The least total that the table lets one believe in, with its limits. ValueError for fewer than two lists."""
    if len(table.lists) < 2:
        raise ValueError("a bound takes two lists")
    seen = sum(table.counts.values())
    alone = [table.counts.get(1 << at, 0) for at in range(len(table.lists))]
    once = sum(alone)
    twice = sum(count for history, count in table.counts.items() if history.bit_count() == 2)
    missed = (once**2 - sum(one**2 for one in alone)) / (2 * (twice + 1))
    # By the delta method, counts being Poisson, less what the total itself would vary: for one list size that is Chao's
    # f2 ((f1/f2)^4 / 4 + (f1/f2)^3 + (f1/f2)^2 / 2).
    variance = sum(one * ((once - one) / (twice + 1)) ** 2 for one in alone)
    variance += twice * (missed / (twice + 1)) ** 2 + missed
    return _log_normal(seen, missed, variance)


def chao2(table: Table) -> Bound:
    """Chao's bias-corrected bound for occasions that are alike (1987, equation 11 with t occasions): catches on several
    days by the same means. ValueError for fewer than two lists."""
    occasions = len(table.lists)
    if occasions < 2:
        raise ValueError("a bound takes two lists")
    once, twice = (sum(n for history, n in table.counts.items() if history.bit_count() == k) for k in (1, 2))
    share = (occasions - 1) / occasions
    missed = share * once * (once - 1) / (2 * (twice + 1))
    if twice:
        ratio = once / twice
        variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    else:  # Colwell's form where nobody is on exactly two
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        variance = max(variance - share**2 * once**4 / (4 * (sum(table.counts.values()) + missed)), 0.0)
    return _log_normal(sum(table.counts.values()), missed, variance)


def chapman(first: int, second: int, both: int) -> Bound:
    """Two lists: Chapman's (1951) nearly unbiased form of Lincoln and Petersen's, with Seber's (1970) variance. Takes
    that lists know nothing of one another. ValueError where ``both`` is more than either."""
    if not 0 <= both <= min(first, second):
        raise ValueError("more on both lists than on one")
    total = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    seen = first + second - both
    return _log_normal(seen, total - seen, variance)


def pairwise(table: Table) -> dict[tuple[str, str], Bound]:
    """Chapman's total from each two lists alone. Where these lie far apart, lists depend on one another: the smallest
    come from lists that find the same, the largest from lists that keep apart."""
    on = table.on
    return {
        (table.lists[one], table.lists[other]): chapman(on(1 << one), on(1 << other), on(1 << one | 1 << other))
        for one, other in combinations(range(len(table.lists)), 2)
    }


def _log_normal(seen: float, missed: float, variance: float) -> Bound:
    if missed <= 0 or variance <= 0:
        return Bound(seen + max(missed, 0.0), sqrt(max(variance, 0.0)), seen, seen + max(missed, 0.0), seen)
    spread = sqrt(log(1 + variance / missed**2))
    factor = exp(Z * spread)
    return Bound(
        seen + missed,
        sqrt(variance),
        seen + missed / factor,
        seen + missed * factor,
        seen + missed / exp(ONE_SIDED * spread),
    )
