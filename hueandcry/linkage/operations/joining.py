"""Groups taken apart where little holds them together, and put together again where that is likely. Pure.

One account that is let to two gangs makes one component of them. So Leiden's algorithm (Traag, Waltman and van Eck
2019; constant Potts model) parts large components into pieces, and pairs of pieces that share values are weighed as
pairs of records are (Fellegi and Sunter 1969): how alike they act (``traits``), how many values cross, how sure the
surest is, and how many cross of those that should if both were one group, by how densely each is tied within itself
and how long both were at work in the same weeks. Pieces of an operation that came one after the other owe each other
little; two that act side by side for months and share two accounts are two. What each of these tells is learnt from the
pairs by expectation and maximisation: with shared accounts rare, one crossing value joins; where they are let around,
few do.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import igraph
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from hueandcry.linkage.operations import traits
from hueandcry.linkage.operations.arrays import Bools, Crimes, Floats, Ints, Ties, starts
from hueandcry.linkage.operations.options import Options

ROUNDS = 12
ITERATIONS = 40
_NEAR = 5  # pieces next to each other in one value's list that are compared
_WEEK = 7
_CHUNK = 50_000  # pairs whose weeks are compared at once
_SEED = 1
# Bins of what is counted, and how telling each is thought to be before any pair is known (nats): that shares are
# ordered is all that is assumed, and eight pairs outweigh it.
_CROSSING = (np.array([2, 3, 5, 9]), np.array([-1.0, 0.0, 0.7, 1.4, 2.0]))
_SUREST = (np.array([0.8, 0.95, 0.99]), np.array([-1.5, -0.5, 0.3, 1.0]))
_OF_DUE = (np.array([0.02, 0.06, 0.15, 0.4]), np.array([0.0, -2.0, -1.2, -0.4, 0.4, 1.2]))  # the first: too few due
_DUE = 2.0  # crossings due below which their lack tells nothing
_PRIOR_PAIRS = 8.0
_FACED = 40.0


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of pieces that share values: places among ``pieces``, and by pair what is compared."""

    pieces: Ints
    a: Ints
    b: Ints
    crossing: Floats
    surest: Floats
    due: Floats
    alike: Floats


@dataclass(frozen=True, slots=True)
class _Weights:
    """What was learnt of pairs: the share that are of one group, and the nats that each bin of each count tells."""

    share: float
    bins: Sequence[Floats]


def joined(
    ties: Ties, probability: Floats, label: Ints, crimes: Crimes, options: Options
) -> tuple[Ints, dict[str, float]]:
    """Labels after large groups were parted and pieces joined, and what was learnt. Only what is firm ties."""
    rows = np.flatnonzero(ties.firm & (ties.shared[ties.value] > 1) & (probability[ties.value] >= options.weak))
    piece = _pieces(ties, rows, probability, label, options)
    parted = int(piece.max(initial=-1) - label.max(initial=-1))
    lone = np.unique(ties.crime[rows[piece[ties.crime[rows]] < 0]])
    piece[lone] = int(piece.max(initial=-1)) + 1 + np.arange(len(lone))
    fitted = traits.fitted(crimes.traits, piece)
    weights: _Weights | None = None
    for _ in range(ROUNDS):
        rows = rows[_crossing(ties.era[rows], piece[ties.crime[rows]])]
        pairs = _compared(ties, rows, probability, piece, crimes, fitted)
        if pairs is None:
            break
        # Learnt from the pieces as they were parted: of what is left in later rounds, less and less is of one group.
        weights = weights or _weights(pairs)
        into = _best(pairs, _nats(pairs, weights), options.joined)
        if into is None:
            break
        every = np.arange(int(piece.max()) + 1)
        every[pairs.pieces] = pairs.pieces[into]
        piece = np.where(piece >= 0, every[piece], -1)
    size = np.bincount(piece[piece >= 0], minlength=1)
    alone = (piece < 0) | (size[np.maximum(0, piece)] < 2)
    return np.where(alone, -1, piece), {
        "pieces": float(parted),
        "of one among pieces": weights.share if weights else 0.0,
    }


def _pieces(ties: Ties, rows: Ints, probability: Floats, label: Ints, options: Options) -> Ints:
    """Labels with groups of ``options.large`` crimes and more parted; the largest piece keeps its group's number."""
    size = np.bincount(label[label >= 0], minlength=1)
    rows = rows[label[ties.crime[rows]] >= 0]
    rows = rows[size[label[ties.crime[rows]]] >= options.large]
    rows = rows[np.argsort(label[ties.crime[rows]], kind="stable")]
    following, piece = int(label.max(initial=-1)) + 1, label.copy()
    for low, high in pairwise(np.append(starts(label[ties.crime[rows]]), len(rows))):
        crimes, part = _parted(ties, rows[low:high], probability, options)
        piece[crimes[part > 0]] = following + part[part > 0] - 1
        following += int(part.max())
    return piece


def _parted(ties: Ties, rows: Ints, probability: Floats, options: Options) -> tuple[Ints, Ints]:
    """The crimes of these rows, and the piece of each, 0 the largest. Crimes (weight 1) and eras of values (weight 0)
    are nodes, so that a value that n crimes hold costs n edges."""
    crimes, crime = np.unique(ties.crime[rows], return_inverse=True)
    eras, era = np.unique(ties.era[rows], return_inverse=True)
    graph = igraph.Graph(n=len(crimes) + len(eras), edges=np.column_stack([crime, len(crimes) + era]))
    igraph.set_random_number_generator(random.Random(_SEED))  # noqa: S311 - the same pieces each time
    found = np.array(graph.community_leiden(
        objective_function="CPM", weights=probability[ties.value[rows]], resolution=options.resolution,
        node_weights=[1.0] * len(crimes) + [0.0] * len(eras), n_iterations=2,
    ).membership)[: len(crimes)]  # fmt: skip
    part = np.unique(found, return_inverse=True)[1]
    order = np.argsort(-np.bincount(part), kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return crimes, rank[part]


def _crossing(era: Ints, piece: Ints) -> Bools:
    """Rows of pieces that share an era with another: joining makes them fewer, and no others ever matter."""
    order = np.lexsort((piece, era))
    new = np.append(True, np.diff(era[order]) != 0) if len(era) else np.zeros(0, np.bool_)
    other = ~new & np.append(False, np.diff(piece[order]) != 0) if len(era) else new
    several = np.zeros(int(era.max(initial=-1)) + 1, np.bool_)
    several[era[order[other]]] = True
    met = np.zeros(int(piece.max(initial=-1)) + 1, np.bool_)
    met[piece[several[era]]] = True
    found: Bools = met[piece]
    return found


def _compared(
    ties: Ties, rows: Ints, probability: Floats, piece: Ints, crimes: Crimes, fitted: Sequence[Floats]
) -> _Pairs | None:
    """Pairs of pieces by what they share in these rows; None where there are none."""
    pieces, at = np.unique(piece[ties.crime[rows]], return_inverse=True)
    n = len(pieces)
    key, often = np.unique(ties.era[rows] * max(1, n) + at, return_counts=True)
    era, group = key // max(1, n), key % max(1, n)
    left, right, by, fewer = [], [], [], []
    for step in range(1, _NEAR + 1):
        same = np.flatnonzero(era[step:] == era[:-step])
        left.append(group[same])
        right.append(group[same + step])
        by.append(ties.era_value[era[same]])
        fewer.append(np.minimum(often[same], often[same + step]))
    a, b, value, both = (np.concatenate(column) for column in (left, right, by, fewer))
    if not len(a):
        return None
    pairs, of = np.unique(a * n + b, return_inverse=True)  # within an era groups ascend
    surest = np.zeros(len(pairs))
    np.maximum.at(surest, of, probability[value])
    a, b = pairs // n, pairs % n
    place = np.full(int(piece.max()) + 1, -1, np.int64)
    place[pieces] = np.arange(n)
    group_of = np.where(piece >= 0, place[piece], -1)
    due = _due(ties, rows, at, group_of, crimes.day, a, b)
    share = np.where(due < _DUE, -1.0, np.bincount(of, weights=both, minlength=len(pairs)) / np.maximum(due, _DUE))
    alike = np.zeros(len(pairs))
    for trait, alpha in zip(crimes.traits, fitted, strict=True):
        alike += traits.alike(traits.counted(trait, group_of, n), alpha, a, b)
    crossing = np.bincount(of, weights=np.minimum(both, 3.0), minlength=len(pairs)).astype(np.float64)
    return _Pairs(pieces, a, b, crossing, surest, share, np.clip(alike, -12, 12))


def _due(ties: Ties, rows: Ints, at: Ints, group_of: Ints, day: NDArray[np.integer], a: Ints, b: Ints) -> Floats:
    """By pair of pieces, how many ties should cross if both were one: pairs of crimes in the same or the next week, as
    densely tied as those within the looser of both."""
    member = np.flatnonzero(group_of >= 0)
    n, first = int(group_of.max()) + 1, int(day[member].min())
    week = (day - first) // _WEEK + 1
    width = int(week[member].max()) + 2
    flat = np.bincount(group_of[member] * width + week[member], minlength=n * width)
    weekly = flat.reshape(n, width).astype(np.float32)
    near = weekly.copy()
    near[:, 1:] += weekly[:, :-1]
    near[:, :-1] += weekly[:, 1:]
    within = np.maximum(1, np.einsum("ij,ij->i", weekly, near) - weekly.sum(1))
    key, often = np.unique((ties.era[rows] * n + at) * width + week[ties.crime[rows]], return_counts=True)
    group = key // width % n
    tied = np.bincount(group, weights=often * (often - 1.0), minlength=n)
    following = np.flatnonzero(np.diff(key) == 1)
    tied += np.bincount(group[following], weights=2.0 * often[following] * often[following + 1], minlength=n)
    dense = np.minimum(tied / within, 3)
    found = np.empty(len(a))
    for low in range(0, len(a), _CHUNK):
        some = slice(low, low + _CHUNK)
        found[some] = np.einsum("ij,ij->i", weekly[a[some]], near[b[some]])
    due: Floats = found * np.minimum(dense[a], dense[b])
    return due


def _codes(pairs: _Pairs) -> list[Ints]:
    """What is counted of each pair, in bins."""
    due = np.where(pairs.due < 0, 0, 1 + np.digitize(pairs.due, _OF_DUE[0]))
    return [np.digitize(pairs.crossing, _CROSSING[0]), np.digitize(pairs.surest, _SUREST[0]), due]


def _weights(pairs: _Pairs) -> _Weights:
    """What each bin tells, and the share of pairs that are one group's: expectation and maximisation."""
    codes, thought = _codes(pairs), [_CROSSING[1], _SUREST[1], _OF_DUE[1]]
    found = _Weights(0.5, thought)
    for _ in range(ITERATIONS):
        one = 1 / (1 + np.exp(-np.clip(_nats(pairs, found), -_FACED, _FACED)))
        share = float(np.clip((one.sum() + 1) / (len(one) + 2), 0.02, 0.98))
        found = _Weights(share, [_learnt(code, one, bins) for code, bins in zip(codes, thought, strict=True)])
    return found


def _nats(pairs: _Pairs, weights: _Weights) -> Floats:
    """Nats for each pair being one group."""
    nats: Floats = np.log(weights.share / (1 - weights.share)) + pairs.alike
    for code, told in zip(_codes(pairs), weights.bins, strict=True):
        nats = nats + told[code]
    return nats


def _learnt(code: Ints, found: Floats, thought: Floats) -> Floats:
    """Nats that each bin tells, by pairs of one group and of two, and what is thought of it beforehand."""
    one = np.bincount(code, weights=found, minlength=len(thought))
    two = np.bincount(code, weights=1 - found, minlength=len(thought))
    base = (one + two + 1) / (one + two + 1).sum()
    before = [base * np.exp(sign * thought / 2) for sign in (1, -1)]
    shares = [
        (counts + _PRIOR_PAIRS * p / p.sum()) / (counts.sum() + _PRIOR_PAIRS)
        for counts, p in zip((one, two), before, strict=True)
    ]
    learnt: Floats = np.log(shares[0] / shares[1])
    return learnt


def _best(pairs: _Pairs, nats: Floats, least: float) -> Ints | None:
    """By piece the one that it becomes part of: pairs that are sure enough and each other's best; None: no such."""
    best = np.full(len(pairs.pieces), -np.inf)
    np.maximum.at(best, pairs.a, nats)
    np.maximum.at(best, pairs.b, nats)
    join = (nats >= least) & (nats >= best[pairs.a]) & (nats >= best[pairs.b])
    if not join.any():
        return None
    graph = coo_matrix((np.ones(int(join.sum()), np.int8), (pairs.a[join], pairs.b[join])), shape=(len(best),) * 2)
    found = connected_components(graph, directed=False)[1]
    first = np.full(int(found.max()) + 1, -1, np.int64)
    first[found[::-1]] = np.arange(len(best))[::-1]
    into: Ints = first[found]
    return into
