"""Averaging over decomposable graphs: Madigan & York's published answer, counts of graphs, known worlds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from hueandcry.picture.mse.decomposable import NegativeBinomial, averaged, graphs, parts
from hueandcry.picture.mse.table import Table

# Spina bifida in New York, three lists (Madigan & York 1997, table 1), column by column.
BIFIDA = Table(("births", "deaths", "rehabilitation"), dict(enumerate((60, 49, 4, 247, 112, 142, 12), 1)))


def drawn(rng: np.random.Generator, total: int, chances: tuple[float, ...], follow: float = 0.0) -> Table:
    """So many individuals on independent lists; ``follow``: chance that the second list takes from the first."""
    on = rng.random((total, len(chances))) < np.array(chances)
    on[:, 1] |= on[:, 0] & (rng.random(total) < follow)
    bits = on @ (1 << np.arange(len(chances)))
    counts = {int(h): int(n) for h, n in zip(*np.unique(bits[bits > 0], return_counts=True), strict=True)}
    return Table(tuple("abcdefgh"[: len(chances)]), counts)


def test_madigan_and_york_to_the_digit() -> None:
    """Best model .37, 731 and mode 729; averaged 731 and 728. What they give is the estimate of least relative loss."""
    found = averaged(BIFIDA, delta=1, prior=NegativeBinomial(13.14, 55.17), missing=(1, 300), complete=True)
    best = found.graphs[0]
    assert round(best.probability, 2) == 0.37
    assert best.edges == ((0, 1),)
    assert (round(best.estimate), best.mode) == (731, 729)
    assert (round(found.estimate), found.mode) == (731, 728)
    assert sum(one.probability for one in found.graphs) == pytest.approx(1)
    assert found.probability.sum() == pytest.approx(1)


@pytest.mark.parametrize(("lists", "count"), [(2, 2), (3, 8), (4, 61), (5, 822)])
def test_every_chordal_graph_is_there_once(lists: int, count: int) -> None:
    """Numbers of labelled chordal graphs: OEIS A058862."""
    held = graphs(lists)
    assert len(held) == len(set(held)) == count


@pytest.mark.parametrize("lists", [3, 4, 5])
def test_cliques_less_separators_hold_each_list_and_edge_once(lists: int) -> None:
    for edges in graphs(lists):
        found = parts(edges, lists)
        assert found is not None
        cliques, separators = found
        for inside in [(at,) for at in range(lists)] + list(combinations(range(lists), 2)):
            bits = sum(1 << at for at in inside)
            times = sum(c & bits == bits for c in cliques) - sum(s & bits == bits for s in separators)
            assert times == (1 if len(inside) == 1 or inside in edges else 0), (edges, inside)


def test_a_square_without_a_chord_is_not_decomposable() -> None:
    assert parts([(0, 1), (1, 2), (2, 3), (0, 3)], 4) is None
    assert parts([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)], 4) is not None


def test_the_interval_covers_the_truth_of_independent_and_of_dependent_lists() -> None:
    rng = np.random.default_rng(7)
    covered = 0
    for turn in range(60):
        found = averaged(drawn(rng, 2_000, (0.2, 0.25, 0.15, 0.3), follow=0.4 * (turn % 2)))
        covered += found.low <= 2_000 <= found.high
    assert covered >= 52  # of 60, at 95 %: fewer than 53 by chance once in about a hundred times


def test_a_dependence_that_is_there_is_found() -> None:
    found = averaged(drawn(np.random.default_rng(1), 5_000, (0.2, 0.2, 0.3), follow=0.5))
    assert (0, 1) in found.graphs[0].edges
    assert found.graphs[0].probability > 0.5


def test_a_large_total_is_reached_by_steps() -> None:
    found = averaged(drawn(np.random.default_rng(2), 200_000, (0.02, 0.03, 0.02)))
    assert found.low <= 200_000 <= found.high
    assert len(found.totals) < 6_000


def test_six_lists_are_searched_from_the_graph_without_edges() -> None:
    found = averaged(drawn(np.random.default_rng(3), 3_000, (0.1, 0.2, 0.15, 0.1, 0.2, 0.1), follow=0.5))
    assert found.low <= 3_000 <= found.high
    assert (0, 1) in found.graphs[0].edges


@pytest.mark.parametrize("table", [Table(("a",), {1: 3}), Table(("a", "b"), {}), Table(tuple("abcdefghi"), {1: 3})])
def test_what_it_cannot_weigh_is_said(table: Table) -> None:
    with pytest.raises(ValueError, match="list"):
        averaged(table)
