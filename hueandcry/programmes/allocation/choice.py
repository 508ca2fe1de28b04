"""The choice: greatest reduction of gaps, weighted by need and priority, that funds and restrictions allow; by integer
programming (HiGHS). Pure.

What comes first is never traded for what comes after: least money short of the floors, then most worth, then least
money, then the least sum of places in the order of keys. Each is solved in turn with those before it held fast. Every
answer is checked in whole numbers (``broken``), so that no rounding of the solver misspends a unit.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any

from hueandcry.capacity import highs
from hueandcry.capacity.highs import Row
from hueandcry.programmes.allocation.model import Bound, Component, Fund, Portfolio, Programme

Key = tuple[str, str]  # programme, component


@dataclass(frozen=True)
class Choice:
    """``paid``: (programme, component) -> fund -> money; ``worth`` in thousandths of a weighted stage; ``short``: by
    floor what is missing of it; ``proven``: no choice is better, else at most ``bound`` is it worth; ``left`` by fund.
    ``found`` is False where there is none: proven that there is none, or time was up."""

    paid: Mapping[Key, Mapping[str, int]]
    worth: int
    short: Mapping[str, int]
    spent: int
    left: Mapping[str, int]
    proven: bool
    bound: int
    found: bool = True

    @property
    def programmes(self) -> list[str]:
        """Keys of the programmes that are funded."""
        return sorted({programme for programme, _component in self.paid})


LARGE = 1e4


class _Problem:
    """Columns: a programme each, a component each, money of a fund for a component it may pay, worth of each gap, what
    is short of each floor. Money in ``unit``, the greatest that divides all amounts; where it need not be ``exact``, in
    so many of these (``scale``) that no amount is large: a solver's tolerance is one for all sizes."""

    def __init__(self, portfolio: Portfolio, forced: Sequence[str] = (), *, exact: bool = False) -> None:
        self.portfolio, self.exact = portfolio, exact
        self.items: list[tuple[Programme, Component]] = [
            (p, c) for p in sorted(portfolio.programmes, key=lambda p: p.key)
            for c in sorted(p.components, key=lambda c: c.key)
        ]  # fmt: skip
        amounts = [c.cost for _p, c in self.items] + [f.amount for f in portfolio.funds]
        self.unit = gcd(*amounts, *(b.amount for b in (*portfolio.floors, *portfolio.caps))) or 1
        if any(0 < f.overhead < 100 or f.share < 100 for f in portfolio.funds):  # percents of it are whole numbers too
            self.unit = self.unit // 100 if self.unit % 100 == 0 else 1
        self.scale = 1.0 if exact else max(1.0, max(amounts, default=0) / self.unit / LARGE)
        self.programme = {p.key: n for n, p in enumerate(sorted(portfolio.programmes, key=lambda p: p.key))}
        count = len(self.programme)
        self.item = {(p.key, c.key): count + n for n, (p, c) in enumerate(self.items)}
        count += len(self.items)
        self.money: dict[tuple[Key, str], int] = {}
        for p, c in self.items:
            for fund in portfolio.funds:
                if c.cost and not fund.against(p, c):
                    self.money[(p.key, c.key), fund.key] = count
                    count += 1
        groups = sorted({(p.country, c.aspect) for p, c in self.items if portfolio.worth(p, c)})
        self.group = {each: count + n for n, each in enumerate(groups)}
        count += len(groups)
        self.short = {each.key: count + n for n, each in enumerate(portfolio.floors)}
        self.count = count + len(portfolio.floors)
        self.rows: list[Row] = []
        self._lines(forced)

    def _lines(self, forced: Sequence[str]) -> None:
        rows, item = self.rows, self.item
        for p, c in self.items:
            key = (p.key, c.key)
            x, y = item[key], self.programme[p.key]
            rows.append(Row({x: 1, y: -1}, 0 if c.must else -highs.INFINITE, 0))
            for other in c.builds_on:
                rows.append(Row({x: 1, item[p.key, other]: -1}, high=0))
            flows = {self.money[key, f.key]: 1.0 for f in self.portfolio.funds if (key, f.key) in self.money}
            if c.cost:
                rows.append(Row({**flows, x: -self.told(c.cost)}, 0, 0))
        for p in self.portfolio.programmes:
            y = self.programme[p.key]
            rows.append(Row({y: -float(max(1, p.least)), **{item[p.key, c.key]: 1.0 for c in p.components}}, 0))
            for before in p.builds_on:
                rows.append(Row({y: 1, self.programme[before]: -1}, high=0))
            if p.key in forced:
                rows.append(Row({y: 1}, 1, 1))
        for fund in self.portfolio.funds:
            self._fund(fund)
        for (country, aspect), column in self.group.items():
            gains = {
                item[p.key, c.key]: -float(self.portfolio.worth(p, c))
                for p, c in self.items if (p.country, c.aspect) == (country, aspect)
            }  # fmt: skip
            rows.append(Row({column: 1.0, **gains}, high=0))
        for bound in (*self.portfolio.floors, *self.portfolio.caps):
            costs = {item[p.key, c.key]: self.told(c.cost) for p, c in self.items if c.cost and bound.covers(p, c)}
            if bound.key in self.short:
                rows.append(Row({**costs, self.short[bound.key]: 1.0}, self.told(bound.amount)))
            elif costs:
                rows.append(Row(costs, high=self.told(bound.amount)))
        for who, much in self.portfolio.capacity.items():
            takes = {item[p.key, c.key]: float(c.takes[who]) for p, c in self.items if c.takes.get(who)}
            if takes:
                rows.append(Row(takes, high=much))

    def told(self, money: int) -> float:
        """An amount as the lines tell it."""
        return money / self.unit / self.scale

    def _fund(self, fund: Fund) -> None:
        mine = {key: column for (key, name), column in self.money.items() if name == fund.key}
        if not mine:
            return
        self.rows.append(Row(dict.fromkeys(mine.values(), 1.0), high=self.told(fund.amount)))
        overheads = {(p.key, c.key) for p, c in self.items if c.overhead}
        if 0 < fund.overhead < 100 and overheads & mine.keys():
            weights = {column: (100.0 if key in overheads else 0.0) - fund.overhead for key, column in mine.items()}
            self.rows.append(Row(weights, high=0))
        if fund.share < 100:
            for p in self.portfolio.programmes:
                flows = {mine[p.key, c.key]: 100.0 for c in p.components if (p.key, c.key) in mine}
                if flows:
                    costs = {self.item[p.key, c.key]: -fund.share * self.told(c.cost) for c in p.components if c.cost}
                    self.rows.append(Row({**flows, **costs}, high=0))

    def solve(
        self, cost: Mapping[int, float], seconds: float, more: Sequence[Row], *, chosen: Any = None, met: bool = False
    ) -> tuple[Any, bool, float]:  # fmt: skip
        """Least ``cost``: the columns (None: nothing found), whether that is proven, and a bound below every cost.

        ``chosen``: columns of a choice that is held fast; ``met``: no floor may fall short."""
        import numpy as np

        low, high, whole = np.zeros(self.count), np.full(self.count, np.inf), np.zeros(self.count, bool)
        first = len(self.programme) + len(self.items)
        high[:first], whole[: first + (len(self.money) if self.exact else 0)] = 1, True
        if chosen is not None:
            low[:first] = high[:first] = np.round(chosen[:first])
        if met:
            high[list(self.short.values())] = 0
        for group, column in self.group.items():
            high[column] = self.portfolio.most(*group)
        objective = np.zeros(self.count)
        for column, value in cost.items():
            objective[column] = value
        solver = highs.solver(objective, [*self.rows, *more], low=low, high=high, whole=whole, mip_abs_gap=1e-6,
                              time_limit=max(0.05, seconds))  # fmt: skip
        found, proven = highs.answer(solver)
        return found, proven, -highs.INFINITE if found is None else float(solver.getInfo().mip_dual_bound)


def choose(portfolio: Portfolio, *, seconds: float = 10.0, forced: Sequence[str] = ()) -> Choice:
    """The best choice, found within about ``seconds``; ``forced`` programmes are in it. The same input, in whichever
    order, gives the same choice where it is proven. A choice that cannot be (forced) has ``found`` False."""
    exact = _Problem(portfolio, forced, exact=True)
    until = time.monotonic() + seconds
    found = _search(_Problem(portfolio, forced), until)  # money in whole units takes the search much longer
    paid = _paid(exact, found.columns) if found else None
    if found is not None and paid is None:
        found = _search(exact, until)  # what money in parts of a unit could pay, whole units cannot
        paid = _paid(exact, found.columns) if found else None
    if found is None or paid is None:
        ended = found is None and time.monotonic() < until
        return Choice({}, 0, {}, 0, {f.key: f.amount for f in portfolio.funds}, ended, 0, found=False)
    return _told(portfolio, paid, found)


@dataclass(frozen=True, slots=True)
class _Found:
    columns: Any
    proven: bool
    bound: float  # no choice is worth more


def _search(problem: _Problem, until: float) -> _Found | None:
    """The columns of the best choice; None where there is none, or none was found in time."""
    held, portfolio = list[Row](), problem.portfolio
    worth = dict.fromkeys(problem.group.values(), -1.0)
    money = {problem.item[p.key, c.key]: problem.told(c.cost) for p, c in problem.items if c.cost}
    place = {problem.item[p.key, c.key]: float(n) for n, (p, c) in enumerate(problem.items, 1)}
    # Mostly the floors can be met, and then nothing has to be found out about how short one falls.
    columns, proven, under = problem.solve(worth, until - time.monotonic(), held, met=True)
    met = columns is not None
    if not met and portfolio.floors:
        short = dict.fromkeys(problem.short.values(), 1.0)
        columns, proven, _under = problem.solve(short, until - time.monotonic(), held)
        if columns is None:
            return None
        reached = sum(columns[column] for column in short)
        held.append(Row(short, high=reached + 1e-6))
        if proven:
            better, proven, under = problem.solve(worth, until - time.monotonic(), held)
            columns = columns if better is None else better
            proven = proven and better is not None
        else:
            under = -float(sum(portfolio.most(*group) for group in problem.group))
    if columns is None:
        return None
    bound = -under
    for cost in (worth, money, place):
        if not proven:
            break
        if cost is not worth and cost:
            better, ended, _under = problem.solve(cost, until - time.monotonic(), held, met=met)
            columns, proven = (columns if better is None else better), ended and better is not None
        reached = sum(value * columns[column] for column, value in cost.items())
        held.append(Row(cost, high=reached + 0.4 / (problem.scale if cost is money else 1)))
    return _Found(columns, proven, bound)


def _paid(problem: _Problem, columns: Any) -> dict[Key, dict[str, int]] | None:
    """Who pays what of the chosen components, in whole units; None where that cannot be."""
    exact, _proven, _under = problem.solve({}, 60.0, (), chosen=columns)
    if exact is None:
        return None
    paid: dict[Key, dict[str, int]] = {}
    for p, c in problem.items:
        if columns[problem.item[p.key, c.key]] > 0.5:
            key = (p.key, c.key)
            flows = {f.key: round(exact[problem.money[key, f.key]]) * problem.unit for f in problem.portfolio.funds
                     if (key, f.key) in problem.money}  # fmt: skip
            paid[key] = {name: value for name, value in flows.items() if value}
    return paid


def _told(portfolio: Portfolio, paid: dict[Key, dict[str, int]], found: _Found) -> Choice:
    worth = worth_of(portfolio, set(paid))
    short = {floor.key: max(0, floor.amount - _costs(portfolio, paid, floor)) for floor in portfolio.floors}
    spent = sum(sum(each.values()) for each in paid.values())
    left = {f.key: f.amount - sum(each.get(f.key, 0) for each in paid.values()) for f in portfolio.funds}
    made = Choice(paid, worth, {key: n for key, n in short.items() if n}, spent, left, found.proven,
                  max(int(found.bound + 1e-6), worth))  # fmt: skip
    if wrong := next(broken(portfolio, made), ""):
        raise ArithmeticError(f"the solver's answer breaks a rule: {wrong}")
    return made


def worth_of(portfolio: Portfolio, chosen: set[Key]) -> int:
    """What these components are worth together: a gap closes once."""
    gained: dict[tuple[str, str], int] = {}
    for p in portfolio.programmes:
        for c in p.components:
            if (p.key, c.key) in chosen:
                gained[p.country, c.aspect] = gained.get((p.country, c.aspect), 0) + portfolio.worth(p, c)
    return sum(min(value, portfolio.most(*group)) for group, value in gained.items())


def _costs(portfolio: Portfolio, paid: Mapping[Key, object], bound: Bound) -> int:
    return sum(c.cost for p in portfolio.programmes for c in p.components
               if (p.key, c.key) in paid and bound.covers(p, c))  # fmt: skip


def broken(portfolio: Portfolio, choice: Choice) -> Iterator[str]:
    """Every rule that a choice breaks, in whole numbers; nothing where it keeps all (floors apart, which may fall
    short)."""
    paid = choice.paid
    funded = set(choice.programmes)
    known = {(p.key, c.key): (p, c) for p in portfolio.programmes for c in p.components}
    for key, flows in paid.items():
        p, c = known[key]
        if sum(flows.values()) != c.cost or any(value < 0 for value in flows.values()):
            yield f"{key} costs {c.cost} and is paid {sum(flows.values())}"
        if any((p.key, other) not in paid for other in c.builds_on):
            yield f"{key} builds on what is not funded"
        for fund in portfolio.funds:
            if flows.get(fund.key) and fund.against(p, c):
                yield f"{fund.key} may not pay {key}"
    for p in portfolio.programmes:
        parts = [c for c in p.components if (p.key, c.key) in paid]
        if parts and (len(parts) < p.least or any(c.must and c not in parts for c in p.components)):
            yield f"{p.key} lacks components"
        if parts and any(before not in funded for before in p.builds_on):
            yield f"{p.key} builds on what is not funded"
        for fund in portfolio.funds:
            given = sum(paid[p.key, c.key].get(fund.key, 0) for c in parts)
            if 100 * given > fund.share * sum(c.cost for c in parts):
                yield f"{fund.key} pays more than its share of {p.key}"
    for fund in portfolio.funds:
        mine = {key: flows.get(fund.key, 0) for key, flows in paid.items()}
        if sum(mine.values()) > fund.amount:
            yield f"{fund.key} is overspent"
        if 100 * sum(n for key, n in mine.items() if known[key][1].overhead) > fund.overhead * sum(mine.values()):
            yield f"{fund.key} pays too much of overheads"
    for cap in portfolio.caps:
        if _costs(portfolio, paid, cap) > cap.amount:
            yield f"cap {cap.key} is passed"
    for who, much in portfolio.capacity.items():
        if sum(known[key][1].takes.get(who, 0) for key in paid) > much:
            yield f"{who} cannot deliver so much"
