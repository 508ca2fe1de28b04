"""Errors of linkage taken out again: closed forms, known worlds, and how often the limits hold the truth."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from hueandcry.picture.mse.linkage_error import (
    LEAST_RECALL,
    LinkageError,
    Rate,
    corrected,
    distinct,
    kept,
    pieces,
    tables,
)
from hueandcry.picture.mse.table import Table

Ints = NDArray[np.int64]


def exact(precision: float, recall: float) -> LinkageError:
    return LinkageError(Rate(precision, precision, precision), Rate(recall, recall, recall))


def measured(rng: np.random.Generator, found: Ints, crime: Ints, read: int = 400) -> LinkageError:
    """What a review would say: shares of so many pairs drawn, with Wilson's limits."""

    def pairs(label: Ints) -> int:
        _, sizes = np.unique(label, return_counts=True)
        return int((sizes * (sizes - 1) // 2).sum())

    both = np.unique(np.stack([found, crime]), axis=1, return_inverse=True)[1].ravel()
    rates = []
    for of in (pairs(found), pairs(crime)):
        told = binomtest(int(rng.binomial(read, pairs(both) / of)), read)
        limits = told.proportion_ci(method="wilson")
        rates.append(Rate(told.statistic, min(limits.low, told.statistic), max(limits.high, told.statistic)))
    return LinkageError(rates[0], rates[1])


def linked(rng: np.random.Generator, crime: Ints, recall: float, merged: float) -> Ints:
    """Reports as linkage would group them: each pair of a crime is found with this chance, and what hangs together is
    one (not the model of the correction); then so large a share of what stands alone is put to somebody else's."""
    order = np.argsort(crime, kind="stable")
    found = np.arange(len(crime))
    _, starts, sizes = np.unique(crime[order], return_index=True, return_counts=True)
    for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True):
        members = order[start : start + size]
        for a in range(size):
            for b in range(a + 1, size):
                if rng.random() < recall:
                    found[found == found[members[b]]] = found[members[a]]
    labels, counts = np.unique(found, return_counts=True)
    alone = labels[counts == 1]
    for label in rng.choice(alone, int(merged * len(alone)), replace=False):
        found[found == label] = rng.choice(labels)
    return found


def sizes_of(label: Ints) -> Counter[int]:
    return Counter(np.unique(label, return_counts=True)[1].tolist())


def test_of_two_lists_a_missed_link_inflates_the_total_by_one_over_recall() -> None:
    """Ding & Fienberg (1994): of 400 on both lists, recall 0.8 finds 320."""
    found = Table(("a", "b"), {1: 1_000 - 320, 2: 800 - 320, 3: 320})
    right = corrected(found, 1.0, 0.8)
    assert right.counts == {1: 600, 2: 400, 3: 400}
    naive, true = 1_000 * 800 / 320, 1_000 * 800 / 400
    assert naive / true == pytest.approx(1 / 0.8)


def test_a_false_link_works_the_other_way() -> None:
    assert corrected(Table(("a", "b"), {1: 580, 2: 380, 3: 420}), 400 / 420, 1.0).counts == {1: 600, 2: 400, 3: 400}


def test_losing_links_and_taking_that_out_again_gives_what_was_there() -> None:
    """D(sqrt r) is applied by hand: each report stays with the others with chance sqrt r, or stands alone."""
    true = {1: 9_000, 2: 7_000, 4: 4_000, 3: 2_000, 5: 1_500, 6: 1_000, 7: 800}
    q = 0.7**0.5
    lost: dict[int, float] = {}
    for bits, count in true.items():
        members = [at for at in range(3) if bits >> at & 1]
        for stays in product((True, False), repeat=len(members)):
            share = float(np.prod([q if s else 1 - q for s in stays]))
            core = sum(1 << at for at, s in zip(members, stays, strict=True) if s)
            for piece in [core, *(1 << at for at, s in zip(members, stays, strict=True) if not s)]:
                if piece:
                    lost[piece] = lost.get(piece, 0.0) + share * count
    found = Table(("a", "b", "c"), {bits: round(count) for bits, count in lost.items()})
    for bits, count in corrected(found, 1.0, 0.7).counts.items():
        assert count == pytest.approx(true[bits], abs=8)


def test_lists_keep_how_many_they_told_of() -> None:
    found = Table(("a", "b", "c"), {1: 900, 2: 700, 4: 400, 3: 200, 5: 150, 6: 100, 7: 80})
    right = corrected(found, 0.97, 0.85)
    for bit in (1, 2, 4):
        assert right.on(bit) == pytest.approx(found.on(bit), abs=3)
    assert right.observed < found.observed


def test_one_list_that_told_twice_is_one_when_that_was_missed() -> None:
    """Of 100 crimes that list a told of twice half were not seen to be one: 200 reports, 150 crimes as found."""
    right = corrected({(1, 0): 100, (2, 0): 50, (0, 1): 500}, 1.0, 0.5, lists=("a", "b"))
    assert right.counts == {1: 100, 2: 500}


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pieces(size: int) -> None:
    assert pieces(size, 1.0) == pytest.approx(1)
    assert pieces(size, 0.0) == pytest.approx(size)
    assert pieces(1, 1.3) == pytest.approx(1)


def test_without_error_nothing_changes() -> None:
    found = Table(("a", "b", "c"), {1: 9, 2: 7, 3: 2, 7: 1})
    assert corrected(found, 1.0, 1.0).counts == dict(found.counts)
    none = distinct({1: 40, 2: 10}, exact(1.0, 1.0))
    assert (none.value, none.low, none.high) == (50, 50, 50)
    assert distinct({}, exact(0.9, 0.9)).value == 0


def test_too_little_recall_is_refused_and_drawn_recall_never_falls_below() -> None:
    with pytest.raises(ValueError, match="recall"):
        kept(1.0, 0.1)
    drawn = LinkageError(Rate(0.9, 0.8, 0.95), Rate(0.2, 0.1, 0.3)).draws(200)
    assert min(recall for _, recall in drawn) == LEAST_RECALL


def test_draws_are_as_uncertain_as_the_rates() -> None:
    drawn = np.array(LinkageError(Rate(0.95, 0.92, 0.98), Rate(0.7, 0.6, 0.8)).draws(4_000, seed=1))
    assert drawn.mean(axis=0) == pytest.approx([0.95, 0.7], abs=0.005)
    assert np.quantile(drawn[:, 1], (0.025, 0.975)) == pytest.approx([0.6, 0.8], abs=0.015)


def test_the_limits_hold_the_true_number_of_crimes() -> None:
    """Groups made by another law than the one the correction takes, rates known from 400 pairs each."""
    rng = np.random.default_rng(5)
    held, naive, errors = 0, 0, []
    for turn in range(60):
        crime = np.repeat(np.arange(700), rng.choice([1, 2, 3, 4], 700, p=[0.6, 0.27, 0.09, 0.04]))
        found = linked(rng, crime, recall=(0.85, 0.7, 0.55)[turn % 3], merged=0.01)
        error = measured(rng, found, crime)
        right = distinct(sizes_of(found), error, seed=turn)
        held += right.low <= 700 <= right.high
        errors.append(right.value / 700 - 1)
        naive += sum(sizes_of(found).values()) * 0.98 <= 700
    assert held >= 52  # of 60
    assert abs(np.mean(errors)) < 0.03, "the correction takes another law"
    assert naive < 20, "as found, nearly always too many"


def test_tables_drawn_scatter_around_the_corrected_one() -> None:
    found = Table(("a", "b", "c"), {1: 900, 2: 700, 4: 400, 3: 200, 5: 150, 6: 100, 7: 80})
    error = LinkageError(Rate(0.98, 0.96, 0.99), Rate(0.8, 0.7, 0.9))
    middle = corrected(found, 0.98, 0.8).observed
    totals = [one.observed for one in tables(found, error, 300, seed=2)]
    low, high = np.quantile(totals, (0.025, 0.975))
    assert low < middle < high
    assert high - low > 0.05 * middle
    assert [one.counts for one in tables(found, error, 3)] == [one.counts for one in tables(found, error, 3)]


def test_a_share_outside_its_limits_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        Rate(0.9, 0.95, 0.99)
