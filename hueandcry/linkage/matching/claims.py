"""Clusters told as pairs: each pair of one cluster, with the chance that follows from all that was compared in it.

Two records are one if their own comparison is right, or if both are one with a third of their cluster. Taking these
ways as independent, the chance is ``1 - (1 - p_ij) * product over k of (1 - p_ik * p_kj)``. A pair whose own comparison
and whose third records leave it below the threshold is in the cluster because the cluster as a whole reached the
threshold: it carries just that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LARGEST = 400  # records of a cluster up to which all third records are looked at (its cube of work)
CERTAIN = 50.0  # bits; beyond them a double cannot tell a probability from 1


def claimed(
    label: Ints, left: Ints, right: Ints, weight: Floats, *, threshold: float
) -> tuple[Ints, Ints, Floats, Floats]:
    """Pairs of positions (left < right) within clusters, with match weight (bits) and probability.

    ``label``: the cluster of each record; ``left``, ``right``, ``weight``: what was compared.
    """
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.r_[True, label[order][1:] != label[order][:-1]]) if len(order) else np.zeros(0, int)
    sizes = np.diff(np.r_[starts, len(order)])
    place = np.empty(len(label), dtype=np.int64)
    place[order] = np.arange(len(label)) - np.repeat(starts, sizes)
    inside = label[left] == label[right]
    by_cluster = np.argsort(label[left[inside]], kind="stable")
    l_in, r_in, w_in = (side[inside][by_cluster] for side in (left, right, weight))
    first = np.searchsorted(label[l_in], label[order][starts], side="left")
    last = np.searchsorted(label[l_in], label[order][starts], side="right")
    found = []
    for at in np.flatnonzero(sizes > 1):
        members, held = order[starts[at] : starts[at] + sizes[at]], slice(first[at], last[at])
        bits = _within(int(sizes[at]), place[l_in[held]], place[r_in[held]], w_in[held], threshold)
        one, other = np.triu_indices(len(members), 1)
        found.append((members[one], members[other], bits[one, other]))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    one, other, bits = (np.concatenate(part) for part in zip(*found, strict=True))
    return one, other, bits, 1 / (1 + 2.0**-bits)


def _within(size: int, left: Ints, right: Ints, weight: Floats, threshold: float) -> Floats:
    """Bits of every pair of one cluster of this many records."""
    chance = np.zeros((size, size))
    chance[left, right] = chance[right, left] = 1 / (1 + 2.0 ** -np.clip(weight, -CERTAIN, CERTAIN))
    doubt = np.log2(np.maximum(1 - chance, 2.0**-CERTAIN))
    if 2 < size <= LARGEST:
        doubt = doubt + sum(np.log2(np.maximum(1 - np.outer(third, third), 2.0**-CERTAIN)) for third in chance)
    doubt = np.maximum(doubt, -CERTAIN)
    bits = np.log2(np.maximum(1 - 2.0**doubt, 2.0**-CERTAIN)) - doubt
    return np.asarray(np.maximum(bits, threshold), dtype=np.float64)
