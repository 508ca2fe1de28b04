"""m and the prior out of pairs nobody labelled: expectation maximisation over counts of levels.

Dempster, Laird and Rubin (1977); for linkage, Winkler ("Using the EM algorithm for weight computation in the
Fellegi-Sunter model", 1988). u is not a parameter: it is known from pairs drawn at random. Counts are whole numbers, so
every engine that counts the same pairs gives the same model. Pseudo-counts stand for what one would expect of any
table, so that a short list with hardly a duplicate gives no absurd weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hueandcry.linkage.matching.model import Learnt
from hueandcry.linkage.matching.settings import Comparer, Settings, gamma

UNLIKE = 100.0  # random pairs that one would expect of any table: nine in ten at the last level, and so on upwards
LEAST = 1e-3  # of matches, at any level: records err in more ways than those at hand show
EXPECTED = 10.0  # matches that the starting values of m count for, at each comparer
ROUNDS = 3  # u is freed of the matches among random pairs, then m learnt again
STEPS = 300
CLOSE = 1e-7
DIGITS = 9

Shares = dict[str, NDArray[np.float64]]  # by comparer, one for each level that says something, by gamma


@dataclass(frozen=True)
class Patterns:
    """Combinations of levels (a column of gammas for each comparer), and how often each comes up among some pairs."""

    gammas: NDArray[np.int64]
    times: NDArray[np.float64]
    rule: str | None

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], rule: str | None) -> Patterns:
        """From rows of gammas and ``times``, in an order that does not depend on who counted."""
        listed = sorted(tuple(int(row[column]) for column in [*columns, "times"]) for row in rows)
        array = np.array(listed, dtype=np.int64).reshape(len(listed), len(columns) + 1)
        return cls(array[:, :-1], array[:, -1].astype(np.float64), rule)

    @property
    def pairs(self) -> int:
        """How many pairs."""
        return int(self.times.sum())


def maximised(
    settings: Settings,
    random: Mapping[str, Sequence[float]],
    trained: Sequence[Patterns],
    candidates: Patterns | None,
    prior: float | None,
    *,
    drawn: int,
    every: int,
) -> tuple[dict[str, tuple[Learnt, ...]], float]:
    """Each comparer's levels as learnt, and the prior.

    ``random``: shares of levels among ``drawn`` random pairs. ``trained``: patterns of each training rule.
    ``candidates``: patterns of all pairs that blocking gives; out of them comes the prior where it is not given, being
    the matches expected among them as a share of ``every`` pair that could be formed.
    """
    mixed = {one.name: _said(one, random[one.name], drawn) for one in settings.comparers}
    start = {one.name: _start(one) for one in settings.comparers}
    m, u, share = start, mixed, prior or min(0.1, every**-0.5)
    matches = start
    for _ in range(ROUNDS):
        matches = _matches(settings, trained, start, u)
        m = _shares(matches, start)
        if candidates is not None:
            share = _share(settings, candidates, m, u, share, every)
        u = {name: _without_matches(mixed[name], m[name], share, drawn) for name in mixed}
    for one in settings.comparers:  # what neither random pairs nor matches showed says nothing
        never = (matches[one.name] < 0.5) & (_by_gamma(one, random[one.name]) == 0)
        u[one.name] = np.where(never, m[one.name], u[one.name])
    return {one.name: learnt(one, m[one.name], u[one.name]) for one in settings.comparers}, rounded(share)


def _said(comparer: Comparer, shares: Sequence[float], drawn: int) -> NDArray[np.float64]:
    """Shares by gamma, among the pairs drawn and those that one would expect of any table."""
    values = _by_gamma(comparer, shares)
    usual = 0.1 ** np.arange(len(values))
    return np.asarray((values * drawn + UNLIKE * usual / usual.sum()) / (drawn + UNLIKE))


def _by_gamma(comparer: Comparer, shares: Sequence[float]) -> NDArray[np.float64]:
    by_gamma = {gamma(comparer, at): share for at, share in enumerate(shares) if not comparer.levels[at].null}
    return np.array([by_gamma[at] for at in range(len(by_gamma))])


def _start(comparer: Comparer) -> NDArray[np.float64]:
    """Matches mostly agree: m falls by a factor of three from each level to the next."""
    count = sum(not level.null for level in comparer.levels)
    shares = 3.0 ** np.arange(count)
    return np.asarray(shares / shares.sum())


def _matches(settings: Settings, trained: Sequence[Patterns], start: Shares, u: Shares) -> Shares:
    """Matches expected at each level of each comparer, out of the rules that do not read it."""
    sums = {name: np.zeros(len(values)) for name, values in start.items()}
    for patterns in trained:
        free = [one for one in settings.comparers if not reads(patterns.rule or "", one)]
        if free and patterns.pairs:
            for name, matches in _maximise(settings, patterns, free, start, u).items():
                sums[name] = sums[name] + matches
    return sums


def _shares(matches: Shares, start: Shares) -> Shares:
    """m: matches at each level as shares, with those that one would expect of any table."""
    found = {}
    for name, values in matches.items():
        shares = (values + EXPECTED * start[name]) / (values.sum() + EXPECTED)
        shares = np.maximum(shares, LEAST)
        found[name] = shares / shares.sum()
    return found


def _maximise(settings: Settings, patterns: Patterns, free: Sequence[Comparer], start: Shares, u: Shares) -> Shares:
    """Matches expected at each level, of the comparers that this rule leaves free."""
    order = [one.name for one in settings.comparers]
    columns = {one.name: patterns.gammas[:, order.index(one.name)] for one in free}
    m = {name: start[name] for name in columns}
    share, matches = 0.5, {name: np.zeros(len(start[name])) for name in columns}
    for _ in range(STEPS):
        chance = _chance(columns, m, u, share)
        expected = patterns.times * chance
        matches = {name: _at_levels(columns[name], expected, len(start[name])) for name in columns}
        new = {name: (matches[name] + EXPECTED * start[name]) / (matches[name].sum() + EXPECTED) for name in columns}
        moved = max(float(np.abs(new[name] - m[name]).max()) for name in columns)
        m, share = new, float(np.clip(expected.sum() / patterns.times.sum(), 1e-6, 1 - 1e-6))
        if moved < CLOSE:
            break
    return matches


def _chance(columns: Mapping[str, NDArray[np.int64]], m: Shares, u: Shares, share: float) -> NDArray[np.float64]:
    """The chance that a pair of each pattern matches, where matches have this share."""
    bits = np.full(len(next(iter(columns.values()))), np.log(share / (1 - share)))
    for name, gammas in columns.items():
        weights = np.append(np.log(m[name] / u[name]), 0.0)  # the last one is at -1: nothing said
        bits = bits + weights[gammas]
    return np.asarray(1 / (1 + np.exp(-np.clip(bits, -700, 700))))


def _at_levels(gammas: NDArray[np.int64], expected: NDArray[np.float64], levels: int) -> NDArray[np.float64]:
    known = gammas >= 0
    return np.asarray(np.bincount(gammas[known], weights=expected[known], minlength=levels), dtype=np.float64)


def _share(settings: Settings, candidates: Patterns, m: Shares, u: Shares, share: float, every: int) -> float:
    columns = {one.name: candidates.gammas[:, at] for at, one in enumerate(settings.comparers)}
    for _ in range(STEPS):
        expected = float((candidates.times * _chance(columns, m, u, share)).sum())
        new = float(np.clip((expected + 0.5) / (every + 1), 1e-15, 0.5))
        if abs(new - share) <= CLOSE * share:
            break
        share = new
    return share


def _without_matches(
    mixed: NDArray[np.float64], m: NDArray[np.float64], share: float, drawn: int
) -> NDArray[np.float64]:
    """u: random pairs are matches too, ``share`` of them; without those. At least a tenth of what was seen remains."""
    left = np.maximum(mixed - share * m, np.maximum(mixed / 10, 0.05 / (drawn + 1)))
    return np.asarray(left / left.sum())


def learnt(comparer: Comparer, m: NDArray[np.float64], u: NDArray[np.float64]) -> tuple[Learnt, ...]:
    """A comparer's levels with their m and u, which stand by gamma; what the settings say of one of them holds."""

    def one(at: int) -> Learnt:
        level = comparer.levels[at]
        if level.null:
            return Learnt(level.label, None, None)
        place = gamma(comparer, at)
        return Learnt(level.label, level.m or rounded(float(m[place])), level.u or rounded(float(u[place])))

    return tuple(one(at) for at in range(len(comparer.levels)))


def rounded(value: float) -> float:
    """To the digits that are the same on every engine."""
    return float(f"{value:.{DIGITS}g}")


def reads(rule: str, comparer: Comparer) -> bool:
    """Whether a blocking or training rule reads a column that this comparer reads: then it tells nothing of it."""
    of_rule = set(re.findall(r"[lr]\.\"?(\w+)", rule))
    words = set(re.findall(r"\w+", " ".join(level.condition for level in comparer.levels)))
    return bool(of_rule & (set(comparer.columns) | {word[:-2] for word in words if word.endswith(("_l", "_r"))}))
