"""Who was there to report: joiners and leavers told apart from a rise in crime. Pure, numpy.

Each organisation has its own usual level; each month a level that all share: a Poisson model with a fixed effect for
each organisation and month, ``E y[o, t] = mu[o] lam[t]`` while o takes part (quasi-independence in an incomplete
two-way table: Bishop, Fienberg and Holland 1975, chapter 5; Poisson fixed effects are consistent as they are: Cameron
and Trivedi 1998, chapter 9). ``lam`` is the level with reporters held the same; the sum of ``mu`` over those who take
part is how much reporting there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

STRAY: Final = 0.05  # outside its time an organisation's reports are at most so frequent: old crimes told on joining
EDGE: Final = 3.0  # in log likelihood, what a beginning or an end has to gain before it is believed
ROUNDS: Final = 500
CLOSE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Exposure:
    """Reporting as it was. One entry a month; NaN where nobody took part."""

    reporters: NDArray[np.int_]  # organisations that took part
    expected: Array  # what they tell in a usual month
    level: Array  # told over expected: 1 is a usual month


@dataclass(frozen=True, slots=True)
class Change:
    """What told more in one stretch than in another: ratios whose product is the whole."""

    total: float
    reporters: float  # through more or fewer reporters, and larger or smaller ones
    each: float  # through more or fewer from each


def matrix(panel: Mapping[tuple[int, int], int], first: int, last: int) -> tuple[list[int], Array]:
    """Organisations and their counts by month (numbers of months, both in), out of (organisation, month) -> count."""
    bodies = sorted({body for body, _month in panel})
    place = {body: row for row, body in enumerate(bodies)}
    made = np.zeros((len(bodies), last - first + 1))
    for (body, month), count in panel.items():
        if first <= month <= last:
            made[place[body], month - first] += count
    return bodies, made


def active(told: Array) -> Mask:
    """When each organisation took part: one stretch each, the likeliest, given its counts of everything it tells.

    Inside the stretch it tells at one rate, outside at ``STRAY`` of it; a stretch that begins after the first month or
    ends before the last has to be likelier by ``EDGE`` for each. Shape: organisations by months.
    """
    bodies, length = told.shape
    begin, end = np.triu_indices(length)
    sums = np.concatenate([np.zeros((bodies, 1)), told.cumsum(axis=1)], axis=1)
    total = sums[:, -1]
    inside = end - begin + 1
    spread = inside + STRAY * (length - inside)
    edges = EDGE * ((begin > 0).astype(float) + (end < length - 1))
    made = np.zeros((bodies, length), dtype=bool)
    at = np.arange(length)
    for body in range(bodies):
        if not total[body]:
            continue
        within = sums[body, end + 1] - sums[body, begin]
        likely = -total[body] * np.log(spread) + (total[body] - within) * np.log(STRAY) - edges
        best = int(likely.argmax())
        made[body] = (at >= begin[best]) & (at <= end[best])
    return made


def levels(told: Array, part: Mask) -> tuple[Array, Array]:
    """Each organisation's usual level and each month's, by iterative proportional fitting; months average 1.

    Counts outside an organisation's stretch are left out. A month in which nobody takes part is NaN.
    """
    counts = np.where(part, told, 0.0)
    of_body, of_month = counts.sum(axis=1), counts.sum(axis=0)
    held = part.astype(float)
    peopled = held.any(axis=0)
    lam = np.where(peopled, 1.0, 0.0)
    mu = np.zeros(len(told))
    for _round in range(ROUNDS):
        reach = held @ lam
        mu = np.divide(of_body, reach, out=np.zeros_like(of_body), where=reach > 0)
        expected = mu @ held
        new = np.divide(of_month, expected, out=np.zeros_like(of_month), where=expected > 0)
        mean = new[peopled].mean() if peopled.any() else 0.0
        if mean <= 0:
            break
        new /= mean
        moved = float(np.abs(new - lam).max())
        lam = new
        if moved < CLOSE:
            break
    return mu, np.where(peopled, lam, np.nan)


def exposure(told: Array, part: Mask) -> Exposure:
    """How much reporting there was in each month, and the level with it taken out."""
    mu, lam = levels(told, part)
    return Exposure(part.sum(axis=0), np.where(part.any(axis=0), mu @ part, np.nan), lam)


def decomposed(told: Array, part: Mask, before: slice, after: slice) -> Change | None:
    """A change of monthly averages told apart: reporters, and each of them. None where no reporter is in both."""
    counts = np.where(part, told, 0.0)
    both = part[:, before].any(axis=1) & part[:, after].any(axis=1)
    mu, lam = levels(told, part)
    expected = mu @ part
    old, new = counts[:, before].sum(axis=0).mean(), counts[:, after].sum(axis=0).mean()
    told_of = np.nansum((lam * expected)[before]), np.nansum((lam * expected)[after])
    reach = expected[before].sum(), expected[after].sum()
    if not both.any() or old <= 0 or min(*told_of, *reach) <= 0:
        return None
    each = (told_of[1] / reach[1]) / (told_of[0] / reach[0])
    return Change(float(new / old), float(new / old / each), float(each))
