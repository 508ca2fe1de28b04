"""Seasons: how much more a calendar month sees than a usual one. Pure, numpy; works on many series at once.

Classical multiplicative decomposition: the ratio to a centred average over twelve months, averaged for each calendar
month (on logarithms), and drawn towards 1 as far as chance alone would scatter it (an empirical-Bayes factor).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAST: Final = 24  # months; with fewer there is no telling a season from a change


def factors(counts: Array, offsets: Array, first: int) -> Array:
    """Twelve factors, January first, whose logarithms sum to 0; shape (..., 12) for counts of shape (..., months).

    ``offsets`` is what each month would come to without seasons and changes (days, reporters, completeness); ``first``
    the number of the first month. All 1 where there are fewer than ``LEAST`` months.
    """
    length = counts.shape[-1]
    if length < LEAST:
        return np.ones((*counts.shape[:-1], 12))
    offsets = np.broadcast_to(offsets, counts.shape)
    rate = (counts + 0.5) / np.maximum(offsets, 1e-12)
    trend = _centred(rate)
    ratio = np.log(rate[..., 6 : length - 6] / trend)
    chance = 1 / (trend * offsets[..., 6 : length - 6] + 0.5)  # the variance that a count of this size has by itself
    of_year = (first + 6 + np.arange(ratio.shape[-1])) % 12
    means, errors = np.zeros((*counts.shape[:-1], 12)), np.zeros((*counts.shape[:-1], 12))
    for month in range(12):
        held = ratio[..., of_year == month]
        means[..., month] = held.mean(axis=-1)
        errors[..., month] = chance[..., of_year == month].mean(axis=-1) / held.shape[-1]
    means -= means.mean(axis=-1, keepdims=True)
    # What is left beside the season scatters too, more than chance: seen from how a calendar month differs over years.
    rest = ratio - means[..., of_year]
    freedom, seen = ratio.shape[-1] - 12, (means**2).mean(axis=-1, keepdims=True) * 12 / 11
    if freedom >= 12:
        noise = np.maximum(errors, (rest**2).sum(axis=-1, keepdims=True) / freedom * 12 / ratio.shape[-1])
    else:  # each calendar month was seen once or twice: half of what is seen is taken for chance
        noise = np.maximum(errors, seen / 2)
    between = seen - noise.mean(axis=-1, keepdims=True)
    kept = np.maximum(between, 0) / (np.maximum(between, 0) + noise)
    made: Array = np.exp(means * kept - (means * kept).mean(axis=-1, keepdims=True))
    return made


def _centred(rate: Array) -> Array:
    """The centred average over twelve months (2 x 12): six months shorter at either end."""
    weights = np.r_[0.5, np.ones(11), 0.5] / 12
    windows = np.lib.stride_tricks.sliding_window_view(rate, 13, axis=-1)
    made: Array = windows @ weights
    return made
