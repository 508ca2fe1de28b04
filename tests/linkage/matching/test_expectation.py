"""m, u and the prior out of unlabelled counts: parameters that are known are found again."""

from __future__ import annotations

import numpy as np
import pytest

from hueandcry.linkage.matching.expectation import Patterns, maximised, reads
from hueandcry.linkage.matching.settings import Blocking, Comparer, Level, Settings, Training, missing, otherwise


def comparer(name: str) -> Comparer:
    levels = (
        missing(name),
        Level("the same", f"{name}_l = {name}_r"),
        Level("near", f"{name}_l < {name}_r"),
        otherwise(),
    )
    return Comparer(name, name, (name,), levels)


NAMES = ("a", "b", "c", "d")
SETTINGS = Settings(
    "made", "1", "id", tuple(map(comparer, NAMES)), (Blocking.on("a"), Blocking.on("b")),
    Training(rules=("l.a = r.a", "l.b = r.b")), 0.0,
)  # fmt: skip
M = {name: np.array([0.05, 0.15, 0.8]) for name in NAMES}  # by gamma: different, near, the same
U = {name: np.array([0.9, 0.08, 0.02]) for name in NAMES}


def drawn(matches: int, others: int, rule: str | None, seed: int = 1) -> Patterns:
    """Patterns of pairs of which so many match; what the rule reads agrees; one value in ten is missing."""
    rng = np.random.default_rng(seed)
    parts = []
    for shares, count in ((M, matches), (U, others)):
        columns = [
            np.full(count, 2) if rule and f"l.{name} " in rule else rng.choice(3, size=count, p=shares[name])
            for name in NAMES
        ]
        parts.append(np.stack(columns, axis=1))
    gammas = np.concatenate(parts)
    gammas = np.where(rng.random(gammas.shape) < 0.1, -1, gammas)
    found, times = np.unique(gammas, axis=0, return_counts=True)
    return Patterns(found.astype(np.int64), times.astype(np.float64), rule)


def learnt(
    matches: int, others: int, prior: float | None = 1e-3, candidates: Patterns | None = None, every: int = 10**9
):  # type: ignore[no-untyped-def]
    trained = [drawn(matches, others, rule, seed) for seed, rule in enumerate(SETTINGS.training.rules)]
    random = {name: [0.0, *U[name][::-1]] for name in NAMES}
    return maximised(SETTINGS, random, trained, candidates, prior, drawn=10**7, every=every)


def test_known_parameters_are_found_again() -> None:
    levels, _ = learnt(20_000, 60_000)
    for name in NAMES:
        assert [one.m for one in levels[name][1:]] == pytest.approx(M[name][::-1], abs=0.015)
        assert [one.u for one in levels[name][1:]] == pytest.approx(U[name][::-1], rel=0.05)


def test_the_prior_is_found_among_the_candidates() -> None:
    random = {name: [0.0, *(0.95 * U[name] + 0.05 * M[name])[::-1]] for name in NAMES}
    trained = [drawn(20_000, 60_000, rule) for rule in SETTINGS.training.rules]
    every = drawn(5_000, 95_000, None)
    _, prior = maximised(SETTINGS, random, trained, every, None, drawn=10**7, every=100_000)
    assert prior == pytest.approx(0.05, rel=0.1)


def test_matches_among_random_pairs_do_not_count_as_others() -> None:
    """Where a tenth of all pairs match, agreement among random pairs is mostly theirs."""
    random = {name: [0.0, *(0.9 * U[name] + 0.1 * M[name])[::-1]] for name in NAMES}
    trained = [drawn(20_000, 60_000, rule) for rule in SETTINGS.training.rules]
    levels, _ = maximised(SETTINGS, random, trained, None, 0.1, drawn=10**7, every=10**7)
    assert levels["d"][1].u == pytest.approx(0.02, rel=0.15)


def test_hardly_any_pair_gives_no_absurd_weight() -> None:
    levels, _ = learnt(1, 3)
    assert all(abs(one.weight) < 12 for name in NAMES for one in levels[name])


def test_a_level_that_nothing_showed_says_nothing() -> None:
    trained = [Patterns(np.array([[2, 2, 2, 2], [0, 0, 0, 0]]), np.array([500.0, 500.0]), "l.a = r.a")]
    random = {name: [0.0, 0.02, 0.0, 0.98] for name in NAMES}
    levels, _ = maximised(SETTINGS, random, trained, None, 1e-3, drawn=10**6, every=10**9)
    assert levels["d"][2].weight == 0


def test_the_order_of_counting_changes_nothing() -> None:
    rows = [{"a": 1, "b": 0, "times": 3}, {"a": 0, "b": 2, "times": 5}]
    one, other = (Patterns.of(listed, ["a", "b"], None) for listed in (rows, rows[::-1]))
    assert (one.gammas == other.gammas).all()
    assert (one.times == other.times).all()


def test_a_rule_that_reads_a_comparers_column_does_not_teach_it() -> None:
    assert reads('l."a" = r."a"', comparer("a"))
    assert reads("left(l.a, 2) = left(r.a, 2)", comparer("a"))
    assert not reads("l.a = r.a", comparer("b"))
