"""Order and reasons of results: properties, and a world in which a good unseen resource has to surface."""

from __future__ import annotations

import random
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.register.ranking import (
    LEAST_LIFT,
    MOST_LIFT,
    Found,
    Query,
    freshness,
    lift,
    propensity,
    ranked,
    score,
)

DAY = date(2026, 11, 23)
examined = st.floats(0, 1e6)
asked = st.integers(0, 10**6)


@given(examined, st.floats(0, 1e5), asked)
def test_more_shown_with_the_same_asked_for_never_raises(before: float, more: float, times: int) -> None:
    less = score(Found(1, examined=before + more, asked=times), day=DAY)
    assert less <= score(Found(1, examined=before, asked=times), day=DAY)


@given(examined, asked, st.integers(0, 100))
def test_more_asked_for_never_lowers_and_the_lift_is_bounded(seen: float, times: int, more: int) -> None:
    assert lift(seen, times + more) >= lift(seen, times)
    assert LEAST_LIFT <= lift(seen, times) <= MOST_LIFT


@given(st.integers(1, 10_000))
def test_further_down_is_looked_at_less_and_never_not_at_all(position: int) -> None:
    assert 0 < propensity(position + 1) <= propensity(position) <= 1


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_what_was_confirmed_later_is_fresher(first: int, second: int) -> None:
    older, newer = sorted((first, second), reverse=True)
    assert freshness(DAY - timedelta(days=older), DAY) <= freshness(DAY - timedelta(days=newer), DAY)


@given(st.lists(st.tuples(st.floats(0, 1), examined, asked), max_size=30))
def test_an_order_loses_nothing_and_does_not_hang_on_the_order_given(rows: list[tuple[float, float, int]]) -> None:
    found = [Found(n, relevance=r, examined=e, asked=a) for n, (r, e, a) in enumerate(rows)]
    keys = [one.found.key for one in ranked(found, day=DAY, query=Query())]
    assert sorted(keys) == list(range(len(found)))
    assert keys == [one.found.key for one in ranked(found[::-1], day=DAY, query=Query())]


def test_reasons_say_what_it_meets() -> None:
    one = Found(1, fits={"words": ("forensics",), "country": ("AO",)}, evidence=2, confirmed_on=DAY, examined=1)
    made = ranked([one], day=DAY, query=Query(("forensics",), {"country": ("AO",), "language": ("pt",)}))[0]
    assert [reason.kind for reason in made.reasons] == [
        "words",
        "country",
        "seldom shown",
        "confirmed by",
        "confirmed on",
    ]
    well_known = Found(2, examined=200, asked=90, near=True, fits={"words": ("forensic",)})
    kinds = [reason.kind for reason in ranked([well_known], day=DAY, query=Query(("forensik",)))[0].reasons]
    assert kinds == ["near", "asked for"]


# The simulated world: searches of one kind; somebody looks at position k with chance 1/k, and asks for what they see by
# its true appeal. Forty known resources have been on top for long.
APPEALS = {"good": 0.6, "bad": 0.01}
SEARCHES = 150


def simulated(seed: int, *, corrected: bool) -> dict[str, int]:
    """Where the good and the bad newcomer stand after so many searches."""
    draw = random.Random(seed)  # noqa: S311
    keys = ["good", "bad", *(f"known {n}" for n in range(40))]
    appeal = APPEALS | {key: draw.uniform(0.05, 0.3) for key in keys[2:]}
    seen = dict.fromkeys(keys, 0.0) | {key: draw.uniform(100, 500) for key in keys[2:]}
    wanted = dict.fromkeys(keys, 0) | {key: int(seen[key] * appeal[key]) for key in keys[2:]}

    def order() -> list[str]:
        if not corrected:  # by popularity, as a plain list does it
            return sorted(keys, key=lambda key: (-wanted[key], key))
        found = [Found(n, examined=seen[key], asked=wanted[key]) for n, key in enumerate(keys)]
        return [keys[one.found.key] for one in ranked(found, day=DAY, query=Query())]

    for _search in range(SEARCHES):
        for position, key in enumerate(order()[:20], start=1):
            looked = draw.random() < 1 / position
            seen[key] += propensity(position)
            wanted[key] += looked and draw.random() < appeal[key]
    places = order()
    return {key: places.index(key) + 1 for key in APPEALS}


def test_a_good_small_resource_surfaces_and_a_bad_one_does_not() -> None:
    for seed in range(10):
        places = simulated(seed, corrected=True)
        assert places["good"] <= 5
        assert places["bad"] > 5


def test_by_popularity_it_never_would() -> None:
    assert all(simulated(seed, corrected=False)["good"] > 20 for seed in range(10))
