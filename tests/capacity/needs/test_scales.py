"""Scales: what becomes what by rule, and that everything else is refused."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.needs.scales import FACTORS, SCALES, Unlike, harmonised
from hueandcry.capacity.needs.strata import of, strata
from hueandcry.exchange.countries import is_code


@pytest.mark.parametrize(("value", "told", "wanted", "people", "made"), [
    (0.37, "share", "percent", None, 37.0), (37.0, "percent", "share", None, 0.37),
    (7.5, "index-10", "index-100", None, 75.0), (75.0, "index-100", "index-10", None, 7.5),
    (50.0, "count", "rate", 1_000_000.0, 5.0), (3.0, "rank", "rank", None, 3.0), (0.0, "percent", "share", None, 0.0),
])  # fmt: skip
def test_one_scale_becomes_another_by_rule(
    value: float, told: str, wanted: str, people: float | None, made: float
) -> None:
    assert harmonised(value, told, wanted, people) == made


def test_everything_else_is_refused() -> None:
    ruled = {*FACTORS, ("count", "rate"), *((each, each) for each in SCALES)}
    for told, wanted in product(SCALES, SCALES):
        if (told, wanted) not in ruled:
            with pytest.raises(Unlike):
                harmonised(1.0, told, wanted, 1_000.0)


@pytest.mark.parametrize(("value", "told"), [
    (1.1, "share"), (-1.0, "percent"), (101.0, "index-100"), (0.5, "yes-no"), (float("nan"), "number"),
    (float("inf"), "count"), (0.0, "rank"), (1.0, "nonsense"),
])  # fmt: skip
def test_a_value_that_is_not_on_its_scale_is_refused(value: float, told: str) -> None:
    with pytest.raises(Unlike):
        harmonised(value, told, told)


@pytest.mark.parametrize("people", [None, 0.0, -5.0])
def test_a_count_without_inhabitants_becomes_no_rate(people: float | None) -> None:
    with pytest.raises(Unlike):
        harmonised(5.0, "count", "rate", people)


@given(st.floats(0, 1), st.sampled_from(["share", "index-10"]))
def test_there_and_back_is_the_same(value: float, told: str) -> None:
    wanted = {"share": "percent", "index-10": "index-100"}[told]
    assert harmonised(harmonised(value, told, wanted), wanted, told) == pytest.approx(value, rel=1e-12)


def test_groups_of_countries_are_of_countries() -> None:
    for each in strata().values():
        assert all(is_code(code) for code in each.countries), each.key
    assert {key: len(each.countries) for key, each in strata().items()} == {
        "ldc": 44, "lldc": 32, "sids": 39, "low-income": 25
    }  # fmt: skip
    assert of("MZ") == ["ldc", "low-income"] and of("PT") == []
