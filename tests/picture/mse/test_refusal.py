"""Refusals: each rule at its threshold, and in words."""

from __future__ import annotations

import pytest

from hueandcry.picture.mse import refusal
from hueandcry.picture.mse.refusal import Refusal, after, before, first
from hueandcry.picture.mse.table import Table

GOOD = Table(("bank", "police", "cert"), {1: 200, 2: 100, 4: 100, 3: 30, 5: 20, 6: 20, 7: 5})


def codes(found: list[Refusal]) -> list[str]:
    return [one.code for one in found]


def test_nothing_stands_against_lists_that_overlap() -> None:
    assert before(GOOD, identifiable=True) == []
    assert first([]) is None


def test_two_lists_are_too_few_and_so_is_a_third_of_nine() -> None:
    assert codes(before(Table(("a", "b"), {1: 200, 2: 100, 3: 40}))) == ["few_lists"]
    nine, ten = ({1: 200, 2: 100, 3: 40, 4: rest, 5: 4, 6: 4} for rest in (1, 2))
    assert "few_lists" in codes(before(Table(("a", "b", "c"), nine)))
    assert "few_lists" not in codes(before(Table(("a", "b", "c"), ten)))


def test_lists_that_feed_each_other() -> None:
    found = before(GOOD, feeds=[("bank", "police")])
    assert codes(found) == ["feeding"]
    assert found[0].reason.startswith("bank passes what it knows on to police")
    assert before(GOOD, feeds=[("bank", "insurer")]) == []


def test_a_list_within_another() -> None:
    """90 of the 100 on the second are on the first; of 89 it is not said."""
    counts = {1: 400, 2: 10, 3: 90, 4: 100, 5: 20}
    found = before(Table(("bank", "police", "cert"), counts))
    assert "contained" in codes(found)
    assert "90 % of what police tells of, bank tells of as well" in found[0].reason
    assert "contained" not in codes(before(Table(("bank", "police", "cert"), counts | {2: 11, 3: 89})))


def test_hardly_any_overlap() -> None:
    few = Table(("a", "b", "c"), {1: 500, 2: 500, 4: 500, 3: 20, 5: 6})
    assert codes(before(few)) == ["little_overlap"]
    assert codes(before(Table(few.lists, {**few.counts, 5: 7}))) == []


def test_what_no_model_can_answer() -> None:
    assert codes(before(GOOD, identifiable=False)) == ["not_identifiable"]


def test_methods_that_disagree() -> None:
    assert after({"log-linear": 1_000, "graphs": 2_000}, low=800, high=1_500) == []
    found = after({"log-linear": 1_000, "graphs": 2_001}, low=800, high=1_500)
    assert codes(found) == ["disagree"]
    assert found[0].reason == "The methods disagree: 1000 by log-linear, 2001 by graphs, more than 2 times as many."


def test_below_the_lower_bound_and_too_wide() -> None:
    assert codes(after({"x": 1_000}, low=900, high=1_100, lower_bound=1_300)) == ["below_bound"]
    assert codes(after({"x": 1_000}, low=100, high=1_001)) == ["spread"]
    assert codes(after({"x": 1_000}, low=100, high=1_000, lower_bound=1_100)) == []


@pytest.mark.parametrize("code", refusal._SENTENCES)
def test_every_refusal_has_a_sentence_that_can_be_said(code: refusal.Code) -> None:
    places = dict.fromkeys(
        ["least", "each", "found", "one", "other", "share", "estimate", "bound", "low", "most", "high", "ratio"], 7
    )
    said = Refusal(code, places).reason
    assert said.endswith(".")
    assert "%(" not in said
