"""One source tells a thing once: chances against all the ways there are, and hidden records that change nothing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.matching.contest import Contest, contested


def pairs(*rows: tuple[int, int, float]) -> pa.Table:
    left, right, weight = zip(*rows, strict=True)
    bits = np.array(weight, dtype=float)
    return pa.table({"id_l": left, "id_r": right, "match_weight": bits, "match_probability": 1 / (1 + 2.0**-bits)})


def chances(table: pa.Table, sources: dict[int, int], hidden: tuple[int, ...] = ()) -> list[float]:
    ids = sorted(sources)
    after = contested(table, ids, [sources[one] for one in ids], [one in hidden for one in ids])
    assert np.allclose(
        after["match_probability"].to_numpy(), 1 / (1 + np.exp2(-after["match_weight"].to_numpy())), atol=1e-9
    )
    return list(after["match_probability"].to_pylist())


def enumerated(odds: list[float]) -> list[float]:
    """The chance of each of several pairs of which at most one can hold: all ways, weighed by their odds."""
    ways = [way for way in product([0, 1], repeat=len(odds)) if sum(way) <= 1]
    weights = [np.prod([o if held else 1.0 for o, held in zip(odds, way, strict=True)]) for way in ways]
    return [sum(w for w, way in zip(weights, ways, strict=True) if way[at]) / sum(weights) for at in range(len(odds))]


@settings(deadline=None)
@given(st.lists(st.floats(-12, 12), min_size=1, max_size=5))
def test_of_several_reports_by_one_source_at_most_one_is_the_same(bits: list[float]) -> None:
    sources = {0: 1} | dict.fromkeys(range(1, len(bits) + 1), 2)
    told = chances(pairs(*[(0, at + 1, weight) for at, weight in enumerate(bits)]), sources)
    assert told == pytest.approx(enumerated([2.0**weight for weight in bits]), rel=1e-6)


def test_reports_by_different_sources_do_not_contend() -> None:
    table = pairs((0, 1, 3.0), (0, 2, 3.0), (1, 2, 3.0))
    assert chances(table, {0: 1, 1: 2, 2: 3}) == pytest.approx([8 / 9] * 3)


def test_a_crowd_of_equals_claims_nothing() -> None:
    bank, police = range(50), range(50, 100)
    table = pairs(*[(one, other, 4.0) for one in bank for other in police])
    told = chances(table, dict.fromkeys(bank, 1) | dict.fromkeys(police, 2))
    assert max(told) < 1 / 50


def test_a_hidden_report_never_changes_what_two_others_weigh() -> None:
    alone = chances(pairs((0, 1, 3.0)), {0: 1, 1: 2})
    table = pairs((0, 1, 3.0), (0, 2, 9.0))
    with_hidden = chances(table, {0: 1, 1: 2, 2: 2}, hidden=(2,))
    assert with_hidden[0] == alone[0]
    assert with_hidden[1] == pytest.approx(2**9 / (1 + 2**9 + 2**3))  # the hidden one contends with what is seen
    assert chances(table, {0: 1, 1: 2, 2: 2})[0] < 0.05


def test_without_sources_nothing_contends() -> None:
    table = pairs((0, 1, 3.0), (0, 2, 3.0))
    assert contested(table, [0, 1, 2], None, [False] * 3) is table


def test_a_pair_of_a_record_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError):
        contested(pairs((0, 9, 1.0)), [0, 1], [1, 2], [False, False])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(7, 12), st.floats(-30, 60)), min_size=1, unique_by=lambda x: x[:2]
    )
)
def test_contending_only_lowers_and_never_leaves_the_scale(rows: list[tuple[int, int, float]]) -> None:
    left, right, bits = (np.array(side) for side in zip(*rows, strict=True))
    odds = np.exp2(np.minimum(bits, 40.0))
    told = Contest.between(left, right, left % 2, right % 3, np.zeros(len(rows), bool)).chances(odds)
    assert np.all(told >= 0)
    assert np.all(told <= odds / (1 + odds) + 1e-12)
