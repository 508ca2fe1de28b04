"""Choices against every choice there is: sets of components counted through, money by the theorem of Hall."""

from __future__ import annotations

import random
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from hueandcry.programmes.allocation.choice import broken, choose
from hueandcry.programmes.allocation.model import Bound, Component, Fund, Portfolio, Programme
from hueandcry.programmes.allocation.reasons import HELD, REASONS_LEFT, leftovers, more_money, refused, without

COUNTRIES, ASPECTS = ("KE", "GH", "MZ"), ("4.3.a", "3.3.b")


def drawn(rng: random.Random, *, most: int, shares: bool = False) -> Portfolio:
    """A small world with every kind of restriction."""
    programmes: list[Programme] = []
    count = rng.randint(2, most)
    while count > 0:
        size = min(count, rng.choice((1, 1, 1, 2, 3)))
        count -= size
        key = f"p{len(programmes):02}"
        parts = tuple(
            Component(
                f"c{n}", rng.randint(0, 40) * 1_000 + (0 if shares else rng.choice((0, 0, 1))), rng.choice(ASPECTS),
                rng.choice((0.0, 0.25, 0.5, 1.0, 2.0)), {"academy": rng.randint(0, 3)} if rng.random() < 0.4 else {},
                (f"c{n - 1}",) if n and rng.random() < 0.3 else (), rng.random() < 0.15, rng.random() < 0.2,
            )
            for n in range(size)
        )  # fmt: skip
        before = (rng.choice(programmes).key,) if programmes and rng.random() < 0.15 else ()
        programmes.append(Programme(key, rng.choice(COUNTRIES), parts, rng.choice((2026, 2027)), before,
                                    rng.randint(1, size)))  # fmt: skip
    funds = tuple(
        Fund(
            f"f{n}", rng.randint(0, 60) * 1_000, frozenset(rng.sample(COUNTRIES, rng.choice((0, 0, 1, 2)))),
            frozenset(rng.sample(ASPECTS, rng.choice((0, 0, 1)))), frozenset({2026} if rng.random() < 0.2 else ()),
            rng.choice((100, 0, 10, 25)) if shares else rng.choice((100, 100, 0)),
            rng.choice((100, 50, 80)) if shares else 100,
        )
        for n in range(rng.randint(1, 3))
    )  # fmt: skip
    return Portfolio(
        funds, tuple(programmes), {"KE": 0.9, "GH": 0.4}, {"3.3.b": 0.5},
        {("KE", "4.3.a"): 1.0, ("GH", "4.3.a"): 2.0},
        (Bound("floor", rng.randint(0, 50) * 1_000, frozenset({"GH"})),) if rng.random() < 0.4 else (),
        (Bound("cap", rng.randint(10, 70) * 1_000, frozenset({"KE"})),) if rng.random() < 0.4 else (),
        {"academy": rng.randint(1, 6)} if rng.random() < 0.5 else {},
    )  # fmt: skip


def payable(portfolio: Portfolio, sets: Any, items: list[Any]) -> Any:
    """Which sets of components the funds can pay: by Hall, for all funds and for each few of them what these alone may
    pay is not more than they hold."""
    funds = portfolio.funds
    fine = np.ones(len(sets), bool)
    for size in range(len(funds) + 1):
        for few in combinations(range(len(funds)), size):
            only = np.array([
                c.cost if all(n in few for n, f in enumerate(funds) if not f.against(p, c)) else 0 for p, c in items
            ])  # fmt: skip
            fine &= sets @ only <= sum(funds[n].amount for n in few)
    return fine


def by_linprog(portfolio: Portfolio, chosen: list[Any]) -> bool:
    """The same for one set, with ceilings on overheads and shares, as a linear programme."""
    flows = [(k, n) for k, (p, c) in enumerate(chosen) for n, f in enumerate(portfolio.funds)
             if c.cost and not f.against(p, c)]  # fmt: skip
    if any(c.cost and not any(k == at for at, _n in flows) for k, (_p, c) in enumerate(chosen)):
        return False
    if not flows:
        return True
    a_eq = [[float(k == at) for at, _n in flows] for k, (_p, c) in enumerate(chosen) if c.cost]
    b_eq = [float(c.cost) for _p, c in chosen if c.cost]
    a_ub, b_ub = [], []
    for n, fund in enumerate(portfolio.funds):
        a_ub.append([float(n == m) for _k, m in flows])
        b_ub.append(float(fund.amount))
        a_ub.append([((100.0 if chosen[k][1].overhead else 0.0) - fund.overhead) * (n == m) for k, m in flows])
        b_ub.append(0.0)
        for programme in {p.key for p, _c in chosen}:
            a_ub.append([100.0 * (n == m and chosen[k][0].key == programme) for k, m in flows])
            b_ub.append(float(fund.share * sum(c.cost for p, c in chosen if p.key == programme)))
    return bool(linprog([0.0] * len(flows), a_ub, b_ub, a_eq, b_eq).status == 0)


def best(portfolio: Portfolio, *, shares: bool = False) -> tuple[int, int, int]:
    """Least short of floors, then most worth, then least money, of all sets there are."""
    items = [(p, c) for p in portfolio.programmes for c in p.components]
    sets = (np.arange(2 ** len(items))[:, None] >> np.arange(len(items))) & 1
    at = {(p.key, c.key): n for n, (p, c) in enumerate(items)}
    fine = np.ones(len(sets), bool)
    for p in portfolio.programmes:
        mine = [at[p.key, c.key] for c in p.components]
        size = sets[:, mine].sum(1)
        on = size > 0
        fine &= ~on | (size >= p.least)
        for c in p.components:
            fine &= ~on | (sets[:, at[p.key, c.key]] == 1) if c.must else True
            for other in c.builds_on:
                fine &= sets[:, at[p.key, c.key]] <= sets[:, at[p.key, other]]
        for before in p.builds_on:
            theirs = next(q for q in portfolio.programmes if q.key == before)
            fine &= ~on | (sets[:, [at[before, c.key] for c in theirs.components]].sum(1) > 0)
    costs = np.array([c.cost for _p, c in items])
    for cap in portfolio.caps:
        fine &= sets @ (costs * np.array([cap.covers(p, c) for p, c in items])) <= cap.amount
    for who, much in portfolio.capacity.items():
        fine &= sets @ np.array([c.takes.get(who, 0) for _p, c in items]) <= much
    short = np.zeros(len(sets), int)
    for floor in portfolio.floors:
        reached = sets @ (costs * np.array([floor.covers(p, c) for p, c in items]))
        short += np.maximum(0, floor.amount - reached)
    worth = np.zeros(len(sets), int)
    for group in {(p.country, c.aspect) for p, c in items}:
        gains = np.array([portfolio.worth(p, c) if (p.country, c.aspect) == group else 0 for p, c in items])
        worth += np.minimum(sets @ gains, portfolio.most(*group))
    money = sets @ costs
    if not shares:
        fine &= payable(portfolio, sets, items)
    order = np.lexsort((money, -worth, short))
    for n in order[fine[order]]:
        if not shares or by_linprog(portfolio, [items[k] for k in np.flatnonzero(sets[n])]):
            return int(short[n]), int(worth[n]), int(money[n])
    raise AssertionError("nothing at all is always a choice")


@pytest.mark.parametrize("seed", range(0, 500, 50))
def test_equal_to_every_choice_there_is(seed: int) -> None:
    """500 worlds in ten tests; the largest have eighteen components."""
    for case in range(seed, seed + 50):
        portfolio = drawn(random.Random(case), most=18 if case % 25 == 0 else 11)  # noqa: S311 - a seed, not a secret
        found = choose(portfolio, seconds=30)
        assert found.proven, case
        assert list(broken(portfolio, found)) == [], case
        assert (sum(found.short.values()), found.worth, found.spent) == best(portfolio), case
        assert found.bound == found.worth, case


def test_ceilings_on_overheads_and_shares_against_every_choice() -> None:
    for case in range(60):
        portfolio = drawn(random.Random(case), most=7, shares=True)  # noqa: S311 - a seed, not a secret
        found = choose(portfolio, seconds=30)
        assert list(broken(portfolio, found)) == [], case
        short, worth, money = best(portfolio, shares=True)
        assert (sum(found.short.values()), found.worth) == (short, worth), case
        assert found.spent == money, case


def test_the_order_of_the_input_changes_nothing() -> None:
    rng = random.Random(7)  # noqa: S311 - a seed, not a secret
    portfolio = drawn(rng, most=14)
    found = choose(portfolio)
    turned = Portfolio(
        portfolio.funds[::-1], tuple(reversed(portfolio.programmes)), portfolio.needs, portfolio.priorities,
        portfolio.gaps, portfolio.floors, portfolio.caps, portfolio.capacity,
    )  # fmt: skip
    assert choose(turned).paid.keys() == found.paid.keys()


def test_every_unspent_fund_and_every_refusal_has_a_reason() -> None:
    for case in range(25):
        portfolio = drawn(random.Random(1_000 + case), most=10)  # noqa: S311 - a seed, not a secret
        found = choose(portfolio)
        left = leftovers(portfolio, found)
        assert {each.fund for each in left} == {f.key for f in portfolio.funds}
        assert all(each.why in REASONS_LEFT for each in left)
        assert {each.programme for each in refused(portfolio, found)} == (
            {p.key for p in portfolio.programmes} - set(found.programmes)
        )


def _simple(**more: Any) -> Portfolio:
    programmes = (
        Programme("a", "KE", (Component("x", 60, "4.3.a", 1.0),)),
        Programme("b", "GH", (Component("x", 50, "4.3.a", 0.8),)),
        Programme("c", "MZ", (Component("x", 40, "4.3.a", 0.5),)),
    )
    return Portfolio((Fund("f", 100),), programmes, **more)


def test_it_says_why_and_what_else_would_be() -> None:
    portfolio = _simple()
    found = choose(portfolio)
    assert found.programmes == ["a", "c"]
    (why,) = refused(portfolio, found)
    assert (why.programme, why.why, why.loses) == ("b", "worth less than what it would displace", 200)
    (more,) = more_money(portfolio, found, 10)
    assert (more.comes, more.goes, more.worth) == (("b",), ("c",), 300)
    capped = _simple(caps=(Bound("kenya", 0, frozenset({"KE"})),))
    found = choose(capped)
    assert (found.programmes, found.left) == (["b", "c"], {"f": 10})
    (price,) = without(capped, found)
    assert (price.what, price.worth, price.comes, price.goes) == ("cap kenya", 200, ("a",), ("b",))
    assert {each.programme: each.why for each in refused(capped, found)} == {
        "a": "cannot be funded beside the floors, caps and capacities"
    }
    assert leftovers(capped, found)[0].why != HELD  # Kenya's costs more than what is left, whatever stands against it
    floored = _simple(floors=(Bound("ghana", 50, frozenset({"GH"})),))
    assert choose(floored).programmes == ["b", "c"]
    unmet = _simple(floors=(Bound("ghana", 70, frozenset({"GH"})),))
    assert choose(unmet).short == {"ghana": 20}


def test_a_restricted_fund_pays_nothing_else() -> None:
    portfolio = _simple()
    bound = Portfolio((Fund("f", 100, countries=frozenset({"MZ"})),), portfolio.programmes)
    found = choose(bound)
    assert (found.programmes, found.left) == (["c"], {"f": 60})
    assert {each.programme: (each.why, each.restrictions) for each in refused(bound, found)} == {
        "a": ("no fund may pay for it", ("country",)), "b": ("no fund may pay for it", ("country",)),
    }  # fmt: skip
    assert leftovers(bound, found)[0].why == "nothing that it may pay for is there"
