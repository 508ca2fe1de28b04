"""Learning without labels: known parameters are found again, and a crowd of equals does not become "the matches"."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.matching.contest import Contest
from hueandcry.linkage.matching.latent import HIGHEST, LOWEST, Classes, Compared, learn, threshold

M = (np.array([0.05, 0.15, 0.8]), np.array([0.1, 0.9]), np.array([0.3, 0.7]), np.array([0.2, 0.1, 0.7]))
U = (np.array([0.7, 0.2, 0.1]), np.array([0.8, 0.2]), np.array([0.9, 0.1]), np.array([0.6, 0.3, 0.1]))
SIZES = [3, 2, 2, 3]
SPRAY = 30  # frauds by one text on one day, that a bank and a police force both tell of


def drawn(rng: np.random.Generator, shares: tuple[np.ndarray, ...], count: int, silent: float = 0.3) -> np.ndarray:
    """Levels of so many pairs; a comparer says nothing of three pairs in ten."""
    columns = [rng.choice(len(share), size=count, p=share) for share in shares]
    levels = np.stack(columns, axis=1).astype(np.int64)
    return np.where(rng.random(levels.shape) < silent, -1, levels)


def compared(levels: np.ndarray, left: np.ndarray, right: np.ndarray, source: np.ndarray) -> Compared:
    patterns, which = np.unique(levels, axis=0, return_inverse=True)
    none = np.zeros(len(left), bool)
    return Compared(patterns, which.ravel(), Contest.between(left, right, source[left], source[right], none))


def apart(levels: np.ndarray) -> Compared:
    """Pairs that do not contend: each of two records of its own."""
    left = np.arange(len(levels))
    return compared(levels, left, left + len(levels), np.repeat([1, 2], len(levels)))


def test_known_parameters_are_found_again() -> None:
    rng = np.random.default_rng(7)
    levels = np.concatenate([drawn(rng, M, 3_000), drawn(rng, U, 27_000)])
    found = learn(apart(levels), SIZES)
    assert found.prior == pytest.approx(0.1, abs=0.015)
    for learnt, true in zip((*found.m, *found.u), (*M, *U), strict=True):
        assert learnt == pytest.approx(true, abs=0.05)


def test_chances_are_what_they_say() -> None:
    rng = np.random.default_rng(8)
    levels = np.concatenate([drawn(rng, M, 4_000, 0.0), drawn(rng, U, 36_000, 0.0)])
    same = np.arange(len(levels)) < 4_000
    odds = learn(apart(levels), SIZES).odds(levels)
    chance = odds / (1 + odds)
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.01)):
        inside = (chance >= low) & (chance < high)
        assert same[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.06)


@pytest.mark.parametrize("precision", [0.9, 0.97, 0.99])
def test_the_threshold_makes_claims_as_right_as_is_asked(precision: float) -> None:
    rng = np.random.default_rng(9)
    levels = np.concatenate([drawn(rng, M, 6_000), drawn(rng, U, 54_000)])
    same = np.arange(len(levels)) < 6_000
    pairs = apart(levels)
    odds = learn(pairs, SIZES).odds(pairs.patterns)[pairs.which]
    bits = threshold(odds / (1 + odds), precision)
    claimed = np.log2(odds) >= bits
    assert claimed.sum() > 500
    assert same[claimed].mean() == pytest.approx(precision, abs=0.012)


def test_a_threshold_is_the_fewest_bits_and_never_out_of_bounds() -> None:
    sure, likely = np.full(98, 1.0), np.full(4, 0.75)
    assert threshold(np.concatenate([sure, likely]), 0.99) == pytest.approx(1.6)  # log2(0.75 / 0.25), rounded up
    assert threshold(np.concatenate([sure, likely]), 0.999) == HIGHEST  # only what is certain
    assert threshold(np.full(9, 0.2), 0.99) == HIGHEST
    assert threshold(np.zeros(0), 0.99) == HIGHEST
    assert threshold(np.concatenate([sure, np.full(1, 0.3)]), 0.99) == LOWEST  # what is not even likely is not claimed


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.5, 1))
def test_what_is_claimed_is_as_right_as_asked_in_expectation(chances: list[float], precision: float) -> None:
    found = np.array(chances)
    bits = threshold(found, precision)
    assert LOWEST <= bits <= HIGHEST
    claimed = found[found >= 1 / (1 + 2.0**-bits)]
    assert not len(claimed) or bits == HIGHEST or claimed.mean() >= precision - 1e-9


def crowd(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """1,500 pairs that match and 15,000 that do not, none contending; and a bank and a police force that both tell of
    a spray of frauds by one text on one day: alike wherever they are compared, and few of those pairs are matches."""
    levels = [drawn(rng, M, 1_500), drawn(rng, U, 15_000)]
    left, right = [np.arange(16_500)], [np.arange(16_500) + 16_500]
    source = np.repeat([1, 2], 16_500)
    bank, police = np.meshgrid(np.arange(SPRAY), np.arange(SPRAY, 2 * SPRAY))
    levels.append(np.tile([2, 1, 1, 0], (SPRAY * SPRAY, 1)))
    left.append(33_000 + bank.ravel())
    right.append(33_000 + police.ravel())
    source = np.concatenate([source, np.repeat([3, 4], SPRAY)])
    return np.concatenate(levels), np.concatenate(left), np.concatenate(right), source, 1_500 + SPRAY


def test_a_crowd_of_equals_does_not_become_the_matches() -> None:
    levels, left, right, source, most = crowd(np.random.default_rng(9))
    found = learn(compared(levels, left, right, source), SIZES)
    assert 0.4 * most < found.prior * len(levels) < 1.1 * most  # in doubt it claims too little
    # The same pairs as if nothing contended: what is learnt is the crowd. That is what contending is there for.
    assert learn(apart(levels), SIZES).prior * len(levels) > 1.5 * most


def test_the_class_of_matches_is_the_one_more_alike() -> None:
    rng = np.random.default_rng(10)
    for share in (0.02, 0.5, 0.9):
        count = int(10_000 * share)
        found = learn(apart(np.concatenate([drawn(rng, M, count), drawn(rng, U, 10_000 - count)])), SIZES)
        assert all(m[-1] / u[-1] > 1 > m[0] / u[0] for m, u in zip(found.m, found.u, strict=True)), share


def test_odds_add_up_and_silence_weighs_nothing() -> None:
    classes = Classes(0.2, M, U)
    said = np.array([[2, -1, 1, -1], [-1, -1, -1, -1]])
    assert classes.odds(said) == pytest.approx([0.25 * (0.8 / 0.1) * (0.7 / 0.1), 0.25])
