"""A crime goes on being itself: same data, same crimes; one more report, one crime; hidden reports have no say."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.crimes.identity import MERGED, MOVED, SPLIT, Outcome, settle


def settled(groups: list[int], before: list[int], leaves: list[bool] | None = None) -> Outcome:
    return settle(
        np.array(groups, dtype=np.int64),
        np.array(before, dtype=np.int64),
        np.array(leaves or [False] * len(groups), dtype=np.bool_),
    )


def crimes(groups: list[int], before: list[int], leaves: list[bool] | None = None) -> list[int]:
    return settled(groups, before, leaves).crimes.tolist()


def test_new_crimes_are_numbered_by_their_oldest_report() -> None:
    assert crimes([7, 3, 7, 5], [0, 0, 0, 0]) == [-1, -2, -1, -3]


def test_the_largest_part_keeps_the_crime() -> None:
    out = settled([1, 1, 1, 2], [10, 10, 10, 10])
    assert out.crimes.tolist() == [10, 10, 10, -1]
    assert (out.moved.tolist(), out.kinds.tolist(), out.ended.tolist()) == ([3], [SPLIT], [])


def test_of_two_equal_parts_the_one_with_the_oldest_report_keeps_it() -> None:
    assert crimes([9, 1, 9, 1], [10, 10, 10, 10]) == [10, -1, 10, -1]


def test_of_two_equal_crimes_the_older_takes_the_other() -> None:
    out = settled([1, 1], [12, 11])
    assert out.crimes.tolist() == [11, 11]
    assert (out.kinds.tolist(), out.ended.tolist(), out.into.tolist()) == ([MERGED], [12], [11])


def test_one_report_goes_from_one_crime_to_another() -> None:
    out = settled([1, 1, 2, 2, 2], [10, 10, 10, 11, 11])
    assert (out.crimes.tolist(), out.kinds.tolist()) == ([10, 10, 11, 11, 11], [MOVED])


def test_crosswise_overlaps_go_to_the_largest_first() -> None:
    assert crimes([1, 1, 1, 2, 2], [10, 10, 11, 10, 11]) == [10, 10, 10, 11, 11]


def test_a_hidden_report_brings_its_crime_to_nobody() -> None:
    out = settled([1, 1], [10, 0], [True, False])
    assert out.crimes.tolist() == [-1, -1], "the crime that only a hidden report was in would tell that it was there"
    assert (out.ended.tolist(), out.into.tolist(), out.kinds.tolist()) == ([10], [-1], [MERGED])


def test_hidden_reports_among_themselves_keep_theirs() -> None:
    assert crimes([1, 1, 2], [10, 10, 10], [True, True, True]) == [10, 10, -1]


def test_nothing_gives_nothing() -> None:
    out = settled([], [])
    assert (out.crimes.tolist(), out.fresh, out.moved.tolist(), out.ended.tolist()) == ([], 0, [], [])


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[int], list[int], list[bool]]:
    size = draw(st.integers(1, 30))
    some = st.integers(1, 8)
    groups = draw(st.lists(some, min_size=size, max_size=size))
    before = draw(st.lists(st.integers(0, 8), min_size=size, max_size=size))
    leaves = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return groups, before, leaves


@given(situations())
def test_what_always_holds(given_: tuple[list[int], list[int], list[bool]]) -> None:
    groups, before, leaves = given_
    out = settled(groups, before, leaves)
    after = out.crimes.tolist()
    together: dict[int, set[int]] = {}
    for group, crime in zip(groups, after, strict=True):
        together.setdefault(group, set()).add(crime)
    assert all(len(found) == 1 for found in together.values()), "a group is one crime"
    assert len({next(iter(found)) for found in together.values()}) == len(together), "a crime is one group"
    assert {crime for crime in after if crime < 0} == set(range(-out.fresh, 0))
    assert out.moved.tolist() == [at for at, crime in enumerate(before) if crime and crime != after[at]]
    assert set(out.ended.tolist()) == {crime for crime in before if crime} - set(after)
    for crime, into in zip(out.ended.tolist(), out.into.tolist(), strict=True):
        assert into in {after[at] for at, was in enumerate(before) if was == crime}


@given(situations(), st.permutations(range(1, 9)))
def test_the_names_of_groups_do_not_matter(given_: Any, names: list[int]) -> None:
    groups, before, leaves = given_
    assert crimes(groups, before, leaves) == crimes([names[group - 1] for group in groups], before, leaves)


@given(situations())
def test_a_second_time_changes_nothing(given_: Any) -> None:
    groups, before, leaves = given_
    after = [crime if crime > 0 else 100 - crime for crime in crimes(groups, before, leaves)]
    again = settled(groups, after, leaves)
    assert (again.crimes.tolist(), again.moved.tolist(), again.fresh) == (after, [], 0)


@given(situations())
def test_taking_hidden_reports_away_changes_nothing_that_is_left(given_: Any) -> None:
    groups, before, leaves = given_
    kept = [at for at, leaf in enumerate(leaves) if not leaf]
    whole = settled(groups, before, leaves)
    left = settled([groups[at] for at in kept], [before[at] for at in kept])
    stayed = {at: crime for at, crime in enumerate(whole.crimes.tolist()) if crime > 0 and not leaves[at]}
    alone = {kept[at]: crime for at, crime in enumerate(left.crimes.tolist()) if crime > 0}
    assert stayed == alone


@given(situations(), st.integers(0, 8))
def test_one_more_report_changes_one_crime(given_: Any, joins: int) -> None:
    groups, before, _leaves = given_
    after = [crime if crime > 0 else 100 - crime for crime in crimes(groups, before)]
    out = settled([*groups, joins], [*after, 0])
    assert out.crimes.tolist()[:-1] == after
    assert out.moved.tolist() == []
