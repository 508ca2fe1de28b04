"""A unit against a role: how many hold each competence, what its people lack, what may be told to others. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hueandcry.academy.plans.plan import Offered, Plan
from hueandcry.academy.plans.profile import EXPIRING, HELD, MISSING, TOO_LOW, Held, Standing, Wanted

LEAST = 5  # of fewer people nothing is told to others


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one competence: of how many people it is held, about to expire, too low, missing."""

    wanted: Wanted
    held: int
    expiring: int
    too_low: int
    missing: int

    @property
    def people(self) -> int:
        """How many people there are."""
        return self.held + self.expiring + self.too_low + self.missing

    @property
    def holding(self) -> int:
        """How many hold it today, about to expire or not."""
        return self.held + self.expiring


def tallies(profiles: Iterable[Sequence[Standing]]) -> list[Tally]:
    """The competences of a role in its order, over the profiles of a unit's people against that role."""
    states: dict[Wanted, list[str]] = {}
    for profile in profiles:
        for each in profile:
            states.setdefault(each.wanted, []).append(each.state)
    return [Tally(wanted, *(given.count(state) for state in (HELD, EXPIRING, TOO_LOW, MISSING)))
            for wanted, given in states.items()]  # fmt: skip


def for_others(tally: Tally) -> tuple[int, int] | None:
    """How many hold it and how many do not; None where either is from one to four people, or the unit is so small:
    with one of the two the other would follow."""
    holding, lacking = tally.holding, tally.people - tally.holding
    if tally.people < LEAST or 0 < holding < LEAST or 0 < lacking < LEAST:
        return None
    return holding, lacking


def lacked(tallied: Iterable[Tally], enough: int, *, expiring: bool = True) -> list[Wanted]:
    """What fewer than ``enough`` people hold; where ``expiring``, what is about to expire is held by nobody."""
    return [each.wanted for each in tallied if (each.held if expiring else each.holding) < enough]


def common(people: Iterable[Iterable[Held]]) -> list[Held]:
    """What all of them hold, at the lowest of their levels and until the first of their days; nothing of nobody."""
    everybody = [_best(held) for held in people]
    shared = set.intersection(*(set(each) for each in everybody)) if everybody else set()
    made = []
    for code in sorted(shared):
        held = [each[code] for each in everybody]
        ends = [each.until for each in held if each.until is not None]
        made.append(Held(code, min(each.level for each in held), min(ends, default=None)))
    return made


def _best(held: Iterable[Held]) -> dict[str, Held]:
    best: dict[str, Held] = {}
    for each in held:
        known = best.get(each.competence)
        if known is None or (each.until or date.max, each.level) > (known.until or date.max, known.level):
            best[each.competence] = each
    return best


def sent(plan: Plan, open_of: Mapping[int, Collection[str]], short: Mapping[str, int]) -> dict[str, int]:
    """By session of a plan, how many people it is for: those who lack something that it closes (``open_of``: person ->
    competences), though no more than are ``short`` of enough; and no fewer than a session that builds on it."""
    made: dict[str, int] = {}
    for session in reversed(plan.chosen):
        codes = {code for code, key in plan.closed.items() if key == session.key}
        lacking = sum(not codes.isdisjoint(mine) for mine in open_of.values())
        after = [made[each.key] for each in builds_on(plan, session)]
        made[session.key] = max(min(lacking, sum(short.get(code, 0) for code in codes)), *after, 0)
    return made


def builds_on(plan: Plan, session: Offered) -> list[Offered]:
    """The sessions of a plan that come after this one and want beforehand something that it teaches."""
    return [each for each in plan.chosen if each.starts > session.ends and each.wants.keys() & session.teaches.keys()]
