"""From values to groups of crimes: components, what ties only together with others, and leaves. Pure."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hueandcry.linkage.operations.arrays import Bools, Crimes, Floats, Ints, Ties, Values
from hueandcry.linkage.operations.options import Options

ROUNDS = 5  # of joining by what ties only together
_LEAST_DOUBT = 1e-4  # no value is surer than this
_NEAR = 5  # groups next to each other in one value's list that are compared


def groups(ties: Ties, probability: Floats, crimes: int, options: Options) -> Ints:
    """The group of each crime by its values, -1 where it is alone. Only what is firm ties.

    Values that are surely one group's tie whatever holds them; less sure ones tie two groups where all that the two
    share make it sure together, and a single crime to that group which it shares most with.
    """
    shared = ties.firm & (ties.shared[ties.value] > 1)
    sure = shared & (probability[ties.value] >= options.sure)
    label = _components(ties, sure, np.arange(crimes))
    weak = shared & ~sure & (probability[ties.value] >= options.weak)
    doubt = -np.log(np.clip(1 - probability, _LEAST_DOUBT, 1))
    for _ in range(ROUNDS):
        following = _joined(ties, weak, doubt, label, options)
        if following is None:
            break
        label = following
    size = np.bincount(label, minlength=1)
    return np.where(size[label] > 1, label, -1) if crimes else label


def _components(ties: Ties, rows: Bools, label: Ints) -> Ints:
    """Labels after everything that these rows tie is one; eras of values are the other kind of nodes."""
    n = int(label.max(initial=-1)) + 1
    ends = label[ties.crime[rows]], n + ties.era[rows]
    graph = coo_matrix((np.ones(len(ends[0]), np.int8), ends), shape=(n + ties.eras,) * 2)
    found: Ints = connected_components(graph, directed=False)[1][:n].astype(np.int64)
    return np.unique(found, return_inverse=True)[1][label]


def _joined(ties: Ties, weak: Bools, doubt: Floats, label: Ints, options: Options) -> Ints | None:
    """One round of joining groups by what they share; None where nothing is left to join."""
    a, b, told = _between(ties, weak, doubt, label)
    size = np.bincount(label)
    lone = np.minimum(size[a], size[b]) == 1
    wanted = np.where(lone, -np.log(1 - options.single), -np.log(1 - options.together))
    best = np.zeros(len(size))
    np.maximum.at(best, a, told)
    np.maximum.at(best, b, told)
    nearest = ((size[a] == 1) & (told >= best[a])) | ((size[b] == 1) & (told >= best[b]))
    join = (told >= wanted) & (~lone | nearest)
    if not join.any():
        return None
    graph = coo_matrix((np.ones(int(join.sum()), np.int8), (a[join], b[join])), shape=(len(size),) * 2)
    found: Ints = connected_components(graph, directed=False)[1].astype(np.int64)[label]
    return found


def _between(ties: Ties, rows: Bools, doubt: Floats, label: Ints) -> tuple[Ints, Ints, Floats]:
    """Pairs of groups that share values in these rows, and the sum over the values (nats against all being chance)."""
    n = int(label.max()) + 1
    key = np.unique(ties.era[rows] * n + label[ties.crime[rows]])
    era, group = key // n, key % n
    left, right, by = [], [], []
    for step in range(1, _NEAR + 1):
        at = np.flatnonzero(era[step:] == era[:-step])
        left.append(group[at])
        right.append(group[at + step])
        by.append(ties.era_value[era[at]])
    a, b = np.concatenate(left), np.concatenate(right)
    pairs, inverse = np.unique(np.minimum(a, b) * n + np.maximum(a, b), return_inverse=True)
    told = np.bincount(inverse, weights=doubt[np.concatenate(by)], minlength=len(pairs)).astype(np.float64)
    return pairs // n, pairs % n, told


def speaks(ties: Ties, probability: Floats, label: Ints, options: Options) -> Ints:
    """By value, the operation that most of the crimes hold it that others tell of, -1 none: what a new crime is
    attached by. Only values that tie a single crime, and the latest era where a value was let to another."""
    rows = ties.firm & (label[ties.crime] >= 0) & (probability[ties.value] >= options.single)
    at = np.flatnonzero(rows)
    n = int(label.max(initial=-1)) + 1
    key, count = np.unique(ties.era[at] * max(1, n) + label[ties.crime[at]], return_counts=True)
    era, group = key // max(1, n), key % max(1, n)
    order = np.lexsort((-group, count, era))  # within an era the commonest group last, and eras go by time
    found = np.full(len(ties.shared), -1, np.int64)
    found[ties.era_value[era[order]]] = group[order]
    return found


def with_leaves(ties: Ties, probability: Floats, label: Ints, crimes: Crimes, values: Values, options: Options) -> Ints:
    """Labels with the crimes that only hidden reports tell of: each joins the operation that its likeliest value speaks
    for; the others form some of their own, of one organisation each, so that none learns that another hides something.
    """
    label = label.copy()
    hidden = (crimes.owner[ties.crime] >= 0) & (probability[ties.value] >= options.single)
    spoken = speaks(ties, probability, label, options)
    rows = np.flatnonzero(hidden & (spoken[ties.value] >= 0))
    rows = rows[np.argsort(probability[ties.value[rows]], kind="stable")]  # the likeliest is written last
    label[ties.crime[rows]] = spoken[ties.value[rows]]
    rows = np.flatnonzero(hidden & (label[ties.crime] < 0) & (values.prior[ties.value] >= options.single))
    if not len(rows):
        return label
    owner = crimes.owner[ties.crime[rows]].astype(np.int64)
    node = np.unique(ties.era[rows] * (int(owner.max()) + 1) + owner, return_inverse=True)[1]
    own, crime = np.unique(ties.crime[rows], return_inverse=True)
    graph = coo_matrix(
        (np.ones(len(rows), np.int8), (crime, len(own) + node)), shape=(len(own) + int(node.max()) + 1,) * 2
    )
    found = connected_components(graph, directed=False)[1][: len(own)]
    several = np.bincount(found)[found] > 1
    label[own[several]] = int(label.max(initial=-1)) + 1 + found[several]
    return label
