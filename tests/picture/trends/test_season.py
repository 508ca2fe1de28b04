"""Seasons: those of classical decomposition where they are plain, none where there is only chance."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.seasonal import seasonal_decompose

from hueandcry.picture.trends import season

WAVE = np.exp(0.3 * np.sin(2 * np.pi * np.arange(12) / 12))
WAVE /= np.exp(np.log(WAVE).mean())


def test_plain_seasons_are_those_of_classical_decomposition() -> None:
    counts = 4000 * np.tile(WAVE, 5) * np.linspace(1, 1.5, 60)
    found = season.factors(counts, np.ones(60), 0)
    theirs = seasonal_decompose(counts, model="multiplicative", period=12).seasonal[:12]
    np.testing.assert_allclose(found, theirs / np.exp(np.log(theirs).mean()), rtol=0.01)
    np.testing.assert_allclose(found, WAVE, rtol=0.02)


def test_the_first_month_need_not_be_january() -> None:
    counts = 4000 * np.roll(np.tile(WAVE, 5), -7)
    np.testing.assert_allclose(season.factors(counts, np.ones(60), 7), WAVE, rtol=0.02)


def test_chance_is_no_season() -> None:
    rng = np.random.default_rng(5)
    counts = rng.poisson(20, (50, 48)).astype(float)
    found = season.factors(counts, np.ones(48), 3)
    assert found.shape == (50, 12)
    np.testing.assert_allclose(np.log(found).sum(axis=1), 0, atol=1e-9)
    left = np.log(found).std()
    assert left < 0.5 * (1 / np.sqrt(20 * 3)), "half of what chance makes of three years, or less"


def test_what_is_known_is_taken_out_first() -> None:
    known = np.tile(np.r_[np.ones(6), np.full(6, 3.0)], 4)
    found = season.factors(500 * known * np.tile(WAVE, 4), known, 0)
    np.testing.assert_allclose(found, WAVE, rtol=0.03)


@pytest.mark.parametrize("length", [0, 1, 23])
def test_two_years_at_least(length: int) -> None:
    assert season.factors(np.ones(length), np.ones(length), 0).tolist() == [1.0] * 12
