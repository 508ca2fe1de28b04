"""Lower bounds: published formulas, and worlds in which they lie below the truth."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from hueandcry.picture.mse.chao import chao2, chapman, lower_bound, pairwise
from hueandcry.picture.mse.table import Table


def drawn(rng: np.random.Generator, total: int, chances: tuple[float, ...], spread: float) -> Table:
    """Individuals whose odds of being told of differ log-normally, on lists of these odds."""
    odds = np.array([c / (1 - c) for c in chances]) * np.exp(spread * rng.normal(size=(total, 1)))
    bits = (rng.random((total, len(chances))) < odds / (1 + odds)) @ (1 << np.arange(len(chances)))
    counts = {int(h): int(n) for h, n in zip(*np.unique(bits[bits > 0], return_counts=True), strict=True)}
    return Table(tuple("abcdef"[: len(chances)]), counts)


def test_it_is_chaos_own_where_lists_are_alike() -> None:
    """With lists of one size both forms agree but for the correction of f1 (f1 - 1) against f1^2."""
    table = Table(("a", "b", "c"), {1: 100, 2: 100, 4: 100, 3: 20, 5: 20, 6: 20, 7: 5})
    assert lower_bound(table).value == pytest.approx(365 + (300**2 - 3 * 100**2) / (2 * 61))
    assert chao2(table).value == pytest.approx(365 + 2 / 3 * 300 * 299 / (2 * 61))
    ratio = 300 / 61
    by_chao = 61 * (ratio**4 * (2 / 3) ** 2 / 4 + ratio**3 * (2 / 3) ** 2 + ratio**2 * (2 / 3) / 2)
    assert lower_bound(table).error == pytest.approx(sqrt(by_chao), rel=0.02)


def test_chapman() -> None:
    """Seber (1982), p. 60: 400 marked, 300 looked at, 20 marked among these."""
    found = chapman(400, 300, 20)
    assert found.value == pytest.approx(401 * 301 / 21 - 1)
    assert found.error == pytest.approx(sqrt(401 * 301 * 380 * 280 / (21**2 * 22)))
    with pytest.raises(ValueError, match="both"):
        chapman(3, 5, 4)


@pytest.mark.parametrize("spread", [0.0, 0.7, 1.5])
def test_it_lies_below_the_truth_and_above_those_seen(spread: float) -> None:
    rng = np.random.default_rng(3)
    above, values = 0, []
    for _ in range(100):
        table = drawn(rng, 3_000, (0.05, 0.2, 0.1, 0.3), spread)
        bound = lower_bound(table)
        assert table.observed <= bound.low <= bound.value <= bound.high
        above += bound.low > 3_000
        values.append(bound.value)
    assert above <= 8  # of 100: at most 2.5 % if it were no bound but the truth itself
    assert np.mean(values) <= 3_000 * 1.01


def test_chaos_form_for_occasions_overshoots_where_lists_differ() -> None:
    """Which is why it is not the bound given out."""
    rng = np.random.default_rng(4)
    table = drawn(rng, 20_000, (0.02, 0.02, 0.4), 0.0)
    assert chao2(table).low > 20_000 > lower_bound(table).low


def test_nobody_on_two_lists() -> None:
    bound = lower_bound(Table(("a", "b"), {1: 4, 2: 3}))
    assert bound.value == 7 + 12
    assert bound.low >= 7
    assert lower_bound(Table(("a", "b"), {3: 9})).value == 9


def test_pairs_show_which_lists_find_the_same() -> None:
    found = pairwise(Table(("a", "b", "c"), {1: 50, 2: 50, 4: 100, 3: 50, 5: 10, 6: 10, 7: 10}))
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}
    assert found["a", "b"].value < found["a", "c"].value
