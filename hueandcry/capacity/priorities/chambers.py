"""What several chambers agree comes first, each with one voice however many its members. Pure.

Within a chamber the Schulze method orders the options. Across chambers an option is as good as the chamber that puts it
lowest says: options are ordered by their lowest place, then by the next lowest, and so on (leximin). A chamber's places
do not depend on how many its members are, so headcount cannot outvote it; what all chambers put before another comes
before it. Ties are broken by group-informed consensus; what is still level stays tied, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hueandcry.capacity.priorities.opinion import Opinions, mapped
from hueandcry.capacity.priorities.schulze import Order, ranked, schulze

CHAMBERS = ("law-enforcement", "private-sector", "government", "academia", "civil-society")
KINDS: Mapping[str, str] = {
    "law-enforcement": "law-enforcement",
    "business": "private-sector",
    "government": "government",
    "cert": "government",
    "academia": "academia",
    "non-profit": "civil-society",
}
"""The chamber that an organisation of a kind votes in."""
CLOSE = 1e-9  # places that differ by less are level


@dataclass(frozen=True, slots=True)
class Ballot:
    """One voter's word: ranks from 1 (options left out come after all that are ranked), and opinions 1, -1, 0."""

    voter: str
    chamber: str
    ranks: Mapping[int, int]
    opinions: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chamber:
    """One chamber's order, and how many of its members voted (``members`` None: not told)."""

    name: str
    order: Order
    voted: int
    members: int | None


@dataclass(frozen=True, slots=True)
class Dissent:
    """A chamber puts an option into its last third that the result puts into the first."""

    chamber: str
    option: int
    place: float


@dataclass(frozen=True, slots=True)
class Leaving:
    """What would be otherwise without one voter: whether the first changes, and which options come into or go out of
    the first so many."""

    voter: str
    first_changes: bool
    came: tuple[int, ...]
    went: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What was agreed: levels of options, the first first; ``places[chamber][option]`` from 0 to 1."""

    levels: tuple[tuple[int, ...], ...]
    chambers: tuple[Chamber, ...]
    places: Mapping[str, tuple[float, ...]]
    opinions: Opinions | None
    voters: tuple[str, ...]
    dissent: tuple[Dissent, ...]

    def top(self, number: int) -> frozenset[int]:
        """The first so many options, with all that are tied with the last of them."""
        return _top(self.levels, number)


def _top(levels: Sequence[Sequence[int]], number: int) -> frozenset[int]:
    made: list[int] = []
    for level in levels:
        if len(made) >= number:
            break
        made += level
    return frozenset(made)


def agreed(
    ballots: Sequence[Ballot], options: int, *, members: Mapping[str, int] | None = None, seed: int = 0
) -> Result:
    """The common order of ``options`` options out of ballots. Chambers in which nobody voted have no say and are not in
    the result; ``members`` (chamber -> how many might have voted) gives the turnout."""
    held = sorted(ballots, key=lambda each: (each.chamber, each.voter))
    names = sorted({each.chamber for each in held})
    chambers, places = [], {}
    for name in names:
        cast = [each for each in held if each.chamber == name]
        order = schulze(ranked([dict(each.ranks) for each in cast], options))
        chambers.append(Chamber(name, order, len(cast), (members or {}).get(name)))
        places[name] = tuple(order.place(option) for option in range(options))
    opinions = mapped(_votes(held, options), seed=seed) if held else None
    levels = _levels(places, opinions, options)
    voters = tuple(each.voter for each in held)
    return Result(levels, tuple(chambers), places, opinions, voters, _dissent(levels, places, options))


def opinions_of(ballot: Ballot) -> dict[int, int]:
    """What a ballot says to each option: the opinions given; where none was given, what was ranked in the upper half of
    its own ranks counts as agreed and in the lower half as disagreed, with the middle as a pass. Unranked: not seen."""
    if ballot.opinions:
        return dict(ballot.opinions)
    held = sorted(set(ballot.ranks.values()))
    if len(held) < 2:
        return dict.fromkeys(ballot.ranks, 1)
    middle = (len(held) - 1) / 2
    said = {rank: (0 if n == middle else 1 if n < middle else -1) for n, rank in enumerate(held)}
    return {option: said[rank] for option, rank in ballot.ranks.items()}


def _votes(ballots: Sequence[Ballot], options: int) -> NDArray[np.float64]:
    made = np.full((len(ballots), options), np.nan)
    for row, ballot in enumerate(ballots):
        for option, said in opinions_of(ballot).items():
            made[row, option] = said
    return made


def _levels(
    places: Mapping[str, Sequence[float]], opinions: Opinions | None, options: int
) -> tuple[tuple[int, ...], ...]:
    if not places:
        return (tuple(range(options)),) if options else ()

    def key(option: int) -> tuple[float, ...]:
        lowest_first = sorted(round(held[option] / CLOSE) * CLOSE for held in places.values())
        tie = float(opinions.consensus[option].round(12)) if opinions is not None else 0.0
        return (*lowest_first, tie)

    keys = {option: key(option) for option in range(options)}
    return tuple(
        tuple(option for option in range(options) if keys[option] == level)
        for level in sorted(set(keys.values()), reverse=True)
    )


def _dissent(
    levels: Sequence[Sequence[int]], places: Mapping[str, Sequence[float]], options: int
) -> tuple[Dissent, ...]:
    """By thirds of the list: what the result has in its first third and a chamber in its last."""
    first = _top(levels, max(1, options // 3))
    return tuple(
        Dissent(name, option, held[option])
        for name, held in places.items()
        for option in sorted(first)
        if held[option] <= 1 / 3 and options > 2
    )


def leaving(ballots: Sequence[Ballot], options: int, *, top: int, seed: int = 0) -> list[Leaving]:
    """For each voter what would be otherwise had they not voted; those without whom nothing changes are left out."""
    before = agreed(ballots, options, seed=seed)
    made = []
    for voter in sorted({each.voter for each in ballots}):
        after = agreed([each for each in ballots if each.voter != voter], options, seed=seed)
        was, now = before.top(top), after.top(top)
        changes = before.levels[:1] != after.levels[:1]
        if changes or was != now:
            made.append(Leaving(voter, changes, tuple(sorted(now - was)), tuple(sorted(was - now))))
    return made
