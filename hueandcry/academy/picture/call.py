"""Which training a country calls for, beside what it has: roles, the aspects of capacity that they serve. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Which aspect of the maturity model the people of a role serve; every other role is of the police.
ASPECT_OF: Final[Mapping[str, str]] = {"PRO": "4.3.b", "JUD": "4.3.c"}
POLICE: Final = "4.3.a"
UPTAKE: Final = "3.3.b"  # who takes part in training, whatever the role

CALLED_FOR, SOME, ENOUGH, UNKNOWN = "called for", "begun", "as aimed", "not known"


def aspect_of(role: str) -> str:
    """The aspect of capacity that people of this role serve."""
    return ASPECT_OF.get(role, POLICE)


@dataclass(frozen=True, slots=True)
class Line:
    """A country and an aspect: stage shown (None: unknown), stage aimed at (None: none), how often among the countries
    most in need (0 to 1, None: unknown), people certified for roles that serve it (None: fewer than five)."""

    country: str
    aspect: str
    stage: int | None
    aim: int | None
    share: float | None
    people: int | None

    @property
    def state(self) -> str:
        """CALLED_FOR: below the aim, and fewer than five certified; SOME: below it with five or more; ENOUGH: the aim
        is reached; UNKNOWN: no stage, or no aim."""
        if self.stage is None or self.aim is None:
            return UNKNOWN
        if self.stage >= self.aim:
            return ENOUGH
        return SOME if self.people else CALLED_FOR


def order(line: Line) -> tuple[int, float, float, str, str]:
    """What is called for first: then the countries most in need, then the widest gap."""
    place = (CALLED_FOR, SOME, UNKNOWN, ENOUGH).index(line.state)
    gap = (line.aim or 0) - (line.stage or 0)
    return place, -(line.share or 0), -gap, line.country, line.aspect


def lines(
    stages: Mapping[str, Mapping[str, int | None]], aims: Mapping[tuple[str, str], int],
    shares: Mapping[str, float | None], people: Mapping[tuple[str, str], int],
) -> list[Line]:  # fmt: skip
    """A line for each country of which a stage, a need or people are known, and each aspect of training.

    ``stages`` by country and aspect; ``aims`` by (country, aspect), "" for every country; ``shares`` by country;
    ``people`` by (country, aspect)."""
    countries = {*stages, *shares, *(country for country, _aspect in people)}
    made = [
        Line(
            country, aspect, stages.get(country, {}).get(aspect),
            aims.get((country, aspect), aims.get(("", aspect))), shares.get(country), people.get((country, aspect)),
        )
        for country in countries for aspect in (UPTAKE, POLICE, *ASPECT_OF.values())
    ]  # fmt: skip
    return sorted((each for each in made if each.stage is not None or each.people), key=order)
