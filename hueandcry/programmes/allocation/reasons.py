"""Why a choice is as it is: why not others, why money is left, what more money buys, what a restriction costs. Pure.

What more money buys and what a restriction costs is found by choosing again; each question has its own time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hueandcry.programmes.allocation.choice import Choice, Key, choose, worth_of
from hueandcry.programmes.allocation.model import Bound, Fund, Portfolio, Programme

# Why a programme is not funded.
NO_FUND, BUILDS_ON, CANNOT, WORTH_LESS, NOTHING, TIME = (
    "no fund may pay for it", "builds on what is not funded", "cannot be funded beside the floors, caps and capacities",
    "worth less than what it would displace", "reduces no gap further", "time was up",
)  # fmt: skip
# Why money is left in a fund.
SPENT, NONE, DEAR, HELD, ENOUGH = (
    "all is spent", "nothing that it may pay for is there", "what it may pay for costs more than what is left",
    "a floor, a cap, a capacity or what it builds on stands against the rest",
    "what it may pay for reduces no gap further",
)  # fmt: skip
REASONS_LEFT = (SPENT, NONE, DEAR, HELD, ENOUGH)


@dataclass(frozen=True, slots=True)
class Refused:
    """A programme that is not funded: why, which restrictions stand against it, what the portfolio would lose with it
    (thousandths of a weighted stage; None where not asked)."""

    programme: str
    why: str
    restrictions: tuple[str, ...] = ()
    loses: int | None = None


@dataclass(frozen=True, slots=True)
class Leftover:
    """Money that stays in a fund, and why."""

    fund: str
    left: int
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """What something else would change: how much more the choice is worth, and which programmes come and go.
    ``proven`` False: time was up, it may be more."""

    what: str
    worth: int
    comes: tuple[str, ...]
    goes: tuple[str, ...]
    proven: bool


def refused(portfolio: Portfolio, choice: Choice, *, seconds: float = 1.0, most: int = 40) -> list[Refused]:
    """Each programme that is not funded with its reason; the first ``most`` are tried by force, to say what they would
    cost."""
    funded, made = set(choice.programmes), []
    for programme in sorted(portfolio.programmes, key=lambda each: each.key):
        if programme.key in funded:
            continue
        words = _restrictions(portfolio, programme)
        if words is not None:
            made.append(Refused(programme.key, NO_FUND, words))
        elif not _gains(portfolio, choice, programme):
            made.append(Refused(programme.key, NOTHING))
        elif len(made) >= most:
            made.append(Refused(programme.key, TIME))
        else:
            made.append(_forced(portfolio, choice, programme, seconds, funded))
    return made


def _forced(portfolio: Portfolio, choice: Choice, programme: Programme, seconds: float, funded: set[str]) -> Refused:
    found = choose(portfolio, seconds=seconds, forced=[programme.key])
    if not found.found:
        if not found.proven:
            return Refused(programme.key, TIME)
        before = any(each not in funded for each in programme.builds_on)
        return Refused(programme.key, BUILDS_ON if before else CANNOT)
    if sum(found.short.values()) > sum(choice.short.values()):
        return Refused(programme.key, CANNOT)
    return Refused(programme.key, WORTH_LESS, loses=max(0, choice.worth - found.worth))


def _restrictions(portfolio: Portfolio, programme: Programme) -> tuple[str, ...] | None:
    """The restrictions of all funds where too few of its components can be paid by any; None where some can."""
    words: set[str] = set()
    payable = 0
    for component in programme.components:
        against = [fund.against(programme, component) for fund in portfolio.funds]
        if component.cost == 0 or not all(against):
            payable += 1
        else:
            words.update(word for each in against for word in each)
            if component.must:
                return tuple(sorted(words))
    if portfolio.funds and payable >= max(1, programme.least):
        return None
    return tuple(sorted(words)) or ("no fund",)


def _gains(portfolio: Portfolio, choice: Choice, programme: Programme) -> bool:
    """Whether any of it would add worth to the choice, or helps a floor that is short."""
    more = {*choice.paid, *((programme.key, c.key) for c in programme.components)}
    helps = any(
        floor.covers(programme, c)
        for floor in portfolio.floors
        if choice.short.get(floor.key)
        for c in programme.components
    )
    needed = any(programme.key in each.builds_on for each in portfolio.programmes)
    return helps or needed or worth_of(portfolio, more) > choice.worth


def leftovers(portfolio: Portfolio, choice: Choice) -> list[Leftover]:
    """What stays in each fund, each with its reason."""
    return [Leftover(fund.key, choice.left[fund.key], _why_left(portfolio, choice, fund)) for fund in portfolio.funds]


def _why_left(portfolio: Portfolio, choice: Choice, fund: Fund) -> str:
    left = choice.left[fund.key]
    if not left:
        return SPENT
    open_ones = [
        (p, c) for p in portfolio.programmes for c in p.components
        if c.cost and (p.key, c.key) not in choice.paid and not fund.against(p, c)
    ]  # fmt: skip
    if not open_ones:
        return NONE
    adding = [
        (p, c) for p, c in open_ones if worth_of(portfolio, {*choice.paid, *_with(p, c.key, choice)}) > choice.worth
    ]  # fmt: skip
    if not adding:
        return ENOUGH
    others = sum(choice.left.values()) - left
    cheap = [(p, c) for p, c in adding if _price(p, c.key, choice) <= left + others]
    return HELD if cheap else DEAR


def _with(programme: Programme, component: str, choice: Choice) -> set[Key]:
    """The component, with what it builds on and what its programme is not funded without."""
    known = {c.key: c for c in programme.components}
    waiting, made = [component, *(c.key for c in programme.components if c.must)], set[Key]()
    while waiting:
        key = waiting.pop()
        if (programme.key, key) not in made and (programme.key, key) not in choice.paid:
            made.add((programme.key, key))
            waiting.extend(known[key].builds_on)
    return made


def _price(programme: Programme, component: str, choice: Choice) -> int:
    wanted = {key for _programme, key in _with(programme, component, choice)}
    return sum(c.cost for c in programme.components if c.key in wanted)


def more_money(portfolio: Portfolio, choice: Choice, step: int, *, seconds: float = 2.0) -> list[Change]:
    """What the next ``step`` of money in each fund buys."""
    made = []
    for fund in portfolio.funds:
        richer = [replace(each, amount=each.amount + step) if each is fund else each for each in portfolio.funds]
        made.append(_change(fund.key, choice, replace(portfolio, funds=tuple(richer)), seconds))
    return made


def without(portfolio: Portfolio, choice: Choice, *, seconds: float = 2.0) -> list[Change]:
    """What each restriction costs: of a fund, a floor, a cap, a capacity; each taken away in turn."""
    tries: list[tuple[str, Portfolio]] = []
    for fund in portfolio.funds:
        nothing: frozenset[str] = frozenset()
        lifted = {"countries": nothing, "aspects": nothing, "years": nothing, "overhead": 100, "share": 100}
        for name, free in lifted.items():
            if getattr(fund, name) != free:
                freer = replace(fund, **{name: free})  # type: ignore[arg-type]
                funds = tuple(freer if each is fund else each for each in portfolio.funds)
                tries.append((f"fund {fund.key}: {name}", replace(portfolio, funds=funds)))
    tries += [(f"floor {b.key}", replace(portfolio, floors=_but(portfolio.floors, b.key))) for b in portfolio.floors]
    tries += [(f"cap {b.key}", replace(portfolio, caps=_but(portfolio.caps, b.key))) for b in portfolio.caps]
    for who in portfolio.capacity:
        freed = {key: value for key, value in portfolio.capacity.items() if key != who}
        tries.append((f"capacity {who}", replace(portfolio, capacity=freed)))
    return [_change(what, choice, other, seconds) for what, other in tries]


def _but(bounds: Sequence[Bound], key: str) -> tuple[Bound, ...]:
    return tuple(each for each in bounds if each.key != key)


def _change(what: str, choice: Choice, other: Portfolio, seconds: float) -> Change:
    found = choose(other, seconds=seconds)
    before, after = set(choice.programmes), set(found.programmes)
    return Change(what, found.worth - choice.worth, tuple(sorted(after - before)), tuple(sorted(before - after)),
                  found.proven)  # fmt: skip
