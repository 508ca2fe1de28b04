"""Shifts of level: when a series began to run higher or lower, by how much, and how often chance alone would look so.

For a split of the months, what each group of reporters told after it, given what it told in all, is binomial; so the
reporters' own levels drop out and those who were there on one side only say nothing (the conditional likelihood of the
Poisson model with fixed effects). The likelihood ratio of that, deflated by the scatter of months beyond Poisson (its
variance over the variance with the scatter), is the statistic; the best split of all is where the level changed
(generalised likelihood ratio; Siegmund and Venkatraman 1995, Annals of Statistics 23). More than one change is found by
binary segmentation (Vostrikova 1981). How large the statistic has to be thresholds.py says, by simulation. Pure, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypedDict

import numpy as np
from numpy.typing import NDArray

from hueandcry.picture.trends import thresholds

Array = NDArray[np.float64]

BEFORE: Final = 6  # months that a level is known from before a first change is looked for
BETWEEN: Final = 3  # months between two changes; a change may be as young as one month
SCATTER: Final = 0.01  # what is supposed of the scatter beyond Poisson beforehand, worth ...
SUPPOSED: Final = 8  # ... so many differences: a short series says little of its own scatter
STEADIEST: Final = 0.0025  # squared coefficient of variation of months beyond Poisson: nothing runs steadier
# Alarms of the first split for each alarm in all: a split of a part, and a date that moves far, are alarms too, and the
# table does not count them (bench/truth_trends.py does).
FIRST: Final = 0.6
LINGERING: Final = 1.6  # months lie alike to their neighbours: a mean over months scatters so much more than they tell
TRIM: Final = 0.1  # of the differences, the largest, are left out: changes and outliers are among them
_KEPT: Final = 0.623  # mean of a chi-squared variable of one degree below its 90 % point
_Z: Final = 1.959964
_ROUNDS: Final = 25


@dataclass(frozen=True, slots=True)
class Shift:
    """A change of level. Months are places in the series; the intervals are of 95 %."""

    at: int  # the first month on the new level
    earliest: int
    latest: int
    ratio: float  # the new level over the one before
    low: float
    high: float
    statistic: float
    false_alarms: float  # in a year, of a statistic so large in such a series that never changes

    @property
    def direction(self) -> str:
        """up, or down."""
        return "up" if self.ratio > 1 else "down"


def scatter(counts: Array, offsets: Array, *, seasonal: float = 0.0) -> Array:
    """The squared coefficient of variation of months beyond Poisson, as a mean over months feels it; shape (...).

    From differences of months one and two apart, which stay small where the level shifts once or drifts; the largest
    are left out. Twelve months' worth of what a season has taken up is given back.
    """
    offsets = np.maximum(np.broadcast_to(offsets, counts.shape), 1e-12)
    length = counts.shape[-1]
    over = np.zeros(counts.shape[:-1])
    for apart in (1, 2):
        here, there = (slice(apart, None), slice(None, -apart))
        y, o = counts[..., here] + counts[..., there], offsets[..., here] + offsets[..., there]
        rate = np.maximum(y, 0.5) / o
        difference = (counts[..., here] / offsets[..., here] - counts[..., there] / offsets[..., there]) / rate
        chance = (1 / offsets[..., here] + 1 / offsets[..., there]) / rate
        ratio = np.sort(difference**2 / chance, axis=-1)
        kept = max(int(ratio.shape[-1] * (1 - TRIM)), 1)
        beyond = ratio[..., :kept].mean(axis=-1) / _KEPT * length / max(length - seasonal, 1) - 1
        over += beyond * chance.mean(axis=-1) / 4
    drawn = (over * length + SCATTER * SUPPOSED) / (length + SUPPOSED)
    made: Array = np.maximum(drawn, STEADIEST) * LINGERING
    return made


def statistics(counts: Array, offsets: Array, unsure: Array, spread: Array) -> tuple[Array, Array, Array]:
    """For each split: the statistic, the logarithm of the ratio of levels, and its variance.

    ``counts`` and ``offsets``: (..., groups, months); ``unsure``: the squared relative error of the offsets, (...,
    months); ``spread``: what ``scatter`` gives, (...). The three have the shape (..., months - 1); split s lies before
    month s + 1.
    """
    y, e = counts.cumsum(axis=-1), offsets.cumsum(axis=-1)
    before, after = y[..., :-1], y[..., -1:] - y[..., :-1]
    reach_before, reach_after = e[..., :-1], e[..., -1:] - e[..., :-1]
    both = (reach_before > 0) & (reach_after > 0)
    before, after = np.where(both, before, 0.0), np.where(both, after, 0.0)
    known = np.log(np.where(both, reach_after, 1.0)) - np.log(np.where(both, reach_before, 1.0))
    theta = _fitted(before, after, known)
    gain = _likely(before, after, known + theta[..., None, :]) - _likely(before, after, known)
    even = _share(known)
    information = ((before + after) * even * (1 - even)).sum(axis=-2)
    poisson = 1 / np.maximum(information, 1e-9)
    whole = offsets.sum(axis=-2)
    weight, squares = whole.cumsum(axis=-1), (whole**2 * (spread[..., None] + unsure)).cumsum(axis=-1)
    beyond = squares[..., :-1] / np.maximum(weight[..., :-1], 1e-12) ** 2
    beyond = (
        beyond + (squares[..., -1:] - squares[..., :-1]) / np.maximum(weight[..., -1:] - weight[..., :-1], 1e-12) ** 2
    )
    share = _share(known + theta[..., None, :])
    own = 1 / np.maximum(((before + after) * share * (1 - share)).sum(axis=-2), 1e-9)
    return 2 * np.maximum(gain, 0) * poisson / (poisson + beyond), theta, own + beyond


def _share(odds: Array) -> Array:
    made: Array = 1 / (1 + np.exp(-odds))
    return made


def _likely(before: Array, after: Array, odds: Array) -> Array:
    made: Array = -(after * np.logaddexp(0, -odds) + before * np.logaddexp(0, odds)).sum(axis=-2)
    return made


def _fitted(before: Array, after: Array, known: Array) -> Array:
    """The log ratio of levels that makes the counts likeliest, within e^-5 and e^5; one group needs no search."""
    if before.shape[-2] == 1:
        theta: Array = (np.log(after + 1e-9) - np.log(before + 1e-9) - known)[..., 0, :]
        return np.clip(np.where((before + after)[..., 0, :] > 0, theta, 0.0), -5, 5)
    theta = np.zeros(before.shape[:-2] + before.shape[-1:])
    total = before + after
    for _round in range(_ROUNDS):
        share = _share(known + theta[..., None, :])
        slope = (after - total * share).sum(axis=-2)
        bend = np.maximum((total * share * (1 - share)).sum(axis=-2), 1e-9)
        step = np.clip(slope / bend, -1, 1)
        theta = np.clip(theta + step, -5, 5)
        if float(np.abs(step).max()) < 1e-8:
            break
    return theta


def shifts(
    counts: Array, offsets: Array, *, unsure: Array | None = None, seasonal: float = 0.0, false_alarms: float = 0.1
) -> tuple[Shift, ...]:
    """The changes of level of one series, earliest first, that chance would show at most so often in a year.

    ``counts``: (groups, months), what each group of reporters told; ``offsets``: what it would tell on an even level, 0
    where it did not take part; ``unsure``: the squared relative error of the offsets, (months); ``seasonal``: months'
    worth of scatter that a fitted season took up.
    """
    months = counts.shape[-1]
    unsure = np.zeros(months) if unsure is None else unsure
    if months < BEFORE + 1 or not counts.sum():
        return ()
    spread = scatter(counts.sum(axis=0), offsets.sum(axis=0), seasonal=seasonal)
    series = _Levels(counts, offsets, unsure, spread)
    like: _Like = {"months": months, "level": float(counts.sum() / months), "spread": float(spread)}
    cuts = series.cuts(thresholds.threshold(FIRST * false_alarms, **like))
    return tuple(
        series.shift(start, cut, end, like)
        for start, cut, end in zip([0, *cuts], cuts, [*cuts[1:], months], strict=False)
    )


class _Like(TypedDict):
    months: int
    level: float
    spread: float


@dataclass(frozen=True, slots=True)
class _Levels:
    """One series and its scatter; months between ``start`` and ``end`` (out) are looked at as one."""

    counts: Array
    offsets: Array
    unsure: Array
    spread: Array

    def cuts(self, least: float) -> list[int]:
        """Where the level changes, by statistics above ``least``."""
        made: list[int] = []
        waiting = [(0, self.counts.shape[-1])]
        while waiting:
            start, end = waiting.pop()
            found = self._best(start, end)
            if found and found[1] > least:
                made.append(found[0])
                waiting += [(start, found[0]), (found[0], end)]
        # Each is looked for once more between its neighbours: the first was found while others stood in its way.
        made.sort()
        for place in range(len(made)):
            again = self._best([0, *made][place], [*made, self.counts.shape[-1]][place + 1])
            if again:
                made[place] = again[0]
        return made

    def shift(self, start: int, cut: int, end: int, like: _Like) -> Shift:
        """The change at a cut, from the level before it to the one after."""
        found, theta, variance = self._between(start, end)
        here = cut - start - 1
        # Splits that explain the counts nearly as well (profile likelihood, 95 %).
        near = np.flatnonzero(found >= found[here] - _Z**2) + start + 1
        half = _Z * float(np.sqrt(variance[here]))
        return Shift(
            at=cut,
            earliest=int(near.min()),
            latest=int(near.max()),
            ratio=float(np.exp(theta[here])),
            low=float(np.exp(theta[here] - half)),
            high=float(np.exp(theta[here] + half)),
            statistic=float(found[here]),
            false_alarms=min(thresholds.false_alarms(float(found[here]), **like) / FIRST, 12.0),
        )

    def _best(self, start: int, end: int) -> tuple[int, float] | None:
        """The likeliest cut between two months, with its statistic."""
        if end - start < 2:
            return None
        found, _theta, _variance = self._between(start, end)
        at = np.arange(start + 1, end)
        least = BEFORE if start == 0 else BETWEEN
        allowed = (at - start >= least) & ((end - at >= BETWEEN) | (end == self.counts.shape[-1]))
        if not allowed.any():
            return None
        best = int(np.where(allowed, found, -1.0).argmax())
        return int(at[best]), float(found[best])

    def _between(self, start: int, end: int) -> tuple[Array, Array, Array]:
        part = slice(start, end)
        return statistics(self.counts[:, part], self.offsets[:, part], self.unsure[part], self.spread)
