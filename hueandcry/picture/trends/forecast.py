"""The months to come: a level that drifts, seasons, and counts that scatter more than chance. Pure, numpy.

The count model of Harvey and Fernandes (1989, Journal of Business and Economic Statistics 7(4)): the level is gamma
distributed, what was learnt fades by a factor ``omega`` a month, and each month's count is then negative binomial. The
fading and the scatter of months beyond Poisson are not chosen but averaged over, each weighed by how well it foretold
the months so far one month ahead. No slope is carried on: a level that rose is expected to stay, not to go on rising.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.trends.negative_binomial import log_likelihood, quantile

Array = NDArray[np.float64]

AHEAD: Final = 6  # months foretold
LEAST: Final = 12  # months; with fewer nothing is foretold
FADING: Final = (0.5, 0.6, 0.7, 0.8, 0.87, 0.92, 0.96, 0.985, 1.0)
SCATTER: Final = (0.0025, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32)  # squared coefficient of variation
COVERED: Final = 0.95
_BURN: Final = 2  # months that only learn


@dataclass(frozen=True, slots=True)
class Ahead:
    """One month to come: the expected count and its 95 % band."""

    expected: float
    low: float
    high: float


def ahead(counts: Array, offsets: Array, coming: Array, *, since: int = 0, unsure: float = 0.0) -> tuple[Ahead, ...]:
    """What the coming months will show once they are complete, if reporters stay as they are.

    ``counts`` and ``offsets`` (months): as they were told, and what an even level would have shown of them by now;
    ``coming``: the same of complete months to come; ``since``: where the level last changed, before which nothing is
    learnt of it; ``unsure``: the squared relative error of ``coming``, which seasons have. ValueError with fewer than
    ``LEAST`` months in all.
    """
    if len(counts) < LEAST:
        raise ValueError("too few months to foretell from")
    fading, scatter = (each.ravel() for each in np.meshgrid(FADING, SCATTER))
    likely = np.zeros(len(fading))
    start = float(max(counts[:3].sum(), 0.5) / max(offsets[:3].sum(), 1e-12))
    shape, scale = np.full(len(fading), 0.5), np.full(len(fading), 0.5 / start)
    for month, (count, offset) in enumerate(zip(counts, offsets, strict=True)):
        if month == since and since:
            shape, scale = shape * 0.02, scale * 0.02
        shape, scale = shape * fading, scale * fading
        mean = shape / scale * offset
        if month >= _BURN and month != since:
            likely += log_likelihood(float(count), mean, 1 / shape + scatter)
        told = 1 + scatter * mean  # a month that scatters says less of the level than its count would
        shape, scale = shape + count / told, scale + offset / told
    weights = np.exp(likely - likely.max())
    weights /= weights.sum()
    made = []
    for step, offset in enumerate(coming, start=1):
        faded = shape * fading**step
        mean = shape / scale * offset
        variance = mean + mean**2 * (1 / faded + scatter + unsure)
        expected = float(weights @ mean)
        made.append(_band(expected, float(weights @ (variance + (mean - expected) ** 2))))
    return tuple(made)


def _band(mean: float, variance: float) -> Ahead:
    tail = (1 - COVERED) / 2
    return Ahead(mean, quantile(tail, mean, variance), quantile(1 - tail, mean, variance))
