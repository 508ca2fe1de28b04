"""What chambers agree: one voice each, whatever their headcount."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.priorities.chambers import Ballot, agreed, leaving, opinions_of

N = 4
RANKS = st.dictionaries(st.integers(0, N - 1), st.integers(1, N), max_size=N)


@st.composite
def rounds(draw: st.DrawFn) -> list[Ballot]:
    law = [Ballot(f"l{n}", "law-enforcement", draw(RANKS)) for n in range(draw(st.integers(1, 4)))]
    return law + [Ballot(f"p{n}", "private-sector", draw(RANKS)) for n in range(draw(st.integers(1, 4)))]


def copied(ballots: list[Ballot], chamber: str, times: int) -> list[Ballot]:
    return [replace(each, voter=f"{each.voter}-{n}") for each in ballots
            for n in range(times if each.chamber == chamber else 1)]  # fmt: skip


@given(rounds(), st.integers(2, 12))
def test_headcount_outvotes_nobody(ballots: list[Ballot], times: int) -> None:
    """However many members say what a chamber says, its own order and places, and those of the others, stay."""
    before, after = agreed(ballots, N), agreed(copied(ballots, "private-sector", times), N)
    assert before.places == after.places
    assert {c.name: c.order.levels for c in before.chambers} == {c.name: c.order.levels for c in after.chambers}

    def lowest(option: int) -> list[float]:
        return sorted(held[option] for held in before.places.values())

    for found in (before, after):  # headcount reaches nothing but what is level in both chambers' places
        order = [option for level in found.levels for option in level]
        for a, b in pairwise(order):
            assert lowest(a) >= lowest(b) or np.allclose(lowest(a), lowest(b))


@given(rounds())
def test_what_every_chamber_prefers_comes_first(ballots: list[Ballot]) -> None:
    found = agreed(ballots, N)
    level = {option: n for n, held in enumerate(found.levels) for option in held}
    for one in range(N):
        for other in range(N):
            if all(held[one] > held[other] for held in found.places.values()):
                assert level[one] < level[other]


@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_does_not_count(ballots: list[Ballot], random: object) -> None:
    turned = list(ballots)
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert agreed(turned, N).levels == agreed(ballots, N).levels


def _all(chamber: str, *orders: list[int], times: int = 1) -> list[Ballot]:
    return [Ballot(f"{chamber}{n}{t}", chamber, {o: r + 1 for r, o in enumerate(order)})
            for n, order in enumerate(orders) for t in range(times)]  # fmt: skip


def test_two_forces_are_heard_beside_forty_banks() -> None:
    """Forty banks put option 0 first and the forces put it last: it does not come first."""
    ballots = _all("private-sector", [0, 1, 2, 3], times=40) + _all("law-enforcement", [1, 2, 3, 0], times=2)
    found = agreed(ballots, N, members={"law-enforcement": 5, "private-sector": 60})
    assert (
        (found.levels[0] == (1,) and found.levels[-1] == (0,)) or found.levels[-1] == (3, 0) or 0 not in found.levels[0]
    )
    assert found.levels[0] == (1,)
    assert {c.name: (c.voted, c.members) for c in found.chambers} == {
        "law-enforcement": (2, 5), "private-sector": (40, 60),
    }  # fmt: skip


def test_dissent_names_who_would_rather_not() -> None:
    ballots = _all("private-sector", [0, 1, 2, 3]) + _all("law-enforcement", [3, 2, 1, 0])
    found = agreed(ballots, N)
    assert all(found.places[d.chamber][d.option] <= 1 / 3 for d in found.dissent)
    alike = agreed(_all("private-sector", [0, 1, 2, 3]) + _all("law-enforcement", [0, 1, 2, 3]), N)
    assert alike.dissent == ()


def test_who_leaves_and_changes_the_result_is_named() -> None:
    ballots = _all("private-sector", [0, 1, 2, 3], [1, 0, 2, 3], [0, 1, 2, 3]) + _all("law-enforcement", [0, 1, 2, 3])
    told = {each.voter: each for each in leaving(ballots, N, top=1)}
    for voter in {b.voter for b in ballots}:
        without = agreed([b for b in ballots if b.voter != voter], N)
        changes = without.levels[0] != agreed(ballots, N).levels[0]
        assert (voter in told) == changes
    assert leaving(_all("private-sector", [0, 1, 2, 3], times=9), N, top=1) == []


def test_opinions_come_from_the_halves_of_a_ranking() -> None:
    assert opinions_of(Ballot("a", "c", {0: 1, 1: 2, 2: 3})) == {0: 1, 1: 0, 2: -1}
    assert opinions_of(Ballot("a", "c", {0: 1, 1: 2}, {0: -1})) == {0: -1}
    assert opinions_of(Ballot("a", "c", {2: 1})) == {2: 1}


def test_nobody_voted() -> None:
    found = agreed([], N)
    assert found.levels == ((0, 1, 2, 3),) and found.chambers == () and found.opinions is None
