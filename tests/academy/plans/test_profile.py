"""What of a role somebody holds today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hueandcry.academy.plans.profile import EXPIRING, HELD, MISSING, TOO_LOW, Held, Wanted, gaps, profile

TODAY = date(2027, 3, 1)
SOON, LATE, GONE = TODAY + timedelta(days=90), TODAY + timedelta(days=91), TODAY - timedelta(days=1)


@pytest.mark.parametrize(("wanted", "held", "state"), [
    (5, [], MISSING), (5, [(5, None)], HELD), (5, [(6, LATE)], HELD), (5, [(5, SOON)], EXPIRING),
    (5, [(5, TODAY)], EXPIRING), (5, [(5, GONE)], MISSING), (5, [(4, None)], TOO_LOW), (5, [(4, GONE)], MISSING),
    (5, [(4, None), (5, SOON)], EXPIRING), (5, [(5, SOON), (7, LATE)], HELD), (5, [(4, LATE), (6, GONE)], TOO_LOW),
    (0, [(0, None)], HELD), (0, [(3, None)], HELD), (5, [(0, None)], TOO_LOW),
])  # fmt: skip
def test_how_a_competence_stands(wanted: int, held: list[tuple[int, date | None]], state: str) -> None:
    [found] = profile([Wanted("a", wanted)], [Held("a", *each) for each in held] + [Held("b", 7)], TODAY)
    assert found.state == state
    assert found.wanted == Wanted("a", wanted)


def test_by_what_it_is_held() -> None:
    shown = [Held("a", 5, SOON), Held("a", 6, LATE), Held("a", 4), Held("b", 5, GONE), Held("b", 3, GONE)]
    a, b, c = profile([Wanted("a", 5), Wanted("b", 5), Wanted("c", 5)], shown, TODAY)
    assert a.by == shown[1]
    assert b.by == shown[3]
    assert c.by is None
    assert profile([Wanted("a", 7)], shown, TODAY)[0].by == shown[1], "the nearest to what is wanted"


def test_what_is_wanted_twice_is_wanted_at_the_higher_level() -> None:
    assert [each.wanted for each in profile([Wanted("a", 6), Wanted("b"), Wanted("a", 4)], [], TODAY)] == [
        Wanted("a", 6), Wanted("b", 0)]  # fmt: skip


def test_gaps_are_all_that_is_not_held() -> None:
    found = profile([Wanted(code, 5) for code in "abcd"], [Held("a", 5), Held("b", 5, SOON), Held("c", 4)], TODAY)
    assert [each.competence for each in gaps(found)] == ["b", "c", "d"]
    assert [each.competence for each in gaps(found, expiring=False)] == ["c", "d"]


def test_how_soon_is_soon_is_said() -> None:
    held = [Held("a", 5, TODAY + timedelta(days=10))]
    states = {days: profile([Wanted("a", 5)], held, TODAY, within=days)[0].state for days in (0, 9, 10, 11)}
    assert states == {0: HELD, 9: HELD, 10: EXPIRING, 11: EXPIRING}
    with pytest.raises(ValueError, match="below 0"):
        profile([], [], TODAY, within=-1)
