"""How alike two groups of crimes act: what they do, to whom and by what kinds of means, counted and compared. Pure.

Of each trait (class of crime, the victims' country, ...) a group has counts. That two groups' counts come from one
source is compared with their coming from two: a Dirichlet-multinomial likelihood, whose mean is the shares among all
crimes and whose concentration is fitted to the groups there are (Minka 2000). What is rare tells more, few crimes tell
little, and many of the same in one group are not taken for independent of each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from hueandcry.linkage.operations.arrays import Floats, Ints, Trait

_GRID = np.exp(np.linspace(-2.5, 3.5, 40))  # concentrations tried
_MOST = 4_000  # groups that concentrations are fitted to, the largest first
_LEAST = 3  # crimes of such a group


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one trait, by group: ``key`` (group x width + code, ascending) and how often; ``total`` by group."""

    key: Ints
    often: Floats
    total: Floats
    width: int
    weight: float


def counted(trait: Trait, group: Ints, groups: int) -> Counts:
    """A trait counted by group. ``group``: that of each crime, -1 none."""
    of = group[trait.crime]
    rows = np.flatnonzero(of >= 0)
    key, often = np.unique(of[rows] * trait.width + trait.code[rows], return_counts=True)
    total = np.bincount(key // trait.width, weights=often, minlength=groups).astype(np.float64)
    return Counts(key, often.astype(np.float64), total, trait.width, trait.weight)


def fitted(traits: Sequence[Trait], group: Ints) -> list[Floats]:
    """Of each trait the parameters of the Dirichlet distribution under which the largest groups are likeliest."""
    size = np.bincount(group[group >= 0], minlength=1)
    used = np.flatnonzero(size >= _LEAST)
    used = used[np.argsort(-size[used], kind="stable")][:_MOST]
    place = np.full(len(size), -1, np.int64)
    place[used] = np.arange(len(used))
    of = np.where(group >= 0, place[np.maximum(0, group)], -1)
    found = []
    for trait in traits:
        shares = np.bincount(trait.code, minlength=trait.width) + 0.01
        shares = shares / shares.sum()
        counts = counted(trait, of, len(used))
        found.append(shares * max(_GRID, key=lambda a: _likelihood(counts, a * shares)))
    return found


def _likelihood(counts: Counts, alpha: Floats) -> float:
    """Logarithm of the probability of all groups' counts, but for the number of their orders."""
    own, all_of = alpha[counts.key % counts.width], alpha.sum()
    told = (gammaln(counts.often + own) - gammaln(own)).sum()
    return float(told + (gammaln(all_of) - gammaln(all_of + counts.total)).sum())


def alike(counts: Counts, alpha: Floats, a: Ints, b: Ints) -> Floats:
    """Nats for one source, of each pair of groups. Only codes that both have need be looked at: all others cancel."""
    all_of = alpha.sum()
    found = (
        gammaln(all_of + counts.total[a]) + gammaln(all_of + counts.total[b])
        - gammaln(all_of + counts.total[a] + counts.total[b]) - gammaln(all_of)
    )  # fmt: skip
    groups = len(counts.total)
    first = np.searchsorted(counts.key, np.arange(groups + 1) * counts.width)
    fewer = np.where(np.diff(first)[a] <= np.diff(first)[b], a, b)  # go through the codes of the one that has fewer
    other = a + b - fewer
    many = np.diff(first)[fewer]
    pair = np.repeat(np.arange(len(a)), many)
    at = first[fewer][pair] + np.arange(len(pair)) - np.repeat(np.cumsum(many) - many, many)
    code = counts.key[at] % counts.width
    wanted = other[pair] * counts.width + code
    there = np.minimum(np.searchsorted(counts.key, wanted), max(0, len(counts.key) - 1))
    both = np.flatnonzero(counts.key[there] == wanted) if len(counts.key) else np.zeros(0, np.int64)
    x, y, own = counts.often[at[both]], counts.often[there[both]], alpha[code[both]]
    told = gammaln(x + y + own) + gammaln(own) - gammaln(x + own) - gammaln(y + own)
    found += np.bincount(pair[both], weights=told, minlength=len(a))
    weighed: Floats = counts.weight * found
    return weighed
