"""Plans of courses against every subset tried, and what must hold of any plan."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations

import pytest

from hueandcry.academy.plans import plan as module
from hueandcry.academy.plans.plan import (
    BUDGET,
    COST,
    COUNTRY,
    CURRENCY,
    DATES,
    FULL,
    LANGUAGE,
    LEVEL,
    NOBODY,
    PREREQUISITE,
    REASONS,
    SAME_TIME,
    TIME,
    Limits,
    Offered,
    Plan,
    plan,
)
from hueandcry.academy.plans.profile import Held, Wanted

DAY = date(2027, 1, 4)
LIMITS = Limits(frozenset({"en"}), DAY, DAY + timedelta(days=365), budget=1_000_00, everywhere=True)
Case = tuple[list[Wanted], list[Offered], Limits, list[Held]]


def session(key: str, teaches: str = "", after: int = 0, days: int = 5, cost: int = 100_00, **more: object) -> Offered:
    """``teaches``: "a5 b4"; ``after``: days after DAY on which it begins."""
    starts = DAY + timedelta(days=after)
    taught = {word[0]: int(word[1:]) for word in teaches.split()}
    return Offered(key, key[0], taught, starts, starts + timedelta(days=days - 1), cost, **more)  # type: ignore[arg-type]


def some_case(seed: int) -> Case:
    """A small one with everything in it: crowded days, tight budgets, prerequisites, what is no use at all."""
    rng = random.Random(seed)  # noqa: S311 - a seed, not a secret
    codes = "abcdef"[: rng.randint(2, 6)]
    learnt = codes + "z"  # nobody wants z, but a course may want it beforehand
    unit, narrow = rng.choice((1, 50_00, 333_33)), rng.random() < 0.4
    span = rng.choice((12, 40, 80))
    sessions = []
    for n in range(rng.randint(5, 11)):
        starts = DAY + timedelta(days=rng.randrange(span))
        taught = {code: rng.randint(4, 7) for code in rng.sample(learnt, rng.randint(1, 3))}
        taught = {"z": 5} if rng.random() < 0.25 else taught
        sessions.append(Offered(
            f"{n}", f"C{n}", taught, starts, starts + timedelta(days=rng.randrange(0, 6)),
            rng.randint(0, 12) * unit + rng.choice((0, 0, 1)), rng.choice(("EUR",) * 8 + ("USD",)),
            rng.choice(("en", "en", "en", "fr", "pt")), rng.choice(("", "", "PT", "PT", "NL", "KE")),
            {rng.choice((*learnt, "z", "z", "z")): rng.randint(3, 5)} if rng.random() < 0.4 else {},
            rng.random() < 0.06,
        ))  # fmt: skip
    wanted = [Wanted(code, rng.choice((0, 4, 5, 6))) for code in codes]
    budgets = (5, 12) if narrow else (16, 30, 100)
    limits = Limits(
        frozenset(rng.sample(("en", "fr", "pt"), 1 if narrow else 2)) | {"en"}, DAY,
        DAY + timedelta(days=30 if narrow else 90), rng.choice((None, *(n * unit for n in budgets))), "EUR",
        frozenset({"PT", "KE"}), rng.random() < 0.6, rng.random() < 0.85,
    )  # fmt: skip
    held = [Held(rng.choice(learnt), rng.randint(3, 6), rng.choice((None, DAY + timedelta(days=15))))]
    return wanted, sessions, limits, held if rng.random() < 0.3 else []


def allowed(chosen: Sequence[Offered], limits: Limits, held: Sequence[Held]) -> bool:
    """Written anew from the words of the rules, day by day."""
    taken: set[date] = set()
    for one in chosen:
        days = {one.starts + timedelta(days=n) for n in range((one.ends - one.starts).days + 1)}
        if taken & days or min(days) < limits.earliest or max(days) > limits.latest:
            return False
        taken |= days
        if one.language not in limits.languages or (one.cost and one.currency != limits.currency):
            return False
        if one.full or (one.country == "" and not limits.online):
            return False
        if one.country and not limits.everywhere and one.country not in limits.countries:
            return False
        for code, level in one.wants.items():
            had = [h.level for h in held if h.competence == code and (h.until is None or h.until >= one.starts)]
            had += [other.teaches[code] for other in chosen if other.ends < one.starts and code in other.teaches]
            if not any(each >= level for each in had):
                return False
    return limits.budget is None or sum(one.cost for one in chosen) <= limits.budget


def value(wanted: Sequence[Wanted], sessions: Sequence[Offered], chosen: Sequence[Offered]) -> tuple[int, ...]:
    """What is weighed, in this order; the least is the best."""
    order = sorted(sessions, key=lambda each: (each.starts, each.key))
    closed = sum(any(each.teaches.get(want.competence, -1) >= want.level for each in chosen) for want in wanted)
    days = sum((each.ends - each.starts).days + 1 for each in chosen)
    waits = sum((each.starts - DAY).days for each in chosen)
    return -closed, len(chosen), sum(each.cost for each in chosen), days, waits, sum(map(order.index, chosen))


def subsets(sessions: Sequence[Offered]) -> Iterator[tuple[Offered, ...]]:
    return chain.from_iterable(combinations(sessions, n) for n in range(len(sessions) + 1))


def best(case: Case) -> tuple[int, ...]:
    wanted, sessions, limits, held = case
    return min(value(wanted, sessions, each) for each in subsets(sessions) if allowed(each, limits, held))


def made(case: Case) -> Plan:
    wanted, sessions, limits, held = case
    return plan(wanted, sessions, limits, held=held, seconds=60)


@pytest.mark.parametrize("seed", range(120))
def test_no_subset_is_better(seed: int) -> None:
    case = some_case(seed)
    wanted, sessions, limits, held = case
    found = made(case)
    assert allowed(found.chosen, limits, held)
    assert value(wanted, sessions, found.chosen) == best(case)
    assert found.proven
    assert (found.cost, found.days) == value(wanted, sessions, found.chosen)[2:4]


def test_the_cases_try_what_they_should() -> None:
    """A test of the test: cases where something closes and something does not, each reason, courses that only serve as
    prerequisites, several courses at once."""
    plans = [(some_case(seed), made(some_case(seed))) for seed in range(120)]
    words = {word for _case, found in plans for left in found.left for word in left.why}
    assert words >= set(REASONS) - {TIME}
    serving = [one for (wanted, *_rest), found in plans for one in found.chosen
               if not any(one.closes(want.competence, want.level) for want in wanted)]  # fmt: skip
    assert serving
    assert sum(len(found.chosen) >= 2 for _case, found in plans) > 20
    assert sum(not found.chosen for _case, found in plans) < 40


@pytest.mark.parametrize("seed", range(60))
def test_every_gap_is_closed_or_has_reasons_that_stand(seed: int) -> None:
    wanted, sessions, limits, _held = case = some_case(seed)
    found = made(case)
    open_still = [left.wanted.competence for left in found.left]
    assert sorted([*found.closed, *open_still]) == sorted(want.competence for want in wanted)
    by_key = {each.key: each for each in sessions}
    for left in found.left:
        assert left.why
        assert set(left.why) <= set(REASONS)
        assert set(left.always) <= set(left.why)
        teach = [each for each in sessions if left.wanted.competence in each.teaches]
        enough = [each for each in teach if each.teaches[left.wanted.competence] >= left.wanted.level]
        assert (left.why == (NOBODY,)) == (not teach)
        assert (left.why == (LEVEL,)) == bool(teach and not enough)
        if enough:
            near = by_key[left.nearest]
            assert near in enough
            assert (LANGUAGE in left.why) == (near.language not in limits.languages)
            assert (LANGUAGE in left.always) == all(each.language not in limits.languages for each in enough)
            if SAME_TIME in left.why:
                assert any(near.starts <= each.ends and each.starts <= near.ends for each in found.chosen)
            if BUDGET in left.why:
                assert limits.budget is not None
                assert found.cost + near.cost > limits.budget
    for competence, key in found.closed.items():
        level = next(want.level for want in wanted if want.competence == competence)
        assert by_key[key] in found.chosen
        assert by_key[key].teaches[competence] >= level


@pytest.mark.parametrize("seed", range(200, 240))
def test_a_larger_budget_never_closes_fewer_gaps(seed: int) -> None:
    wanted, sessions, limits, held = some_case(seed)
    total = sum(each.cost for each in sessions)
    closed = []
    for budget in (0, total // 8, total // 4, total // 2, total, None):
        found = plan(wanted, sessions, replace(limits, budget=budget), held=held)
        assert budget is None or found.cost <= budget
        closed.append(len(found.closed))
    assert closed == sorted(closed)


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_what_is_given_changes_nothing(seed: int) -> None:
    wanted, sessions, limits, held = some_case(seed)
    mixed = random.Random(seed).sample(sessions, len(sessions))  # noqa: S311 - a seed, not a secret
    one, other = plan(wanted, sessions, limits, held=held), plan(wanted[::-1], mixed, limits, held=held)
    assert one.chosen == other.chosen
    assert one.closed == other.closed
    assert {left.wanted: left for left in one.left} == {left.wanted: left for left in other.left}


@pytest.mark.parametrize(("one", "why"), [
    (session("s", "b5"), NOBODY), (session("s", "a4"), LEVEL), (session("s", "a5", language="fr"), LANGUAGE),
    (session("s", "a5", full=True), FULL),
    (session("s", "a5", after=362), DATES), (session("s", "a5", after=-1), DATES),
    (session("s", "a5", country="KE"), COUNTRY), (session("s", "a5", currency="USD"), CURRENCY),
    (session("s", "a5", cost=1_000_01), COST), (session("s", "a5", wants={"z": 4}), PREREQUISITE),
])  # fmt: skip
def test_each_reason_alone(one: Offered, why: str) -> None:
    limits = replace(LIMITS, everywhere=False, countries=frozenset({"PT"}))
    found = plan([Wanted("a", 5)], [one], limits)
    assert found.chosen == ()
    assert [(left.why, left.always) for left in found.left] == [((why,), (why,))]
    fit = session("t", "a5", country="PT")
    assert plan([Wanted("a", 5)], [one, fit], limits).chosen == (fit,)


def test_a_course_online_is_not_for_everybody() -> None:
    online, there = session("s", "a5"), session("t", "a5", after=30, country="PT")
    limits = replace(LIMITS, online=False)
    assert plan([Wanted("a", 5)], [online, there], limits).chosen == (there,)
    assert plan([Wanted("a", 5)], [online], limits).left[0].why == (COUNTRY,)


def test_what_stands_beside_the_plan_is_told() -> None:
    both = [session("s", "a5 b5"), session("t", "c5", after=4)]
    found = plan([Wanted("a", 5), Wanted("b", 5), Wanted("c", 5)], both, LIMITS)
    assert [each.key for each in found.chosen] == ["s"]
    assert [(left.wanted.competence, left.why, left.nearest) for left in found.left] == [("c", (SAME_TIME,), "t")]
    apart = [both[0], session("t", "c5", after=5)]
    assert len(plan([Wanted("a", 5), Wanted("c", 5)], apart, LIMITS).chosen) == 2, "the day after is another day"
    dear = replace(LIMITS, budget=199_99)
    assert plan([Wanted("a", 5), Wanted("b", 5), Wanted("c", 5)], apart, dear).left[0].why == (BUDGET,)
    exact = replace(LIMITS, budget=200_00)
    assert plan([Wanted("a", 5), Wanted("b", 5), Wanted("c", 5)], apart, exact).left == ()


def test_a_prerequisite_is_held_or_learnt_before() -> None:
    first, second = session("p", "z5"), session("s", "a5", after=10, wants={"z": 4})
    assert [each.key for each in plan([Wanted("a", 5)], [first, second], LIMITS).chosen] == ["p", "s"]
    late = session("p", "z5", after=20)
    assert plan([Wanted("a", 5)], [late, second], LIMITS).left[0].why == (PREREQUISITE,)
    touching = session("p", "z5", after=6)  # ends on the day on which the other starts
    assert plan([Wanted("a", 5)], [touching, second], LIMITS).chosen == ()
    held = [Held("z", 4, second.starts)]
    assert plan([Wanted("a", 5)], [first, second], LIMITS, held=held).chosen == (second,)
    expired = [Held("z", 4, second.starts - timedelta(days=1))]
    assert plan([Wanted("a", 5)], [first, second], LIMITS, held=expired).chosen == (first, second)
    chained = [session("p", "z5", wants={"y": 3}), second]
    assert plan([Wanted("a", 5)], chained, LIMITS).left[0].why == (PREREQUISITE,), "what it stands on falls out too"


def test_one_unit_of_money_decides_also_between_large_sums() -> None:
    """Sums where a solver's rounding of a millionth would be many units."""
    large = 987_654_321
    sessions = [session("s", "a5", cost=large), session("t", "a5", after=30, cost=large - 1)]
    assert [each.key for each in plan([Wanted("a", 5)], sessions, replace(LIMITS, budget=large * 2)).chosen] == ["t"]
    pair = [session("s", "a5", cost=large), session("t", "b5", after=30, cost=large - 1)]
    wanted = [Wanted("a", 5), Wanted("b", 5)]
    assert len(plan(wanted, pair, replace(LIMITS, budget=2 * large - 1)).chosen) == 2
    assert [each.key for each in plan(wanted, pair, replace(LIMITS, budget=2 * large - 2)).chosen] == ["t"]


def test_a_sum_that_the_solver_let_pass_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answers given are beyond the budget, as if rounded so; the plan keeps to it all the same."""
    asked: list[set[int]] = []
    honest = module._answer

    def rounded(solver: object, number: int, seconds: float) -> tuple[set[int] | None, bool]:
        asked.append(set())
        return ({0, 1}, True) if len(asked) == 1 else honest(solver, number, seconds)

    monkeypatch.setattr(module, "_answer", rounded)
    pair = [session("s", "a5"), session("t", "b5", after=30)]
    found = plan([Wanted("a", 5), Wanted("b", 5)], pair, replace(LIMITS, budget=150_00))
    assert found.cost == 100_00
    assert len(asked) > 1


@pytest.mark.parametrize("seed", range(60))
def test_a_plan_made_in_no_time_keeps_every_rule_and_says_so(seed: int) -> None:
    wanted, sessions, limits, held = some_case(seed)
    hasty, found = plan(wanted, sessions, limits, held=held, seconds=0), made((wanted, sessions, limits, held))
    assert allowed(hasty.chosen, limits, held)
    assert value(wanted, sessions, hasty.chosen) >= value(wanted, sessions, found.chosen)
    assert all(TIME in left.why for left in hasty.left if {SAME_TIME, BUDGET} & set(left.why))
    assert not hasty.proven or hasty == found
    assert bool(hasty.chosen) or not any(allowed([one], limits, held) and value(wanted, sessions, [one])[0]
                                         for one in sessions)  # fmt: skip


def test_of_equals_the_earliest_is_chosen_and_then_the_first_key() -> None:
    late, early = session("a", "a5", after=30), session("b", "a5", after=20)
    assert plan([Wanted("a", 5)], [late, early], LIMITS).chosen == (early,)
    twins = [session(key, "a5", after=20) for key in ("d", "c", "e")]
    assert plan([Wanted("a", 5)], [late, *twins], LIMITS).chosen == (twins[1],)
    pairs = [session(key, taught, after=n) for key, taught, n in (("p", "a5", 0), ("q", "b5", 30), ("r", "a5", 10),
                                                                  ("s", "b5", 19), ("t", "a5 c4", 40))]  # fmt: skip
    assert [each.key for each in plan([Wanted("a", 5), Wanted("b", 5)], pairs, LIMITS).chosen] == ["p", "s"]


def test_a_day_less_to_wait_outweighs_any_order() -> None:
    early_and_late = [session("a", "a5 y5"), session("b", "b5", after=30, wants={"y": 5})]
    between = [session("c", "a5 z5", after=10), session("d", "b5", after=19, wants={"z": 5})]
    idle = [session(f"{n}", "x5", after=1 + n) for n in range(9)]  # they make the place of what is between late
    found = plan([Wanted("a", 5), Wanted("b", 5)], [*early_and_late, *between, *idle], LIMITS)
    assert [each.key for each in found.chosen] == ["c", "d"]


def test_the_last_day_and_what_is_free_are_within_the_limits() -> None:
    last = session("s", "a5", after=361)
    assert last.ends == LIMITS.latest
    assert plan([Wanted("a", 5)], [last], LIMITS).chosen == (last,)
    assert plan([Wanted("a", 5)], [replace(last, ends=last.ends + timedelta(days=1))], LIMITS).chosen == ()
    free = session("s", "a5", cost=0, currency="USD")
    assert plan([Wanted("a", 5)], [free], replace(LIMITS, budget=0)).chosen == (free,)


def test_time_that_is_up_is_told() -> None:
    clash = [session("s", "a5 b5"), session("t", "c5 a5", after=4), session("u", "d5", after=4)]
    hasty = plan([Wanted(code, 5) for code in "abcd"], clash, LIMITS, seconds=0)
    assert [each.key for each in hasty.chosen] == ["s"]
    assert not hasty.proven
    assert {left.why for left in hasty.left} == {(SAME_TIME, TIME)}


def test_what_makes_no_sense_is_refused() -> None:
    one = session("s", "a5")
    for wrong in ([one, one], [replace(one, cost=-1)], [replace(one, ends=one.starts - timedelta(days=1))]):
        with pytest.raises(ValueError, match=r"key|costs"):
            plan([Wanted("a", 5)], wrong, LIMITS)
    with pytest.raises(ValueError, match="more than"):
        plan([Wanted("a", 5)], [replace(one, key=str(n)) for n in range(5_001)], LIMITS)
    assert plan([], [one], LIMITS) == Plan((), {}, (), 0, 0, True)
    assert plan([Wanted("a", 4), Wanted("a", 6)], [one], LIMITS).left[0].why == (LEVEL,), "the higher of two counts"
