"""How sure a rank is: Monte Carlo over weights, methods and missing data. Pure.

Saisana, Saltelli and Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality assessment
of composite indicators, JRSS A 168 (2005). Each draw takes one normalisation, one aggregation, outliers treated or not,
one set of values for what is missing (drawn from the known values of the same indicator), and weights around the public
ones in every group (Dirichlet). The draws of one method and one filling are a matrix product, so that ten thousand
cost little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hueandcry.capacity.index import pipeline
from hueandcry.capacity.index.definition import Definition
from hueandcry.capacity.index.pipeline import Aggregate, Bools, Floats, Normalise

CONCENTRATION = 40.0  # of the Dirichlet: a weight of one in five varies by a standard deviation of about 0.06
FILLINGS = 16  # sets of drawn values for what is missing
LEVELS = (5.0, 50.0, 95.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """What the draws say of each unit: ranks by need at 5, 50 and 95 % (units x 3), and the share of draws in which it
    is among the first k. NaN for units without a score."""

    ranks: Floats
    share: Floats
    draws: int
    methods: tuple[str, ...]


def drawn_weights(definition: Definition, draws: int, random: np.random.Generator) -> Floats:
    """Weights of indicators in the whole index, draws x indicators: in every group Dirichlet around the public ones."""
    made: dict[str, Floats] = {}
    for code in definition.bottom_up:
        children, own = definition.groups_in[code], definition.indicators_in[code]
        public = np.array([definition.indicators[n].weight for n in own] + [child.weight for child in children])
        shares = (
            random.dirichlet(CONCENTRATION * public / public.sum(), draws) if len(public) > 1 else np.ones((draws, 1))
        )
        weights = np.zeros((draws, len(definition.indicators)))
        for place, n in enumerate(own):
            weights[:, n] = shares[:, place]
        for place, child in enumerate(children, start=len(own)):
            weights += shares[:, place : place + 1] * made[child.code]
        made[code] = weights
    return made[definition.top]


def filled_by_chance(values: Floats, pool: Floats, random: np.random.Generator) -> Floats:
    """Each unknown number as one of the known numbers of its indicator in the pool, drawn (hot deck)."""
    made = values.copy()
    for n in range(values.shape[1]):
        unknown = np.isnan(values[:, n])
        if unknown.any():
            made[unknown, n] = random.choice(np.sort(pool[~np.isnan(pool[:, n]), n]), int(unknown.sum()))
    return made


def spread(
    definition: Definition,
    values: Floats,
    scored: Bools,
    *,
    draws: int = 10_000,
    seed: int = 0,
    top: int = 10,
    normalisations: tuple[Normalise, ...] = ("minmax", "zscore", "rank"),
    aggregations: tuple[Aggregate, ...] = ("arithmetic", "geometric"),
    treat: bool = True,
) -> Spread:
    """Ranks by need over the draws, among units that have a score (``scored``). The same for the same seed."""
    held = values[scored]
    fixed = tuple(normalisations) == ("goalposts",)
    treatments = [False, True] if treat and not fixed else [False]
    methods = [(n, a, t) for n in normalisations for a in aggregations for t in treatments]
    random = np.random.default_rng(seed)
    fillings = [filled_by_chance(held, values, random) for _each in range(FILLINGS if np.isnan(held).any() else 1)]
    cleaned = [pipeline.treated(definition, each)[0] for each in fillings] if True in treatments else []
    batches = [(norm, how, each) for norm, how, on in methods for each in (cleaned if on else fillings)]
    ranks = np.empty((draws, len(held)), np.float32)
    at = 0
    for place, (norm, how, filling) in enumerate(batches):
        many = draws // len(batches) + (place < draws % len(batches))
        normal = pipeline.normalised(definition, filling, norm)
        weights = drawn_weights(definition, many, random)
        score = weights @ (np.log(normal) if how == "geometric" else normal).T  # a logarithm keeps the order
        ranks[at : at + many] = _ranks(score)
        at += many
    return _told(ranks, scored, draws, top, tuple(f"{n}, {a}{', treated' if t else ''}" for n, a, t in methods))


def _ranks(score: Floats) -> NDArray[np.float32]:
    """Rank by need within each draw; equal scores share the lower rank."""
    order = np.argsort(score, axis=1, kind="stable")
    made = np.empty(score.shape, np.float32)
    np.put_along_axis(made, order, np.arange(1, score.shape[1] + 1, dtype=np.float32)[None, :], axis=1)
    ordered = np.take_along_axis(score, order, axis=1)
    for row in np.flatnonzero((np.diff(ordered, axis=1) == 0).any(axis=1)):
        made[row] = rankdata(score[row], method="min")
    return made


def _told(ranks: NDArray[np.float32], scored: Bools, draws: int, top: int, methods: tuple[str, ...]) -> Spread:
    told = np.full((len(scored), len(LEVELS)), np.nan)
    share = np.full(len(scored), np.nan)
    if ranks.shape[1]:
        told[scored] = np.percentile(ranks, LEVELS, axis=0, method="inverted_cdf").T
        share[scored] = (ranks <= top).mean(axis=0)
    return Spread(told, share, draws, methods)
