"""Joiners and leavers: against a GLM with fixed effects, and on reporters who come and go while nothing changes."""

from __future__ import annotations

import numpy as np
import pytest

from hueandcry.picture.trends import exposure


def test_levels_are_those_of_the_fixed_effects_model() -> None:
    from statsmodels.api import GLM, families

    rng = np.random.default_rng(1)
    part = np.ones((5, 9), dtype=bool)
    part[1, :4] = part[3, 6:] = False
    told = np.where(part, rng.poisson(np.outer([4, 30, 9, 50, 12], np.linspace(1, 2, 9))), 0).astype(float)
    mu, lam = exposure.levels(told, part)
    body, month = np.nonzero(part)
    design = np.column_stack([body[:, None] == np.arange(5), month[:, None] == np.arange(1, 9)]).astype(float)
    fitted = GLM(told[part], design, family=families.Poisson()).fit()
    np.testing.assert_allclose((mu[:, None] * lam)[part], fitted.fittedvalues, rtol=1e-5)
    assert lam.mean() == pytest.approx(1.0)


def test_a_joiner_is_no_rise() -> None:
    rng = np.random.default_rng(2)
    told = rng.poisson(20, (6, 24)).astype(float)
    told[4:, :14] = 0
    part = exposure.active(told)
    assert part.sum(axis=1).tolist() == [24, 24, 24, 24, 10, 10]
    change = exposure.decomposed(told, part, slice(0, 12), slice(14, 24))
    assert change is not None
    assert change.total == pytest.approx(1.5, abs=0.12)
    assert change.reporters == pytest.approx(1.5, abs=0.05)
    assert change.each == pytest.approx(1.0, abs=0.06)
    assert change.total == pytest.approx(change.reporters * change.each)


def test_a_rise_of_everybody_is_a_rise() -> None:
    rng = np.random.default_rng(3)
    told = rng.poisson(np.where(np.arange(24) < 12, 20, 40), (6, 24)).astype(float)
    part = exposure.active(told)
    assert part.all()
    change = exposure.decomposed(told, part, slice(0, 12), slice(12, 24))
    assert change is not None
    assert (change.reporters, change.each) == (pytest.approx(1.0), pytest.approx(2.0, rel=0.1))


def test_small_and_silent_reporters() -> None:
    told = np.zeros((4, 40))
    told[0, [3, 17, 30]] = 1  # now and then: it takes part all the while
    told[1, 25:] = 6
    told[1, 10] = 1  # one old crime, told on joining
    told[2, :20] = 8  # it left
    part = exposure.active(told)
    assert part[0].all()
    assert np.flatnonzero(part[1]).tolist() == list(range(25, 40))
    assert np.flatnonzero(part[2]).tolist() == list(range(20))
    assert not part[3].any()


def test_nobody_in_common_cannot_be_compared() -> None:
    told = np.array([[9.0] * 6 + [0] * 6, [0] * 6 + [9.0] * 6])
    part = exposure.active(told)
    assert exposure.decomposed(told, part, slice(0, 6), slice(6, 12)) is None


def test_months_without_reporters_are_not_told() -> None:
    part = np.array([[True, True, False, True]])
    _mu, lam = exposure.levels(np.array([[3.0, 3, 0, 3]]), part)
    assert np.isnan(lam[2])
    assert lam[[0, 1, 3]].tolist() == pytest.approx([1, 1, 1])


def test_the_matrix_has_a_row_for_each_reporter() -> None:
    bodies, told = exposure.matrix({(7, 100): 2, (3, 102): 5, (7, 99): 9}, 100, 102)
    assert bodies == [3, 7]
    assert told.tolist() == [[0, 0, 5], [2, 0, 0]]
