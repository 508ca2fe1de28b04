"""Intervals that own up to the choice of a model: every bootstrap replicate chooses again. Pure; numpy.

    best = loglinear.search(design, cells)
    drawn = resample(design, tables(cells, total, 400, seed=0), best, keep=60)
    low, high = interval(drawn)

One model that was chosen from the data and then believed gives intervals that are far too short: the United Kingdom's
published 10,000 to 13,000 victims (2013) become 9,958 to 33,511 as soon as each replicate chooses its own model.
Silverman, Chan & Vincent (2024, "Bootstrapping multiple systems estimates to account for model selection") fit in each
replicate only the best K models by BIC of the original data, which keeps nearly all of it at a small part of the cost.
Here a replicate does not pick one of them but weighs them anew, and the interval is of all replicates'
mixtures together: in simulated worlds (bench/truth_picture) that covers a little more than picking at the same width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from hueandcry.picture.mse.loglinear import Design, Fits, Floats, Ints, fit

# Operations of one bootstrap: a few seconds on one core.
MOST_WORK: Final = 3e9
FEWEST: Final = 100
FEWEST_MODELS: Final = 5
MOST_TOTAL: Final = 1e12
# Newton steps of a replicate, which begins from the fit to the original: six leave the total exact to far less than the
# spread between replicates.
ITERATIONS: Final = 8


@dataclass(frozen=True, slots=True)
class Replicates:
    """What the kept models say of each replicate: ``observed`` by replicate; ``missing``, ``bic`` and ``aic`` by
    replicates and models, in the order of ``models``."""

    models: Ints
    observed: Floats
    missing: Floats
    bic: Floats
    aic: Floats


def tables(cells: Floats, total: float, replicates: int, *, seed: int = 0) -> Floats:
    """So many tables like the observed one, a row each: how many are seen is binomial out of ``total``, and which
    histories they have multinomial by the observed shares, so that no model stands behind them."""
    generator = np.random.default_rng([seed, 0])
    observed = int(cells.sum())
    total = min(max(total, observed), MOST_TOTAL)
    seen = generator.binomial(round(total), observed / round(total), size=replicates)
    drawn: Floats = generator.multinomial(np.maximum(seen, 1), cells / observed).astype(float)
    return drawn


def affordable(design: Design, replicates: int, keep: int) -> tuple[int, int]:
    """How many replicates and models can be fitted in a few seconds: fewer replicates, down to 100, and then fewer
    models where the lists are many."""
    work = float(design.matrix.shape[0] * design.matrix.shape[1] ** 2 * 6)
    if work * replicates * keep > MOST_WORK:
        replicates = min(replicates, max(FEWEST, int(MOST_WORK / (work * keep))))
        keep = max(FEWEST_MODELS, min(keep, int(MOST_WORK / (work * replicates))))
    return replicates, keep


def resample(design: Design, drawn: Floats, fits: Fits, order: Ints) -> Replicates:
    """Fit the models at the places ``order`` of ``fits`` to each of the tables ``drawn`` (replicates by histories)."""
    models = fits.models[order]
    again = fit(
        design,
        np.repeat(drawn, len(models), axis=0),
        np.tile(models, len(drawn)),
        np.tile(fits.coefficients[order], (len(drawn), 1)),
        iterations=ITERATIONS,
    )
    shape = (len(drawn), len(models))
    return Replicates(
        models, drawn.sum(axis=1), again.missing.reshape(shape), again.bic.reshape(shape), again.aic.reshape(shape)
    )


def interval(drawn: Replicates, level: float = 0.95, *, lenient: float = 0.0) -> tuple[float, float]:
    """The limits of the total: percentiles of all replicates, each a mixture of models by exp(-criterion / 2). The
    criterion is BIC, or so far from it towards AIC as ``lenient`` says (1: AIC). A total that a replicate does not
    determine counts as infinite."""
    criterion = (1 - lenient) * drawn.bic + lenient * drawn.aic
    least = criterion.min(axis=1, keepdims=True)
    shares = np.exp(-np.clip(criterion - least, 0.0, 1400.0) / 2)
    shares /= shares.sum(axis=1, keepdims=True)
    totals = drawn.observed[:, None] + drawn.missing
    low, high = quantiles(totals.ravel(), shares.ravel(), ((1 - level) / 2, (1 + level) / 2))
    return low, high


def picked(drawn: Replicates, level: float = 0.95) -> tuple[float, float]:
    """The same where each replicate picks its best model by BIC, as published (Silverman, Chan & Vincent 2024)."""
    best = drawn.bic.argmin(axis=1)
    totals = drawn.observed + drawn.missing[np.arange(len(best)), best]
    low, high = quantiles(totals, np.ones(len(totals)), ((1 - level) / 2, (1 + level) / 2))
    return low, high


def quantiles(values: Floats, shares: Floats, at: tuple[float, ...]) -> tuple[float, ...]:
    """Weighted quantiles of values, which may be infinite."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(shares[order])
    places = np.searchsorted(reached, np.array(at) * reached[-1])
    return tuple(float(v) for v in values[order][np.minimum(places, len(values) - 1)])
