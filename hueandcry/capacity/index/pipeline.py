"""From numbers to a score: screening, treatment of outliers, normalisation, weights, aggregation. Pure.

OECD/JRC, Handbook on Constructing Composite Indicators (2008), steps 3 to 6. Treatment as the JRC's COIN tool and COINr
do it: an indicator with |skewness| above 2 and kurtosis above 3.5 is winsorised point by point, up to five; where that
does not do, its logarithm is taken; what still does not do is left winsorised, and said so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from hueandcry.capacity.index.definition import BadIndexError, Definition

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Normalise = Literal["minmax", "zscore", "rank", "goalposts"]
Aggregate = Literal["arithmetic", "geometric"]
Missing = Literal["exclude", "mean"]
NORMALISE: tuple[Normalise, ...] = ("minmax", "zscore", "rank", "goalposts")

SKEW, KURTOSIS, MOST_WINSORISED = 2.0, 3.5, 5
FEWEST_STEPS = 8  # different values: of fewer the column counts steps, and its ends are no outliers
LEAST, MOST = 1.0, 100.0  # of a normalised number; above nought, so that a geometric mean exists
LEAST_KNOWN = 0.65  # share of units for which an indicator has to be known, else it is refused
LEAST_IN_GROUP = 0.5  # share of a group's weight that has to be known of a unit, else the group is unknown of it


@dataclass(frozen=True, slots=True)
class Screened:
    """What screening found of one indicator; ``refused`` says why it is not used, empty where it is."""

    code: str
    known: float
    noughts: float
    skew: float | None
    kurtosis: float | None
    closest: str
    correlation: float | None
    refused: str


@dataclass(frozen=True, slots=True)
class Treated:
    """What was done to one indicator: ``none``, ``winsorised`` (so many points at each end), ``log``."""

    code: str
    done: str
    low: int
    high: int
    skew: float | None
    kurtosis: float | None


def screened(definition: Definition, values: Floats, *, least_known: float = LEAST_KNOWN) -> list[Screened]:
    """One line for each indicator. Refused is what is known of too few units, or is the same for all."""
    related = _correlations(values)
    return [
        _screened(each.code, values[:, n], related[n], [i.code for i in definition.indicators], least_known)
        for n, each in enumerate(definition.indicators)
    ]


def _screened(code: str, column: Floats, related: Floats, codes: list[str], least: float) -> Screened:
    known = column[~np.isnan(column)]
    share = len(known) / len(column)
    shape = _shape(known)
    refused = ""
    if share < least:
        refused = f"known of {share:.0%} of units, wanted are {least:.0%}"
    elif len(np.unique(known)) < 2:
        refused = "the same for all"
    near = int(np.nanargmax(np.abs(related))) if not np.isnan(related).all() else None
    return Screened(
        code, share, float((known == 0).mean()) if len(known) else 0.0, *shape,
        codes[near] if near is not None else "", float(related[near]) if near is not None else None, refused,
    )  # fmt: skip


def _shape(known: Floats) -> tuple[float | None, float | None]:
    """Sample skewness and excess kurtosis, G1 and G2 of Joanes and Gill (The Statistician 47, 1998); None where there
    are too few. As scipy's with ``bias=False``, which takes a hundred times as long for so few numbers."""
    n = len(known)
    if n < 4 or np.ptp(known) <= 1e-12 * max(1e-300, float(np.abs(known).max())):
        return None, None
    away = known - known.mean()
    squares = away * away
    second = float(squares.mean())
    g1 = float((squares * away).mean()) / second**1.5
    g2 = float((squares * squares).mean()) / second**2 - 3
    return g1 * math.sqrt(n * (n - 1)) / (n - 2), ((n + 1) * g2 + 6) * (n - 1) / ((n - 2) * (n - 3))


def _correlations(values: Floats) -> Floats:
    """Pearson's correlation of each pair over the units that both are known of; NaN of an indicator with itself."""
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    scale = np.maximum(np.abs(filled).max(axis=0), 1e-300)
    filled = filled / scale
    mask = known.astype(float)
    n = mask.T @ mask
    sums, squares, products = filled.T @ mask, (filled**2).T @ mask, filled.T @ filled
    with np.errstate(invalid="ignore", divide="ignore"):
        cov = products - sums * sums.T / n
        spread = squares - sums**2 / n
        made = cov / np.sqrt(spread * spread.T)
    made[(n < 3) | ~np.isfinite(made)] = np.nan
    np.fill_diagonal(made, np.nan)
    return np.asarray(made)


def treated(definition: Definition, values: Floats) -> tuple[Floats, list[Treated]]:
    """The numbers without outliers that would decide everything, and what was done to each indicator."""
    made, lines = values.copy(), []
    for n, each in enumerate(definition.indicators):
        known = ~np.isnan(values[:, n])
        made[known, n], line = _treated(each.code, values[known, n])
        lines.append(line)
    return made, lines


def _outlying(column: Floats) -> bool:
    bent, tailed = _shape(column)
    return bent is not None and tailed is not None and abs(bent) > SKEW and tailed > KURTOSIS


def _treated(code: str, column: Floats) -> tuple[Floats, Treated]:
    if len(np.unique(column)) < FEWEST_STEPS or not _outlying(column):
        return column, Treated(code, "none", 0, 0, *_shape(column))
    made, low, high = column.copy(), 0, 0
    while _outlying(made) and low + high < MOST_WINSORISED:
        if (_shape(made)[0] or 0) > 0:
            made[made == made.max()] = made[made < made.max()].max()
            high += 1
        else:
            made[made == made.min()] = made[made > made.min()].min()
            low += 1
    if not _outlying(made):
        return made, Treated(code, "winsorised", low, high, *_shape(made))
    logged = logarithm(column)
    if not _outlying(logged):
        return logged, Treated(code, "log", 0, 0, *_shape(logged))
    return made, Treated(code, "winsorised, and still outlying", low, high, *_shape(made))


def logarithm(column: Floats) -> Floats:
    """COINr's log_CT: log(x - min + range / 100); mirrored where the long tail is at the low end."""
    low, high = column.min(), column.max()
    if (_shape(column)[0] or 0) >= 0:
        return np.asarray(np.log(column - low + 0.01 * (high - low)))
    return np.asarray(-np.log(high - column + 0.01 * (high - low)))


def normalised(definition: Definition, values: Floats, how: Normalise) -> Floats:
    """Every indicator from 1 (worst) to 100 (best); z-scores as 50 + 10 z, kept within these. Unknown stays NaN.

    Raises BadIndexError where goalposts are asked for and an indicator has none.
    """
    signs = np.array([each.direction for each in definition.indicators], float)
    better = values * signs
    if how == "goalposts":
        return _by_goalposts(definition, better, signs)
    if how == "zscore":
        # of one unit alone nothing is above or below
        spread = np.nanstd(better, axis=0, ddof=1) if len(better) > 1 else np.zeros(better.shape[1])
        scaled = 50 + 10 * (better - np.nanmean(better, axis=0)) / np.where(spread > 0, spread, 1)
        return np.asarray(np.clip(scaled, LEAST, MOST))
    if how == "rank":
        return _by_rank(better)
    low, high = np.nanmin(better, axis=0), np.nanmax(better, axis=0)
    return np.asarray(LEAST + (MOST - LEAST) * (better - low) / np.where(high > low, high - low, 1))


def _by_goalposts(definition: Definition, better: Floats, signs: Floats) -> Floats:
    posts = []
    for each in definition.indicators:
        if each.low is None or each.high is None or each.low == each.high:
            raise BadIndexError(f"{each.code} has no goalposts (columns Low and High)")
        posts.append((each.low, each.high))
    ends = np.sort(np.array(posts) * signs[:, None], axis=1)
    scaled = (better - ends[:, 0]) / (ends[:, 1] - ends[:, 0])
    return np.asarray(LEAST + (MOST - LEAST) * np.clip(scaled, 0, 1))


def _by_rank(better: Floats) -> Floats:
    made = np.full(better.shape, np.nan)
    for n in range(better.shape[1]):
        known = ~np.isnan(better[:, n])
        ranks = rankdata(better[known, n])
        made[known, n] = LEAST + (MOST - LEAST) * (ranks - 1) / max(1, known.sum() - 1)
    return made


def filled(scores: Floats) -> Floats:
    """Unknown numbers as the mean of their indicator: the rule ``mean``."""
    return np.where(np.isnan(scores), np.nanmean(scores, axis=0), scores)


def effective_weights(definition: Definition, known: Bools, *, least: float = LEAST_IN_GROUP) -> dict[str, Floats]:
    """For every group the weight of each indicator in it, for each unit: units x indicators, rows sum to 1, or NaN
    where too little is known of the unit. Weights of what is unknown go to what is known within the same group."""
    units, indicators = known.shape
    made: dict[str, Floats] = {}
    for code in definition.bottom_up:
        weights = np.zeros((units, indicators))
        total = held = np.zeros(units)
        for n in definition.indicators_in[code]:
            weight = definition.indicators[n].weight
            weights[:, n] = np.where(known[:, n], weight, 0.0)
            total, held = total + weight, held + weights[:, n]
        for child in definition.groups_in[code]:
            there = ~np.isnan(made[child.code][:, 0])
            weights += np.where(there, child.weight, 0.0)[:, None] * np.where(there[:, None], made[child.code], 0.0)
            total, held = total + child.weight, held + np.where(there, child.weight, 0.0)
        enough = (held > 0) & (held >= least * total - 1e-12)
        made[code] = np.where(enough[:, None], weights / np.where(held > 0, held, 1)[:, None], np.nan)
    return made


def scores(normal: Floats, weights: Floats, how: Aggregate) -> Floats:
    """The weighted mean of each unit (rows), arithmetic or geometric; NaN where its weights are."""
    held = np.where(np.isnan(normal), LEAST, normal)  # their weight is nought
    if how == "geometric":
        return np.asarray(np.exp((weights * np.log(held)).sum(axis=1)))
    return np.asarray((weights * held).sum(axis=1))


def need_ranks(score: Floats) -> Floats:
    """Rank by need: 1 for the lowest score; equal scores share the lower rank; NaN where there is no score."""
    made = np.full(score.shape, np.nan)
    known = ~np.isnan(score)
    made[known] = rankdata(score[known], method="min")
    return made


def contributions(normal: Floats, weights: Floats, how: Aggregate) -> tuple[Floats, Floats]:
    """What moves each unit away from the middle: for each indicator its part of score - reference, where the reference
    has the median of every indicator and the unit's own weights. Arithmetic: points, their sum is the difference.
    Geometric: parts of ln(score / reference). Gives (parts, references)."""
    middle = np.nanmedian(normal, axis=0)
    held = np.where(np.isnan(normal), middle, normal)
    if how == "geometric":
        parts = weights * (np.log(held) - np.log(middle))
        return parts, np.asarray(np.exp((weights * np.log(middle)).sum(axis=1)))
    return weights * (held - middle), np.asarray((weights * middle).sum(axis=1))
