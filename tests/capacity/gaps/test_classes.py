"""Classes of cells: each rule, what may never happen, and an independent reading of the rules over all small cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.gaps.classes import CLASSES, Cell, Programme, classed, first_things_first, overlapping

DAY = date(2026, 6, 1)
DAYS = st.none() | st.integers(-400, 400).map(lambda n: DAY + timedelta(days=n))


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    starts, ends = draw(DAYS), draw(DAYS)
    if starts and ends and ends < starts:
        starts, ends = ends, starts
    related = draw(st.frozensets(st.sampled_from("abcdef"), max_size=2))
    return Programme(
        draw(st.sampled_from("abcdef")), draw(st.sampled_from(["UNODC", "unodc ", "CoE"])), starts, ends, related
    )


@st.composite
def cells(draw: st.DrawFn) -> Cell:
    return Cell(
        "MZ", "4.3.a", draw(st.none() | st.integers(1, 5)), draw(st.none() | st.integers(0, 5)),
        tuple(draw(st.lists(programmes(), max_size=4, unique_by=lambda p: p.reference))),
        draw(st.integers(0, 3)), draw(st.sampled_from(["high", "low", "unknown"])),
    )  # fmt: skip


def test_each_rule() -> None:
    cell = Cell("MZ", "4.3.a", target=3, stage=1)
    one, other = Programme("a", "UNODC"), Programme("b", "Council of Europe")
    said = {
        "unknown": replace(cell, stage=None, programmes=(one,)),
        "gap": cell,
        "covered": replace(cell, stage=3),
        "partly covered": replace(cell, programmes=(one,)),
        "duplicated effort": replace(cell, programmes=(one, other)),
    }
    assert {word: classed(each, day=DAY).kind for word, each in said.items()} == {word: word for word in said}


def test_programmes_that_belong_together_or_follow_each_other_are_no_duplicated_effort() -> None:
    one, other = Programme("a", "UNODC", ends=DAY), Programme("b", "CoE", starts=DAY + timedelta(days=1))
    assert overlapping([one, other], DAY) == []
    assert overlapping([replace(one, ends=None), replace(other, related=frozenset("a"))], DAY) == []
    assert overlapping([replace(one, ends=None), replace(other, provider="Unodc")], DAY) == []
    assert overlapping([replace(one, ends=DAY + timedelta(days=1)), other], DAY) != []


def test_a_programme_that_has_ended_covers_nothing() -> None:
    cell = Cell("MZ", "4.3.a", 3, 1, (Programme("a", "UNODC", ends=DAY - timedelta(days=1)),))
    assert classed(cell, day=DAY).kind == "gap"


@given(cells(), programmes())
def test_one_more_programme_never_widens_a_gap(cell: Cell, more: Programme) -> None:
    before = classed(cell, day=DAY)
    after = classed(replace(cell, programmes=(*cell.programmes, replace(more, reference="z"))), day=DAY)
    assert after.missing == before.missing
    assert (after.open or 0) <= (before.open or 0)
    assert not (after.kind == "gap" and before.kind != "gap")


@given(cells())
def test_less_evidence_never_narrows_a_gap_and_unknown_is_never_nought(cell: Cell) -> None:
    if cell.stage is None:
        assert classed(cell, day=DAY).missing is None
    elif cell.stage > 0 and cell.target is not None:
        lower = classed(replace(cell, stage=cell.stage - 1), day=DAY)
        assert (lower.missing or 0) >= (classed(cell, day=DAY).missing or 0)


@given(st.lists(cells(), max_size=8))
def test_gaps_come_first(board: list[Cell]) -> None:
    kinds = [each.kind for each in first_things_first([classed(cell, day=DAY) for cell in board])]
    assert "gap" not in kinds[kinds.count("gap") :] and set(kinds) <= set(CLASSES)


def test_the_class_of_every_small_cell_is_what_the_words_of_the_rule_say() -> None:
    """The rules once more, written as questions in another order, over every small cell."""
    held = [Programme("a", "UNODC"), Programme("b", "CoE"), Programme("c", "UNODC", related=frozenset("b"))]
    for target, stage, which in product((None, 1, 3, 5), (None, 0, 1, 3, 5), product((0, 1), repeat=3)):
        working = [p for p, on in zip(held, which, strict=True) if on]
        together = {p.reference for p in working} in ({"b", "c"}, {"a", "c"}, {"a"}, {"b"}, {"c"})
        if None in (stage, target):
            wanted = "unknown"
        elif working and not together:
            wanted = "duplicated effort"
        elif stage >= target:  # type: ignore[operator]
            wanted = "covered"
        else:
            wanted = "partly covered" if working else "gap"
        assert classed(Cell("MZ", "x", target, stage, tuple(working)), day=DAY).kind == wanted
