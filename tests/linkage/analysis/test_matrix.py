"""Competing hypotheses side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.analysis.matrix import Bearing, Weighed, matrix

THING = ("report", 7)


def said(hypothesis: int, bearing: Bearing, thing: tuple[str, int] = THING) -> Weighed:
    return Weighed(hypothesis, thing, bearing)


def test_what_fits_every_hypothesis_tells_nothing() -> None:
    both = matrix([1, 2], [said(1, "for"), said(2, "for")])
    apart = matrix([1, 2], [said(1, "for"), said(2, "against")])
    assert [row.telling for row in both.rows] == [False]
    assert [row.telling for row in apart.rows] == [True]
    assert (apart.for_, apart.against) == ([1, 0], [0, 1])


def test_those_who_disagree_make_a_cell_disputed_and_count_for_neither() -> None:
    found = matrix([1], [said(1, "for"), said(1, "against")])
    assert found.rows[0].cells[0].verdict == "disputed"
    assert (found.for_, found.against) == ([0], [0])


def test_what_tells_hypotheses_apart_stands_first() -> None:
    found = matrix([1, 2], [said(1, "for", ("value", 1)), said(2, "for", ("value", 1)), said(1, "against")])
    assert [row.thing for row in found.rows] == [THING, ("value", 1)]


def test_nothing_gives_nothing() -> None:
    assert matrix([], []).rows == []
    assert matrix([1], [said(2, "for")]).rows == []


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["for", "against", "neither"]), st.integers(1, 4))))
def test_every_row_has_a_cell_for_each_hypothesis_and_counts_add_up(given: list[tuple[int, Bearing, int]]) -> None:
    found = matrix([1, 2, 3], [said(h, bearing, ("report", thing)) for h, bearing, thing in given])
    assert all(len(row.cells) == 3 for row in found.rows)
    counted = sum(cell.for_ + cell.against + cell.neither for row in found.rows for cell in row.cells)
    assert counted == len(given)
    assert len({row.thing for row in found.rows}) == len(found.rows)
