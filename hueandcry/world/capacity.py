"""The true state of capacity in the simulated world: for each country and aspect what is so, drawn first; evidence,
targets and programmes are made from it, so that the gap board can be held against it. Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

Kind = Literal["gap", "partly covered", "covered", "duplicated effort", "unknown"]
_KINDS: Final[tuple[Kind, ...]] = ("gap", "partly covered", "covered", "duplicated effort", "unknown")
_SHARES: Final = (0.3, 0.2, 0.2, 0.1, 0.2)
AIMED: Final = 3  # the stage that the alliance aims at


class Fact(NamedTuple):
    """What is true of a country's aspect. ``stage`` None: nobody has told of evidence; ``working``: who runs a
    programme for it now, ``ended``: who did."""

    kind: Kind
    stage: int | None
    working: tuple[str, ...]
    ended: tuple[str, ...]


class Work(NamedTuple):
    """A programme of the register."""

    title: str
    provider: str
    country: str
    aspects: tuple[str, ...]
    starts: date
    ends: date


def truth(
    seed: int, countries: Sequence[str], aspects: Sequence[str], *, deepest: int = 2
) -> dict[tuple[str, str], Fact]:
    """Draw what is true: a class for each cell, and facts that make it so. ``deepest``: the highest stage of a cell
    that is not covered, as evidence for each stage has to be told indicator by indicator."""
    rng = random.Random(f"capacity {seed}")
    return {(country, aspect): _fact(rng, country, deepest) for country in countries for aspect in aspects}


def _fact(rng: random.Random, country: str, deepest: int) -> Fact:
    kind = rng.choices(_KINDS, _SHARES)[0]
    first, second = f"Harbour Institute, {country}", f"Lantern Fund, {country}"
    stage = None if kind == "unknown" else AIMED if kind == "covered" else rng.randint(0, min(deepest, AIMED - 1))
    ended = (second,) if kind in ("gap", "unknown") and rng.random() < 0.3 else ()
    if kind in ("partly covered", "duplicated effort"):
        return Fact(kind, stage, (first, second) if kind == "duplicated effort" else (first,), ended)
    return Fact(kind, stage, (first,) if kind in ("covered", "unknown") and rng.random() < 0.3 else (), ended)


def programmes(facts: dict[tuple[str, str], Fact], day: date) -> list[Work]:
    """The programmes that make the facts true on a day: one for each provider, country and whether it has ended."""
    made = []
    for country in sorted({country for country, _aspect in facts}):
        mine = {aspect: fact for (code, aspect), fact in facts.items() if code == country}
        for provider in sorted({name for fact in mine.values() for name in (*fact.working, *fact.ended)}):
            works = tuple(aspect for aspect, fact in mine.items() if provider in fact.working)
            worked = tuple(aspect for aspect, fact in mine.items() if provider in fact.ended)
            name = provider.split(",")[0]
            if works:
                made.append(Work(f"{name}: capacity of {country}", provider, country, works, day - timedelta(400),
                                 day + timedelta(400)))  # fmt: skip
            if worked:
                made.append(Work(f"{name}: first steps in {country}", provider, country, worked, day - timedelta(1_400),
                                 day - timedelta(200)))  # fmt: skip
    return made
