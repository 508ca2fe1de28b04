"""Clusters told as pairs: every pair once, with a chance that follows from what was compared."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.matching.claims import claimed
from hueandcry.linkage.matching.model import probability


def told(label: list[int], pairs: dict[tuple[int, int], float], threshold: float = 0.0) -> dict[tuple[int, int], float]:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    one, other, bits, chance = claimed(
        np.array(label), left, right, np.array(list(pairs.values())), threshold=threshold
    )
    assert chance == pytest.approx([probability(weight) for weight in bits])
    return {(int(a), int(b)): float(p) for a, b, p in zip(one, other, chance, strict=True)}


@given(label=st.lists(st.integers(0, 4), max_size=12))
def test_each_pair_of_a_cluster_once(label: list[int]) -> None:
    wanted = {pair for pair in combinations(range(len(label)), 2) if label[pair[0]] == label[pair[1]]}
    assert set(told(label, {})) == wanted


def test_a_pair_alone_keeps_its_own_chance() -> None:
    assert told([0, 0], {(0, 1): 3.0})[0, 1] == pytest.approx(probability(3.0))


def test_a_pair_never_compared_has_the_chance_of_its_third_record() -> None:
    found = told([0, 0, 0], {(0, 1): 3.0, (1, 2): 4.0})
    assert found[0, 2] == pytest.approx(probability(3.0) * probability(4.0))


def test_own_comparison_and_third_records_add_up() -> None:
    found = told([0, 0, 0, 0], {(0, 1): 1.0, (0, 2): 2.0, (1, 2): 3.0, (0, 3): 0.5, (1, 3): 0.5})
    doubt = (1 - probability(1.0)) * (1 - probability(2.0) * probability(3.0)) * (1 - probability(0.5) ** 2)
    assert found[0, 1] == pytest.approx(1 - doubt)


def test_no_claim_is_below_the_threshold() -> None:
    found = told([0, 0, 0], {(0, 1): 3.0, (0, 2): 3.0, (1, 2): -14.0}, threshold=1.0)
    assert min(found.values()) >= probability(1.0)


def test_what_is_compared_across_clusters_is_not_claimed() -> None:
    assert told([0, 1], {(0, 1): 9.0}) == {}


def test_certainty_stays_a_number() -> None:
    found = told([0] * 60, dict.fromkeys(combinations(range(60), 2), 80.0))
    assert all(0.999999 < chance <= 1 for chance in found.values())
