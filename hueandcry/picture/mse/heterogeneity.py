"""Models in which individuals differ in how readily they are told of. Pure; numpy.

    for model in family(table):
        model.name, model.estimate, model.error, model.aic      # "Mth Poisson2", 81.1, 5.7, 146.1 for the hares

The log-linear family of Baillargeon & Rivest (2007, "Rcapture: loglinear models for capture-recapture in R", Journal of
Statistical Software 19(5), table 1 and section 3): M0 (all lists alike), Mt (lists differ), Mh (individuals differ),
Mth (both). What heterogeneity adds is a function of k, on how many lists somebody is: Poisson a^k - 1 with a = 2;
Darroch k^2 / 2; Gamma -log(3.5 + k) + log(3.5); Chao (a lower bound) a parameter for each k above 2, kept where it is
positive. Fitted to the counts of the 2^t - 1 histories by Poisson maximum likelihood; the standard error of the total
is sqrt(m + m^2 var(log m)), m being those on no list.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hueandcry.picture.mse.loglinear import FARTHEST, Floats

if TYPE_CHECKING:
    from hueandcry.picture.mse.table import Table

GAMMA: Final = 3.5
POISSON: Final = 2.0
Z: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted model: the total, its standard error, what it costs, and log-normal 95 % limits (Chao 1987)."""

    name: str
    estimate: float
    error: float
    aic: float
    bic: float
    deviance: float
    low: float
    high: float


def family(table: Table, *, without: frozenset[int] = frozenset()) -> list[Model]:
    """All models of the family, in the order of Rcapture's table. ``without``: histories that are left out of the fit
    (their count still stands in the total), such as those on every list when a few are always found. Models that the
    data do not determine are left out. ValueError for fewer than two lists."""
    size = len(table.lists)
    if size < 2:
        raise ValueError("heterogeneity takes two lists")
    histories = np.array([h for h in range(1, 1 << size) if h not in without])
    cells = np.array([table.counts.get(int(h), 0) for h in histories], dtype=float)
    lists = ((histories[:, None] >> np.arange(size)) & 1).astype(float)
    known = lists.sum(axis=1)
    one = np.ones((len(cells), 1))
    alike, differ = np.hstack([one, known[:, None]]), np.hstack([one, lists])
    shapes = {
        f"Poisson{POISSON:g}": POISSON**known - 1,
        "Darroch": known**2 / 2,
        f"Gamma{GAMMA:g}": -np.log(GAMMA + known) + math.log(GAMMA),
    }
    found = [_model("M0", alike, cells, table.observed), _model("Mt", differ, cells, table.observed)]
    for letter, matrix in (("Mh", alike), ("Mth", differ)):
        found.append(_chao(f"{letter} Chao (LB)", matrix, known, cells, table.observed))
        for name, shape in shapes.items():
            whole = np.hstack([matrix, shape[:, None]])
            found.append(_model(f"{letter} {name}", whole, cells, table.observed))
    return [model for model in found if model is not None]


def _chao(name: str, matrix: Floats, known: Floats, cells: Floats, observed: int) -> Model | None:
    steps = list(range(2, int(known.max())))
    while True:
        columns = [np.maximum(known - step, 0.0)[:, None] for step in steps]
        whole = np.hstack([matrix, *columns])
        beta, _variance = _fitted(whole, cells)
        etas = beta[matrix.shape[1] :]
        left = [step for step, eta in zip(steps, etas, strict=True) if eta > 0]
        if len(left) == len(steps):
            return _model(name, whole, cells, observed)
        steps = left


def _model(name: str, matrix: Floats, cells: Floats, observed: int) -> Model | None:
    if np.linalg.matrix_rank(matrix) < matrix.shape[1]:
        return None
    beta, variance = _fitted(matrix, cells)
    if not (math.isfinite(variance) and variance < 64 and abs(beta[0]) < FARTHEST):
        return None
    missing = math.exp(beta[0])
    error = math.sqrt(missing + missing**2 * variance)
    linear = np.clip(matrix @ beta, -FARTHEST, FARTHEST)
    value = float(cells @ linear - np.exp(linear).sum())
    log_likelihood = value - sum(math.lgamma(count + 1) for count in cells)
    held = cells[cells > 0]
    deviance = 2 * (float((held * np.log(held) - held).sum()) - value)
    parameters = matrix.shape[1]
    factor = math.exp(Z * math.sqrt(math.log(1 + (error / missing) ** 2))) if missing > 1e-9 else 1.0
    return Model(
        name,
        observed + missing,
        error,
        2 * parameters - 2 * log_likelihood,
        math.log(max(observed, 1)) * parameters - 2 * log_likelihood,
        deviance,
        observed + missing / factor,
        observed + missing * factor,
    )


def _fitted(matrix: Floats, cells: Floats) -> tuple[Floats, float]:
    """Coefficients and the variance of the intercept, by Newton's method with halved steps."""

    def value(beta: Floats) -> float:
        linear = np.clip(matrix @ beta, -FARTHEST, FARTHEST)
        return float(cells @ linear - np.exp(linear).sum())

    working = cells + 0.5
    beta = np.linalg.lstsq(matrix * np.sqrt(working)[:, None], np.log(working) * np.sqrt(working), rcond=None)[0]
    best = value(beta)
    for _ in range(200):
        means = np.exp(np.clip(matrix @ beta, -FARTHEST, FARTHEST))
        inner = (matrix * means[:, None]).T @ matrix
        step = np.linalg.lstsq(inner, matrix.T @ (cells - means), rcond=None)[0]
        step *= min(1.0, 5.0 / max(float(np.abs(matrix @ step).max()), 1e-300))
        share = 1.0
        while value(beta + share * step) < best - 1e-10 * abs(best) and share > 1e-6:
            share /= 2
        beta = beta + share * step
        best = value(beta)
        if float(np.abs(matrix @ step).max()) * share < 1e-9:
            break
    means = np.exp(np.clip(matrix @ beta, -FARTHEST, FARTHEST))
    variance = np.linalg.pinv((matrix * means[:, None]).T @ matrix, hermitian=True)[0, 0]
    return beta, float(variance)
