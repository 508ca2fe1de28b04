"""Association of certification with what units do: against scipy's Welch interval, and in worlds of known truth."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hueandcry.academy.picture.results import Association, Unit, association, welch

values = st.integers(-50, 50)


@given(st.lists(values, min_size=2, max_size=12), st.lists(values, min_size=2, max_size=12))
@settings(max_examples=80, deadline=None)
def test_the_interval_is_welchs(one: list[int], other: list[int]) -> None:
    apart, reach = welch(one, other)
    assert apart == pytest.approx(sum(one) / len(one) - sum(other) / len(other))
    if min(len(set(one)), len(set(other))) > 1:
        known = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert (apart - reach, apart + reach) == pytest.approx((known.low, known.high), rel=1e-6, abs=1e-9)


def test_the_truth_lies_within_nineteen_of_twenty_intervals() -> None:
    draw, inside, worlds = random.Random(3), 0, 800  # noqa: S311 - made again, no secret
    for _world in range(worlds):
        units = [Unit(True, 9, draw.gauss(1.0, 0.6)) for _ in range(6)]
        units += [Unit(False, 9, draw.gauss(1.5, 0.2)) for _ in range(14)]
        found = association("report", units)
        assert found is not None
        inside += found.low <= 0.6065306597126334 <= found.high  # exp(1.0 - 1.5)
    assert 0.93 <= inside / worlds <= 0.97


def test_too_few_units_say_nothing() -> None:
    four = [Unit(True, 9, 0.1)] * 4
    assert association("answer", [*four, *[Unit(False, 9, 0.5)] * 9]) is None
    found = association("answer", [*four, Unit(True, 3, 0.6), *[Unit(False, 9, 0.5)] * 5])
    assert found is not None
    assert (found.units, found.other_units, found.certified, found.others) == (
        5,
        5,
        pytest.approx(20),
        pytest.approx(50),
    )
    assert found.estimate == pytest.approx(-30)
    assert not Association("answer", 5, 5, 1, 1, 0, -1, 1).told
    assert Association("report", 5, 5, 1, 2, 0.5, 0.3, 0.9).told
