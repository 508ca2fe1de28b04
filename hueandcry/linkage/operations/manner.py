"""Groups that act in the same manner: an operation that came back with new means after a takedown. Pure.

Values tie what shares them. Criminals who lose their sites and accounts come back with new ones, and do again what
they can: the same kind of crime against the same countries in about the same shares, soon after. Two groups are taken
for one where that is likelier than chance: the counts of classes and of victims' countries of both under one source
against under two (Dirichlet-multinomial, its concentration fitted to the groups there are), less the logarithm of how
many candidates there were. Both must be each other's best. It needs crimes to count, so small groups stay as they are.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from hueandcry.linkage.operations.arrays import Crimes, Floats, Ints
from hueandcry.linkage.operations.options import Options

ROUNDS = 10
_GRID = np.exp(np.linspace(-2.5, 3.5, 40))  # concentrations tried


def joined(label: Ints, crimes: Crimes, options: Options) -> tuple[Ints, int]:
    """Labels after groups of one manner are one, and how many were joined to another."""
    label, total = label.copy(), 0
    fitted: list[Floats] = []
    for _ in range(ROUNDS):
        used, at = _large(label, options)
        if len(used) < 2:
            break
        rows = at >= 0
        counts = [_counts(column[rows], at[rows], len(used)) for column in (crimes.cls, crimes.country)]
        shares = [_shares(column) for column in (crimes.cls, crimes.country)]
        fitted = fitted or [_fitted(c, s) for c, s in zip(counts, shares, strict=True)]
        pairs = _pairs(counts, fitted, *_spans(crimes.day[rows], at[rows], len(used)), options)
        if not pairs:
            break
        into = np.arange(int(label.max()) + 1)
        for a, b in pairs:
            into[used[b]] = used[a]
        label = np.where(label >= 0, into[label], -1)
        total += len(pairs)
    return label, total


def _large(label: Ints, options: Options) -> tuple[Ints, Ints]:
    """The groups large enough to have a manner, the largest first, and of each crime the place of its group there."""
    size = np.bincount(label[label >= 0], minlength=1)
    used = np.flatnonzero(size >= options.manner_least)
    used = used[np.argsort(-size[used], kind="stable")][: options.manner_most]
    place = np.full(len(size), -1, np.int64)
    place[used] = np.arange(len(used))
    return used, np.where(label >= 0, place[label], -1)


def _counts(column: np.ndarray, group: Ints, groups: int) -> Floats:
    width = int(column.max(initial=0)) + 1
    known = column >= 0
    flat = np.bincount(group[known] * width + column[known], minlength=groups * width)
    found: Floats = flat.reshape(groups, width).astype(np.float64)
    return found


def _shares(column: np.ndarray) -> Floats:
    found = np.bincount(column[column >= 0], minlength=1).astype(np.float64) + 0.01
    shares: Floats = found / found.sum()
    return shares


def _fitted(counts: Floats, shares: Floats) -> Floats:
    """Parameters of the Dirichlet distribution under which these counts are likeliest, its mean being the shares."""
    shares = shares[: counts.shape[1]]
    likelihood = [_likelihood(counts, a * shares).sum() for a in _GRID]
    fitted: Floats = _GRID[int(np.argmax(likelihood))] * shares
    return fitted


def _likelihood(counts: Floats, alpha: Floats) -> Floats:
    """Logarithm of the probability of each row of counts, but for the number of their orders."""
    total = alpha.sum()
    found: Floats = gammaln(total) - gammaln(total + counts.sum(1)) + (gammaln(counts + alpha) - gammaln(alpha)).sum(1)
    return found


def _spans(day: np.ndarray, group: Ints, groups: int) -> tuple[Ints, Ints]:
    low, high = np.full(groups, np.iinfo(np.int64).max), np.full(groups, np.iinfo(np.int64).min)
    np.minimum.at(low, group, day)
    np.maximum.at(high, group, day)
    return low, high


def _pairs(
    counts: list[Floats], fitted: list[Floats], low: Ints, high: Ints, options: Options
) -> list[tuple[int, int]]:
    """Pairs of groups that are each other's best and sure enough, the larger first."""
    alone = [_likelihood(c, a) for c, a in zip(counts, fitted, strict=True)]
    main = [c.argmax(1) for c in counts]
    n = len(low)
    best, sure = np.full(n, -1), np.full(n, -np.inf)
    for i in range(n):
        near = (low - high[i] <= options.manner_rest) & (low[i] - high <= options.manner_rest)
        near[i] = False
        # Which share neither the commonest class nor a country would lose against any that do.
        other = np.flatnonzero(near & (main[0] == main[0][i]) & (counts[1][:, main[1][i]] > 0))
        if len(other):
            told = sum(
                _likelihood(c[other] + c[i], a) - d[other] - d[i] for c, a, d in zip(counts, fitted, alone, strict=True)
            ) - np.log(near.sum())
            k = int(np.argmax(told))
            best[i], sure[i] = other[k], told[k]
    mutual = np.flatnonzero((best >= 0) & (best[best] == np.arange(n)) & (np.arange(n) < best))
    return [(int(i), int(best[i])) for i in mutual if min(sure[i], sure[best[i]]) >= options.manner_margin]
