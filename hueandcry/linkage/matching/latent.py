"""Two classes of pairs told apart without labels: expectation maximisation over the patterns that pairs show.

Fellegi and Sunter's model as a latent class model (Winkler, "Using the EM algorithm for weight computation in the
Fellegi-Sunter model of record linkage", 1988; EM: Dempster, Laird and Rubin, 1977). Other than the usual recipe, u is
learnt among the pairs compared, not among pairs drawn at random: where nearly every pair that is compared shares
something already (crimes of one operation share its means), a random pair is no yardstick for what sharing says.
Pure: numpy in, numpy out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hueandcry.linkage.matching.expectation import Patterns
from hueandcry.linkage.matching.model import Learnt
from hueandcry.linkage.matching.settings import Comparer, Settings, gamma

SILENT = -1  # the level of a comparer that says nothing of a pair
ROUNDS = 500
SETTLED = 1e-6  # largest change of the prior and of any m or u after which nothing more is learnt
PSEUDO = 0.5  # pairs added to each level of either class, so that nothing is impossible
START_PRIOR = 0.05


@dataclass(frozen=True)
class Classes:
    """What was learnt: the share of matches among the pairs, and for each comparer m and u by level."""

    prior: float
    m: tuple[NDArray[np.float64], ...]
    u: tuple[NDArray[np.float64], ...]
    rounds: int


def learnt(settings: Settings, patterns: Patterns) -> tuple[dict[str, tuple[Learnt, ...]], float]:
    """Each comparer's levels and the prior, from the patterns of the pairs compared."""
    sizes = [sum(not level.null for level in one.levels) for one in settings.comparers]
    fixed = {at: _given(one) for at, one in enumerate(settings.comparers)}
    classes = learn(patterns.gammas, patterns.times, sizes, {at: one for at, one in fixed.items() if one is not None})
    levels = {
        one.name: tuple(
            Learnt(level.label, None, None)
            if level.null
            else Learnt(level.label, _rounded(m[gamma(one, at)]), _rounded(u[gamma(one, at)]))
            for at, level in enumerate(one.levels)
        )
        for one, m, u in zip(settings.comparers, classes.m, classes.u, strict=True)
    }
    return levels, _rounded(classes.prior)


def _given(comparer: Comparer) -> NDArray[np.float64] | None:
    """m and u that the settings fix, by gamma; NaN where they fix none."""
    said = [level for level in comparer.levels if not level.null][::-1]
    rows = [[np.nan if value is None else value for value in (level.m for level in said)]]
    rows.append([np.nan if value is None else value for value in (level.u for level in said)])
    array = np.array(rows, dtype=np.float64)
    return None if np.isnan(array).all() else array


def _rounded(value: float) -> float:
    return float(f"{value:.9g}")


def learn(
    patterns: NDArray[np.int64], counts: NDArray[np.float64], sizes: list[int], fixed: dict[int, NDArray[np.float64]]
) -> Classes:
    """Estimate both classes.

    ``patterns``: a row for each pattern, a column for each comparer, the level's number (0 the last, "different"; the
    highest the most alike; SILENT); ``counts``: pairs of each; ``sizes``: levels that say something, of each comparer.
    ``fixed``: by comparer, m (first row) and u (second row) given by hand, NaN where it is to be learnt.

    It starts from agreement: m rises threefold from level to level, u is how often a level is met. So the class called
    matches is the one whose pairs are more alike, whatever else would part the pairs in two.
    """
    told = [patterns[:, at] >= 0 for at in range(len(sizes))]
    m = [_share(3.0 ** np.arange(size)) for size in sizes]
    u = [_share(_met(patterns[:, at], counts, size) + PSEUDO) for at, size in enumerate(sizes)]
    prior = START_PRIOR
    done = 0
    for done in range(1, ROUNDS + 1):
        chance = posterior(patterns, Classes(prior, tuple(m), tuple(u), done))
        before = np.concatenate([[prior], *m, *u])
        prior = float((chance * counts).sum() / counts.sum())
        for at, size in enumerate(sizes):
            if not told[at].any():
                continue
            m[at] = _share(_met(patterns[:, at], counts * chance, size) + PSEUDO)
            u[at] = _share(_met(patterns[:, at], counts * (1 - chance), size) + PSEUDO)
            if at in fixed:
                m[at], u[at] = (np.where(np.isnan(given), now, given) for given, now in zip(fixed[at], (m[at], u[at])))
        if np.abs(np.concatenate([[prior], *m, *u]) - before).max() < SETTLED:
            break
    return Classes(prior, tuple(m), tuple(u), done)


def posterior(patterns: NDArray[np.int64], classes: Classes) -> NDArray[np.float64]:
    """The chance that a pair of each pattern matches."""
    odds = np.full(len(patterns), np.log(classes.prior / (1 - classes.prior)))
    for at, (m, u) in enumerate(zip(classes.m, classes.u, strict=True)):
        weights = np.append(np.log(m / u), 0.0)  # index -1, SILENT, is the last: it weighs nothing
        odds += weights[patterns[:, at]]
    return 1 / (1 + np.exp(-np.clip(odds, -500, 500)))


def _met(levels: NDArray[np.int64], counts: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    said = levels >= 0
    return np.bincount(levels[said], weights=counts[said], minlength=size).astype(np.float64)


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values / values.sum()
