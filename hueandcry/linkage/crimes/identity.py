"""Which crime a group of reports goes on being, when reports are grouped anew. No Django here.

A new group takes the crime that most of its reports were in; ties go to the older crime, and of one crime that falls
apart to the part with the oldest report. So the same data give the same crimes, and one more report changes one crime.
Hidden reports (leaves) have no say beside others: a crime that somebody sees keeps its identity, or not, for reasons
that remain when every hidden report is taken away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MERGED, SPLIT, MOVED = 0, 1, 2  # what happened to a report that is in another crime than before


@dataclass(frozen=True, slots=True)
class Outcome:
    """``crimes``: of each report, in the order given; -1, -2, ... are new crimes, ``fresh`` of them.

    ``moved``: positions of reports that were in another crime before, ``kinds`` what happened to each of those.
    ``ended``, ``into``: crimes that no report is left in, and the crime that took most of their reports.
    """

    crimes: Ints
    fresh: int
    moved: Ints
    kinds: Ints
    ended: Ints
    into: Ints


def settle(groups: Ints, before: Ints, leaves: Bools, memory: Ints | None = None) -> Outcome:
    """The crimes of reports that are grouped as ``groups`` says (any numbers) and were in ``before`` (0: in none).

    ``memory``: which crime a report speaks for, where that is not the one before (what is undone goes back).

    Reports come in the order of their ids, the oldest first, and all reports of every crime in ``before`` are among
    them. All arrays are of one length. Takes time in proportion to it, but for groups and crimes that overlap
    crosswise, which are looked at one by one.
    """
    group = _numbered(groups)
    count = int(group.max()) + 1 if len(group) else 0
    taken = _taken(group, before if memory is None else memory, leaves, count)
    fresh = np.flatnonzero(taken == 0)  # groups are numbered by their oldest report, and so are new crimes
    taken[fresh] = -1 - np.arange(len(fresh))
    crimes = taken[group]
    moved = np.flatnonzero((before > 0) & (crimes != before))
    ended, into = _ended(crimes, before, leaves)
    return Outcome(crimes, len(fresh), moved, _kinds(crimes[moved], before[moved], ended, into), ended, into)


def _numbered(groups: Ints) -> Ints:
    """Groups numbered 0, 1, ... by their first report, whatever numbers they came with."""
    _values, first, inverse = np.unique(groups, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def _taken(group: Ints, before: Ints, leaves: Bools, count: int) -> Ints:
    """By group the crime it takes over, 0 for none. Each crime goes to one group at most, largest overlaps first."""
    taken = np.zeros(count, dtype=np.int64)
    held = np.flatnonzero(before > 0)
    if not len(held):
        return taken
    spoken = np.bincount(group[~leaves], minlength=count) > 0  # groups with a report that is no leaf
    held = held[~(leaves[held] & spoken[group[held]])]
    pair_group, pair_crime, overlap, first = _overlaps(group[held], before[held], held)
    silent = ~spoken[pair_group]
    lone = (np.bincount(pair_group, minlength=count)[pair_group] == 1) & _once(pair_crime)
    taken[pair_group[lone]] = pair_crime[lone]
    rest = np.flatnonzero(~lone)
    given: set[int] = set()
    for at in rest[np.lexsort((first[rest], pair_crime[rest], -overlap[rest], silent[rest]))].tolist():
        crime = int(pair_crime[at])
        if taken[pair_group[at]] == 0 and crime not in given:
            taken[pair_group[at]] = crime
            given.add(crime)
    return taken


def _overlaps(group: Ints, crime: Ints, place: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Each pair of a group and a crime that share reports: group, crime, how many, and the place of the oldest."""
    order = np.lexsort((place, crime, group))
    group, crime, place = group[order], crime[order], place[order]
    starts = np.flatnonzero(np.r_[True, (group[1:] != group[:-1]) | (crime[1:] != crime[:-1])]) if len(group) else order
    return group[starts], crime[starts], np.diff(np.r_[starts, len(group)]), place[starts]


def _once(values: Ints) -> Bools:
    """Which of these stand here only once."""
    _values, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse] == 1)


def _ended(crimes: Ints, before: Ints, leaves: Bools) -> tuple[Ints, Ints]:
    """Crimes that nothing is left in, and what took most of what they held: of others than leaves, where there are."""
    gone = np.flatnonzero((before > 0) & ~np.isin(before, crimes))
    if not len(gone):
        return gone, gone
    spoken = np.unique(before[gone[~leaves[gone]]])
    gone = gone[~(leaves[gone] & np.isin(before[gone], spoken))]
    ended, into, overlap, first = _overlaps(before[gone], crimes[gone], gone)
    order = np.lexsort((first, -overlap, ended))
    chosen = order[np.unique(ended[order], return_index=True)[1]]
    return ended[chosen], into[chosen]


def _kinds(crimes: Ints, before: Ints, ended: Ints, into: Ints) -> Ints:
    """Merged: the crime before has ended in this one. Split: this one is new. Moved: all else."""
    kinds = np.where(crimes < 0, SPLIT, MOVED)
    if len(ended):
        at = np.minimum(np.searchsorted(ended, before), len(ended) - 1)
        kinds[(ended[at] == before) & (into[at] == crimes)] = MERGED
    return np.asarray(kinds, dtype=np.int64)
