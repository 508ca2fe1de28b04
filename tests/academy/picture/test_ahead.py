"""How many will still be certified, against the law written out and against a simulation."""

from __future__ import annotations

import random
from math import comb, lgamma

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.academy.picture.ahead import Month, Renewals, ahead


def _law(n: int, a: float, b: float) -> list[float]:
    """Beta-binomial probabilities of 0 to n, by the formula."""

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    from math import exp

    return [comb(n, k) * exp(beta(k + a, n - k + b) - beta(a, b)) for k in range(n + 1)]


def _at(law: list[float], share: float) -> set[int]:
    """The percentile; two, where it lies on the edge of both as exactly as numbers are held."""
    made, total = set(), 0.0
    for k, p in enumerate(law):
        total += p
        if total >= share - 1e-9:
            made.add(k)
        if total >= share + 1e-9:
            break
    return made


@given(st.integers(5, 60), st.data())
@settings(max_examples=60, deadline=None)
def test_bounds_are_those_of_the_law(ended: int, data: st.DataObject) -> None:
    renewed = data.draw(st.integers(0, ended))
    now = data.draw(st.integers(5, 80))
    left = data.draw(st.integers(5, now))
    found = ahead([now, left], Renewals(ended, renewed))[1]
    law = _law(now - left, renewed + 0.5, ended - renewed + 0.5)
    if now == left:
        assert found == Month(1, left, left, left, left)
        return
    assert found.expected == pytest.approx(left + sum(k * p for k, p in enumerate(law)))
    assert found.low is not None
    assert found.high is not None
    assert found.low - left in _at(law, 0.05)
    assert found.high - left in _at(law, 0.95)


def test_nine_of_ten_worlds_lie_within_the_bounds() -> None:
    draw, inside, worlds = random.Random(8), 0, 600  # noqa: S311 - made again, no secret
    for _world in range(worlds):
        share = draw.random()
        renewed = sum(draw.random() < share for _ in range(30))
        truth = 20 + sum(draw.random() < share for _ in range(40))
        found = ahead([60, 20], Renewals(30, renewed))[1]
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= truth <= found.high
    assert 0.88 <= inside / worlds <= 0.98


def test_what_is_not_known_is_not_said() -> None:
    plain = [Month(0, 9), Month(1, 7), Month(2, None)]
    assert ahead([9, 7, None]) == plain
    assert ahead([9, 7, None], Renewals(4, 4)) == plain
    assert ahead([9, 7, None], Renewals(5, 5))[2] == Month(2, None)
    assert ahead([]) == []
    with pytest.raises(ValueError, match="do not grow"):
        ahead([5, None, 6])
