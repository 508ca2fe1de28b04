"""Places of a graph: each thing has one, the same each time, near what it is tied to."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.analysis import layout
from hueandcry.linkage.analysis.layout import APART, places

TIES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)).filter(lambda e: e[0] != e[1]), max_size=40)


@settings(max_examples=40, deadline=None)
@given(TIES)
def test_every_node_has_a_place_of_its_own(ties: list[tuple[int, int]]) -> None:
    found = places(20, tuple(sorted(set(ties))))
    assert len(found) == 20
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in found)
    apart = {(round(x, 3), round(y, 3)) for x, y in found}
    assert len(apart) >= 18  # two of one component may fall together, as a pair with the same ties does


def test_the_same_ties_give_the_same_places() -> None:
    ties = tuple((n * n % 150, n) for n in range(151, 300))
    first = places(300, ties)
    places.cache_clear()
    assert places(300, ties) == first


def test_what_is_tied_stands_nearer_than_what_is_not() -> None:
    ring = [(n, (n + 1) % 8) for n in range(8)]
    found = places(16, tuple(ring + [(a + 8, b + 8) for a, b in ring]))
    within = max(math.dist(found[a], found[b]) for a, b in ring)
    assert within < math.dist(found[0], found[8])


def test_groups_do_not_overlap() -> None:
    found = places(6, ((0, 1), (1, 2), (3, 4), (4, 5)))
    left, right = found[:3], found[3:]
    assert max(x for x, _ in left) + APART <= min(x for x, _ in right) or max(y for _, y in left) < min(
        y for _, y in right
    )


def test_nothing_and_one() -> None:
    assert places(0, ()) == ()
    assert len(places(1, ())) == 1


def test_one_that_stands_far_out_does_not_press_all_others_together() -> None:
    crowd = [(float(n % 10), float(n // 10)) for n in range(100)]
    found = layout._scaled([*crowd, (100.0, 5.0)], 101)
    across = max(x for x, _ in found) - min(x for x, _ in found)
    assert max(x for x, _ in found[:100]) - min(x for x, _ in found[:100]) > 0.8 * across
    assert found[100][0] == max(x for x, _ in found)
