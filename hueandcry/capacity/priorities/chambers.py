"""What several chambers agree comes first, each with one voice however many its members. Pure.

Within a chamber the Schulze method orders the options. Across chambers an option is as good as the chamber that puts it
lowest says: options are ordered by their lowest place, then by the next lowest, and so on (leximin). A chamber's places
do not depend on how many its members are, so headcount cannot outvote it; what all chambers put before another comes
before it. Ties are broken by group-informed consensus; what is still level stays tied, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hueandcry.capacity.priorities.opinion import Opinions, mapped
from hueandcry.capacity.priorities.schulze import Order, ranked, schulze

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
    by_chamber = _by_chamber(held)
    orders = {name: _order(cast, options) for name, cast in by_chamber.items()}
    chambers = [Chamber(name, orders[name], len(cast), (members or {}).get(name)) for name, cast in by_chamber.items()]
    places = {name: order.places for name, order in orders.items()}
    opinions = mapped(_votes(held, options), seed=seed) if held else None
    levels = _levels(places, options, lambda: _consensus(opinions))
    voters = tuple(each.voter for each in held)
    return Result(levels, tuple(chambers), places, opinions, voters, _dissent(levels, places, options))


def _by_chamber(ballots: Sequence[Ballot]) -> dict[str, list[Ballot]]:
    return {name: [each for each in ballots if each.chamber == name] for name in sorted({b.chamber for b in ballots})}


def _order(cast: Sequence[Ballot], options: int) -> Order:
    return schulze(ranked([dict(each.ranks) for each in cast], options))


def _consensus(opinions: Opinions | None) -> Sequence[float]:
    return opinions.consensus.round(12).tolist() if opinions is not None else ()


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
    places: Mapping[str, Sequence[float]], options: int, consensus: Callable[[], Sequence[float]]
) -> tuple[tuple[int, ...], ...]:
    """Options by their lowest place, then their next lowest; ``consensus`` is asked for only where some are level."""
    if not places:
        return (tuple(range(options)),) if options else ()
    keys = [tuple(sorted(round(held[each] / CLOSE) * CLOSE for held in places.values())) for each in range(options)]
    if len(set(keys)) < options:
        keys = [(*key, tie) for key, tie in zip(keys, consensus(), strict=True)]
    return tuple(
        tuple(option for option in range(options) if keys[option] == level) for level in sorted(set(keys), reverse=True)
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
    """For each voter what would be otherwise had they not voted; those without whom nothing changes are left out.

    Only the voter's own chamber is ordered anew, and once for all in it who said the same.
    """
    before = agreed(ballots, options, seed=seed)
    was, by_chamber = before.top(top), _by_chamber(ballots)
    known: dict[object, tuple[tuple[int, ...], ...]] = {}
    made = []
    for each in sorted(ballots, key=lambda ballot: ballot.voter):
        said = (each.chamber, frozenset(each.ranks.items()), frozenset(each.opinions.items()))
        if said not in known:
            known[said] = _without(each, before.places, by_chamber, options, seed)
        now = _top(known[said], top)
        changes = before.levels[:1] != known[said][:1]
        if changes or was != now:
            made.append(Leaving(each.voter, changes, tuple(sorted(now - was)), tuple(sorted(was - now))))
    return made


def _without(
    gone: Ballot,
    places: Mapping[str, Sequence[float]],
    by_chamber: Mapping[str, Sequence[Ballot]],
    options: int,
    seed: int,
) -> tuple[tuple[int, ...], ...]:
    """The common order without one ballot."""
    left = {name: [each for each in cast if each is not gone] for name, cast in by_chamber.items()}
    own = {gone.chamber: _order(left[gone.chamber], options).places} if left[gone.chamber] else {}
    rest = {name: held for name, held in places.items() if name != gone.chamber} | own
    everybody = sorted((each for cast in left.values() for each in cast), key=lambda b: (b.chamber, b.voter))
    return _levels(rest, options, lambda: _consensus(mapped(_votes(everybody, options), seed=seed)))
