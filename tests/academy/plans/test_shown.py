"""What counts of what somebody has shown; what may be told of a unit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hueandcry.academy.plans.plan import Limits, Offered, plan
from hueandcry.academy.plans.profile import Held, Wanted, profile
from hueandcry.academy.plans.shown import FULL, NOT, PART, UNSAID, Shown, attended, certified, counted
from hueandcry.academy.plans.unit import Tally, common, for_others, lacked, sent, tallies

TODAY = date(2027, 3, 1)


def course(teaches: str, ended: date) -> list[Shown]:
    return attended([(word[0], int(word[1])) for word in teaches.split()], title="C", reference="c", ended=ended)


def certificate(
    codes: str, level: int, since: date, recognised: str = "", missing: tuple[str, ...] = ()
) -> list[Shown]:
    return certified(codes, level, title="Z", reference="z", since=since, until=since + timedelta(days=1000),
                     recognised=recognised, missing=missing)  # fmt: skip


def day(after: int) -> date:
    return TODAY + timedelta(days=after)


@pytest.mark.parametrize(("recognised", "codes"), [
    ("", "abc"), (FULL, "abc"), (UNSAID, "abc"), (PART, "ab"), (NOT, ""),
])  # fmt: skip
def test_a_certificate_shows_what_is_recognised_of_it(recognised: str, codes: str) -> None:
    found = certificate("abc", 5, TODAY, recognised, ("c", "x"))
    assert "".join(each.held.competence for each in found) == codes
    assert {each.held.until for each in found} <= {day(999)}, "on the day it ends it holds no more"


def test_a_certificate_takes_the_place_of_a_course_before_it() -> None:
    before, after = course("a5 b6 d4", day(-30)), course("a5", day(30))
    found = counted([*before, *after, *certificate("ab", 5, TODAY)])
    kept = [(each.held.competence, each.held.level, each.basis, each.since) for each in found]
    assert kept == [
        ("a", 5, "certificate", TODAY), ("b", 5, "certificate", TODAY),
        ("b", 6, "course", day(-30)), ("d", 4, "course", day(-30)), ("a", 5, "course", day(30)),
    ]  # fmt: skip  # above its level, of nothing it speaks of, and after it: the course counts
    assert {each.basis for each in counted([*before, *certificate("ab", 5, TODAY)], taught=False)} == {"certificate"}


def test_a_unit_is_counted() -> None:
    people = [
        [Held("a", 5), Held("b", 4)], [Held("a", 6, day(10)), Held("b", 5, day(400))], [Held("a", 5, day(300))],
    ]  # fmt: skip
    wants = [Wanted("a", 5), Wanted("b", 5)]
    found = tallies(profile(wants, held, TODAY) for held in people)
    assert found == [Tally(wants[0], 2, 1, 0, 0), Tally(wants[1], 1, 0, 1, 1)]
    assert lacked(found, 3) == wants
    assert lacked(found, 3, expiring=False) == wants[1:]
    assert lacked(found, 2) == wants[1:]
    assert lacked(found, 1) == []
    assert common(people) == [Held("a", 5, day(10))]
    assert common([]) == []


@pytest.mark.parametrize(("counts", "told"), [
    ((5, 0, 0, 0), (5, 0)), ((0, 0, 2, 3), (0, 5)), ((3, 2, 4, 1), (5, 5)),
    ((3, 1, 9, 9), None), ((20, 0, 0, 4), None), ((4, 0, 0, 0), None), ((0, 0, 0, 4), None), ((0, 0, 0, 0), None),
])  # fmt: skip
def test_others_learn_no_count_from_one_to_four(counts: tuple[int, ...], told: tuple[int, int] | None) -> None:
    assert for_others(Tally(Wanted("a", 5), *counts)) == told


def test_who_is_sent_to_a_session() -> None:
    first = Offered("1", "C", {"a": 5, "b": 5}, day(1), day(2))
    second = Offered("2", "D", {"c": 5}, day(3), day(4))
    limits = Limits(frozenset({"en"}), TODAY, day(99), everywhere=True)
    made = plan([Wanted(code, 5) for code in "abc"], [first, second], limits)
    lacking = {1: {"a"}, 2: {"a", "b"}, 3: {"c"}, 4: set[str]()}
    assert sent(made, lacking, {"a": 2, "b": 1, "c": 1}) == {"1": 2, "2": 1}
    assert sent(made, lacking, {"a": 1, "c": 1}) == {"1": 1, "2": 1}, "no more than are short"
    basics = Offered("0", "B", {"z": 5}, TODAY, TODAY)
    made = plan([Wanted("a", 5)], [basics, Offered("1", "C", {"a": 5}, day(1), day(2), wants={"z": 5})], limits)
    assert sent(made, lacking, {"a": 2}) == {"0": 2, "1": 2}, "who builds on it has to have been there"
