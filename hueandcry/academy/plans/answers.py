"""What the pages answer, put together of what was read: a profile, a unit, the question of a plan. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hueandcry.academy.frameworks.model import Element, Framework
from hueandcry.academy.plans.profile import EXPIRING, HELD, MISSING, TOO_LOW, Held, Standing, Wanted, gaps, profile
from hueandcry.academy.plans.shown import Shown, counted
from hueandcry.academy.plans.unit import Tally, common, lacked, tallies

STATES = (HELD, EXPIRING, TOO_LOW, MISSING)


@dataclass(frozen=True, slots=True)
class Line:
    """One competence of a role: how it stands, and by what."""

    element: Element
    standing: Standing
    source: Shown | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Somebody against a role; ``held``: all that counts of what they have shown, wanted by the role or not."""

    lines: tuple[Line, ...]
    held: tuple[Held, ...]

    @property
    def standings(self) -> list[Standing]:
        """How each competence stands."""
        return [each.standing for each in self.lines]

    @property
    def counts(self) -> dict[str, int]:
        """By state how many competences."""
        found = Counter(each.state for each in self.standings)
        return {state: found[state] for state in STATES}

    def lacking(self, *, expiring: bool) -> set[str]:
        """Codes of the competences that are gaps."""
        return {each.competence for each in gaps(self.standings, expiring=expiring)}


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts, and when something is about to expire."""

    today: date
    within: int
    taught: bool


def profiled(found: Framework, role: str, shown: Sequence[Shown], counting: Counting) -> Profile:
    """One person against a role."""
    kept = counted(shown, taught=counting.taught)
    sources = {each.held: each for each in reversed(kept)}
    wants = [Wanted(code, level) for code, level in found.wants(role).items()]
    standings = profile(wants, [each.held for each in kept], counting.today, within=counting.within)
    lines = tuple(Line(found.by_code[each.wanted.competence], each, sources.get(each.by) if each.by else None)
                  for each in standings)  # fmt: skip
    return Profile(lines, tuple(each.held for each in kept))


@dataclass(frozen=True, slots=True)
class Question:
    """What a plan is to close: the gaps, what is held beforehand, and of a unit how many people lack what."""

    missing: tuple[Wanted, ...]
    held: tuple[Held, ...]
    lacking: Mapping[int, set[str]]
    short: Mapping[str, int]


def of_one(person: int, found: Profile, *, expiring: bool) -> Question:
    """What one person's plan is to close."""
    missing = tuple(gaps(found.standings, expiring=expiring))
    return Question(missing, found.held, {person: {each.competence for each in missing}},
                    {each.competence: 1 for each in missing})  # fmt: skip


def of_unit(profiles: Mapping[int, Profile], enough: int, *, expiring: bool) -> Question:
    """What a unit's plan is to close: what fewer than ``enough`` hold. Held beforehand is what all hold who lack some
    of it: whoever is sent has to be able to follow."""
    tallied: list[Tally] = tallies(each.standings for each in profiles.values())
    missing = tuple(lacked(tallied, enough, expiring=expiring))
    codes = {each.competence for each in missing}
    lacking = {person: mine for person, each in profiles.items() if (mine := each.lacking(expiring=expiring) & codes)}
    short = {each.wanted.competence: enough - (each.held if expiring else each.holding) for each in tallied}
    return Question(missing, tuple(common(profiles[person].held for person in lacking)), lacking,
                    {code: number for code, number in short.items() if number > 0})  # fmt: skip
