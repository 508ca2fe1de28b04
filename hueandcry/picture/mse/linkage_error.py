"""What errors of linkage do to how many there are, and how they are taken out again. Pure.

    error = LinkageError(precision=Rate(0.98, 0.96, 0.99), recall=Rate(0.80, 0.74, 0.86))
    distinct(sizes, error)                       # how many there truly are behind these reports
    for precision, recall in error.draws(200, seed=0):
        corrected(observed, precision, recall, rng)    # the table as it would be without errors, one draw of it

A link that is missed makes two of one, so that totals come out too high; a false one makes one of two.

**The model.** Each report of a crime stays with the others with chance q, or stands alone, each for itself. Of two
reports of one crime a pair is left with chance q^2, so that pairwise recall r gives q = sqrt(r). Of what was found
together, a pair is right with chance p, pairwise precision: each report belongs there with chance sqrt(p). Both are the
same map D(q) on tables of capture histories, D(a) D(b) = D(ab), so what there truly is follows from what was found as
D(sqrt(p / r)): where r < p that is the inverse of losing links. For two lists it is the correction of Ding & Fienberg
(1994): the overlap times p / r, and so a total that a missed link inflates by 1 / r. Lists keep how many they told of.
It is an approximation where crimes have many reports: linkage may split ten reports five and five, which this reads as
several standing alone. ``bench/truth_picture`` and docs/picture-linkage-error.md say how well it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import comb, sqrt
from typing import Final

import numpy as np

from hueandcry.picture.mse.table import Table

# How many reports of a list one crime has: () to (3, 1, 0), in the order of the lists.
Composition = tuple[int, ...]

LEAST_RECALL: Final = 0.2  # below, four of five pairs are lost, and what is left says nothing of what was
MAX_REPORTS: Final = 8  # of one crime, that are followed one by one; larger ones stay as they were found
DRAWS: Final = 400


@dataclass(frozen=True, slots=True)
class Rate:
    """A share between 0 and 1 with its 95 % limits."""

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.value <= self.high <= 1:
            raise ValueError(f"{self} is no share between its limits")


@dataclass(frozen=True, slots=True)
class LinkageError:
    """How good linkage was found to be, by pairs of reports: of the links made, and of those to be made, how many
    are."""

    precision: Rate
    recall: Rate
    # Of crimes with many reports more links are missed than of small ones, and pairs count them most: so of the missed
    # share that recall by pairs names, what one crime misses is between these, evenly. (1, 1): every pair is as hard.
    uneven: tuple[float, float] = (1.0, 1.0)

    @property
    def central(self) -> tuple[float, float]:
        """Precision and recall as they enter a single correction."""
        return max(self.precision.value, 0.01), self._of_crimes(self.recall.value, sum(self.uneven) / 2)

    def _of_crimes(self, recall: float, uneven: float) -> float:
        return max(1 - (1 - recall) * uneven, LEAST_RECALL)

    def draws(self, count: int, *, seed: int = 0) -> list[tuple[float, float]]:
        """So many pairs (precision, recall) as uncertain as they are: beta distributions with these means, whose spread
        is that of the limits. Recall is kept at LEAST_RECALL or above."""
        rng = np.random.default_rng(seed)
        precisions, recalls = (_beta(rng, rate, count) for rate in (self.precision, self.recall))
        uneven = rng.uniform(*self.uneven, count)
        return [
            (float(p), self._of_crimes(float(r), float(u)))
            for p, r, u in zip(np.maximum(precisions, 0.01), recalls, uneven, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many there truly are: the count corrected for errors of linkage, with its 95 % limits."""

    value: float
    low: float
    high: float


def _beta(rng: np.random.Generator, rate: Rate, count: int) -> np.ndarray:
    mean = min(max(rate.value, 1e-6), 1 - 1e-6)
    deviation = (rate.high - rate.low) / (2 * 1.959964)
    if deviation < 1e-9:
        return np.full(count, rate.value)
    weight = mean * (1 - mean) / min(deviation, 0.999 * sqrt(mean * (1 - mean))) ** 2 - 1
    return rng.beta(mean * weight, (1 - mean) * weight, count)


def kept(precision: float, recall: float) -> float:
    """sqrt(precision / recall): the q of the map that takes what was found to what there is. ValueError where recall is
    below LEAST_RECALL."""
    if recall < LEAST_RECALL:
        raise ValueError(f"a recall of {recall:.2f} says too little of what was missed")
    return sqrt(precision / recall)


def pieces(size: int, q: float) -> float:
    """How many crimes a crime of so many reports comes to under D(q): those that stand alone, and what stays together.

    For q > 1 it takes away what stands alone elsewhere for having been lost from here, and may be below nought.
    """
    return size * (1 - q) + 1 - (1 - q) ** size


def distinct(sizes: Mapping[int, int], error: LinkageError, *, seed: int = 0) -> Distinct:
    """How many crimes there truly are. ``sizes``: crimes as found by the number of their reports.

    Limits hold the uncertainty of precision and recall, and the chance in which links were lost. There are never fewer
    than one nor more than there are reports. Crimes of more than MAX_REPORTS reports count as they were found.
    """
    reports = sum(size * count for size, count in sizes.items())
    if not reports:
        return Distinct(0, 0, 0)

    def corrected_to(q: float) -> float:
        raw = sum(count * (pieces(size, q) if size <= MAX_REPORTS else 1) for size, count in sizes.items())
        return min(max(raw, 1.0), float(reports))

    value = corrected_to(kept(*error.central))
    rng = np.random.default_rng(seed)
    pairs = sum(count * size * (size - 1) // 2 for size, count in sizes.items() if size <= MAX_REPORTS)
    drawn = []
    for precision, recall in error.draws(DRAWS, seed=seed):
        q = kept(precision, recall)
        # Which links were lost and which wrongly made is chance too: binomial each, at the rates drawn, seen through
        # 1/r.
        spread = sqrt(pairs * precision * ((1 - recall) + (1 - precision))) / recall
        drawn.append(min(max(corrected_to(q) + rng.normal() * spread, 1.0), float(reports)))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Distinct(value, min(float(low), value), max(float(high), value))


def corrected(
    observed: Table | Mapping[Composition, int],
    precision: float,
    recall: float,
    rng: np.random.Generator | None = None,
    *,
    lists: tuple[str, ...] = (),
) -> Table:
    """The table as it would be had linkage made no error, in whole numbers.

    ``observed``: a table; or, where a list may tell of a crime more than once, crimes by their number of reports from
    each list (then ``lists`` names them), so that a crime that one list told of twice without being found to be one
    does not count twice. ``rng``: where given, fractions are rounded up with the chance that they are, so that draws
    differ by that too; else to the nearest. Counts that come out below nought are nought: then the lists tell of a
    little more than they did. ValueError as in ``kept``.
    """
    if isinstance(observed, Table):
        names = observed.lists
        given: Mapping[Composition, float] = {_unpacked(bits, len(names)): n for bits, n in observed.counts.items()}
    else:
        names, given = lists, {composition: float(count) for composition, count in observed.items()}
    q = kept(precision, recall)
    total: dict[int, float] = {}
    for composition, count in given.items():
        if not count:
            continue
        parts = {_bits(composition): 1.0} if sum(composition) > MAX_REPORTS else _spread(composition, q)
        for bits, share in parts.items():
            total[bits] = total.get(bits, 0.0) + count * share
    counts = {bits: _whole(value, rng) for bits, value in sorted(total.items()) if bits}
    return Table(names, {bits: count for bits, count in counts.items() if count})


def tables(
    observed: Table | Mapping[Composition, int], error: LinkageError, count: int, *, seed: int = 0,
    lists: tuple[str, ...] = (),
) -> Iterator[Table]:  # fmt: skip
    """So many corrected tables of one observed, each with precision and recall drawn anew: the uncertainty of linkage
    alone. For that of sampling as well, resample what was observed before (bootstrap) and correct each with one
    draw."""
    rng = np.random.default_rng([seed, 1])
    for precision, recall in error.draws(count, seed=seed):
        yield corrected(observed, precision, recall, rng, lists=lists)


def _whole(value: float, rng: np.random.Generator | None) -> int:
    if value <= 0:
        return 0
    return int(np.floor(value + rng.random())) if rng is not None else round(value)


@cache
def _cores(composition: Composition) -> tuple[tuple[Composition, int], ...]:
    """Every part of a crime's reports with two or more of them, and in how many ways it may be picked."""
    found = []
    for part in product(*(range(n + 1) for n in composition)):
        if sum(part) >= 2:
            ways = 1
            for n, k in zip(composition, part, strict=True):
                ways *= comb(n, k)
            found.append((part, ways))
    return tuple(found)


def _spread(composition: Composition, q: float) -> dict[int, float]:
    """D(q) of one crime: bits of the lists that tell of each piece, and how many such pieces (they may repeat)."""
    size = sum(composition)
    together: dict[int, float] = {}
    left = [float(n) for n in composition]
    for part, ways in _cores(composition):
        share = ways * q ** sum(part) * (1 - q) ** (size - sum(part))
        bits = _bits(part)
        together[bits] = together.get(bits, 0.0) + share
        for at, n in enumerate(part):
            left[at] -= share * n
    for at, alone in enumerate(left):  # every report is somewhere: what is in no part stands alone
        if alone:
            together[1 << at] = together.get(1 << at, 0.0) + alone
    return together


def _bits(composition: Composition) -> int:
    return sum(1 << at for at, n in enumerate(composition) if n)


def _unpacked(bits: int, lists: int) -> Composition:
    return tuple(bits >> at & 1 for at in range(lists))
