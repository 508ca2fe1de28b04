"""Clusters against an oracle that merges one pair at a time, and what binds: judgements, leaves, sources."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.linkage.matching.clusters import ABSENT, clusters

Pairs = dict[tuple[int, int], float]


def graph(seed: int, size: int, share: float) -> Pairs:
    """Random pairs of so many records; weights that are all different."""
    rng = np.random.default_rng(seed)
    return {pair: float(rng.normal(1, 5)) for pair in combinations(range(size), 2) if rng.random() < share}


def made(size: int, pairs: Pairs, **options: object) -> list[int]:
    left, right = ([pair[side] for pair in pairs] for side in (0, 1))
    found = clusters(np.arange(size), left, right, list(pairs.values()), **options)  # type: ignore[arg-type]
    return [int(label) for label in found]


def greedy(size: int, pairs: Pairs, threshold: float, barred: set[frozenset[int]]) -> list[int]:
    """The oracle: the two clusters with the highest mean weight become one, one pair at a time."""
    groups = [{at} for at in range(size)]

    def mean(one: set[int], other: set[int]) -> float:
        between = [(min(a, b), max(a, b)) for a in one for b in other]
        if any(frozenset(pair) in barred for pair in between) or not any(pair in pairs for pair in between):
            return -np.inf
        return sum(pairs.get(pair, ABSENT) for pair in between) / len(between)

    while len(groups) > 1:
        score, one, other = max(
            ((mean(a, b), min(a), min(b)) for a, b in combinations(groups, 2)), key=lambda found: found[0]
        )
        if score < threshold:
            break
        a, b = (next(group for group in groups if at in group) for at in (one, other))
        groups = [group for group in groups if group not in (a, b)] + [a | b]
    label = {at: min(group) for group in groups for at in group}
    return [label[at] for at in range(size)]


seeds = st.integers(0, 2**32 - 1)


@given(seed=seeds, size=st.integers(1, 9), share=st.floats(0.1, 1), threshold=st.sampled_from([-0.5, 0.0, 3.0]))
def test_as_merging_one_pair_at_a_time(seed: int, size: int, share: float, threshold: float) -> None:
    pairs = graph(seed, size, share)
    assert made(size, pairs, threshold=threshold) == greedy(size, pairs, threshold, set())


@given(seed=seeds, size=st.integers(2, 9), share=st.floats(0.3, 1), bars=st.integers(1, 4))
def test_what_is_judged_apart_stays_apart(seed: int, size: int, share: float, bars: int) -> None:
    pairs = graph(seed, size, share)
    rng = np.random.default_rng(seed)
    apart = [tuple(int(at) for at in rng.choice(size, 2, replace=False)) for _ in range(bars)]
    found = made(size, pairs, apart=apart)
    assert all(found[one] != found[other] for one, other in apart)
    assert found == greedy(size, pairs, 0.0, {frozenset(pair) for pair in apart})


@given(seed=seeds, size=st.integers(3, 9), share=st.floats(0, 1))
def test_what_is_judged_together_is_together(seed: int, size: int, share: float) -> None:
    found = made(size, graph(seed, size, share), together=[(0, size - 1), (1, 2)])
    assert found[0] == found[size - 1]
    assert found[1] == found[2]


def test_apart_wins_over_a_chain_of_together() -> None:
    found = made(4, {}, together=[(0, 1), (1, 2), (2, 3)], apart=[(0, 2)])
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert found[0] != found[2]


@given(seed=seeds, size=st.integers(3, 10), share=st.floats(0.2, 1), leaves=st.integers(1, 5))
def test_leaves_tie_nothing_together(seed: int, size: int, share: float, leaves: int) -> None:
    pairs = graph(seed, size, share)
    leaf = np.zeros(size, dtype=bool)
    leaf[np.random.default_rng(seed).choice(size, min(leaves, size), replace=False)] = True
    found = made(size, pairs, leaves=leaf)
    trunk = [at for at in range(size) if not leaf[at]]
    without = made(size, {pair: bits for pair, bits in pairs.items() if not leaf[list(pair)].any()})
    for one, other in combinations(trunk, 2):
        assert (found[one] == found[other]) == (without[one] == without[other])


@given(seed=seeds, size=st.integers(3, 10), share=st.floats(0.2, 1), leaves=st.integers(0, 5))
def test_a_leaf_is_with_others_only_by_its_own_likeness(seed: int, size: int, share: float, leaves: int) -> None:
    """Nobody sees a hidden record's link that another hidden record explains."""
    pairs = graph(seed, size, share)
    leaf = np.zeros(size, dtype=bool)
    leaf[:leaves] = True
    found = made(size, pairs, leaves=leaf)
    for one in np.flatnonzero(leaf):
        trunk = [at for at in range(size) if found[at] == found[one] and not leaf[at]]
        if trunk:
            own = [pairs.get((min(one, at), max(one, at)), ABSENT) for at in trunk]
            assert sum(own) / len(own) >= 0


@given(seed=seeds, size=st.integers(2, 12), share=st.floats(0.2, 1), several=st.integers(1, 6), leaves=st.booleans())
def test_a_source_tells_a_thing_once(seed: int, size: int, share: float, several: int, leaves: bool) -> None:
    rng = np.random.default_rng(seed)
    sources = rng.integers(-1, several, size)
    leaf = rng.random(size) < 0.3 if leaves else None
    found = made(size, graph(seed, size, share), sources=sources, leaves=leaf)
    told = [(found[at], int(sources[at])) for at in range(size) if sources[at] >= 0]
    assert len(told) == len(set(told))


@given(seed=seeds, size=st.integers(2, 9), share=st.floats(0.2, 1))
def test_the_order_of_pairs_and_their_sides_does_not_matter(seed: int, size: int, share: float) -> None:
    pairs = graph(seed, size, share)
    shuffled = dict(np.random.default_rng(seed).permutation(np.array(list(pairs.items()), dtype=object)).tolist())
    turned = {(pair[1], pair[0]): bits for pair, bits in shuffled.items()}
    assert made(size, turned) == made(size, pairs)


def test_a_chain_of_weak_likenesses_does_not_make_one_of_many() -> None:
    chain = {(at, at + 1): 1.0 for at in range(19)}
    found = made(20, chain)
    assert max(np.unique(found, return_counts=True)[1]) <= 3


def test_two_groups_with_one_link_between_them_stay_two() -> None:
    groups = [range(5), range(5, 10)]
    pairs = {pair: 8.0 for group in groups for pair in combinations(group, 2)} | {(0, 5): 7.0}
    assert made(10, pairs) == [0] * 5 + [5] * 5


def test_ids_may_be_text_and_unknown_ones_are_refused() -> None:
    assert clusters(["b", "a", "c"], ["a"], ["b"], [4.0]).tolist() == [0, 0, 2]
    with pytest.raises(KeyError):
        clusters(["a", "b"], ["a"], ["z"], [4.0])


def test_nothing_at_all() -> None:
    assert clusters([], [], [], []).tolist() == []
