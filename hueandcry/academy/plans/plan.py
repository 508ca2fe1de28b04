"""Which courses close what somebody lacks: the fewest and cheapest of those that close most, by integer programming
(HiGHS). Pure.

What comes first is never traded for what comes after: most gaps closed, then fewest courses, then least money, then
least days, then those that begin first, then the order of keys. Each is solved in turn with the ones before it held
fast. Money is whole numbers of the currency's smallest unit, and every answer is checked in whole numbers, so that no
rounding of the solver exceeds a budget. Every gap that stays open comes with a reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import gcd
from typing import Any

from hueandcry.academy.plans.profile import Held, Wanted, merged
from hueandcry.capacity import highs

MOST_SESSIONS, MOST_GAPS = 5_000, 1_000

# Words for why a gap stays open.
NOBODY, LEVEL, FULL, LANGUAGE, DATES, COUNTRY, CURRENCY, COST, PREREQUISITE, SAME_TIME, BUDGET, TIME = (
    "nobody teaches it", "only at a lower level", "no place is free", "other language", "outside the dates",
    "no travel there", "other currency", "costs more than the budget", "wants what is not held", "same time as another",
    "budget is spent", "time was up",
)  # fmt: skip
REASONS = (NOBODY, LEVEL, FULL, LANGUAGE, DATES, COUNTRY, CURRENCY, COST, PREREQUISITE, SAME_TIME, BUDGET, TIME)


@dataclass(frozen=True, slots=True)
class Offered:
    """A session of a course: what it teaches and wants beforehand (competence -> EQF level), its first and last day,
    what it costs (whole units of the currency's smallest), in which language and country ("": online), and whether all
    its places are taken."""

    key: str
    course: str
    teaches: Mapping[str, int]
    starts: date
    ends: date
    cost: int = 0
    currency: str = "EUR"
    language: str = "en"
    country: str = ""
    wants: Mapping[str, int] = field(default_factory=dict)
    full: bool = False

    @property
    def days(self) -> int:
        """How many days it lasts, the first and the last among them."""
        return (self.ends - self.starts).days + 1

    def closes(self, competence: str, level: int) -> bool:
        """Whether it teaches that, at that level or above."""
        return competence in self.teaches and self.teaches[competence] >= level

    def meets(self, other: Offered) -> bool:
        """Whether they share a day."""
        return self.starts <= other.ends and other.starts <= self.ends


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody can do. ``budget``: for all courses together, None for no limit; ``languages``: those they follow a
    course in; ``earliest`` and ``latest``: days within which every course lies; ``countries``: where they can go, or
    ``everywhere``; ``online``: whether courses online will do."""

    languages: frozenset[str]
    earliest: date
    latest: date
    budget: int | None = None
    currency: str = "EUR"
    countries: frozenset[str] = frozenset()
    everywhere: bool = False
    online: bool = True


@dataclass(frozen=True, slots=True)
class Left:
    """A gap that stays open. ``why``: everything that stands against the session that comes nearest to closing it
    (``nearest``, "" where none teaches it); ``always``: those of REASONS that stand against every session."""

    wanted: Wanted
    why: tuple[str, ...]
    always: tuple[str, ...] = ()
    nearest: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """``chosen``, in the order of their first days; ``closed``: competence -> key of the first session that closes it;
    ``left``; what it costs and how many days of courses it is; ``proven``: no plan is better, else time was up."""

    chosen: tuple[Offered, ...]
    closed: Mapping[str, str]
    left: tuple[Left, ...]
    cost: int
    days: int
    proven: bool


def against(session: Offered, limits: Limits) -> tuple[str, ...]:
    """What stands against one session whatever else is chosen; prerequisites apart."""
    away = not limits.online if not session.country else not (limits.everywhere or session.country in limits.countries)
    dear = limits.budget is not None and session.currency == limits.currency and session.cost > limits.budget
    found = (
        (FULL, session.full), (LANGUAGE, session.language not in limits.languages),
        (DATES, session.starts < limits.earliest or session.ends > limits.latest),
        (COUNTRY, away), (CURRENCY, session.cost > 0 and session.currency != limits.currency), (COST, dear),
    )  # fmt: skip
    return tuple(word for word, stands in found if stands)


def plan(
    missing: Iterable[Wanted], sessions: Iterable[Offered], limits: Limits, *, held: Iterable[Held] = (),
    seconds: float = 5.0,
) -> Plan:  # fmt: skip
    """The plan that closes most of what is missing, with the fewest courses, then the least money, then the least days,
    then the earliest (least sum of places in the order of first day and key).

    No two chosen sessions share a day; what a session wants beforehand is ``held`` on its first day or taught by a
    chosen one that ends before it. Stops after about ``seconds`` with the best found. The same input, in whichever
    order, gives the same answer. Raises ValueError for more than MOST_SESSIONS or MOST_GAPS, a key twice, a cost
    below 0, or a session that ends before it starts.
    """
    wanted = merged(missing)
    offered = sorted(sessions, key=lambda each: (each.starts, each.key))
    _refuse(offered, wanted)
    had = list(held)
    stands = {each.key: against(each, limits) for each in offered}
    can = [each for each in offered if not stands[each.key]]
    while True:  # without what it wants beforehand a session falls out, and with it those that stand on it
        lacking = [each for each in can if any(not _before(can, each, *want) for want in _open(each, had))]
        if not lacking:
            break
        stands |= {each.key: (PREREQUISITE,) for each in lacking}
        can = [each for each in can if not stands[each.key]]
    useful = _useful(can, wanted, had)
    place = {each.key: n for n, each in enumerate(offered, 1)}
    chosen, proven = _solved(useful, wanted, had, limits.budget, [place[each.key] for each in useful], seconds)
    closed: dict[str, str] = {}
    for competence, level in wanted.items():
        key = next((each.key for each in chosen if each.closes(competence, level)), "")
        if key:
            closed[competence] = key
    left = tuple(
        _left(Wanted(competence, level), offered, stands, chosen, had, limits.budget, proven)
        for competence, level in wanted.items() if competence not in closed
    )  # fmt: skip
    return Plan(tuple(chosen), closed, left, sum(each.cost for each in chosen), sum(each.days for each in chosen),
                proven)  # fmt: skip


def _refuse(offered: Sequence[Offered], wanted: Mapping[str, int]) -> None:
    if len(offered) > MOST_SESSIONS or len(wanted) > MOST_GAPS:
        raise ValueError(f"more than {MOST_SESSIONS} sessions or {MOST_GAPS} gaps")
    if len({each.key for each in offered}) != len(offered):
        raise ValueError("two sessions have one key")
    for each in offered:
        if each.cost < 0 or each.ends < each.starts:
            raise ValueError(f"{each.key} costs less than nothing or ends before it starts")


def _open(session: Offered, held: Sequence[Held]) -> list[tuple[str, int]]:
    """What it wants beforehand that is not held on its first day."""
    return [
        (code, level) for code, level in sorted(session.wants.items())
        if not any(each.competence == code and each.level >= level and each.stands(session.starts) for each in held)
    ]  # fmt: skip


def _before(sessions: Iterable[Offered], session: Offered, code: str, level: int) -> list[Offered]:
    """Those that teach it and end before this one starts."""
    return [each for each in sessions if each.ends < session.starts and each.closes(code, level)]


def _useful(can: Sequence[Offered], wanted: Mapping[str, int], held: Sequence[Held]) -> list[Offered]:
    """Those that close a gap, and those that one of these stands on."""
    kept = {each.key: each for each in can if any(each.closes(*want) for want in wanted.items())}
    waiting = list(kept.values())
    while waiting:
        one = waiting.pop()
        for want in _open(one, held):
            for each in _before(can, one, *want):
                if each.key not in kept:
                    kept[each.key] = each
                    waiting.append(each)
    return [each for each in can if each.key in kept]


@dataclass(frozen=True, slots=True)
class _Row:
    """The sum of ``weights`` (column -> whole number) is at most ``bound``."""

    weights: Mapping[int, int]
    bound: int

    def holds(self, chosen: set[int]) -> bool:
        return sum(weight for n, weight in self.weights.items() if n in chosen) <= self.bound


@dataclass(frozen=True, slots=True)
class _Problem:
    """Which of ``number`` sessions to choose. ``shapes``: which sessions close a gap -> how many gaps they are that the
    same sessions close; ``rows``: what every plan keeps to, and what has been found best so far."""

    number: int
    shapes: Mapping[tuple[int, ...], int]
    rows: list[_Row]

    def closed(self, chosen: set[int]) -> int:
        """How many gaps these sessions close."""
        return sum(gaps for mine, gaps in self.shapes.items() if not chosen.isdisjoint(mine))


def _rows(sessions: Sequence[Offered], held: Sequence[Held], budget: int | None) -> list[_Row]:
    """What every plan keeps to: no day twice, prerequisites, the budget."""
    at = {each.key: n for n, each in enumerate(sessions)}
    crowds = {frozenset(n for n, each in enumerate(sessions) if each.starts <= one.starts <= each.ends)
              for one in sessions}  # fmt: skip  # times that meet pairwise share a day, one on which one of them begins
    largest = [each for each in crowds if len(each) > 1 and not any(each < other for other in crowds)]
    rows = [_Row(dict.fromkeys(sorted(each), 1), 1) for each in sorted(largest, key=sorted)]
    rows += [
        _Row({n: 1} | {at[each.key]: -1 for each in _before(sessions, session, *want)}, 0)
        for n, session in enumerate(sessions) for want in _open(session, held)
    ]  # fmt: skip
    if budget is not None and sum(each.cost for each in sessions) > budget:
        rows.append(_Row({n: each.cost for n, each in enumerate(sessions) if each.cost}, budget))
    return rows


def _solved(
    sessions: Sequence[Offered], wanted: Mapping[str, int], held: Sequence[Held], budget: int | None,
    places: Sequence[int], seconds: float,
) -> tuple[list[Offered], bool]:  # fmt: skip
    """The chosen ones, and whether that is proven to be best."""
    shapes: dict[tuple[int, ...], int] = {}
    for want in wanted.items():
        if mine := tuple(n for n, each in enumerate(sessions) if each.closes(*want)):
            shapes[mine] = shapes.get(mine, 0) + 1
    if not shapes:
        return [], True
    until = time.monotonic() + seconds
    number = len(sessions)
    problem = _Problem(number, shapes, _rows(sessions, held, budget))
    chosen, proven = _run(problem, [0] * number, None, _filled(set(), sessions, problem), until)
    if not proven:
        chosen = _filled(chosen, sessions, problem)
    most = problem.closed(chosen)
    for cost in ([1] * number, [each.cost for each in sessions], [each.days for each in sessions]):
        if proven and any(cost):
            chosen, proven = _run(problem, cost, most, chosen, until)
            problem.rows.append(_Row(dict(enumerate(cost)), sum(cost[n] for n in chosen)))
    if proven and chosen:
        beyond = len(chosen) * max(places) + 1  # more than so many places come to: one day's wait outweighs them
        last = [(each.starts - sessions[0].starts).days * beyond + place
                for each, place in zip(sessions, places, strict=True)]  # fmt: skip
        chosen, proven = _run(problem, last, most, chosen, until)
    return [sessions[n] for n in sorted(chosen)], proven


def _filled(chosen: set[int], sessions: Sequence[Offered], problem: _Problem) -> set[int]:
    """With what can be added one by one, each time what closes most and of those costs least: where the search begins,
    and what is given where it has no time to find better."""
    made = set(chosen)
    closes: list[set[int]] = [set() for _each in sessions]
    for k, mine in enumerate(problem.shapes):
        for n in mine:
            closes[n].add(k)
    gaps = list(problem.shapes.values())
    done = set[int]().union(*(closes[n] for n in made))
    while True:
        worth = {n: sum(gaps[k] for k in closes[n] - done) for n in range(problem.number) if n not in made}
        ranked = sorted((-gain, sessions[n].cost, n) for n, gain in worth.items() if gain)
        fits = (
            n for _gain, _cost, n in ranked if all(row.holds(made | {n}) for row in problem.rows if n in row.weights)
        )
        best = next(fits, None)
        if best is None:
            return made
        made.add(best)
        done |= closes[best]


def _run(
    problem: _Problem, cost: Sequence[int], most: int | None, known: set[int], until: float
) -> tuple[set[int], bool]:  # fmt: skip
    """Least cost that closes ``most`` gaps, or with None as many gaps as can be; ``known`` keeps all rows and is where
    it begins, and what is given where time is up before anything better is found.

    What the solver gives is checked in whole numbers: a sum that its rounding let pass is cut off, and it runs again.
    """
    number, shapes = problem.number, list(problem.shapes)
    gaps = {number + k: problem.shapes[mine] for k, mine in enumerate(shapes)}
    unit = gcd(*cost) or 1
    lines = [_scaled(row) for row in problem.rows]
    lines += [({**dict.fromkeys(mine, -1), number + k: 1}, 0) for k, mine in enumerate(shapes)]
    if most is None:
        objective = [*cost, *(-each for each in gaps.values())]
    else:
        objective = [*(each // unit for each in cost), *(0 for _each in gaps)]
        lines.append(({n: -each for n, each in gaps.items()}, -most))
    solver = _solver(objective, lines)
    start = [n in known for n in range(number)] + [not known.isdisjoint(mine) for mine in shapes]
    _begin(solver, [float(each) for each in start])
    while (seconds := until - time.monotonic()) > 0:
        found, proven = _answer(solver, number, seconds)
        if found is None or problem.closed(found) < (most or 0):
            break
        broken = next((row for row in problem.rows if min(row.weights.values()) >= 0 and not row.holds(found)), None)
        if broken is None:
            return found, proven
        cut = [n for n, weight in broken.weights.items() if weight and n in found]
        _add(solver, dict.fromkeys(cut, 1.0), len(cut) - 1.0)
    return known, False


def _scaled(row: _Row) -> tuple[dict[int, int], int]:
    """The row in smaller numbers, where its weights have a divisor in common; its bound is rounded down."""
    unit = gcd(*row.weights.values()) or 1
    return {n: weight // unit for n, weight in row.weights.items() if weight}, row.bound // unit


def _solver(objective: Sequence[int], lines: Sequence[tuple[Mapping[int, int], int]]) -> Any:
    """Which columns to choose: least ``objective``, each line at most its bound."""
    rows = [highs.Row(weights, high=bound) for weights, bound in lines]
    return highs.solver(objective, rows, mip_abs_gap=0.5, mip_feasibility_tolerance=1e-9)


def _begin(solver: Any, values: list[float]) -> None:
    import highspy

    start = highspy.HighsSolution()
    start.col_value = values
    solver.setSolution(start)


def _add(solver: Any, weights: Mapping[int, float], most: float) -> None:
    import highspy
    import numpy as np

    solver.addRow(-highspy.kHighsInf, most, len(weights), np.array(list(weights), dtype=np.int32),
                  np.array(list(weights.values())))  # fmt: skip


def _answer(solver: Any, number: int, seconds: float) -> tuple[set[int] | None, bool]:
    """What it chose (None: nothing found in time), and whether it is proven best."""
    solver.setOptionValue("time_limit", solver.getRunTime() + seconds)  # it counts all its runs together
    values, proven = highs.answer(solver)
    if values is None:
        return None, False
    return {n for n in range(number) if values[n] > 0.5}, proven


def _left(
    wanted: Wanted, offered: Sequence[Offered], stands: Mapping[str, tuple[str, ...]], chosen: Sequence[Offered],
    held: Sequence[Held], budget: int | None, proven: bool,
) -> Left:  # fmt: skip
    """Why a gap stays open: against each session that would close it something stands, by itself or beside the plan."""
    teach = [each for each in offered if wanted.competence in each.teaches]
    enough = [each for each in teach if each.closes(wanted.competence, wanted.level)]
    if not enough:
        why = (LEVEL,) if teach else (NOBODY,)
        return Left(wanted, why, why, min((each.key for each in teach), default=""))
    whys = {each.key: stands[each.key] or _beside(each, chosen, held, budget, proven) for each in enough}
    always = tuple(word for word in REASONS if all(word in why for why in whys.values()))
    nearest = min(enough, key=lambda each: (bool(stands[each.key]), len(whys[each.key]), each.cost, each.key))
    return Left(wanted, whys[nearest.key], always, nearest.key)


def _beside(
    session: Offered, chosen: Sequence[Offered], held: Sequence[Held], budget: int | None, proven: bool
) -> tuple[str, ...]:  # fmt: skip
    """What stands against adding a session to the plan; where time was up, a plan that has room for it may exist."""
    spent = sum(each.cost for each in chosen)
    found = (
        (PREREQUISITE, any(not _before(chosen, session, *want) for want in _open(session, held))),
        (SAME_TIME, any(session.meets(each) for each in chosen)),
        (BUDGET, budget is not None and spent + session.cost > budget), (TIME, not proven),
    )  # fmt: skip
    return tuple(word for word, stands in found if stands)
