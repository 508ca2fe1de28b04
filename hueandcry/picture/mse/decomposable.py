"""Bayesian averaging over decomposable graphs: a second opinion that rests on a prior not on one chosen model. Pure.

    found = averaged(table)                                                   # delta 2**-lists, prior 1/N
    found = averaged(table, delta=1, prior=NegativeBinomial(13.14, 55.17), missing=(1, 300), complete=True)
    found.estimate, found.mode, found.low, found.high, found.graphs[0].edges

Each graph says which lists hang together: two lists without an edge are independent given the others. For a
decomposable (chordal) graph and the hyper-Dirichlet prior, what the data say for it and for each total is a product of
gamma functions over its cliques, divided by those over its separators, so all graphs and all totals are weighed at
once.

Madigan & York, Bayesian methods for estimation of the size of a closed population, Biometrika 84 (1997) 19-31; the law
is Dawid & Lauritzen's (1993). Madigan & York give the total that loses least in relative terms, E(1/N) / E(1/N^2), a
little below the mean. The graph with every edge tells nothing of those on no list but what the prior does, and under a
vague one has no mean: it stays out unless asked for (they have it in). Up to five lists all graphs are weighed (8, 61,
822 with it); with more, up to MAX_LISTS, those that are reached from the graph without edges by adding one edge at a
time, keeping the BEAM best of each size (after Madigan & Raftery's Occam's window, 1994).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import log
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hueandcry.picture.mse.table import Table

Floats = NDArray[np.float64]
Edge = tuple[int, int]  # positions of two lists, the smaller first
Edges = frozenset[Edge]

ALL_UP_TO: Final = 5  # lists; 822 graphs. Six would be 18,154
MAX_LISTS: Final = 8
BEAM: Final = 40  # graphs of each number of edges that are gone on from
EVERY: Final = 3_000  # missing individuals up to which each total is weighed; beyond, by steps that grow
MOST: Final = 3_000.0  # times those seen, at which it ends
TAIL: Final = 1e-6  # of the posterior, that may lie in the last tenth of what was weighed


@dataclass(frozen=True, slots=True)
class NegativeBinomial:
    """What is believed of the total beforehand: Poisson with a mean that is gamma with shape ``a`` and scale ``b``, so
    mean ab; p(N) is proportional to Gamma(N + a) / N! (b / (1 + b))^N."""

    a: float
    b: float

    def log(self, totals: Floats) -> Floats:
        """Its logarithm but for a constant."""
        from scipy.special import gammaln

        return np.asarray(gammaln(totals + self.a) - gammaln(totals + 1) + totals * log(self.b / (1 + self.b)))


@dataclass(frozen=True, slots=True)
class Reciprocal:
    """Jeffreys' prior of a size: p(N) is proportional to 1/N."""

    def log(self, totals: Floats) -> Floats:
        """Its logarithm but for a constant."""
        return -np.log(totals)


@dataclass(frozen=True, slots=True)
class Graph:
    """One graph: its edges by positions of lists, its posterior probability, and what it says by itself."""

    edges: tuple[Edge, ...]
    probability: float
    estimate: float  # that loses least in relative terms
    mean: float
    mode: int


@dataclass(frozen=True, slots=True)
class Averaged:
    """The posterior of the total over all graphs. ``totals`` and ``probability`` have one length; where totals are
    apart by more than one, a probability is that of the stretch around its total."""

    observed: int
    totals: Floats
    probability: Floats
    estimate: float  # that loses least in relative terms (squared): E(1/N) / E(1/N^2)
    mean: float
    mode: int
    median: float
    low: float  # 2.5 %
    high: float  # 97.5 %
    graphs: tuple[Graph, ...]  # the likeliest first


def averaged(
    table: Table,
    *,
    delta: float | None = None,
    prior: NegativeBinomial | Reciprocal | None = None,
    missing: tuple[int, int] | None = None,
    complete: bool = False,
) -> Averaged:
    """The posterior of the total, averaged over decomposable graphs of equal prior probability.

    ``delta``: parameter of the Dirichlet law for each cell of the whole table; 2**-lists where none is given, so that
    all cells together weigh as much as one individual. ``prior``: 1/N where none is given. ``missing``: first and last
    number of individuals on no list that is weighed; found by itself where not given. ``complete``: whether the graph
    with every edge is weighed too. ValueError for fewer than two or more than
    MAX_LISTS lists, and for an empty table.
    """
    lists = len(table.lists)
    seen = sum(table.counts.values())
    if not 2 <= lists <= MAX_LISTS:
        raise ValueError(f"decomposable graphs are weighed for 2 to {MAX_LISTS} lists, not {lists}")
    if seen <= 0:
        raise ValueError("nobody is on any list")
    counts = np.zeros(2**lists)
    for history, count in table.counts.items():
        counts[history] = count
    counts[0] = 0  # of those on no list nothing is known, whatever a table says
    delta = 2.0**-lists if delta is None else delta
    if delta <= 0:
        raise ValueError("delta must be positive")
    given = prior or Reciprocal()
    if missing is not None:
        return _weighed(counts, lists, delta, given, *_every(*missing), complete=complete)
    reach = max(EVERY, 20 * seen)
    while True:
        found = _weighed(counts, lists, delta, given, *_grid(reach), complete=complete)
        if reach >= MOST * seen or found.probability[found.totals > seen + 0.9 * reach].sum() < TAIL:
            return found
        reach = int(min(reach * 5, MOST * seen))


def _every(first: int, last: int) -> tuple[Floats, Floats]:
    held = np.arange(first, last + 1, dtype=float)
    return held, np.ones(len(held))


def _grid(reach: int) -> tuple[Floats, Floats]:
    """Numbers missing from 0 to ``reach``, and how many each stands for."""
    held, stands = _every(0, min(reach, EVERY))
    if reach <= EVERY:
        return held, stands
    steps = int(200 * log(reach / EVERY)) + 2
    bounds = np.unique(np.round(np.geomspace(EVERY + 1, reach + 1, steps)))
    widths = np.diff(bounds)
    return np.concatenate([held, bounds[:-1] + (widths - 1) / 2]), np.concatenate([stands, widths])


def _weighed(
    counts: Floats,
    lists: int,
    delta: float,
    prior: NegativeBinomial | Reciprocal,
    missing: Floats,
    stands: Floats,
    *,
    complete: bool,
) -> Averaged:
    from scipy.special import gammaln

    seen = counts.sum()
    totals = missing + seen
    marginal = _marginals(counts, lists, delta, missing)
    # Ways of telling N individuals apart into these cells, and the prior: the same for every graph.
    shared = gammaln(totals + 1) - gammaln(missing + 1) - gammaln(counts + 1).sum() + prior.log(totals) + np.log(stands)

    def evidence(graphs: Sequence[Edges]) -> Floats:
        return np.asarray(_terms(graphs, lists) @ marginal + shared)

    graphs, rows = _all(lists, evidence, complete) if lists <= ALL_UP_TO else _searched(lists, evidence, complete)
    best = rows.max()
    weights = np.exp(rows - best)
    whole = weights.sum()
    by_graph, by_total = weights.sum(axis=1) / whole, weights.sum(axis=0) / whole
    order = np.argsort(-by_graph, kind="stable")
    density = weights / stands  # so that a mode is one total, not a stretch
    told = tuple(
        Graph(
            tuple(sorted(graphs[at])), float(by_graph[at]), _relative(weights[at], totals),
            float(weights[at] @ totals / weights[at].sum()), round(totals[density[at].argmax()]),
        )
        for at in order if by_graph[at] > 0
    )  # fmt: skip
    below = np.cumsum(by_total)
    low, median, high = (
        float(totals[min(int(np.searchsorted(below, share)), len(totals) - 1)]) for share in (0.025, 0.5, 0.975)
    )
    mode = round(totals[(by_total / stands).argmax()])
    return Averaged(
        int(seen),
        totals,
        by_total,
        _relative(by_total, totals),
        float(by_total @ totals),
        mode,
        median,
        low,
        high,
        told,
    )


def _relative(weights: Floats, totals: Floats) -> float:
    # By shares of the largest weight and total, so that nothing is so small that it becomes 0.
    most = weights.max()
    if not most > 0:
        return float("inf")
    shares, sizes = weights / most, totals / totals[0]
    return float(totals[0] * (shares @ (1 / sizes)) / (shares @ (1 / sizes**2)))


def _marginals(counts: Floats, lists: int, delta: float, missing: Floats) -> Floats:
    """Log marginal likelihood of the table over each set of lists (row: bits of the set) at each number missing.

    Over a set of k lists a cell holds 2**(lists - k) cells of the whole, and so delta as often (hyper-consistency)."""
    from scipy.special import gammaln

    histories = np.arange(2**lists)
    totals = missing + counts.sum()
    rows = np.zeros((2**lists, len(missing)))
    for chosen in range(1, 2**lists):
        table = np.bincount(histories & chosen, weights=counts, minlength=2**lists)
        cells = 2 ** chosen.bit_count()
        weight = delta * 2 ** (lists - chosen.bit_count())
        held = table[[at for at in range(1, 2**lists) if at & ~chosen == 0]]
        rows[chosen] = (
            gammaln(held + weight).sum() + gammaln(missing + table[0] + weight)
            - cells * gammaln(weight) + gammaln(cells * weight) - gammaln(totals + cells * weight)
        )  # fmt: skip
    return rows


def _terms(graphs: Sequence[Edges], lists: int) -> Floats:
    """For each graph how often each set of lists counts: cliques once, separators less (as often as they separate)."""
    found = np.zeros((len(graphs), 2**lists))
    for at, edges in enumerate(graphs):
        cliques, separators = parts(edges, lists) or ((), ())
        for chosen in cliques:
            found[at, chosen] += 1
        for chosen in separators:
            found[at, chosen] -= 1
    found[:, 0] = 0  # an empty separator: between parts that have nothing to do with one another
    return found


def parts(edges: Iterable[Edge], lists: int) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Cliques and separators of a graph as bits of lists; None where it is not chordal.

    Maximum cardinality search (Tarjan & Yannakakis 1984): in its order, the earlier neighbours of each list must be a
    clique; that is the test for a chord, and they are the separators where a new clique begins."""
    beside = [0] * lists
    for one, other in edges:
        beside[one] |= 1 << other
        beside[other] |= 1 << one
    numbered, cliques, separators = 0, [], []
    clique = 0
    for _step in range(lists):
        free = [at for at in range(lists) if not numbered >> at & 1]
        chosen = max(free, key=lambda at: (beside[at] & numbered).bit_count())
        earlier = beside[chosen] & numbered
        if any(earlier >> at & 1 and earlier & ~(beside[at] | 1 << at) for at in range(lists)):
            return None
        if earlier != clique:  # it does not go on with the last one, so that one was whole
            cliques.append(clique)
            separators.append(earlier)
        clique = earlier | 1 << chosen
        numbered |= 1 << chosen
    return (*cliques, clique), tuple(separators)


@cache
def graphs(lists: int) -> tuple[Edges, ...]:
    """Every decomposable graph on so many lists, the complete one among them: 2, 8, 61, 822 for two to five."""
    edges = list(combinations(range(lists), 2))
    every = (frozenset(chosen) for size in range(len(edges) + 1) for chosen in combinations(edges, size))
    return tuple(one for one in every if parts(one, lists) is not None)


def _all(lists: int, evidence: _Evidence, complete: bool) -> tuple[list[Edges], Floats]:
    found = [one for one in graphs(lists) if complete or len(one) < lists * (lists - 1) // 2]
    return found, evidence(found)


def _searched(lists: int, evidence: _Evidence, complete: bool) -> tuple[list[Edges], Floats]:
    """The graphs that are reached by adding edges to the best of each size; each that was weighed is kept."""
    edges = list(combinations(range(lists), 2))
    layer: list[Edges] = [frozenset()]
    found: list[Edges] = []
    kept: list[Floats] = []
    while layer and (complete or len(layer[0]) < len(edges)):
        rows = evidence(layer)
        whole = np.logaddexp.reduce(rows, axis=1)
        best = np.argsort(-whole, kind="stable")[:BEAM]
        found += [layer[at] for at in best]
        kept.append(rows[best])
        larger = {layer[at] | {edge} for at in best for edge in edges if edge not in layer[at]}
        layer = sorted((one for one in larger if parts(one, lists) is not None), key=sorted)
    return found, np.concatenate(kept)


class _Evidence(Protocol):
    """Type of the function that weighs graphs: rows of graphs, columns of totals, in logarithms."""

    def __call__(self, graphs: Sequence[Edges], /) -> Floats: ...
