"""Whether a shared value is one group's, or strangers share it: a probability for each, learnt without labels. Pure.

A value that many crimes hold is either one group's means or something that strangers share: shared hosting, a link
shortener, a resolver, a reporter's own address. Crimes of one group agree in class, in the victims' country, and in
further values of other families; strangers agree by chance. How often either agree is estimated from the data with
the probabilities themselves, by expectation and maximisation as in record linkage (Fellegi and Sunter 1969; Winkler
1988); agreement by chance of class and country, from pairs drawn at random. What is known of the type comes in as the
prior, so that with little to go by the type decides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln

from hueandcry.linkage.operations.arrays import Bools, Crimes, Floats, Held, Ints, Ties, Values, starts
from hueandcry.linkage.operations.options import Options

ITERATIONS = 20
RANDOM_PAIRS = 200_000
_FLOOR, _CEILING = 0.02, 0.98  # no prior is surer than this
_FEW = 20.0  # a type is believed as its prior says until about so many of its values are known


@dataclass(frozen=True, slots=True)
class Compared:
    """Pairs of crimes that share a value, summed by value: of each feature, pairs where it is known, and that agree."""

    known: Floats  # features x values
    agree: Floats
    pairs: Floats  # by value


def probabilities(
    ties: Ties, values: Values, crimes: Crimes, own: Floats, options: Options
) -> tuple[Floats, dict[str, float]]:
    """The probability that each value is one group's (0 for those that too many hold), and what was learnt.

    ``own``: by value, the log odds that it is its reporter's own (``reporters_own``).
    """
    capped = ties.shared > caps(values.kind, ties.shared, options)[values.kind]
    several = (ties.shared > 1) & ~capped
    pairs = compared(ties, crimes, values, ~capped, options)
    chance = np.array([*(_by_chance(column) for column in (crimes.cls, crimes.country)), 0.02])
    often = np.array([0.8, 0.5, 0.5])
    prior = np.clip(values.prior, _FLOOR, _CEILING)
    of_kind = _means(prior, values.kind, several, prior)
    first = of_kind.copy()
    counted = np.minimum(ties.shared - 1, options.telling)
    found = prior
    for _ in range(ITERATIONS):
        evidence = _evidence(pairs, often, chance) * np.maximum(0, counted)
        odds = _logit(of_kind)[values.kind] + _logit(prior) - _logit(first)[values.kind] - np.logaddexp(0, own)
        found = 1 / (1 + np.exp(-np.clip(odds + evidence, -50, 50)))
        often, chance = _frequencies(pairs, found, several, chance)
        of_kind = _means(found, values.kind, several, prior)
    learnt = {f"agree in {name}": round(float(x), 3) for name, x in zip(FEATURES, often, strict=True)}
    learnt |= {f"by chance in {name}": round(float(x), 3) for name, x in zip(FEATURES, chance, strict=True)}
    return np.where(capped, 0.0, found), learnt | {"capped": float(capped.sum())}


FEATURES = ("class", "country", "other means")


def caps(kind: np.ndarray, shared: Ints, options: Options) -> Floats:
    """By type, how many crimes may hold one value of it: Tukey's far fence over the degrees of its shared values, on
    the scale of logarithms, and no type less than ``least_cap``."""
    found = np.full(int(kind.max(initial=-1)) + 1, float(options.least_cap))
    several = shared > 1
    for one in np.unique(kind[several]):
        low, high = np.percentile(np.log(shared[several & (kind == one)]), (25, 75))
        found[one] = max(options.least_cap, np.exp(high + options.fence * max(high - low, 0.35)))
    return found


def compared(ties: Ties, crimes: Crimes, values: Values, usable: Bools, options: Options) -> Compared:
    """Each crime against the next few in time that hold the same value."""
    rows = np.flatnonzero(ties.firm & usable[ties.value])
    crime, value = ties.crime[rows].astype(np.int32), ties.value[rows].astype(np.int32)
    left, right, by = [], [], []
    for step in range(1, options.neighbours + 1):
        at = np.flatnonzero(value[step:] == value[:-step])
        left.append(crime[at])
        right.append(crime[at + step])
        by.append(value[at])
    a, b, v = np.concatenate(left), np.concatenate(right), np.concatenate(by)
    n = len(ties.shared)
    known, agree = np.empty((3, n)), np.empty((3, n))
    for i, column in enumerate((crimes.cls, crimes.country)):
        told = (column[a] >= 0) & (column[b] >= 0)
        known[i] = np.bincount(v[told], minlength=n)
        agree[i] = np.bincount(v[told & (column[a] == column[b])], minlength=n)
    known[2] = np.bincount(v, minlength=n)
    agree[2] = np.bincount(v[_several_families(a, b, values.family[v], len(crimes.cls))], minlength=n)
    return Compared(known, agree, known[2])


def _several_families(a: np.ndarray, b: np.ndarray, family: np.ndarray, n: int) -> Bools:
    """Of each pair of crimes, whether it shares values of two families or more."""
    key = np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)
    order = np.argsort(key, kind="stable")
    start = starts(key[order])
    bits = np.left_shift(np.uint8(1), family.astype(np.uint8))[order]
    joint = np.bitwise_or.reduceat(bits, start) if len(start) else bits
    several = np.empty(len(key), np.bool_)
    several[order] = np.repeat((joint & (joint - 1)) != 0, np.diff(np.append(start, len(key))))
    return several


def _by_chance(column: np.ndarray) -> float:
    rng = np.random.default_rng(0)
    known = column[column >= 0]
    if len(known) < 2:
        return 0.5
    a, b = rng.integers(0, len(known), (2, RANDOM_PAIRS))
    return float(np.clip((known[a] == known[b])[a != b].mean(), 0.001, 0.95)) if (a != b).any() else 0.5


def _evidence(pairs: Compared, often: Floats, chance: Floats) -> Floats:
    """By value, nats for one group in an average pair that shares it."""
    count = np.maximum(1, pairs.pairs)
    told = [
        (pairs.agree[i] * np.log(often[i] / chance[i])
         + (pairs.known[i] - pairs.agree[i]) * np.log((1 - often[i]) / (1 - chance[i]))) / count
        for i in range(3)
    ]  # fmt: skip
    evidence: Floats = told[0] + told[1] + told[2]
    return evidence


def _frequencies(pairs: Compared, found: Floats, several: Bools, chance: Floats) -> tuple[Floats, Floats]:
    """How often pairs of one group agree, and of strangers who share a value; each value counts once."""
    count = np.maximum(1, pairs.pairs)
    one, other = found * several / count, (1 - found) * several / count
    often = (pairs.agree * one).sum(1) / np.maximum(1e-9, (pairs.known * one).sum(1))
    strangers = float((pairs.agree[2] * other).sum() / max(1e-9, (pairs.known[2] * other).sum()))
    often = np.clip(often, np.minimum(0.98, chance + 0.01), 0.99)  # a group agrees at least as strangers do
    return often, np.array([chance[0], chance[1], np.clip(strangers, 0.005, 0.3)])


def _means(found: Floats, kind: np.ndarray, several: Bools, prior: Floats) -> Floats:
    """By type, the share of its shared values that are one group's; near its prior where they are few."""
    size = int(kind.max(initial=-1)) + 1
    n = np.bincount(kind[several], minlength=size)
    total, before = (np.bincount(kind[several], weights=x[several], minlength=size) for x in (found, prior))
    start = np.where(n > 0, before / np.maximum(1, n), 0.5)
    return np.clip((total + _FEW * start) / (n + _FEW), _FLOOR, _CEILING)


def _logit(p: Floats) -> Floats:
    odds: Floats = np.log(p / (1 - p))
    return odds


def reporters_own(held: Held, crimes: Crimes, values: int, options: Options) -> Floats:
    """By value, the log odds that it is the own of the only organisation that tells it: it stands in most of what that
    organisation reports, as a sender's address does, where means stand in few (beta-binomial odds of the two)."""
    key = np.unique(
        (held.value.astype(np.int64) * len(crimes.reported) + held.organisation) * len(crimes.cls) + held.crime
    )
    pair = key // len(crimes.cls)
    start = starts(pair)
    value, organisation = pair[start] // len(crimes.reported), pair[start] % len(crimes.reported)
    count = np.diff(np.append(start, len(pair)))
    of = np.maximum(crimes.reported[organisation], count)
    odds = betaln(count + 5, of - count + 1) - betaln(5, 1) - betaln(count + 1, of - count + 20) + betaln(1, 20)
    found = np.full(values, -50.0)
    alone = np.bincount(value, minlength=values)[value] == 1
    found[value[alone]] = odds[alone] + np.log(options.own / (1 - options.own))
    return found
