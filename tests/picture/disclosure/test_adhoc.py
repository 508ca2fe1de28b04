"""What is shown of a table that somebody asks for, and what asking often does not yield."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.disclosure import adhoc, cellkey
from hueandcry.picture.disclosure.rules import CASES, ORGANISATIONS, REST
from hueandcry.picture.question import Dimension, Question


def cell(count: int, organisations: int = 5, largest: int | None = None, key: str = "x", **more: Any) -> Counted:
    if largest is None:
        largest = -(-count // max(1, organisations))
    return Counted((key,), count, organisations, largest, more.pop("record_key", 17), **more)


def one(counted: Counted, **how: Any) -> Shown:
    [only] = adhoc.shown([counted], **how)
    return only


@pytest.mark.parametrize(
    "counted", [cell(0, 0), cell(9), cell(40, 2), cell(1, 1), cell(30, 4, largest=26), cell(500, 3, largest=496)]
)
def test_few_cases_few_organisations_and_one_that_has_nearly_all_are_withheld(counted: Counted) -> None:
    assert one(counted) == Shown(("x",), None, "few")


def test_a_count_is_shown_with_the_bounds_of_its_noise() -> None:
    shown = one(cell(400, 12))
    assert shown.value == 400 + cellkey.perturbation(400, 17)
    assert shown.low is not None and shown.high is not None and shown.value is not None
    assert (shown.low, shown.high) == (shown.value - 5, shown.value + 5)
    assert shown.organisations == 10


@given(st.integers(0, 2000), st.integers(0, 30), st.integers(0, 255), st.integers(0, 2000))
def test_nothing_below_the_threshold_is_shown_and_bounds_hold_the_truth(
    n: int, bodies: int, key: int, most: int
) -> None:
    counted = Counted(("x",), n, bodies, min(most, n), key)
    shown = one(counted)
    assert shown == one(replace(counted, key=("x",)))
    if shown.withheld:
        assert shown.value is None and shown.low is None and shown.organisations == 0
        return
    assert shown.value is not None and shown.low is not None and shown.high is not None
    assert n >= CASES and bodies >= ORGANISATIONS and n - counted.largest >= REST
    assert shown.value >= CASES and shown.low <= n <= shown.high
    assert shown.organisations <= bodies


def loss(total: int, first: int, second: int, **more: Any) -> Counted:
    return cell(50, loss=total, loss_count=more.pop("loss_count", 30), loss_largest=first, loss_second=second,
                loss_organisations=more.pop("loss_organisations", 9), **more)  # fmt: skip


@pytest.mark.parametrize(
    ("counted", "why"),
    [
        (loss(10_000_000, 9_000_000, 500_000), "dominance"),
        (loss(10_000_000, 5_000_000, 4_000_000), "dominance"),  # two of them: the second learns the first
        (loss(10_000_000, 3_000_000, 2_000_000, loss_count=9), "few"),
        (loss(10_000_000, 3_000_000, 2_000_000, loss_organisations=2), "few"),
        (cell(50), "few"),
        (loss(10_000_000, 3_000_000, 2_000_000), ""),
    ],
)
def test_sums_of_losses_are_withheld_where_one_or_two_make_them_up(counted: Counted, why: str) -> None:
    assert one(counted, measure="loss").withheld == why


@given(st.integers(0, 255), st.integers(10, 400), st.integers(1, 10**12), st.floats(0.01, 0.3))
def test_losses_are_moved_by_up_to_a_round_sum_and_say_nothing_in_their_last_digits(
    key: int, n: int, total: int, part: float
) -> None:
    largest = int(total * part)
    value, low, high = adhoc.loss(loss(total, largest, 0, loss_count=n, record_key=key))
    assert low <= total <= high
    step = (high - low) / 2
    assert step >= 0.15 * largest or low == 0
    assert step <= 0.15 * largest * 2.5 * 1.2 + 200
    if largest > 10_000:
        fifth = int((high - value) // 5.4)
        assert value % 10 ** (len(str(fifth)) - 1) == 0


def test_a_small_remainder_withholds_the_cell_that_would_give_it_away() -> None:
    cells = [cell(95, key="dependent"), cell(4, 2, key="enabled"), cell(0, 0, key="")]
    assert [s.withheld for s in adhoc.shown(cells)] == ["", "few", "few"]
    assert [s.withheld for s in adhoc.shown(cells, partition=(0,))] == ["secondary", "few", "few"]
    assert [s.withheld for s in adhoc.shown([cell(95)], whole=cell(99))] == ["secondary"]
    assert [s.withheld for s in adhoc.shown([cell(95)], whole=cell(95))] == [""]
    assert [s.withheld for s in adhoc.shown([cell(95)], whole=cell(195))] == [""]
    two = [replace(cell(60), key=("fraud", "A")), replace(cell(60), key=("fraud", "B")),
           replace(cell(80), key=("malware", "A")), replace(cell(3), key=("malware", "B"))]  # fmt: skip
    assert [s.withheld for s in adhoc.shown(two, partition=(0, 1))] == ["", "secondary", "secondary", "few"]


# A small world of cases: (country, sector, month), each by one of six organisations.
Case = tuple[str, str, str, int]


def _world() -> list[Case]:
    rnd = random.Random(3)  # noqa: S311  repeatable, no secret
    months = [f"2025-{m:02}" for m in range(1, 13)]
    made = [(rnd.choice("ABCDEF"), rnd.choice("LQR"), rnd.choice(months), rnd.randrange(6)) for _ in range(1500)]
    return made + [("Z", "L", "2025-05", i % 6) for i in range(7)]  # a country of seven cases


def _ask(cases: Sequence[Case], question: Question, dimensions: tuple[Dimension, ...]) -> list[Counted]:
    place = {"country": 0, "sector": 1, "month": 2}
    groups: dict[tuple[str, ...], list[tuple[int, Case]]] = defaultdict(list)
    for number, case in enumerate(cases):
        if (question.country and case[0] not in question.country) or (
            question.sector and case[1] not in question.sector
        ):
            continue
        if (question.first and case[2] < question.first) or (question.last and case[2] > question.last):
            continue
        groups[tuple(str(case[place[d]]) for d in dimensions)].append((number, case))
    found = []
    for key, group in groups.items():
        by = [sum(c[3] == body for _, c in group) for body in range(6)]
        keys = sum(number * 7919 % 256 for number, _ in group) % 256
        found.append(Counted(key, len(group), sum(map(bool, by)), max(by), keys))
    return found


def test_questions_that_single_out_a_small_group_are_found() -> None:
    cases = _world()

    def narrow(**filters: Any) -> dict[str, tuple[str, ...]]:
        return adhoc.narrow(Question(**filters), lambda q, d: _ask(cases, q, d))

    assert narrow() == {}
    assert narrow(country=("A", "B")) == {}
    assert narrow(country=("A", "Z")) == {"country": ("Z",)}
    assert narrow(country=("A", "B", "C", "D", "E", "F")) == {"country": ()}, "it leaves out the seven"
    assert narrow(country=("A",), sector=("L", "Q")) == {}
    assert narrow(first="2025-02", last="2025-07") == {}
    assert narrow(country=("Z",), first="2025-05") == {"country": ("Z",), "period": ("2025-05",)}


def test_averaging_many_sets_finds_a_small_group_only_where_narrow_questions_are_answered() -> None:
    """Sets of countries with Z, each less the same set without: noise averages out over them. None may be asked."""
    cases = _world()
    differences, refused = [], 0
    for size in (1, 2, 3, 4, 5):
        for others in combinations("ABCDEF", size):
            values = []
            for countries in (others, (*others, "Z")):
                question = Question(country=countries)
                if adhoc.narrow(question, lambda q, d: _ask(cases, q, d)):
                    refused += 1
                [shown] = adhoc.shown(_ask(cases, question, ()))
                assert shown.value is not None
                values.append(shown.value)
            differences.append(values[1] - values[0])
    mean = sum(differences) / len(differences)
    assert abs(mean - 7) < 1.5, "the attack works on answers that noise alone guards"
    assert refused == len(differences), "and each pair of its questions has one that is refused"
    assert max(abs(d - 7) for d in differences) >= 4, "one pair alone says little"
