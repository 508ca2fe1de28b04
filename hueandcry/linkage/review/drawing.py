"""Which pairs are read: strata by match weight, and a random sample of each. Arrays in, arrays out; no Django import.

The pairs come from looser blocking than linkage itself uses, so that what linkage never compared is estimated as well;
pairs of one crime that were not even proposed by that (linked through others) are a stratum of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hueandcry.linkage.matching.settings import Blocking, Settings
from hueandcry.linkage.review.estimate import shares

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

STEPS_DOWN = (4.0, 8.0, 14.0, 24.0)  # bits below the threshold at which strata of unlinked pairs end; nothing lower
STEPS_UP = (5.0, 10.0)  # bits above it, for linked ones
LOOSER = (  # over the columns of matching/prepared.py
    Blocking('l."country" = r."country" AND l."classes" = r."classes" AND abs(l."day" - r."day") <= 10'),
    Blocking.on("country", "day"),
    Blocking.on("amount", "currency"),
)


@dataclass(frozen=True, slots=True)
class Band:
    """A stratum: ``low`` <= match weight < ``high``; ``through``: no weight, the pair is linked through others."""

    linked: bool
    low: float | None
    high: float | None
    through: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """One stratum with the pairs drawn of it: ids of reports, the smaller first."""

    band: Band
    pairs: int
    left: Ints
    right: Ints


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs to draw from: ids of reports, the smaller first; weight (NaN: linked through others); linked or not."""

    left: Ints
    right: Ints
    weight: Floats
    linked: Bools

    @classmethod
    def of(cls, proposed: tuple[Ints, Ints, Floats], reports: Ints, crimes: Ints, least: float) -> Candidates:
        """Of what was proposed and scored, and of the crime that each report is in (both in one order)."""
        left, right = (np.asarray(side, dtype=np.int64) for side in proposed[:2])
        weight = np.asarray(proposed[2], dtype=np.float64)
        left, right = np.minimum(left, right), np.maximum(left, right)
        order = np.argsort(reports)
        known, crime = reports[order], crimes[order]
        linked = crime[np.searchsorted(known, left)] == crime[np.searchsorted(known, right)]
        kept = linked | (weight >= least)
        left, right, weight, linked = left[kept], right[kept], weight[kept], linked[kept]
        inner = inner_pairs(reports, crimes)
        beyond = ~np.isin(_keys(*inner, known), _keys(left[linked], right[linked], known))
        added = int(beyond.sum())
        return cls(
            np.concatenate([left, inner[0][beyond]]), np.concatenate([right, inner[1][beyond]]),
            np.concatenate([weight, np.full(added, np.nan)]), np.concatenate([linked, np.ones(added, dtype=bool)]),
        )  # fmt: skip

    def without(self, left: Ints, right: Ints) -> Candidates:
        """All but these pairs."""
        known = np.unique(np.concatenate([self.left, self.right, left, right]))
        kept = ~np.isin(_keys(self.left, self.right, known), _keys(left, right, known))
        return Candidates(self.left[kept], self.right[kept], self.weight[kept], self.linked[kept])


def _keys(left: Ints, right: Ints, known: Ints) -> Ints:
    """One number for each pair."""
    return np.asarray(np.searchsorted(known, left) * len(known) + np.searchsorted(known, right), dtype=np.int64)


def looser(settings: Settings) -> Settings:
    """The same comparisons over more pairs."""
    return replace(settings, blocking=(*settings.blocking, *LOOSER))


def bands(threshold: float) -> list[Band]:
    """The strata for this threshold (bits), the surest first."""
    ups = [threshold, *(threshold + step for step in STEPS_UP)]
    linked = [Band(True, low, high) for low, high in zip(ups, [*ups[1:], None], strict=True)]
    downs = [threshold, *(threshold - step for step in STEPS_DOWN)]
    unlinked = [Band(False, low, high) for high, low in pairwise(downs)]
    return [
        *reversed(linked), Band(True, None, threshold), Band(True, None, None, through=True),
        Band(False, threshold, None), *unlinked,
    ]  # fmt: skip


def inner_pairs(reports: Ints, crimes: Ints) -> tuple[Ints, Ints]:
    """All pairs of reports that are in one crime, the smaller id first."""
    order = np.lexsort((reports, crimes))
    reports, crimes = reports[order], crimes[order]
    left: list[Ints] = []
    right: list[Ints] = []
    step = 1  # neighbours first, then the next but one, as far as the largest crime goes
    while step < len(reports):
        same = crimes[step:] == crimes[:-step]
        if not same.any():  # sorted by crime, so that no larger step meets one either
            break
        left.append(reports[:-step][same])
        right.append(reports[step:][same])
        step += 1
    if not left:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate(left), np.concatenate(right)


def draw(candidates: Candidates, threshold: float, wanted: int, rng: np.random.Generator) -> list[Drawn]:
    """A sample of about ``wanted`` pairs over the strata that hold any."""
    found = [(band, np.flatnonzero(_inside(band, candidates))) for band in bands(threshold)]
    found = [(band, members) for band, members in found if len(members)]
    guesses = [_guess(band, candidates.weight[members]) for band, members in found]
    sizes = shares([len(members) for _band, members in found], guesses, wanted)
    drawn = []
    for (band, members), size in zip(found, sizes, strict=True):
        chosen = rng.choice(members, size=size, replace=False)
        drawn.append(Drawn(band, len(members), candidates.left[chosen], candidates.right[chosen]))
    return drawn


def _inside(band: Band, candidates: Candidates) -> Bools:
    weight = candidates.weight
    inside = candidates.linked == band.linked
    if band.through:
        return np.asarray(inside & np.isnan(weight))
    inside = inside & ~np.isnan(weight)
    if band.low is not None:
        inside = inside & (weight >= band.low)
    if band.high is not None:
        inside = inside & (weight < band.high)
    return np.asarray(inside)


def _guess(band: Band, weight: Floats) -> float:
    """The share that linkage may have wrong, by its own word: the mean of what the weights say. Bends no estimate, only
    how many are read where."""
    if band.through:
        return 0.1
    matches = float(np.mean(1 / (1 + np.exp2(-np.clip(weight, -60, 60)))))
    return 1 - matches if band.linked else matches


def spread(sizes: Sequence[int], share: float, rng: np.random.Generator) -> tuple[Ints, Bools]:
    """A random order of reading for all pairs of all strata, and which of them two people read."""
    total = sum(sizes)
    return rng.permutation(total), rng.random(total) < share
