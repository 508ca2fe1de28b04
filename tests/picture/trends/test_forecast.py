"""Months to come, and the law of counts beneath them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hueandcry.picture.trends import forecast
from hueandcry.picture.trends.negative_binomial import log_likelihood, quantile


@pytest.mark.parametrize("mean", [0.0, 0.3, 5.0, 80.0, 3000.0])
@pytest.mark.parametrize("spread", [0.5, 1.0, 1.7, 20.0])
def test_quantiles_are_scipys(mean: float, spread: float) -> None:
    law = stats.poisson(mean) if spread <= 1 else stats.nbinom(mean / (spread - 1), 1 / spread)
    for share in (0.025, 0.5, 0.975):
        expected = law.ppf(share) if mean else 0
        assert quantile(share, mean, mean * spread) == expected


def test_quantiles_refuse_what_is_no_count() -> None:
    for share, mean in ((0.0, 4.0), (1.0, 4.0), (0.5, -1.0)):
        with pytest.raises(ValueError, match="quantile"):
            quantile(share, mean, 5.0)


def test_likelihoods_are_scipys() -> None:
    means, relative = np.array([0.5, 8.0, 40.0]), np.array([0.1, 0.9, 0.02])
    theirs = stats.nbinom(1 / relative, 1 / (1 + relative * means)).logpmf(11)
    np.testing.assert_allclose(log_likelihood(11.0, means, relative), theirs, rtol=1e-9)


def test_bands_cover() -> None:
    rng = np.random.default_rng(8)
    held = []
    for _ in range(60):
        counts = rng.poisson(40 * rng.gamma(30, 1 / 30, 42))
        told = forecast.ahead(counts[:36].astype(float), np.ones(36), np.ones(6))
        held += [each.low <= count <= each.high for each, count in zip(told, counts[36:], strict=True)]
    assert 0.9 <= np.mean(held) <= 0.995


def test_a_new_level_is_the_one_that_goes_on() -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(np.r_[np.full(30, 30), np.full(4, 90)]).astype(float)
    told = forecast.ahead(counts, np.ones(34), np.ones(6), since=30)
    assert all(75 < each.expected < 105 for each in told)


def test_what_is_known_of_months_to_come_goes_in() -> None:
    counts = np.tile([20.0, 40.0], 12)
    told = forecast.ahead(counts, np.tile([1.0, 2.0], 12), np.array([1.0, 2.0, 4.0]))
    ratios = [each.expected / told[0].expected for each in told]
    assert ratios == pytest.approx([1, 2, 4])
    wide = forecast.ahead(counts, np.tile([1.0, 2.0], 12), np.array([1.0]), unsure=0.2)
    assert wide[0].high - wide[0].low > told[0].high - told[0].low


def test_a_year_at_least() -> None:
    with pytest.raises(ValueError, match="too few months"):
        forecast.ahead(np.ones(11), np.ones(11), np.ones(6))
