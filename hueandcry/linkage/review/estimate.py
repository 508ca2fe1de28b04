"""How good linkage is, estimated from a stratified sample of pairs that people read: precision, recall, 95 % intervals.

Pairs lie in strata (linked or not, by match weight). In each stratum a simple random sample is read; what a reader
finds wrong there (a linked pair of two crimes, an unlinked pair of one) estimates how many are wrong in all of it:

    precision = right among the linked / linked            recall = right among the linked / (those + missed)

which is the stratified estimator of Cochran, Sampling Techniques (3rd ed. 1977), sections 5.3 and 5.10, and the ratio
of two such totals. Its usual variance is 0 where a sample holds no error, and errors are rare here; so the interval is
made by inverting a test instead (Buonaccorsi 1987, Am. Stat. 41:215; Wendell and Schmee 1996, JASA 91:825 for several
strata): a value belongs to it while neither tail, the observed result included, is under 2.5 %. The tails come from
drawing samples (hypergeometric: the population is finite) out of the population that has that value and is otherwise
the likeliest (Lloyd 2008, Aust. N. Z. J. Stat. 50:329, estimated nuisance parameters). In one stratum this is the
exact interval of Clopper and Pearson (1934), which holds at 0 and at all.

Readers err. A verdict that speaks against linkage is read again, and a share of the others at random; where two differ,
a third reading decides. How often readers err is estimated from that random share, and taken out (Rogan and Gladen
1978, Am. J. Epidemiol. 107:71); the interval is the widest over what that estimate leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEVEL = 0.95
LEAST_READ = 100  # pairs read in all; under it an interval says nothing that anybody could use
LEAST_IN_STRATUM = 10  # unless the stratum holds no more
DRAWS = 4_000  # samples drawn for one tail: the limit of 2.5 % is known to 0.25 % of itself in standard deviation
STEPS = 14  # halvings of where the limit lies: to 0.006 %
HUGE = 100_000_000  # from so many pairs on, drawing without putting back is as drawing with


@dataclass(frozen=True, slots=True)
class Stratum:
    """Pairs of one kind: how many there are, how many were read to an end, and how many of these linkage has wrong."""

    linked: bool
    pairs: int
    read: int
    wrong: int

    def __post_init__(self) -> None:
        if not 0 <= self.wrong <= self.read <= self.pairs:
            raise ValueError(f"{self.wrong} wrong of {self.read} read of {self.pairs} pairs cannot be")


@dataclass(frozen=True, slots=True)
class Readers:
    """Pairs read by two at random, how often these two differed, and the share of pairs chosen for that.

    ``pairs`` 0: one reader alone, whose faults nobody knows; they are then taken to be none, and the page says so.
    """

    pairs: int = 0
    differed: int = 0
    share: float = 0.0


class Interval(NamedTuple):
    """An estimate between its limits, as shares of one."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Precision and recall of linkage over all pairs of the strata; ``fault``: how often one reading is wrong."""

    precision: Interval
    recall: Interval
    read: int
    fault: Interval


class TooLittleError(ValueError):
    """The data do not carry an estimate; ``why`` is one of WHY."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


WHY = ("few", "stratum", "nothing-linked")


def estimate(strata: Sequence[Stratum], readers: Readers = Readers(), *, draws: int = DRAWS, seed: int = 1) -> Estimate:
    """Precision and recall with intervals. TooLittleError where too few were read, or none of a stratum with pairs."""
    held = [stratum for stratum in strata if stratum.pairs]
    _enough(held)
    fault = _fault(readers)
    precisions, recalls = [], []
    for e in dict.fromkeys((fault.value, fault.low, fault.high)):
        sample = _Sample.of(held, e, readers.share)
        linked = _Sample.of([stratum for stratum in held if stratum.linked], e, readers.share)
        precisions.append(_inverted(linked, _of_precision, draws, seed))
        recalls.append(_inverted(sample, _of_recall, draws, seed))
    return Estimate(_widest(precisions), _widest(recalls), sum(s.read for s in held), fault)


def kappa(table: Sequence[Sequence[int]]) -> float | None:
    """Cohen's kappa (1960, Educ. Psychol. Meas. 20:37) of two readers; None where chance alone explains all of it.

    ``table[i][j]``: pairs to which the first reader gave verdict i and the second j.
    """
    counts = np.asarray(table, dtype=float)
    total = counts.sum()
    if not total:
        return None
    agreed = np.trace(counts) / total
    chance = float(counts.sum(axis=0) @ counts.sum(axis=1)) / total**2
    return None if chance >= 1 else float((agreed - chance) / (1 - chance))


def shares(sizes: Sequence[int], guesses: Sequence[float], wanted: int, *, least: int = 20) -> list[int]:
    """How many pairs to read in each stratum: Neyman's allocation (1934) on guessed rates, at least ``least`` each.

    ``guesses``: the share of each stratum that linkage may have wrong; kept off 0, for a guess of nothing is not known.
    """
    given = [min(size, least) for size in sizes]
    need = [size * sqrt(max(g, 0.002) * (1 - min(g, 0.998))) for size, g in zip(sizes, guesses, strict=True)]
    while (left := wanted - sum(given)) > 0:
        open_ = [i for i, size in enumerate(sizes) if given[i] < size]
        if not open_:
            break
        total = sum(need[i] for i in open_)
        before = sum(given)
        for i in open_:
            given[i] = min(sizes[i], given[i] + int(left * need[i] / total))
        if sum(given) == before:  # less than one each: the neediest takes it
            given[max(open_, key=lambda i: need[i] / (1 + given[i]))] += 1
    return given


def final_faults(fault: float, share: float) -> tuple[float, float]:
    """How often a pair ends up wrong after all readings: one that linkage has right, one that linkage has wrong.

    One reading errs with probability ``fault``; what speaks against linkage is read again, of the rest ``share``.
    """
    e, t = fault, share
    two_of_three = e + (1 - e) * e  # the second errs too, or is overruled by a third that errs
    said_wrong = e * two_of_three + (1 - e) * t * e * e
    missed = e * ((1 - t) + t * two_of_three) + (1 - e) * e * e
    return said_wrong, missed


def _enough(strata: Sequence[Stratum]) -> None:
    if not any(s.linked for s in strata):
        raise TooLittleError("nothing-linked")
    if any(s.read < min(LEAST_IN_STRATUM, s.pairs) for s in strata):
        raise TooLittleError("stratum")
    if sum(s.read for s in strata) < min(LEAST_READ, sum(s.pairs for s in strata)):
        raise TooLittleError("few")


def _fault(readers: Readers) -> Interval:
    """How often one reading errs, from how often two differ: differ = 2 e (1 - e), limits by Clopper and Pearson."""
    n, x = readers.pairs, readers.differed
    if not n:
        return Interval(0.0, 0.0, 0.0)
    from scipy.special import betaincinv  # here: few pages estimate; and scipy.stats takes a second to load

    tail = (1 - LEVEL) / 2
    low = float(betaincinv(x, n - x + 1, tail)) if x else 0.0
    high = float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0
    return Interval(_one(x / n), _one(low), _one(high))


def _one(differ: float) -> float:
    return (1 - sqrt(1 - 2 * min(differ, 0.5))) / 2


@dataclass(frozen=True, slots=True)
class _Sample:
    """The strata as columns. ``found`` is the share said to be wrong; ``floor`` and ``ceiling``, what readers' faults
    alone would make of a stratum without and full of errors."""

    linked: npt.NDArray[np.bool_]
    pairs: Floats
    read: Floats
    wrong: Floats
    floor: float
    ceiling: float

    @classmethod
    def of(cls, strata: Sequence[Stratum], fault: float, share: float) -> _Sample:
        said_wrong, missed = final_faults(fault, share) if share else (fault, fault)
        columns: Any = zip(*((s.linked, s.pairs, s.read, s.wrong) for s in strata), strict=True)
        linked, pairs, read, wrong = (np.array(column, dtype=float) for column in columns)
        return cls(linked.astype(bool), pairs, read, wrong, said_wrong, 1 - missed)

    def truth(self, found: Floats) -> Floats:
        """Shares that are wrong indeed, where so many are said to be."""
        return np.clip((found - self.floor) / (self.ceiling - self.floor), 0, 1)


# A measure: for a value of it, (weights a, constant k) such that sum(a * wrong share) = k where the value is true.
_Measure = Callable[["_Sample", float], tuple[Floats, float]]


def _of_precision(sample: _Sample, value: float) -> tuple[Floats, float]:
    weights = np.where(sample.linked, sample.pairs, 0.0)
    return weights, (1 - value) * float(weights.sum())


def _of_recall(sample: _Sample, value: float) -> tuple[Floats, float]:
    """value * missed = (1 - value) * (linked - wrong among the linked)."""
    weights = np.where(sample.linked, (1 - value) * sample.pairs, value * sample.pairs)
    return weights, (1 - value) * float(sample.pairs[sample.linked].sum())


def _point(sample: _Sample, measure: _Measure) -> float:
    wrong = sample.truth(sample.wrong / sample.read) * sample.pairs
    linked = float(sample.pairs[sample.linked].sum())
    right = linked - float(wrong[sample.linked].sum())
    if measure is _of_precision:
        return right / linked
    missed = float(wrong[~sample.linked].sum())
    return right / (right + missed) if right + missed else 0.0


def _inverted(sample: _Sample, measure: _Measure, draws: int, seed: int) -> Interval:
    value = _point(sample, measure)
    low = _limit(lambda v: _tail(sample, measure, v, draws, seed, above=False), 0.0, value)
    high = _limit(lambda v: _tail(sample, measure, v, draws, seed, above=True), 1.0, value)
    return Interval(value, min(low, value), max(high, value))


def _limit(tail: Callable[[float], float], far: float, near: float) -> float:
    """The value between ``far`` and ``near`` from which on the observed result is no longer surprising."""
    if tail(far) > (1 - LEVEL) / 2:
        return far
    for _ in range(STEPS):
        middle = (far + near) / 2
        if tail(middle) > (1 - LEVEL) / 2:
            near = middle
        else:
            far = middle
    return far


def _tail(sample: _Sample, measure: _Measure, value: float, draws: int, seed: int, *, above: bool) -> float:
    """How probable a result is, where ``value`` is true, that speaks at least as much for a larger (smaller) one."""
    weights, constant = measure(sample, value)
    assumed = _likeliest(sample, weights, constant)
    if abs(float(sample.truth(assumed) @ weights) - constant) > 0.01 * float(np.abs(weights / sample.pairs).max()):
        return 0.0  # off by a part of a pair: what was read to the last pair leaves no room for this value
    drawn = _draw(sample, assumed, draws, np.random.default_rng(seed))
    statistic = drawn / sample.read @ weights
    observed = float(sample.wrong / sample.read @ weights)
    slack = 1e-9 * (abs(observed) + float(np.abs(weights).max(initial=0.0)))
    # the more is wrong, the smaller is either measure
    return float(np.mean(statistic <= observed + slack) if not above else np.mean(statistic >= observed - slack))


def _likeliest(sample: _Sample, weights: Floats, constant: float) -> Floats:
    """The likeliest shares that are *said* to be wrong, among those with sum(weights * share truly wrong) = constant.

    Lagrange: each share solves a quadratic for a multiplier, and the sum falls as the multiplier grows.
    """
    span = sample.ceiling - sample.floor
    wanted = constant * span + sample.floor * float(weights.sum())  # the same condition in shares said to be wrong
    with np.errstate(divide="ignore", invalid="ignore"):
        known = np.where(sample.pairs > sample.read, (sample.pairs - 1) / (sample.pairs - sample.read), 1e30)
    n, d = sample.read * known, sample.wrong * known  # what is read to the last pair does not move

    def shares_at(multiplier: float) -> Floats:
        return np.clip(_root(n, d, multiplier * weights), sample.floor, sample.ceiling)

    up = float(shares_at(0.0) @ weights) < wanted
    far = -1e-9 if up else 1e-9
    while (float(shares_at(far) @ weights) < wanted) == up and abs(far) < 1e15:
        far *= 32
    low, high = (far, far / 32) if up else (far / 32, far)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if float(shares_at(middle) @ weights) > wanted else (low, middle)
    return shares_at((low + high) / 2)


def _root(n: Floats, d: Floats, pull: Floats) -> Floats:
    """The share p in [0, 1] with d/p - (n-d)/(1-p) = pull, that is pull p^2 - (n + pull) p + d = 0, kept stable."""
    middle = n + pull
    root = np.sqrt(np.maximum(middle * middle - 4 * pull * d, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        stable = 2 * d / (middle + root)
        other = (middle - root) / (2 * pull)
    return np.nan_to_num(np.where(middle > 0, stable, other), nan=0.0)


def _draw(sample: _Sample, said: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Samples: how many of those read are said to be wrong, a row for each draw."""
    drawn = np.empty((draws, len(said)))
    for i, share in enumerate(said):
        pairs, read = int(sample.pairs[i]), int(sample.read[i])
        if pairs >= HUGE:
            drawn[:, i] = rng.binomial(read, share, draws)
            continue
        expected = share * pairs
        bad = np.floor(expected).astype(np.int64) + (rng.random(draws) < expected % 1)
        drawn[:, i] = rng.hypergeometric(bad, pairs - bad, read)
    return drawn


def _widest(found: Sequence[Interval]) -> Interval:
    return Interval(found[0].value, min(i.low for i in found), max(i.high for i in found))
