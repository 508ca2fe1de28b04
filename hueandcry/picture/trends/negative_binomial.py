"""Counts that scatter more than chance: the negative binomial law by its mean and variance. Pure.

scipy.special alone, for scipy.stats takes a second to import, and pages ask for bands.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantile(share: float, mean: float, variance: float) -> float:
    """The least count that at least ``share`` of all counts stay at or below; Poisson unless variance exceeds mean.

    Raises ValueError for a share outside 0 to 1 or a mean below 0.
    """
    from scipy.special import betainc, gammaincc

    if not 0 < share < 1 or mean < 0:
        raise ValueError("a quantile is of a share between 0 and 1, and a count is not below 0")
    size = mean**2 / (variance - mean) if variance > mean * (1 + 1e-9) else 0.0
    chance = mean / variance if size else 0.0

    def below(count: float) -> float:
        """The share at or below a count."""
        if not size:
            return float(gammaincc(count + 1, mean))
        return float(betainc(size, count + 1, chance))

    high = mean + 10 * max(variance, mean) ** 0.5 + 20
    while below(high) < share:
        high *= 2
    low, high = -1.0, float(np.floor(high))
    while high - low > 1:
        middle = float(np.floor((low + high) / 2))
        low, high = (low, middle) if below(middle) >= share else (middle, high)
    return high


def log_likelihood(count: float, mean: Array, relative: Array) -> Array:
    """Of a count whose variance is mean + relative * mean squared, for each mean."""
    from scipy.special import gammaln

    size = 1 / relative
    choices: Array = gammaln(count + size) - gammaln(size) - gammaln(count + 1)
    made: Array = choices + size * np.log(size / (size + mean)) + count * np.log(mean / (size + mean))
    return made
