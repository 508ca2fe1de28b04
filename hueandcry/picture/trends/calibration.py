"""The false alarms of changes.py, counted in simulated series that never change. Pure.

bench/trend_thresholds.py writes the table. The null is a family, for nobody knows the true one: counts about a steady
level with a scatter between months (log-normal; its squared coefficient of variation log-uniform from 0.002 to 0.15)
that lingers from month to month (first-order autocorrelation uniform from 0 to 0.4). Each series goes the whole way as
the product goes it: seasons are fitted, scatter is fitted, every split is tried, anew in each month. A false alarm is a
month in which the statistic exceeds a bound that it did not exceed in the month before.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.trends import changes, season

Array = NDArray[np.float64]

MONTHS: Final = (12, 18, 24, 30, 36, 48, 60, 84, 120)
LEVELS: Final = (3.0, 10.0, 30.0, 100.0, 1000.0)
SPREADS: Final = (0.013, 0.03, 0.08)  # fitted scatter (changes.scatter); bins part at the geometric middles
SCATTER: Final = (0.002, 0.15)
LINGER: Final = 0.4
SEASONAL: Final = 6.0  # months' worth of scatter that fitting a season takes up
SEEN: Final = 11  # months in which alarms are counted in each series
_ENOUGH: Final = 12  # alarms for a point of the tail


def null(rng: np.random.Generator, paths: int, months: int, level: float) -> Array:
    """Series of counts that never change, (paths, months), of the family above."""
    scatter = np.exp(rng.uniform(np.log(SCATTER[0]), np.log(SCATTER[1]), size=(paths, 1)))
    linger = rng.uniform(0, LINGER, size=(paths, 1))
    return noisy(rng, np.full((paths, months), level), scatter, linger)


def noisy(rng: np.random.Generator, mean: Array, scatter: Array | float, linger: Array | float) -> Array:
    """Counts about these means, (paths, months): Poisson about a log-normal that lingers; its mean is 1."""
    paths, months = mean.shape
    fresh = rng.standard_normal((paths, months))
    state = fresh.copy()
    keep = np.broadcast_to(linger, (paths, 1))[:, 0]
    for month in range(1, months):
        state[:, month] = keep * state[:, month - 1] + np.sqrt(1 - keep**2) * fresh[:, month]
    deviation = np.sqrt(np.log1p(scatter))
    return rng.poisson(mean * np.exp(deviation * state - deviation**2 / 2)).astype(float)


def strongest(counts: Array, first: int) -> tuple[Array, Array]:
    """The largest statistic of each series, (paths), and its fitted scatter; counts are (paths, months)."""
    months = counts.shape[1]
    seasons = season.factors(counts, np.ones_like(counts), first)[:, (first + np.arange(months)) % 12]
    spread = changes.scatter(counts, seasons, seasonal=SEASONAL if months >= season.LEAST else 0.0)
    found, _theta, _variance = changes.statistics(counts[:, None], seasons[:, None], np.zeros(months), spread)
    return found[:, changes.BEFORE - 1 :].max(axis=1), spread


def cell_rows(months: int, level: float, *, paths: int, seed: int) -> list[tuple[int, float, float, float, float]]:
    """The rows of the table for one length and level: (months, level, spread, rate, slope)."""
    rng = np.random.default_rng([seed, months, int(level)])
    counts = null(rng, paths, months, level)
    start = max(months - SEEN, changes.BEFORE + 1)
    both = [strongest(counts[:, :end], 0) for end in range(start, months + 1)]
    held = np.stack([found for found, _spread in both], axis=1)
    spread = np.stack([each for _found, each in both], axis=1)[:, 1:]
    middles = np.sqrt(np.array(SPREADS[1:]) * np.array(SPREADS[:-1]))
    of_bin = np.digitize(spread, middles)
    rows = []
    for place, value in enumerate(SPREADS):
        here = of_bin == place
        if here.sum() < 12 * paths / 100:  # this scatter is hardly ever fitted here: all of them stand in
            here = np.ones_like(here)
        rate, slope = _tail(held[:, :-1], held[:, 1:], here)
        rows.append((months, level, value, round(rate, 3), round(slope, 4)))
    return rows


def _tail(before: Array, after: Array, here: NDArray[np.bool_]) -> tuple[float, float]:
    """Alarms a year as an exponential of the bound: fitted to log counts where between 12 and a tenth are alarms."""
    bounds = np.arange(4.0, 60.0, 0.5)
    alarms = np.array([((after > bound) & (before <= bound) & here).sum() for bound in bounds])
    exceeded = np.array([((after > bound) & here).sum() for bound in bounds]) / here.sum()
    use = (alarms >= _ENOUGH) & (exceeded < 0.15)
    if use.sum() < 3:
        use = (alarms > 0) & (np.arange(len(bounds)) >= alarms.argmax())
    log_rate = np.log(alarms[use] / here.sum() * 12)
    slope, rate = np.polyfit(bounds[use], log_rate, 1, w=np.sqrt(alarms[use]))
    return float(rate), float(-slope)
