"""What of a role somebody holds, and what is about to expire, too low or missing. Pure.

Levels are those of the European Qualifications Framework, 1 to 8; 0 is "none said". Where a role says no level, any
level is enough; a competence that says no level is below every level that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

HELD, EXPIRING, TOO_LOW, MISSING = "held", "expiring", "too low", "missing"


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A competence, and the least level of it that is wanted."""

    competence: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A competence that somebody has shown, at which level, and the last day on which that stands (None: for good)."""

    competence: str
    level: int = 0
    until: date | None = None

    def stands(self, day: date) -> bool:
        """Whether it has not expired by this day; on its last day it still stands."""
        return self.until is None or self.until >= day


@dataclass(frozen=True, slots=True)
class Standing:
    """One competence of a role: how it stands (HELD, EXPIRING, TOO_LOW or MISSING) by what is held best. ``by`` is None
    where nothing is; where all has expired it is the one that did so last, and the competence is MISSING."""

    wanted: Wanted
    state: str
    by: Held | None = None


def merged(wants: Iterable[Wanted]) -> dict[str, int]:
    """Competence -> level; of one that is wanted twice, the higher."""
    made: dict[str, int] = {}
    for each in wants:
        made[each.competence] = max(each.level, made.get(each.competence, 0))
    return made


def profile(wants: Iterable[Wanted], held: Iterable[Held], today: date, *, within: int = 90) -> list[Standing]:
    """How each competence of a role stands today, in the order wanted. EXPIRING: it is held at the level, and the last
    of what holds it there ends within that many days from today. Raises ValueError for days below 0."""
    if within < 0:
        raise ValueError("days below 0")
    shown: dict[str, list[Held]] = {}
    for each in held:
        shown.setdefault(each.competence, []).append(each)
    return [_standing(Wanted(*each), shown.get(each[0], []), today, within) for each in merged(wants).items()]


def _standing(wanted: Wanted, shown: list[Held], today: date, within: int) -> Standing:
    standing = [each for each in shown if each.stands(today)]
    enough = [each for each in standing if each.level >= wanted.level]
    if enough:
        best = max(enough, key=lambda each: (each.until or date.max, each.level))
        soon = best.until is not None and best.until <= today + timedelta(days=within)
        return Standing(wanted, EXPIRING if soon else HELD, best)
    if standing:
        return Standing(wanted, TOO_LOW, max(standing, key=lambda each: (each.level, each.until or date.max)))
    return Standing(wanted, MISSING, max(shown, key=lambda each: (each.until or date.max, each.level), default=None))


def gaps(standings: Iterable[Standing], *, expiring: bool = True) -> list[Wanted]:
    """What has to be learnt or shown anew: all that is not held, and what is expiring, unless told otherwise."""
    open_states = {TOO_LOW, MISSING, EXPIRING} if expiring else {TOO_LOW, MISSING}
    return [each.wanted for each in standings if each.state in open_states]
