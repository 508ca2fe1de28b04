"""Groups that act in the same manner: an operation that came back with new means after a takedown. Pure.

Values tie what shares them. Criminals who lose their sites and accounts come back with new ones, and do again what
they can: the same kind of crime against the same countries by the same kinds of means, soon after. Two groups are taken
for one where that is likelier than chance (``traits``), less the logarithm of how many candidates there were, and where
each is the other's best.

Whether criminals come back like that at all differs from world to world, and is estimated: pairs of groups that are at
work at the same time for long, or a year apart, are not one that came back, and as often as they are as alike, as often
are others by chance. Where that would be more than ``manner_false`` of the pairs, nothing is joined (a false discovery
rate, after Efron 2007). It needs crimes to count, so small groups stay as they are, and no single crime is put into an
operation for its manner.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hueandcry.linkage.operations import traits
from hueandcry.linkage.operations.arrays import Bools, Crimes, Floats, Ints
from hueandcry.linkage.operations.options import Options

ROUNDS = 10
_BLOCK = 256  # groups compared with all others at once
_STRANGE = 60  # days at work at the same time from which on two groups are not one that came back
_YEAR = 365
_TAKEN = 400_000  # pairs of strangers looked at, at most
_SEED = 3


def joined(label: Ints, crimes: Crimes, options: Options) -> tuple[Ints, int]:
    """Labels after groups of one manner are one, and how many were joined to another."""
    label, total = label.copy(), 0
    fitted = traits.fitted(crimes.traits, label)
    asked = False
    for _ in range(ROUNDS):
        used, at = _large(label, options)
        if len(used) < 2 or not crimes.traits:
            break
        counts = [traits.counted(trait, at, len(used)) for trait in crimes.traits]
        low, high = _spans(crimes.day, at, len(used))
        a, b, nats, near = _pairs(counts, fitted, low, high, options)
        if not asked and not _comes_back(counts, fitted, low, high, nats, near, options):
            break
        asked = True
        margin = options.manner_margin + np.log(np.maximum(near[a], near[b]))
        best = np.full(len(used), -np.inf)
        np.maximum.at(best, a, nats)
        np.maximum.at(best, b, nats)
        join = np.flatnonzero((nats >= margin) & (nats >= best[a]) & (nats >= best[b]))
        if not len(join):
            break
        into = np.arange(int(label.max()) + 1)
        into[used[b[join]]] = used[a[join]]
        label = np.where(label >= 0, into[label], -1)
        total += len(join)
    return label, total


def _large(label: Ints, options: Options) -> tuple[Ints, Ints]:
    """The groups large enough to have a manner, the largest first, and of each crime the place of its group there."""
    size = np.bincount(label[label >= 0], minlength=1)
    used = np.flatnonzero(size >= options.manner_least)
    used = used[np.argsort(-size[used], kind="stable")][: options.manner_most]
    place = np.full(len(size), -1, np.int64)
    place[used] = np.arange(len(used))
    return used, np.where(label >= 0, place[label], -1)


def _spans(day: np.ndarray, group: Ints, groups: int) -> tuple[Ints, Ints]:
    low, high = np.full(groups, np.iinfo(np.int32).max), np.full(groups, np.iinfo(np.int32).min)
    rows = np.flatnonzero(group >= 0)
    np.minimum.at(low, group[rows], day[rows])
    np.maximum.at(high, group[rows], day[rows])
    return low.astype(np.int64), high.astype(np.int64)


def _apart(low: Ints, high: Ints, a: Ints, b: Ints) -> Ints:
    """Days between the end of one and the beginning of the other; below nought where both are at work."""
    return np.maximum(low[a], low[b]) - np.minimum(high[a], high[b])


def _pairs(
    counts: Sequence[traits.Counts], fitted: Sequence[Floats], low: Ints, high: Ints, options: Options
) -> tuple[Ints, Ints, Floats, Ints]:
    """Pairs of groups soon after each other that have a code of the first trait in common, how alike they are, and of
    each group with how many it was compared. What has no class in common would lose against any that has."""
    n, common = len(low), _in_common(counts[0], len(low))
    near = np.zeros(n, np.int64)
    found: list[tuple[Ints, Ints]] = []
    for start in range(0, n, _BLOCK):
        mine = np.arange(start, min(n, start + _BLOCK))
        apart = _apart(low, high, mine[:, None], np.arange(n)[None, :])
        soon = (apart >= -_STRANGE) & (apart <= options.manner_rest)
        soon[np.arange(len(mine)), mine] = False
        near[mine] = soon.sum(1)
        a, b = np.nonzero(soon & (common[mine] @ common.T > 0))
        found.append((mine[a[mine[a] < b]], b[mine[a] < b]))
    a, b = (np.concatenate(column) for column in zip(*found, strict=True))
    return a, b, _alike(counts, fitted, a, b), near


def _in_common(counts: traits.Counts, groups: int) -> np.ndarray:
    there = np.zeros((groups, counts.width), np.float32)
    there[counts.key // counts.width, counts.key % counts.width] = 1
    return there


def _alike(counts: Sequence[traits.Counts], fitted: Sequence[Floats], a: Ints, b: Ints) -> Floats:
    return sum((traits.alike(c, alpha, a, b) for c, alpha in zip(counts, fitted, strict=True)), np.zeros(len(a)))


def _comes_back(
    counts: Sequence[traits.Counts], fitted: Sequence[Floats], low: Ints, high: Ints, nats: Floats, near: Ints,
    options: Options,
) -> bool:  # fmt: skip
    """Whether groups that follow each other are alike far oftener than groups that cannot be one."""
    least = options.manner_margin + np.log(max(1.0, float(np.median(near))))
    n = len(low)
    a, b = np.random.default_rng(_SEED).integers(0, n, (2, _TAKEN)) if n * n > 2 * _TAKEN else np.triu_indices(n, 1)
    apart = _apart(low, high, a, b)
    strange: Bools = (a != b) & ((apart < -_STRANGE) | (apart > _YEAR))
    by_chance = (_alike(counts, fitted, a[strange], b[strange]) >= least).mean() if strange.any() else 0.0
    return bool(by_chance * near.sum() / 2 <= options.manner_false * (nats >= least).sum())
