"""Poisson log-linear models of capture histories up to pairwise interactions, thousands at a time. Pure; numpy.

    design = Design(len(table.lists))
    fits = fit(design, design.cells(table), design.every())       # all 2^10 models of five lists: about 0.2 s
    fits.missing[i], fits.error[i], fits.bic[i]                   # of the model fits.models[i], a bit per pair

A model is a set of pairs of lists that depend on one another (main effects always in), hierarchical by that; it is
written as an integer with a bit per pair. The total is what was observed and the fitted count of the history that
nobody tells of, exp(intercept) (Fienberg 1972; Bishop, Fienberg & Holland 1975, ch. 6).

Why not statsmodels' GLM: it fits one model in about 2 ms, and an answer here takes some 50,000 fits (models times
bootstrap replicates). They share one design matrix, so Newton steps of all of them are two matrix products and one
stacked solve; tests/picture/mse checks the results against statsmodels.

Pairs without overlap are treated as by Chan, Silverman & Vincent (2021, 2.2): in a model with that pair its parameter
is minus infinity, so all histories with both lists are fitted as 0 exactly and leave the likelihood; the parameter
still counts in BIC.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hueandcry.picture.mse.table import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ITERATIONS: Final = 40
TOLERANCE: Final = 1e-7  # of the change of any linear predictor
FARTHEST: Final = 30.0  # of a linear predictor: exp(-30) is 0 for any count
AT_ONCE: Final = 6_000_000  # cells times fits held at one time, some 50 MB an array
# Above this standard error of the logarithm of those nobody tells of, the intercept is not determined by the data.
LOOSEST: Final = 8.0


class Design:
    """The design matrix of all pairwise models of ``size`` lists: rows are histories 1 .. 2^size - 1, columns are the
    intercept, the lists and the pairs in the order of ``pairs``."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.pairs: list[tuple[int, int]] = list(combinations(range(size), 2))
        histories = np.arange(1, 1 << size)
        on = (histories[:, None] >> np.arange(size)) & 1
        both = np.array([on[:, i] * on[:, j] for i, j in self.pairs]).reshape(len(self.pairs), -1).T
        self.matrix: Floats = np.hstack([np.ones((len(histories), 1)), on, both]).astype(float)
        self.both: Floats = both.astype(float)
        outer = self.matrix[:, :, None] * self.matrix[:, None, :]
        self.outer: Floats = outer.reshape(len(histories), -1)

    def cells(self, table: Table) -> Floats:
        """The counts of histories 1 .. 2^size - 1."""
        cells = np.zeros((1 << self.size) - 1)
        for history, count in table.counts.items():
            cells[history - 1] = count
        return cells

    def every(self) -> Ints:
        """All models, from independence (0) to all pairs."""
        return np.arange(1 << len(self.pairs), dtype=np.int64)

    def has(self, models: Ints) -> NDArray[np.bool_]:
        """Which pairs are in which models: models by pairs."""
        held: NDArray[np.bool_] = (models[:, None] >> np.arange(len(self.pairs)) & 1).astype(bool)
        return held

    def named(self, model: int, lists: Sequence[str]) -> str:
        """The model as it is written: its pairs, or "independence"."""
        names = [f"{lists[i]}:{lists[j]}" for at, (i, j) in enumerate(self.pairs) if model >> at & 1]
        return " + ".join(names) or "independence"


@dataclass(frozen=True, slots=True)
class Fits:
    """What came of fits, one entry each; arrays of one length.

    ``missing``: fitted count of those on no list (infinite where the data do not determine it); ``error``: standard
    error of its logarithm; ``bic``: -2 log-likelihood + log(observed) x parameters; ``aic``; ``coefficients``: fits by
    columns of the design (0 where a column is not in the model).
    """

    models: Ints
    missing: Floats
    error: Floats
    bic: Floats
    aic: Floats
    deviance: Floats
    coefficients: Floats


def fit(
    design: Design, cells: Floats, models: Ints, start: Floats | None = None, *, iterations: int = ITERATIONS
) -> Fits:
    """Fit models by maximum likelihood (Newton's method on the Poisson likelihood, which is concave).

    ``cells``: counts by history, one row for all models or one row per model; ``start``: coefficients to begin from, as
    ``Fits.coefficients``, one row per model.
    """
    models = np.asarray(models, dtype=np.int64)
    many = np.broadcast_to(np.atleast_2d(cells), (len(models), design.matrix.shape[0]))
    step = max(1, AT_ONCE // max(design.matrix.shape[0], design.matrix.shape[1] ** 2))
    parts = [
        _fit(
            design,
            many[at : at + step],
            models[at : at + step],
            None if start is None else start[at : at + step],
            iterations,
        )
        for at in range(0, len(models), step)
    ]
    if not parts:
        none = np.zeros(0)
        return Fits(models, none, none, none, none, none, np.zeros((0, design.matrix.shape[1])))
    joined: list[Any] = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Fits(models, *joined)


def _fit(design: Design, cells: Floats, models: Ints, start: Floats | None, iterations: int) -> tuple[Floats, ...]:
    matrix, columns = design.matrix, design.matrix.shape[1]
    held = design.has(models)
    empty = held & (cells @ design.both == 0)  # pairs of the model that nobody is on both lists of
    possible = (empty.astype(float) @ design.both.T == 0).astype(float)
    free = np.hstack([np.ones((len(models), 1 + design.size)), held & ~empty])
    sums = cells @ matrix * free
    frozen = 1.0 - free
    diagonal = np.arange(columns)

    def information(means: Floats) -> Floats:
        inner = (means @ design.outer).reshape(-1, columns, columns)
        inner *= free[active][:, :, None] * free[active][:, None, :]
        inner[:, diagonal, diagonal] += frozen[active] + 1e-10 * inner[:, diagonal, diagonal] + 1e-12
        return inner

    active = np.arange(len(models))
    if start is None:
        # One step of weighted least squares from the data themselves, as GLMs are started.
        working = cells + 0.5
        inner = information(working * possible)
        right = (working * possible * np.log(working)) @ matrix * free
        beta = np.linalg.solve(inner, right[:, :, None])[:, :, 0]
    else:
        beta = start * free
    linear = np.clip(beta @ matrix.T, -FARTHEST, FARTHEST)
    value = _value(linear, cells, possible)
    for _ in range(iterations):
        means = np.exp(linear[active]) * possible[active]
        score = sums[active] - means @ matrix * free[active]
        step = np.linalg.solve(information(means), score[:, :, None])[:, :, 0]
        moved = step @ matrix.T
        size = np.abs(moved * possible[active]).max(axis=1)
        step *= np.minimum(1.0, 5.0 / np.maximum(size, 1e-300))[:, None]
        ahead = beta[active] + step
        there = np.clip(ahead @ matrix.T, -FARTHEST, FARTHEST)
        reached = _value(there, cells[active], possible[active])
        for _half in range(6):  # the likelihood is concave: a shorter step always helps where a whole one overshot
            worse = reached < value[active] - 1e-9 * np.abs(value[active]) - 1e-9
            if not worse.any():
                break
            step[worse] *= 0.5
            ahead[worse] = beta[active][worse] + step[worse]
            there[worse] = np.clip(ahead[worse] @ matrix.T, -FARTHEST, FARTHEST)
            reached[worse] = _value(there[worse], cells[active][worse], possible[active][worse])
        beta[active], linear[active], value[active] = ahead, there, reached
        # A mean of 0 drifts for ever; what counts is that nothing fitted moves any more.
        active = active[(np.abs(moved) * means > TOLERANCE * (1.0 + means)).any(axis=1)]
        if not len(active):
            break
    active = np.arange(len(models))
    means = np.exp(linear) * possible
    unit = np.zeros((len(models), columns, 1))
    unit[:, 0] = 1.0
    variance = np.linalg.solve(information(means), unit)[:, 0, 0]
    error = np.sqrt(np.maximum(variance, 0.0))
    known = (error < LOOSEST) & (np.abs(beta[:, 0]) < FARTHEST)
    missing = np.where(known, np.exp(np.clip(beta[:, 0], -FARTHEST, FARTHEST)), np.inf)
    log_likelihood = value - _log_factorials(cells)
    saturated = np.where(cells > 0, cells * np.log(np.maximum(cells, 1e-300)) - cells, 0.0).sum(axis=1)
    observed = cells.sum(axis=1)
    parameters = 1 + design.size + held.sum(axis=1)
    bic = -2 * log_likelihood + np.log(np.maximum(observed, 1.0)) * parameters
    aic = -2 * log_likelihood + 2 * parameters
    return missing, np.where(known, error, np.inf), bic, aic, 2 * (saturated - value), beta


def _value(linear: Floats, cells: Floats, possible: Floats) -> Floats:
    """The log-likelihood without the factorials of the counts; histories that are impossible in a model (their count is
    0) are out."""
    value: Floats = ((cells * linear - np.exp(linear)) * possible).sum(axis=1)
    return value


def _log_factorials(cells: Floats) -> Floats:
    """The sum of log(count!) of each row; few distinct counts, many rows."""
    distinct, at = np.unique(cells, return_inverse=True)
    logs = np.array([math.lgamma(count + 1.0) for count in distinct])
    summed: Floats = logs[at].reshape(cells.shape).sum(axis=1)
    return summed


def search(design: Design, cells: Floats) -> Fits:
    """The models worth averaging: all of them for up to five lists, else found by steps (``stepped``)."""
    return fit(design, cells, design.every()) if len(design.pairs) <= 10 else stepped(design, cells)


def stepped(design: Design, cells: Floats, *, window: float = 12.0, most: int = 4000, wide: int = 16) -> Fits:
    """Models found by steps.

    From independence and from all pairs that overlap, the ``wide`` best models not yet looked around (within ``window``
    of BIC of the best: exp(-6) of its weight) have their neighbours fitted, one pair more or less, until none is left
    or two thirds of ``most`` are fitted; then the same by AIC (a beam search through Madigan & Raftery's (1994)
    window).
    """
    count = len(design.pairs)
    overlap = cells @ design.both > 0
    first = np.array([0, sum(1 << at for at in range(count) if overlap[at])], dtype=np.int64)
    # Large designs get fewer fits, so that ten lists end in time too.
    most = min(most, max(200, AT_ONCE * 40 // (design.matrix.shape[0] * design.matrix.shape[1] ** 2) * 5))
    found: list[Fits] = [fit(design, cells, first)]
    known: dict[int, tuple[float, float]] = _criteria(found[0])
    for criterion, most_now in ((0, most * 2 // 3), (1, most)):  # BIC, then AIC from all that is known
        looked: set[int] = set()
        while len(known) < most_now:
            value = {model: both[criterion] for model, both in known.items()}
            best = min(value.values())
            beam = sorted((m for m in value if m not in looked and value[m] <= best + window), key=value.__getitem__)
            if not beam:
                break
            looked.update(beam[:wide])
            fresh = sorted({model ^ 1 << at for model in beam[:wide] for at in range(count)} - known.keys())
            if fresh:
                found.append(fit(design, cells, np.array(fresh, dtype=np.int64)))
                known |= _criteria(found[-1])
    return joined(found)


def _criteria(fits: Fits) -> dict[int, tuple[float, float]]:
    pairs = zip(fits.bic.tolist(), fits.aic.tolist(), strict=True)
    return dict(zip(fits.models.tolist(), pairs, strict=True))


def joined(fits: Sequence[Fits]) -> Fits:
    """Several sets of fits as one."""
    return Fits(*(np.concatenate([getattr(f, name) for f in fits]) for name in Fits.__slots__))


def weights(fits: Fits) -> Floats:
    """Approximate posterior probabilities of models, exp(-BIC / 2) made to add up to 1 (Buckland, Burnham & Augustin
    1997; Kass & Raftery 1995); 0 for models whose total is not determined."""
    usable = np.isfinite(fits.missing)
    if not usable.any():
        return np.zeros(len(fits.models))
    least = fits.bic[usable].min()
    raw = np.where(usable, np.exp(-np.clip(fits.bic - least, 0.0, 1400.0) / 2), 0.0)
    shares: Floats = raw / raw.sum()
    return shares
