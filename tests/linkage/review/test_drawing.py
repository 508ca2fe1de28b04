"""Strata by match weight, pairs linked through others, and a draw that is random and repeatable."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.review.drawing import Candidates, bands, draw, inner_pairs, spread

THRESHOLD = 5.0


def candidates(weight: list[float], linked: list[bool]) -> Candidates:
    numbers = np.arange(len(weight))
    return Candidates(numbers, numbers + 1, np.array(weight), np.array(linked))


@given(st.lists(st.integers(1, 4), max_size=14))
def test_inner_pairs_are_all_of_each_crime(crimes: list[int]) -> None:
    reports = np.arange(10, 10 + len(crimes))
    left, right = inner_pairs(reports, np.array(crimes, dtype=np.int64))
    wanted = {(a, b) for a, b in combinations(reports.tolist(), 2) if crimes[a - 10] == crimes[b - 10]}
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == sorted(wanted)


def test_each_pair_is_in_one_stratum() -> None:
    rng = np.random.default_rng(1)
    weight = rng.uniform(THRESHOLD - 24, 40, 5_000)
    weight[:50] = np.nan
    held = candidates(weight.tolist(), [True] * 50 + rng.choice([True, False], 4_950).tolist())
    drawn = draw(held, THRESHOLD, 300, rng)
    assert sum(one.pairs for one in drawn) == 5_000
    assert {one.band for one in drawn} <= set(bands(THRESHOLD))
    assert sum(len(one.left) for one in drawn) >= 300
    for one in drawn:
        inside = weight[one.left]
        assert (held.linked[one.left] == one.band.linked).all()
        assert len(set(one.left.tolist())) == len(one.left)
        assert np.isnan(inside).all() == one.band.through
        if one.band.low is not None:
            assert (inside >= one.band.low).all()
        if one.band.high is not None:
            assert (inside < one.band.high).all()


def test_a_linked_pair_that_nothing_proposed_is_there() -> None:
    reports, crimes = np.array([7, 3, 5, 9]), np.array([1, 1, 1, 2])
    proposed = (np.array([5, 3, 5]), np.array([3, 9, 9]), np.array([8.0, -30.0, 2.0]))
    found = Candidates.of(proposed, reports, crimes, least=-19)
    pairs = {
        (left, right): (weight, linked)
        for left, right, weight, linked in zip(found.left, found.right, found.weight, found.linked, strict=True)
    }
    assert set(pairs) == {(3, 5), (5, 9), (3, 7), (5, 7)}  # 3 and 9 are too unlike to be looked at
    assert pairs[3, 5] == (8.0, True)
    assert pairs[5, 9] == (2.0, False)
    assert np.isnan(pairs[3, 7][0])
    assert pairs[5, 7][1]


def test_pairs_judged_before_are_left_out() -> None:
    found = candidates([1.0, 2.0, 3.0], [False] * 3).without(np.array([1, 50]), np.array([2, 51]))
    assert found.left.tolist() == [0, 2]


def test_the_draw_is_random_and_repeatable() -> None:
    held = candidates([-3.0] * 5_000 + [9.0] * 500, [False] * 5_000 + [True] * 500)
    first, again, other = (draw(held, THRESHOLD, 200, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert [one.left.tolist() for one in first] == [one.left.tolist() for one in again]
    assert [one.left.tolist() for one in first] != [one.left.tolist() for one in other]
    middle = np.mean([draw(held, THRESHOLD, 200, np.random.default_rng(seed))[1].left.mean() for seed in range(40)])
    assert abs(middle - 2_500) < 150  # no part of a stratum is favoured


def test_order_of_reading_mixes_strata() -> None:
    order, twice = spread([50, 50], 0.2, np.random.default_rng(1))
    assert sorted(order.tolist()) == list(range(100))
    assert 5 < (order[:50] < 50).sum() < 45
    assert 5 < twice.sum() < 40
