"""The index: equal to an independent computation on a real index, and what may never happen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kurtosis, skew

from hueandcry.capacity.index import pipeline
from hueandcry.capacity.index.computed import Choices, computed, told
from hueandcry.capacity.index.definition import BadIndexError, Definition, Group, Indicator
from hueandcry.capacity.index.table import Table, read
from tests.capacity.index import independent

SHARED = Path(__file__).parents[3].parent / "shared" / "data"
DATA, META = SHARED / "capacity_ASEM_iData.csv", SHARED / "capacity_ASEM_iMeta.csv"
real = pytest.mark.skipif(not DATA.exists(), reason=f"no {DATA}")


@real
@pytest.mark.parametrize("how", ["arithmetic", "geometric"])
def test_equal_to_the_independent_computation_on_a_real_index(how: pipeline.Aggregate) -> None:
    definition, table = read(DATA.read_bytes(), META.read_bytes())
    made = computed(definition, table, Choices(aggregate=how, draws=100))
    wanted = independent.scores(DATA, META, geometric=how == "geometric")
    assert set(made.scores) == {"Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin",
                                "Conn", "Sust", "Index"}  # fmt: skip
    compared = 0
    for n, unit in enumerate(table.codes):
        for code, held in made.scores.items():
            if code in wanted[unit]:
                assert abs(held[n] - wanted[unit][code]) < 1e-9, (unit, code)
                compared += 1
            else:
                assert np.isnan(held[n])
    assert compared == 51 * 11


@real
def test_what_was_done_to_the_real_index_is_told() -> None:
    definition, table = read(DATA.read_bytes(), META.read_bytes())
    said = told(computed(definition, table, Choices(draws=200)))
    assert len(said["units"]) == 51 and len(said["indicators"]) == 49
    assert any(each["treatment"] == "winsorised" for each in said["indicators"])
    assert set(table.strata) == {"GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group"}
    for each in said["units"]:
        low, high = each["rank_interval"]
        assert 1 <= low <= each["rank_median"] <= high <= 51


def small(values: list[list[float]], *, posts: bool = True) -> tuple[Definition, Table]:
    many = len(values[0])
    indicators = tuple(
        Indicator(
            f"i{n}",
            f"i{n}",
            "a" if n % 2 else "b",
            1 if n % 3 else -1,
            1.0 + n % 2,
            "",
            *((0.0, 10.0) if posts else ()),
        )
        for n in range(many)
    )
    groups = (Group("top", "top", ""), Group("a", "a", "top"), Group("b", "b", "top", 2.0))
    used = {i.group for i in indicators}
    definition = Definition(indicators, tuple(g for g in groups if g.code == "top" or g.code in used))
    units = tuple(f"u{n}" for n in range(len(values)))
    return definition, Table(units, units, np.array(values), {}, ())


def matrices(known: bool = True) -> st.SearchStrategy[list[list[float]]]:
    cell = st.floats(0, 10, allow_nan=False, width=32)
    cells = cell if known else cell | st.just(float("nan"))
    return st.tuples(st.integers(5, 8), st.integers(2, 5)).flatmap(
        lambda size: st.lists(st.lists(cells, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


FIXED = Choices(normalise="goalposts", draws=120, top=2, least_known=0.0)


def _improved(values: list[list[float]], unit: int, which: int, by: float) -> list[list[float]]:
    better = [list(row) for row in values]
    better[unit][which] += by if which % 3 else -by
    return better


@given(
    matrices(), st.integers(0, 4), st.integers(0, 1), st.floats(0.01, 20), st.sampled_from(["arithmetic", "geometric"])
)
@settings(max_examples=60)
def test_improving_an_indicator_never_raises_need(
    values: list[list[float]], unit: int, which: int, by: float, how: pipeline.Aggregate
) -> None:
    """A theorem where the scale is fixed from outside (goalposts) and nothing is missing: the unit's score cannot fall
    and nobody else's moves. With min-max, z-scores or ranks the scale moves with the numbers, so it is not claimed."""
    better = _improved(values, unit, which, by)
    choices = replace(FIXED, aggregate=how)
    try:
        before, after = (computed(*small(each), choices) for each in (values, better))
    except BadIndexError:
        return  # every unit alike: nothing is left to compare
    if before.definition != after.definition:
        return  # an indicator became, or ceased to be, the same for all
    top = before.definition.top
    assert after.scores[top][unit] >= before.scores[top][unit] - 1e-9
    assert np.allclose(np.delete(after.scores[top], unit), np.delete(before.scores[top], unit))
    assert after.ranks[unit] >= before.ranks[unit]
    assert after.spread.share[unit] <= before.spread.share[unit]
    assert (after.spread.ranks[unit] >= before.spread.ranks[unit]).all()


@given(matrices(known=False), st.floats(0.1, 50), st.floats(-100, 100))
@settings(max_examples=40)
def test_min_max_does_not_care_about_units_of_measurement(values: list[list[float]], by: float, plus: float) -> None:
    definition, table = small(values, posts=False)
    if any(np.isnan(column).all() or np.nanmax(column) - np.nanmin(column) < 1e-3 for column in table.values.T):
        return
    one = pipeline.normalised(definition, table.values, "minmax")
    other = pipeline.normalised(definition, table.values * by + plus, "minmax")
    assert np.allclose(one, other, equal_nan=True, atol=1e-4)


@given(matrices(known=False), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_of_units_does_not_count(values: list[list[float]], random: object) -> None:
    turn = list(range(len(values)))
    random.shuffle(turn)  # type: ignore[attr-defined]
    choices = Choices(draws=100, least_known=0.0)
    try:
        one = computed(*small(values, posts=False), choices)
    except BadIndexError:
        return
    other = computed(*small([values[n] for n in turn], posts=False), choices)
    top = one.definition.top
    assert np.allclose(other.scores[top], one.scores[top][turn], equal_nan=True)


def test_ranks_are_reproducible_by_seed_and_differ_with_another() -> None:
    random = np.random.default_rng(5)
    definition, table = small(random.random((30, 5)).tolist(), posts=False)
    one, again, other = (computed(definition, table, Choices(draws=500, seed=s)) for s in (1, 1, 2))
    assert np.array_equal(one.spread.ranks, again.spread.ranks) and np.array_equal(one.spread.share, again.spread.share)
    assert not np.array_equal(one.spread.share, other.spread.share)


def test_unknown_is_never_nought() -> None:
    """Leaving a number out is not the same as nought, and a unit of which too little is known has no score at all."""
    values = [[5.0, 5.0, 5.0, 5.0], [1, 9, 3, 7], [9, 1, 7, 3], [2, 8, 6, 4], [8, 2, 4, 6]]
    holes = [list(row) for row in values]
    holes[0][1] = float("nan")
    nought = [list(row) for row in values]
    nought[0][1] = 0.0
    choices = Choices(draws=100, treat=False)
    left_out, zero = (computed(*small(each, posts=False), choices) for each in (holes, nought))
    assert left_out.scores["top"][0] > zero.scores["top"][0] + 1
    holes[0] = [5.0] + [float("nan")] * 3
    made = computed(*small(holes, posts=False), replace(choices, least_known=0.5))
    assert np.isnan(made.scores["a"][0]) and made.scores["b"][0] > 0
    holes[0] = [float("nan")] * 4
    gone = computed(*small(holes, posts=False), replace(choices, least_known=0.5))
    assert np.isnan(gone.scores["top"][0]) and np.isnan(gone.ranks[0]) and np.isnan(gone.spread.share[0])
    assert not gone.most[0]


@given(matrices(known=False), st.sampled_from(["arithmetic", "geometric"]))
@settings(max_examples=60)
def test_what_moved_it_adds_up(values: list[list[float]], how: pipeline.Aggregate) -> None:
    try:
        made = computed(*small(values, posts=False), Choices(draws=100, aggregate=how, least_known=0.3))
    except BadIndexError:
        return
    score, sums = made.scores[made.definition.top], made.parts.sum(axis=1)
    wanted = np.log(score / made.references) if how == "geometric" else score - made.references
    assert np.allclose(sums, wanted, equal_nan=True)


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=5, max_size=40))
def test_moments_are_those_of_scipy(values: list[float]) -> None:
    column = np.array(values, float)
    if np.ptp(column) < 1e-3:
        return
    bent, tailed = pipeline._shape(column)
    assert bent == pytest.approx(skew(column, bias=False), rel=1e-6, abs=1e-6)
    assert tailed == pytest.approx(kurtosis(column, bias=False), rel=1e-6, abs=1e-6)


def test_most_in_need_needs_the_stated_share_of_draws() -> None:
    random = np.random.default_rng(7)
    values = random.random((40, 6)) + np.linspace(0, 1, 40)[:, None]
    definition, table = small(values.tolist(), posts=False)
    strict, loose = (computed(definition, table, Choices(draws=400, share=s)) for s in (0.95, 0.5))
    assert sum(strict.most) < sum(loose.most) <= 40
    assert all(made.spread.share[n] >= 0.95 for made in [strict] for n in range(40) if made.most[n])


def test_where_one_unit_alone_has_a_score_it_is_the_first_and_nothing_fails() -> None:
    hole = float("nan")
    values = [[1.0, 2.0], [2.0, hole], [3.0, hole], [hole, 4.0], [hole, 5.0]]
    made = computed(*small(values, posts=False), Choices(draws=100, least_known=0.3, least_in_group=1.0, treat=False))
    assert [n for n, rank in enumerate(made.ranks) if not np.isnan(rank)] == [0]
    assert made.spread.ranks[0].tolist() == [1.0, 1.0, 1.0]
