"""From pairs to things: which records are one, so that a chain of weak likenesses does not make one of many.

Average linkage (Sokal and Michener, 1958) on match weights: two clusters become one as long as the mean weight of all
pairs between them, those that were never compared counted at ``absent`` bits, is at least ``threshold``. Merging all
pairs of clusters that are each other's nearest at once gives the same tree as merging the nearest pair each time,
because average linkage is reducible (Murtagh, "A survey of recent advances in hierarchical clustering", 1983): so it
runs in a few rounds over arrays. Components that are already cliques are done at the outset.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ABSENT = -1.0  # bits of a pair that no blocking rule brought up, or that scored below what was kept
CEILING = 20.0  # no pair weighs more or less than this: one pair cannot outweigh everything else
ALONE = -1


@dataclass(frozen=True)
class _Edges:
    """What stands between clusters: sums of weights, how many pairs were seen, how many may not be together."""

    left: Ints
    right: Ints
    total: Floats
    seen: Ints
    barred: Ints

    def __len__(self) -> int:
        return len(self.left)

    def take(self, which: Bools) -> _Edges:
        return _Edges(self.left[which], self.right[which], self.total[which], self.seen[which], self.barred[which])

    def gathered(self, label: Ints) -> _Edges:
        """The same between the clusters that ``label`` names; edges within one are gone."""
        a, b = label[self.left], label[self.right]
        low, high = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((high, low))
        order = order[low[order] != high[order]]
        low, high = low[order], high[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        starts = np.flatnonzero(first)

        def add(values: NDArray[np.generic]) -> NDArray[np.generic]:
            return np.add.reduceat(values[order], starts) if len(starts) else values[:0]

        return _Edges(low[starts], high[starts], add(self.total), add(self.seen), add(self.barred))  # type: ignore[arg-type]


def clusters(
    ids: ArrayLike,
    left: ArrayLike,
    right: ArrayLike,
    weight: ArrayLike,
    *,
    threshold: float = 0.0,
    absent: float = ABSENT,
    together: Iterable[tuple[object, object]] = (),
    apart: Iterable[tuple[object, object]] = (),
    leaves: ArrayLike | None = None,
    sources: ArrayLike | None = None,
) -> Ints:
    """A label for each of ``ids``: the position of its cluster's first record.

    ``left``, ``right``: pairs by id, each at most once, with ``weight`` in bits; give all that were kept, also those
    below ``threshold``, which speak against. ``together`` and ``apart`` bind; where they contradict each other along a
    chain, ``apart`` binds and of ``together`` those that come first. ``leaves``: True for records that may join a
    cluster and never tie others together. ``sources``: a whole number for each record (below 0: none); no two records
    of one source are put together, unless ``together`` says so.

    Raises KeyError for an id in a pair that is not among ``ids``.
    """
    known = np.asarray(ids)
    order = np.argsort(known, kind="stable")
    a, b = positions(known, order, left), positions(known, order, right)
    bits = np.clip(np.asarray(weight, dtype=np.float64), -CEILING, CEILING)
    bound, barred = _positions_of_pairs(known, order, together), _positions_of_pairs(known, order, apart)
    leaf = np.zeros(len(known), dtype=bool) if leaves is None else np.asarray(leaves, dtype=bool)
    source = None if sources is None else np.asarray(sources, dtype=np.int64)
    return _Clustering(len(known), threshold, absent, leaf, source).run(a, b, bits, bound, barred)


def positions(known: NDArray[np.generic], order: Ints, wanted: ArrayLike) -> Ints:
    """Where each of ``wanted`` stands in ``known``, which ``order`` sorts. Raises KeyError for one that does not."""
    values = np.asarray(wanted, dtype=known.dtype if not np.size(wanted) else None)
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    at = np.searchsorted(known, values, sorter=order)
    found = order[np.minimum(at, len(known) - 1)] if len(known) else at
    strange = np.ones(len(values), dtype=bool) if not len(known) else known[found] != values
    if strange.any():
        raise KeyError(values[strange][0])
    return np.asarray(found, dtype=np.int64)


def _positions_of_pairs(known: NDArray[np.generic], order: Ints, pairs: Iterable[tuple[object, object]]) -> Ints:
    listed = list(pairs)
    sides = [positions(known, order, np.array([pair[side] for pair in listed])) for side in (0, 1)]
    return np.stack(sides, axis=1) if listed else np.zeros((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class _Clustering:
    size: int
    threshold: float
    absent: float
    leaf: Bools
    source: Ints | None

    def run(self, a: Ints, b: Ints, bits: Floats, bound: Ints, barred: Ints) -> Ints:
        ties = self.leaf[a] | self.leaf[b]
        start = _bind(self.size, bound, barred, self.leaf)
        trunk = self._grow(start, a[~ties], b[~ties], bits[~ties], barred)
        label = self._join_leaves(trunk, a[ties], b[ties], bits[ties], bound, barred)
        return _first_of_each(label)

    def _grow(self, start: Ints, a: Ints, b: Ints, bits: Floats, barred: Ints) -> Ints:
        """Average linkage from ``start`` on."""
        strong = bits >= self.threshold
        part = _components(self.size, np.r_[a[strong], start], np.r_[b[strong], np.arange(self.size)])
        simple = self._cliques(part, start, a[strong], b[strong], barred)
        label = np.where(simple[part], part, start)
        open_pairs = (part[a] == part[b]) & ~simple[part[a]]
        edges = _Edges(a, b, bits, np.ones(len(a), dtype=np.int64), np.zeros(len(a), dtype=np.int64)).take(open_pairs)
        edges = _with_bars(edges, self._bars(part, simple, barred)).gathered(label)
        size = np.bincount(label, minlength=self.size)
        while len(edges):
            score = self._scores(edges, size)
            possible = score >= self.threshold
            if not possible.any():
                break
            merge = _mutual(edges.take(possible), score[possible], self.size)
            label = merge[label]
            edges = edges.gathered(merge)
            size = np.bincount(label, minlength=self.size)
        return label

    def _scores(self, edges: _Edges, size: Ints) -> Floats:
        every = size[edges.left] * size[edges.right]
        mean = (edges.total + self.absent * (every - edges.seen)) / every
        return np.where(edges.barred > 0, -np.inf, mean)

    def _cliques(self, part: Ints, start: Ints, a: Ints, b: Ints, barred: Ints) -> Bools:
        """Components (by label) of which each pair is above the threshold and nothing forbids any: done."""
        size = np.bincount(part, minlength=self.size)
        held = np.bincount(part[a], minlength=self.size)
        simple = held == size * (size - 1) // 2
        simple[part[start != np.arange(self.size)]] = False
        simple[part[barred.ravel()]] = False
        if self.source is not None:
            simple[_repeated(part, self.source)] = False
        return np.asarray(simple, dtype=bool)

    def _bars(self, part: Ints, simple: Bools, barred: Ints) -> Ints:
        """Pairs that may not be together, by judgement or because one source told both, within open components."""
        if self.source is None:
            return barred
        open_records = np.flatnonzero(~simple[part] & (self.source >= 0) & ~self.leaf)
        return np.concatenate([barred, _same_source(open_records, part, self.source)])

    def _join_leaves(self, trunk: Ints, a: Ints, b: Ints, bits: Floats, bound: Ints, barred: Ints) -> Ints:
        """Each leaf joins the cluster nearest to it; those that join none may form clusters among themselves."""
        if not self.leaf.any():
            return trunk
        label = trunk.copy()
        mixed = self.leaf[a] ^ self.leaf[b]
        child = np.where(self.leaf[a], a, b)[mixed]
        parent = trunk[np.where(self.leaf[a], b, a)[mixed]]
        joined = self._best_parent(child, parent, bits[mixed], trunk, bound, barred)
        label[joined >= 0] = joined[joined >= 0]
        free = self.leaf & (joined < 0)
        among = free[a] & free[b]
        own = bound[free[bound].all(axis=1)] if len(bound) else bound
        start = _bind(self.size, own, barred, np.zeros(self.size, dtype=bool))
        alone = _Clustering(self.size, self.threshold, self.absent, np.zeros(self.size, dtype=bool), self.source)
        grown = alone._grow(start, a[among], b[among], bits[among], barred)
        return np.where(free, grown, label)

    def _best_parent(self, child: Ints, parent: Ints, bits: Floats, trunk: Ints, bound: Ints, barred: Ints) -> Ints:
        """For each record the cluster that it joins as a leaf, or ALONE."""
        size = np.bincount(trunk[~self.leaf], minlength=self.size)
        key = child * self.size + parent
        pairs, at = np.unique(key, return_inverse=True)
        child, parent = pairs // self.size, pairs % self.size
        total, seen = np.bincount(at, weights=bits, minlength=len(pairs)), np.bincount(at, minlength=len(pairs))
        score = (total + self.absent * (size[parent] - seen)) / np.maximum(size[parent], 1)
        allowed = (score >= self.threshold) & ~np.isin(pairs, self._barred_parents(trunk, barred))
        joined = _highest(self.size, child[allowed], parent[allowed], score[allowed])
        for one, other in bound:  # a judgement binds; the first one where there are several
            for this, that in ((one, other), (other, one)):
                if self.leaf[this] and not self.leaf[that] and not _is_bound(bound, this, that, self.leaf):
                    joined[this] = trunk[that]
        return self._once_a_source(joined, trunk)

    def _barred_parents(self, trunk: Ints, barred: Ints) -> Ints:
        """(leaf, cluster) as one number each, of those that may not be together."""
        both = np.concatenate([barred, barred[:, ::-1]])
        both = both[self.leaf[both[:, 0]] & ~self.leaf[both[:, 1]]]
        return np.asarray(both[:, 0] * self.size + trunk[both[:, 1]], dtype=np.int64)

    def _once_a_source(self, joined: Ints, trunk: Ints) -> Ints:
        """A leaf whose source has told the same already stays out."""
        if self.source is None:
            return joined
        cluster = np.where(self.leaf, joined, trunk)
        tells = np.flatnonzero((cluster >= 0) & (self.source >= 0))
        tells = tells[np.lexsort((tells, self.leaf[tells], self.source[tells], cluster[tells]))]
        again = np.zeros(len(tells), dtype=bool)
        again[1:] = (cluster[tells][1:] == cluster[tells][:-1]) & (self.source[tells][1:] == self.source[tells][:-1])
        out = tells[again]
        joined = joined.copy()
        joined[out[self.leaf[out]]] = ALONE
        return joined


def _is_bound(bound: Ints, this: int, that: int, leaf: Bools) -> bool:
    """Whether an earlier judgement than (this, that) binds the leaf ``this`` to a record that is no leaf."""
    for one, other in bound:
        if {int(one), int(other)} == {int(this), int(that)}:
            return False
        if this in (one, other) and not leaf[other if one == this else one]:
            return True
    return False


def _bind(size: int, bound: Ints, barred: Ints, leaf: Bools) -> Ints:
    """Labels after the ``bound`` pairs of records that are no leaves, but for those that would join a barred pair."""
    label = np.arange(size)
    if not len(bound):
        return label
    members = {int(one): [int(one)] for one in np.unique(bound)}
    foes: dict[int, set[int]] = {}
    for one, other in barred.tolist():
        foes.setdefault(one, set()).add(other)
        foes.setdefault(other, set()).add(one)
    for one, other in bound.tolist():
        a, b = int(label[one]), int(label[other])
        if a == b or leaf[one] or leaf[other] or any(foes.get(x, set()) & set(members[b]) for x in members[a]):
            continue
        low, high = min(a, b), max(a, b)
        members[low] += members.pop(high)
        label[members[low]] = low
    return label


def _components(size: int, a: Ints, b: Ints) -> Ints:
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    _, part = connected_components(graph, directed=False)
    return _first_of_each(np.asarray(part, dtype=np.int64))


def _first_of_each(label: Ints) -> Ints:
    """The same clusters, each named after the position of its first record."""
    if not len(label):
        return label
    first = np.full(int(label.max()) + 1, len(label), dtype=np.int64)
    np.minimum.at(first, label, np.arange(len(label)))
    return first[label]


def _repeated(part: Ints, source: Ints) -> Ints:
    """Components in which a source appears twice."""
    told = np.flatnonzero(source >= 0)
    key = np.sort(part[told] * (int(source.max(initial=0)) + 1) + source[told])
    twice = key[1:][key[1:] == key[:-1]]
    return np.asarray(twice // (int(source.max(initial=0)) + 1), dtype=np.int64)


def _same_source(records: Ints, part: Ints, source: Ints) -> Ints:
    """Pairs of these records that are in one component and of one source."""
    order = records[np.lexsort((records, source[records], part[records]))]
    found = []
    step = 1
    while step < len(order):
        one, other = order[:-step], order[step:]
        same = (part[one] == part[other]) & (source[one] == source[other])
        if not same.any():
            break
        found.append(np.stack([one[same], other[same]], axis=1))
        step += 1
    return np.concatenate(found) if found else np.zeros((0, 2), dtype=np.int64)


def _with_bars(edges: _Edges, barred: Ints) -> _Edges:
    none = np.zeros(len(barred), dtype=np.int64)
    return _Edges(
        np.r_[edges.left, barred[:, 0]],
        np.r_[edges.right, barred[:, 1]],
        np.r_[edges.total, none.astype(np.float64)],
        np.r_[edges.seen, none],
        np.r_[edges.barred, none + 1],
    )


def _mutual(edges: _Edges, score: Floats, size: int) -> Ints:
    """Where each label goes when all pairs of clusters that are each other's nearest become one."""
    order = np.lexsort((edges.right, edges.left, -score))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    best = np.full(size, len(order), dtype=np.int64)
    np.minimum.at(best, edges.left, rank)
    np.minimum.at(best, edges.right, rank)
    chosen = (best[edges.left] == rank) & (best[edges.right] == rank)
    goes = np.arange(size)
    goes[edges.right[chosen]] = edges.left[chosen]
    return goes


def _highest(size: int, child: Ints, parent: Ints, score: Floats) -> Ints:
    """For each child the parent of the highest score (the lower label among equals), ALONE where there is none."""
    joined = np.full(size, ALONE, dtype=np.int64)
    order = np.lexsort((-parent, score))
    joined[child[order]] = parent[order]
    return joined
