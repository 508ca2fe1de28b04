"""Shifts of level: the statistic against likelihoods worked out otherwise, and how often it errs."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.api import GLM, families

from hueandcry.picture.trends import calibration, changes, season, thresholds


def stepped(rng: np.random.Generator, level: float, ratio: float, at: int, length: int = 48) -> np.ndarray:
    mean = level * np.where(np.arange(length) < at, 1.0, ratio)
    return rng.poisson(mean * rng.gamma(80, 1 / 80, length)).astype(float)


def test_the_statistic_is_the_likelihood_ratio_of_the_fixed_effects_model() -> None:
    """Two groups, one of which joins: a Poisson GLM with group effects, with and without a new level."""
    rng = np.random.default_rng(1)
    offsets = np.ones((2, 20)) * np.array([[3.0], [40.0]])
    offsets[1, :6] = 0
    counts = rng.poisson(offsets * np.where(np.arange(20) < 12, 1.0, 1.6)).astype(float)
    nothing = np.zeros(())  # no scatter beyond Poisson: the statistic is the plain likelihood ratio
    found, theta, _variance = changes.statistics(counts, offsets, np.zeros(20), nothing)
    group, month = np.nonzero(offsets)
    held, log = counts[group, month], np.log(offsets[group, month])
    effects = (group[:, None] == np.arange(2)).astype(float)
    for split in (3, 7, 11, 15):
        new = np.column_stack([effects, month > split])
        fits = [GLM(held, design, family=families.Poisson(), offset=log).fit() for design in (effects, new)]
        assert found[split] == pytest.approx(2 * (fits[1].llf - fits[0].llf), rel=1e-5)
        assert theta[split] == pytest.approx(fits[1].params[2], rel=1e-4)


def test_who_was_there_on_one_side_only_says_nothing() -> None:
    counts, offsets = np.full((2, 24), 10.0), np.full((2, 24), 10.0)
    counts[1], offsets[1] = 0, 0
    counts[1, 12:], offsets[1, 12:] = 900, 300  # its level is its own: it has no before
    with_it, _theta, _variance = changes.statistics(counts, offsets, np.zeros(24), np.zeros(()))
    assert with_it[11] == pytest.approx(0.0, abs=1e-9)


def test_the_date_is_the_one_that_ruptures_finds() -> None:
    import ruptures

    rng = np.random.default_rng(2)
    for _ in range(10):
        counts = stepped(rng, 200, 1.8, 30)
        found = changes.shifts(counts[None], np.ones((1, 48)))
        theirs = ruptures.Dynp(model="l2", min_size=3, jump=1).fit_predict(np.sqrt(counts), n_bkps=1)[0]
        assert len(found) == 1
        assert abs(found[0].at - theirs) <= 1
        assert found[0].earliest <= found[0].at <= found[0].latest
        assert found[0].direction == "up"


def test_ratios_and_their_intervals() -> None:
    rng = np.random.default_rng(3)
    held, ratios = [], []
    for _ in range(60):
        found = changes.shifts(stepped(rng, 80, 0.5, 28)[None], np.ones((1, 48)))
        near = [each for each in found if abs(each.at - 28) <= 1]
        assert near
        held.append(near[0].low <= 0.5 <= near[0].high)
        ratios.append(near[0].ratio)
    assert np.median(ratios) == pytest.approx(0.5, abs=0.03)
    assert np.mean(held) >= 0.9


def test_two_shifts() -> None:
    rng = np.random.default_rng(4)
    mean = 60 * np.select([np.arange(60) < 20, np.arange(60) < 40], [1.0, 2.2], 1.1)
    found = changes.shifts(rng.poisson(mean).astype(float)[None], np.ones((1, 60)))
    assert [each.direction for each in found] == ["up", "down"]
    assert [each.at for each in found] == [pytest.approx(20, abs=1), pytest.approx(40, abs=1)]


def test_no_shift_is_seen_in_nothing() -> None:
    assert changes.shifts(np.zeros((1, 40)), np.ones((1, 40))) == ()
    assert changes.shifts(np.ones((1, 5)), np.ones((1, 5))) == ()


def test_scatter_is_found_and_shifts_are_not_taken_for_it() -> None:
    rng = np.random.default_rng(5)
    steady = np.stack([stepped(rng, 400, 1.0, 24, 60) for _ in range(40)])
    shifted = np.stack([stepped(rng, 400, 2.0, 24, 60) for _ in range(40)])
    one, other = (np.median(changes.scatter(each, np.ones(60))) / changes.LINGERING for each in (steady, shifted))
    assert one == pytest.approx(1 / 80, rel=0.3)
    assert other == pytest.approx(one, rel=0.5)


def test_false_alarms_are_as_rare_as_said() -> None:
    """A year of monthly looks at series that never change, of the family that the table is made for."""
    rng = np.random.default_rng(6)
    counts = calibration.null(rng, 400, 48, 40.0)
    both = [calibration.strongest(counts[:, :end], 0) for end in range(36, 49)]
    above = np.array([
        [
            statistic > thresholds.threshold(0.1, months=36 + at, level=40.0, spread=spread)
            for statistic, spread in zip(*each, strict=True)
        ]
        for at, each in enumerate(both)
    ])  # fmt: skip
    fresh = (above[1:] & ~above[:-1]).sum() / 400
    assert 0.05 <= fresh <= 0.17


def test_the_table_is_what_the_simulation_gives() -> None:
    held = thresholds.cells()
    for months, level, spread, rate, slope in calibration.cell_rows(36, 30.0, paths=1500, seed=9):
        kept = held[months, level, spread]
        for alarms in (0.3, 0.05):
            ours, theirs = ((cell[0] - np.log(alarms)) / cell[1] for cell in ((rate, slope), kept))
            assert ours == pytest.approx(theirs, rel=0.25)


def test_thresholds_rise_as_alarms_become_rarer() -> None:
    for months, level, spread in thresholds.cells():
        asked = {"months": months, "level": level, "spread": spread}
        bounds = [thresholds.threshold(rate, **asked) for rate in (1.0, 0.1, 0.01, 0.001)]
        assert bounds == sorted(bounds)
        assert 3 < bounds[1] < 20
        assert thresholds.false_alarms(bounds[2], **asked) == pytest.approx(0.01)
    with pytest.raises(ValueError, match="above 0"):
        thresholds.threshold(0.0, months=24, level=10, spread=0.02)


def test_seasons_are_no_shifts_and_hide_none() -> None:
    rng = np.random.default_rng(7)
    wave = np.exp(0.6 * np.sin(2 * np.pi * np.arange(60) / 12))
    found = {1.0: 0, 1.8: 0}
    for ratio in found:
        for _ in range(20):
            counts = rng.poisson(100 * wave * np.where(np.arange(60) < 50, 1.0, ratio)).astype(float)
            offsets = season.factors(counts, np.ones(60), 0)[np.arange(60) % 12]
            told = changes.shifts(counts[None], offsets[None], seasonal=calibration.SEASONAL)
            found[ratio] += any(abs(each.at - 50) <= 1 for each in told) if ratio > 1 else bool(told)
    assert found[1.0] <= 1
    assert found[1.8] >= 18
