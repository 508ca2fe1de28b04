"""The Schulze method: an order out of rankings by strongest paths of pairwise victories. Pure.

Schulze, A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner election method,
Social Choice and Welfare 36 (2011), with winning votes as the strength of a link.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNRANKED = 10**9  # below everything that somebody ranked, level with everything else that they did not

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Order:
    """Options in levels, the first comes first; options of one level are tied. ``paths[i, j]``: the strongest path."""

    levels: tuple[tuple[int, ...], ...]
    preferred: Ints
    paths: Ints

    @property
    def places(self) -> tuple[float, ...]:
        """Where each option stands, from 0 (last) to 1 (first); tied options share the middle of their places."""
        below = len(self.paths)
        made = [0.0] * below
        for level in self.levels:
            below -= len(level)
            for option in level:
                made[option] = (below + (len(level) - 1) / 2) / max(1, len(self.paths) - 1)
        return tuple(made)


def preferred(ranks: Ints) -> Ints:
    """How many prefer i to j, for every pair. ``ranks``: voters x options, 1 is best, equal ranks are ties."""
    options = ranks.shape[1]
    made = np.zeros((options, options), np.int64)
    for one in range(options):  # a row at a time: voters x options stays small however many voters there are
        made[one] = (ranks[:, one : one + 1] < ranks).sum(axis=0)
    return made


def strongest_paths(wins: Ints) -> Ints:
    """The strength of the strongest path between any two options: that whose weakest link is strongest of all."""
    paths: Ints = np.where(wins > wins.T, wins, 0)
    for middle in range(len(paths)):
        np.maximum(paths, np.minimum(paths[:, middle : middle + 1], paths[middle : middle + 1, :]), out=paths)
    np.fill_diagonal(paths, 0)
    return paths


def schulze(ranks: Ints) -> Order:
    """The order of the options out of rankings (voters x options; ``UNRANKED`` for what a voter did not rank).

    The relation “has the stronger path” is transitive (Schulze, section 4.1), so a level is what nothing left beats.
    """
    wins = preferred(ranks)
    paths = strongest_paths(wins)
    beats = paths > paths.T
    left, levels = list(range(len(paths))), []
    while left:
        level = tuple(one for one in left if not beats[left, one].any())
        levels.append(level)
        left = [one for one in left if one not in level]
    return Order(tuple(levels), wins, paths)


def ranked(ballots: Sequence[dict[int, int]], options: int) -> Ints:
    """Ballots (option -> rank from 1) as an array of voters x options."""
    made = np.full((len(ballots), options), UNRANKED, np.int64)
    for row, ballot in enumerate(ballots):
        for option, rank in ballot.items():
            made[row, option] = rank
    return made
