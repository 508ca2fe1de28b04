"""The arrays that operations are found in: who holds what, in columns of numpy. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Held:
    """A row for each value that a report of a crime tells; rows may repeat. All are numbered from 0."""

    crime: NDArray[np.integer]
    value: NDArray[np.integer]
    organisation: NDArray[np.integer]  # who reported it
    day: NDArray[np.integer]  # of use, counted from any day
    leaf: Bools  # the report is hidden


@dataclass(frozen=True, slots=True)
class Values:
    """One row a value."""

    kind: NDArray[np.integer]  # number of its type
    family: NDArray[np.integer]  # number of the family of means (weights.FAMILIES)
    rest: NDArray[np.integer]  # days it may rest and be the same holder's
    prior: Floats  # 0 to 1: how telling its type is, warning lists and role counted in


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that crimes have or not: a row for each crime and what it has; ``code`` below ``width``. ``weight``:
    what one row tells, less than 1 where crimes have several, which are not independent of each other."""

    crime: Ints
    code: Ints
    width: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Crimes:
    """One row a crime; -1: not known. ``traits``: what groups are compared by (traits.py)."""

    cls: NDArray[np.integer]
    country: NDArray[np.integer]
    day: NDArray[np.integer]
    owner: NDArray[np.integer]  # of a crime that only hidden reports tell: whose they are; -1: others tell of it
    reported: NDArray[np.integer]  # by organisation, how many crimes it reported
    traits: tuple[Trait, ...] = ()


@dataclass(frozen=True, slots=True)
class Ties:
    """A crime and a value once, sorted by value, era and day. An era is a use without too long a rest: values are let
    to others, and what lies far apart is tied by nobody. ``firm``: not only hidden reports tell it."""

    crime: Ints
    value: Ints
    era: Ints  # numbered through all values
    firm: Bools
    era_value: Ints  # by era: its value
    shared: Ints  # by value: crimes that hold it firmly

    @property
    def eras(self) -> int:
        """How many eras there are."""
        return len(self.era_value)


def distinct(held: Held, values: Values, crimes: Crimes) -> Ties:
    """Each crime and value once, with its first day; values of one crime alone and without a tie are left out."""
    n = len(crimes.cls)
    rows = np.flatnonzero(np.bincount(held.value, minlength=len(values.kind))[held.value] > 1)
    crime, value = held.crime[rows].astype(np.int64), held.value[rows].astype(np.int64)
    order = np.argsort(value * n + crime, kind="stable")
    start = starts(value[order], crime[order])
    crime, value = crime[order][start], value[order][start]
    day = _reduced(np.minimum, held.day[rows][order], start)
    hidden = _reduced(np.logical_and, held.leaf[rows][order], start).astype(np.bool_)
    firm = ~hidden & (crimes.owner[crime] < 0)
    order = np.lexsort((day, value))
    crime, value, day, firm = crime[order], value[order], day[order].astype(np.int64), firm[order]
    new = np.ones(len(value), np.bool_)
    new[1:] = (value[1:] != value[:-1]) | (np.diff(day) > values.rest[value[1:]])
    return Ties(
        crime, value, np.cumsum(new) - 1, firm, value[new], np.bincount(value[firm], minlength=len(values.kind))
    )


def trait(crime: NDArray[np.integer], code: NDArray[np.integer]) -> Trait:
    """What crimes have, each once; codes below nought are not known."""
    known = np.flatnonzero(code >= 0)
    width = max(1, int(code.max(initial=-1)) + 1)
    rows = np.unique(crime[known].astype(np.int64) * width + code[known])
    of = rows // width
    several = len(rows) / max(1, len(starts(of)))
    return Trait(of, rows % width, width, 1 / max(1.0, several))


def starts(*columns: NDArray[np.integer]) -> Ints:
    """Where each run of equal rows begins, in columns sorted together."""
    if not len(columns[0]):
        return np.zeros(0, np.int64)
    new = np.ones(len(columns[0]), np.bool_)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return np.flatnonzero(new)


def _reduced(how: np.ufunc, column: NDArray[np.generic], start: Ints) -> NDArray[np.generic]:
    found: NDArray[np.generic] = how.reduceat(column, start) if len(start) else column[:0]
    return found
