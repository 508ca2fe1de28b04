"""How alike groups are: equal to the likelihoods written out, the same either way round, and telling what is rare."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammaln

from hueandcry.linkage.operations import traits
from hueandcry.linkage.operations.arrays import trait

Codes = st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 4)), min_size=2, max_size=40)


def likelihood(counts: np.ndarray, alpha: np.ndarray) -> float:
    """Dirichlet-multinomial, all its codes."""
    return float(
        gammaln(alpha.sum()) - gammaln(alpha.sum() + counts.sum()) + (gammaln(counts + alpha) - gammaln(alpha)).sum()
    )


@settings(max_examples=200, deadline=None)
@given(Codes)
def test_alike_is_one_source_against_two(drawn: list[tuple[int, int]]) -> None:
    group, code = (np.array([row[i] for row in drawn]) for i in range(2))
    one = trait(np.arange(len(code)), code)
    counts = traits.counted(one, group, 4)
    alpha = np.linspace(0.1, 1.0, one.width)
    whole = np.zeros((4, one.width))
    known = code >= 0
    np.add.at(whole, (group[known], code[known]), 1)
    a, b = np.triu_indices(4, 1)
    found = traits.alike(counts, alpha, a, b)
    right = [
        likelihood(whole[i] + whole[j], alpha) - likelihood(whole[i], alpha) - likelihood(whole[j], alpha)
        for i, j in zip(a, b, strict=True)
    ]
    assert np.allclose(found, right)
    assert np.allclose(found, traits.alike(counts, alpha, b, a))


def test_what_is_rare_tells_more() -> None:
    code = np.array([0, 0, 1, 1] + [0] * 96)
    group = np.array([0, 1, 2, 3] + [-1] * 96)
    one = trait(np.arange(100), code)
    counts = traits.counted(one, group, 4)
    common, rare = traits.alike(counts, np.array([0.98, 0.02]), np.array([0, 2]), np.array([1, 3]))
    assert rare > common > 0


def test_several_of_a_crime_are_not_independent() -> None:
    crime, code = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    assert trait(crime, code).weight == 0.25
    assert trait(np.arange(10), np.arange(10)).weight == 1.0
    assert len(trait(np.array([1, 1]), np.array([2, 2])).crime) == 1


def test_nothing_known_tells_nothing() -> None:
    none = trait(np.arange(3), np.full(3, -1))
    fitted = traits.fitted([none], np.array([0, 0, 1]))
    assert (
        traits.alike(traits.counted(none, np.array([0, 0, 1]), 2), fitted[0], np.array([0]), np.array([1])) == 0
    ).all()
