"""The Schulze order: against pref_voting on a thousand profiles, against Schulze's own example, and its properties."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.priorities.schulze import UNRANKED, ranked, schulze, strongest_paths

ROOT = Path(__file__).parents[3]
ORACLE = ROOT / ".venv" / "votes" / "bin" / "python"


def profiles(number: int) -> list[list[list[int | None]]]:
    """Random profiles of every sort: few and many voters, ties, ballots that leave options out, cycles."""
    random = np.random.default_rng(20261123)
    made: list[list[list[int | None]]] = []
    for _each in range(number):
        options, voters = int(random.integers(2, 8)), int(random.integers(1, 16))
        worst = int(random.integers(1, options + 1))
        ranks = random.integers(1, worst + 1, (voters, options))
        left_out = random.random((voters, options)) < random.choice([0.0, 0.3])
        made.append([[None if out else int(r) for r, out in zip(*row, strict=True)]
                     for row in zip(ranks, left_out, strict=True)])  # fmt: skip
    return made


def order_of(profile: list[list[int | None]]) -> tuple[list[int], list[list[int]]]:
    ballots = [{o: r for o, r in enumerate(row) if r is not None} for row in profile]
    made = schulze(ranked(ballots, len(profile[0])))
    pairs = np.argwhere(made.paths > made.paths.T)
    return sorted(made.levels[0]), sorted(pairs.tolist())


@pytest.mark.skipif(not ORACLE.exists(), reason="pref_voting is in .venv/votes, which `make test` makes")
def test_equal_to_pref_voting_on_a_thousand_random_profiles() -> None:
    held = profiles(1_000)
    script = Path(__file__).with_name("oracle.py")
    ran = subprocess.run([ORACLE, script], input=json.dumps(held), capture_output=True, text=True, check=True)
    told = json.loads(ran.stdout)
    assert len(told) == 1_000
    different = [
        profile for profile, said in zip(held, told, strict=True)
        if order_of(profile) != (said["winners"], said["defeats"])
    ]  # fmt: skip
    assert different == []


def test_the_example_of_the_paper() -> None:
    """Schulze 2011, example 1: 21 voters, the only winner is a potential winner a; strongest paths as printed."""
    votes = [(8, "acdb"), (2, "badc"), (4, "cdba"), (4, "dbac"), (3, "dcba")]
    ballots = [{"abcd".index(o): n + 1 for n, o in enumerate(said)} for many, said in votes for _ in range(many)]
    made = schulze(ranked(ballots, 4))
    assert made.preferred.tolist() == [[0, 8, 14, 10], [13, 0, 6, 2], [7, 15, 0, 12], [11, 19, 9, 0]]
    assert made.paths.tolist() == [[0, 14, 14, 12], [13, 0, 13, 12], [13, 15, 0, 12], [13, 19, 13, 0]]
    assert [["abcd"[o] for o in level] for level in made.levels] == [["d"], ["a"], ["c"], ["b"]]


BALLOTS = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(1, n) | st.just(UNRANKED), min_size=n, max_size=n), min_size=1, max_size=9)
)


@given(BALLOTS, st.integers(2, 50))
def test_many_times_the_same_voters_change_nothing(ballots: list[list[int]], times: int) -> None:
    held = np.array(ballots, np.int64)
    assert schulze(held).levels == schulze(np.repeat(held, times, axis=0)).levels


@given(BALLOTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_voters_nor_that_of_options_counts(ballots: list[list[int]], random: object) -> None:
    held = np.array(ballots, np.int64)
    turn = list(range(held.shape[1]))
    random.shuffle(turn)  # type: ignore[attr-defined]
    turned = schulze(held[::-1][:, turn])
    assert [{turn[o] for o in level} for level in turned.levels] == [set(level) for level in schulze(held).levels]


@given(BALLOTS)
def test_whoever_beats_everybody_comes_first_and_every_option_stands_once(ballots: list[list[int]]) -> None:
    made = schulze(np.array(ballots, np.int64))
    n = len(made.paths)
    assert sorted(o for level in made.levels for o in level) == list(range(n))
    for one in range(n):
        if all(made.preferred[one, other] > made.preferred[other, one] for other in range(n) if other != one):
            assert made.levels[0] == (one,)
    places = made.places
    assert sum(places) == pytest.approx(n / 2) and min(places) >= 0 and max(places) <= 1


@given(BALLOTS)
def test_paths_are_as_strong_as_every_walk_says(ballots: list[list[int]]) -> None:
    """Brute force: the widest path over all simple paths."""
    made = schulze(np.array(ballots, np.int64))
    links = np.where(made.preferred > made.preferred.T, made.preferred, 0)

    def widest(a: int, b: int, seen: frozenset[int]) -> int:
        direct = int(links[a, b])
        rest = [c for c in range(len(links)) if c not in seen | {a, b} and links[a, c]]
        return max([direct] + [min(int(links[a, c]), widest(c, b, seen | {a})) for c in rest])

    n = len(links)
    if n <= 5:
        wanted = [[widest(a, b, frozenset()) if a != b else 0 for b in range(n)] for a in range(n)]
        assert strongest_paths(made.preferred).tolist() == wanted
