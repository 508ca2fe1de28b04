"""Which crimes share means and so look like one operation. Pure: arrays in, arrays out; numpy, scipy and igraph.

Nothing is trained on known operations. First each shared value gets the probability that it is one group's and not
what strangers share (``holders``). Crimes tied by values that are surely one group's are components (scipy); what is
less sure ties where several such values agree (``groups``). Large groups are taken apart, and what is likely to be one
is joined again (``joining``). Last, groups that act in the same manner one after the other are taken for one that came
back (``manner``).

A hidden report is a leaf (docs/decisions/0018-linker.md): what only it tells ties no two crimes of others, and a crime
that only hidden reports tell of joins an operation that stands without it, or one of its own organisation's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hueandcry.linkage.operations import groups, holders, joining, manner
from hueandcry.linkage.operations.arrays import Bools, Crimes, Floats, Held, Ints, Ties, Values, distinct
from hueandcry.linkage.operations.options import OPTIONS, Options


@dataclass(frozen=True, slots=True)
class Found:
    """``label``: the operation of each crime, -1 none; ``part``: which crimes of it values tie, 0 the most of them.

    ``crime``, ``value``: the ties that speak for the operation that the crime is in, one row each. Per value:
    ``strength`` 0 to 1, the probability that it is one group's; ``speaks``: for which operation, -1 none; ``shared``:
    how many crimes hold it firmly.
    """

    label: Ints
    part: Ints
    crime: Ints
    value: Ints
    strength: Floats
    speaks: Ints
    shared: Ints
    figures: dict[str, float]


def operations(held: Held, values: Values, crimes: Crimes, options: Options = OPTIONS) -> Found:
    """The operations among these crimes. Deterministic: the same arrays give the same labels."""
    ties = distinct(held, values, crimes)
    own = holders.reporters_own(held, crimes, len(values.kind), options)
    probability, learnt = holders.probabilities(ties, values, crimes, own, options)
    tied = groups.groups(ties, probability, len(crimes.cls), options)
    tied, apart = joining.joined(ties, probability, tied, crimes, options)
    label, together = manner.joined(tied, crimes, options)
    label = groups.with_leaves(ties, probability, label, crimes, values, options)
    tied = np.where((tied < 0) & (label >= 0), _of_leaves(ties, probability, tied, label, options), tied)
    label, part = _numbered(label, tied)
    rows = _speaking(ties, probability, label, tied, options)
    learnt |= apart | {"operations": float(label.max(initial=-1) + 1), "came back": float(together)}
    return Found(
        label, part, ties.crime[rows], ties.value[rows], probability, groups.speaks(ties, probability, label, options),
        ties.shared, learnt,
    )  # fmt: skip


def _of_leaves(ties: Ties, probability: Floats, tied: Ints, label: Ints, options: Options) -> Ints:
    """By crime, the part of its operation that a leaf hangs on; one of its own where it hangs on none."""
    spoken = groups.speaks(ties, probability, tied, options)
    found = int(tied.max(initial=-1)) + 1 + label
    rows = np.flatnonzero((tied[ties.crime] < 0) & (label[ties.crime] >= 0) & (spoken[ties.value] >= 0))
    rows = rows[np.argsort(probability[ties.value[rows]], kind="stable")]
    found[ties.crime[rows]] = spoken[ties.value[rows]]
    return found


def _numbered(label: Ints, tied: Ints) -> tuple[Ints, Ints]:
    """Labels from 0 without gaps; within each the parts from 0, the largest first."""
    inside = label >= 0
    found, part = np.full(len(label), -1, np.int64), np.full(len(label), -1, np.int64)
    found[inside] = np.unique(label[inside], return_inverse=True)[1]
    if not inside.any():
        return found, part
    width = int(tied.max()) + 1
    key, inverse, count = np.unique(found[inside] * width + tied[inside], return_inverse=True, return_counts=True)
    order = np.lexsort((key, -count, key // width))
    first = np.ones(len(order), np.bool_)
    first[1:] = np.diff((key // width)[order]) != 0
    rank = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    place = np.empty(len(order), np.int64)
    place[order] = rank
    part[inside] = place[inverse]
    return found, part


def _speaking(ties: Ties, probability: Floats, label: Ints, tied: Ints, options: Options) -> Bools:
    """Rows that tie their crime to others of its part of the operation: what its evidence is made of."""
    rows = (label[ties.crime] >= 0) & (probability[ties.value] >= options.weak)
    width = int(tied.max(initial=0)) + 1
    key = ties.era * width + np.maximum(0, tied[ties.crime])
    kept = np.flatnonzero(rows)
    by, inverse = np.unique(key[kept], return_inverse=True)
    firm = np.bincount(inverse, weights=ties.firm[kept], minlength=len(by))[inverse]
    owner_only = np.bincount(inverse, minlength=len(by))[inverse]
    # A firm tie leads to another firm one; a leaf's to a firm one, or to another leaf of its own part.
    good = np.where(ties.firm[kept], firm > 1, (firm > 0) | ((firm == 0) & (owner_only > 1)))
    found = np.zeros(len(rows), np.bool_)
    found[kept[good]] = True
    return found
