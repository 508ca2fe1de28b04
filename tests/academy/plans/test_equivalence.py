"""Courses that stand for each other, against sets written another way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.academy.plans.equivalence import equivalence

TAUGHT = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 8), max_size=8)
OWN = TAUGHT.filter(bool)


@given(OWN, TAUGHT)
def test_it_is_what_sets_say(own: dict[str, int], other: dict[str, int]) -> None:
    found = equivalence(own, other)
    # a level stands for itself and all below it, so that covering is inclusion of sets
    steps = {code: {(code, n) for n in range(level + 1)} for code, level in own.items()}
    reached = {(code, n) for code, level in other.items() for n in range(level + 1)}
    inside = {code for code, mine in steps.items() if mine <= reached}
    touched = {code for code, mine in steps.items() if mine & reached}
    assert set(found.covered) == inside
    assert set(found.lower) == touched - inside
    assert set(found.missing) == set(own) - touched
    assert set(found.extra) == set(other) - set(own)
    assert found.share == Fraction(len(inside), len(own))
    assert found.overlap == Fraction(len(touched), len(set(own) | set(other)))
    assert all(pair == (own[code], other[code]) for code, pair in {**found.covered, **found.lower}.items())
    assert all(found.missing[code] == own[code] for code in found.missing)
    assert all(found.extra[code] == other[code] for code in found.extra)


@given(OWN, OWN)
def test_both_ways_agree(one: dict[str, int], other: dict[str, int]) -> None:
    there, back = equivalence(one, other), equivalence(other, one)
    assert there.overlap == back.overlap
    assert there.missing == back.extra
    assert set(there.lower) <= set(back.covered), "what is lower there is above here"
    assert (there.share == back.share == 1 and not there.extra) == (one == other)


def test_a_course_covers_itself_and_nothing_covers_nothing() -> None:
    own = {"EV-01": 5, "LA-02": 0}
    assert equivalence(own, own).share == equivalence(own, own).overlap == 1
    assert equivalence(own, {}).share == 0
    assert equivalence(own, {"EV-01": 0, "LA-02": 3}).lower == {"EV-01": (5, 0)}, "no level said is below any"
    with pytest.raises(ValueError, match="teaches nothing"):
        equivalence({}, own)
