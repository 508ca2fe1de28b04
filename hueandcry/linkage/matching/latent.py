"""Two classes of pairs told apart without labels: expectation maximisation among the pairs that were compared.

Fellegi and Sunter's model as a latent class model (Winkler, "Using the EM algorithm for weight computation in the
Fellegi-Sunter model of record linkage", 1988; EM: Dempster, Laird and Rubin, 1977), other than usual in two ways.

* u is learnt among the pairs compared, not among pairs drawn at random. Where nearly every pair that is compared shares
  something (crimes of one operation share its means), a random pair is no yardstick for what sharing says.
* Pairs contend (``contest.py``): one source tells a thing once. Without it the class called matches drifts to whatever
  makes many pairs alike, such as hundreds of frauds by one text at one price; with it, a record has at most one match
  at each source, and such a crowd cannot all be matches.

Pure: numpy in, our Model's numbers out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hueandcry.linkage.matching import expectation
from hueandcry.linkage.matching.contest import Contest, Floats, Ints
from hueandcry.linkage.matching.model import Learnt
from hueandcry.linkage.matching.settings import Settings

ROUNDS = 500
SETTLED = 1e-6  # largest change of the prior and of any m or u after which nothing more is learnt
PSEUDO = 0.5  # pairs added to each level of either class, so that nothing is impossible
START_PRIOR = 0.05
RISE = 3.0  # at the start m rises so many times from level to level
LOWEST, HIGHEST = 0.0, 10.0  # bits between which a threshold is learnt: what is not even likely is never claimed
BOUND = 60.0  # natural logarithm of odds: none are larger or smaller


@dataclass(frozen=True)
class Compared:
    """Pairs that were compared, each with its pattern of levels.

    ``patterns``: a row for each pattern that comes up, a column for each comparer: the level by ``settings.gamma`` (-1
    says nothing, 0 is the last, the highest the most alike). ``which``: of each pair, the number of its pattern.
    """

    patterns: Ints
    which: Ints
    contest: Contest


@dataclass(frozen=True)
class Classes:
    """What was learnt: the share of matches among the pairs, and for each comparer m and u by gamma."""

    prior: float
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    rounds: int = 0

    def odds(self, patterns: Ints) -> Floats:
        """That a pair of each pattern matches, before others contend with it."""
        logs = np.full(len(patterns), np.log(self.prior / (1 - self.prior)))
        for at, (m, u) in enumerate(zip(self.m, self.u, strict=True)):
            logs += np.append(np.log(m / u), 0.0)[patterns[:, at]]  # index -1 is the last: it says nothing
        return np.asarray(np.exp(np.clip(logs, -BOUND, BOUND)))


def learnt(settings: Settings, compared: Compared) -> tuple[float, dict[str, tuple[Learnt, ...]], float | None]:
    """The prior, each comparer's levels (what the settings fix stays as it is), and the threshold in bits where the
    settings say how precise claims shall be."""
    sizes = [sum(not level.null for level in one.levels) for one in settings.comparers]
    classes = learn(compared, sizes)
    levels = {}
    for one, m, u in zip(settings.comparers, classes.m, classes.u, strict=True):
        levels[one.name] = expectation.learnt(one, m, u)
    wanted = settings.training.precision
    if wanted is None:
        return expectation.rounded(classes.prior), levels, None
    return expectation.rounded(classes.prior), levels, threshold(_chances(compared, classes), wanted)


def threshold(chances: Floats, precision: float) -> float:
    """Bits from which on pairs are claimed so that the mean chance of those claimed is ``precision``: the fewest bits
    for which that holds, to a tenth, within ``LOWEST`` and ``HIGHEST``.

    Chances are taken as after the contest, for the same pairs are claimed by those. It needs no label, and is as good
    as the chances are right; it moves with how hard it is to tell pairs apart in the reports at hand.
    """
    falling = np.sort(chances)[::-1]
    mean = np.cumsum(falling) / np.arange(1, len(falling) + 1)  # falls with each, too
    claimed = int(np.count_nonzero(mean >= precision))
    if not claimed:
        return HIGHEST
    last = float(np.clip(falling[claimed - 1], 1e-12, 1 - 1e-12))
    return float(np.clip(np.ceil(10 * np.log2(last / (1 - last))) / 10, LOWEST, HIGHEST))


def _chances(compared: Compared, classes: Classes) -> Floats:
    """The chance of each pair that was compared, after others contend with it."""
    return compared.contest.chances(classes.odds(compared.patterns)[compared.which])


def learn(compared: Compared, sizes: list[int]) -> Classes:
    """Estimate both classes. ``sizes``: how many levels of each comparer say something.

    It starts from agreement: m rises from level to level, u is how often a level is met. So the class called matches is
    the one whose pairs are more alike, whatever else would part the pairs in two.
    """
    patterns = compared.patterns
    times = np.bincount(compared.which, minlength=len(patterns)).astype(np.float64)
    now = Classes(
        START_PRIOR,
        tuple(_share(RISE ** np.arange(size, dtype=np.float64)) for size in sizes),
        tuple(_share(_met(patterns[:, at], times, size) + PSEUDO) for at, size in enumerate(sizes)),
    )
    for done in range(1, ROUNDS + 1):
        chance = _chances(compared, now)
        matches: Floats = np.bincount(compared.which, weights=chance, minlength=len(patterns)).astype(np.float64)
        new = Classes(
            float(np.clip((matches.sum() + PSEUDO) / (times.sum() + 2 * PSEUDO), 1e-9, 1 - 1e-9)),
            tuple(_share(_met(patterns[:, at], matches, size) + PSEUDO) for at, size in enumerate(sizes)),
            tuple(_share(_met(patterns[:, at], times - matches, size) + PSEUDO) for at, size in enumerate(sizes)),
            done,
        )
        moved = max(
            float(np.abs(a - b).max())
            for a, b in zip((*new.m, *new.u, np.array(new.prior)), (*now.m, *now.u, np.array(now.prior)), strict=True)
        )
        now = new
        if moved < SETTLED:
            break
    return now


def _met(levels: Ints, times: Floats, size: int) -> Floats:
    said = levels >= 0
    return np.bincount(levels[said], weights=np.maximum(times[said], 0.0), minlength=size).astype(np.float64)


def _share(values: NDArray[np.float64]) -> Floats:
    return np.asarray(values / values.sum())
