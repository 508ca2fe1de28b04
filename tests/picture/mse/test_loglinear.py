"""Log-linear models: against statsmodels, against published answers, and where no estimate exists."""

import warnings

import numpy as np
import pytest

from hueandcry.picture.mse import bootstrap, heterogeneity, loglinear
from hueandcry.picture.mse.identifiable import checked, status
from hueandcry.picture.mse.loglinear import Design
from hueandcry.picture.mse.table import Table

# United Kingdom 2013 (Silverman 2014; Bales, Hesketh & Silverman 2015), lists LA, NG, PFNCA, GO: R package modslavmse.
UK_4 = Table(
    ("LA", "NG", "PFNCA", "GO"),
    {1: 54, 2: 464, 4: 1006, 8: 703, 3: 15, 5: 19, 9: 3, 6: 62, 10: 19, 12: 76, 7: 1, 11: 1, 14: 4, 15: 1},
)
# Snowshoe hares (Cormack 1989; R package Rcapture): how many were caught on which of six days, by bits.
HARE = (
    "63 63 35 19 13 21 5 57 9 9 17 17 33 1 1 1 62 46 46 54 38 38 58 42 42 42 10 10 10 50 18 18 18 34 2 2 2 2 2 2 44 52"
    " 36 36 4 4 4 4 4 56 24 40 40 40 40 8 8 8 48 48 16 16 16 16 32 32 32 32"
)


def hares() -> Table:
    caught = [int(bits) for bits in HARE.split()]
    return Table(tuple("abcdef"), {bits: caught.count(bits) for bits in set(caught)})


def test_all_models_agree_with_statsmodels():
    import statsmodels.api as sm

    design = Design(4)
    cells = design.cells(UK_4)
    fits = loglinear.fit(design, cells, design.every())
    for model in (0, 5, 17, 42, 63):
        pairs = [5 + at for at in range(6) if model >> at & 1]
        matrix = design.matrix[:, [0, 1, 2, 3, 4, *pairs]]
        theirs = sm.GLM(cells, matrix, family=sm.families.Poisson()).fit(tol=1e-12)
        assert np.log(fits.missing[model]) == pytest.approx(theirs.params[0], abs=1e-6)
        assert fits.error[model] == pytest.approx(theirs.bse[0], rel=1e-5)
        assert fits.aic[model] == pytest.approx(theirs.aic, abs=1e-6)
        assert fits.deviance[model] == pytest.approx(theirs.deviance, abs=1e-6)


def test_the_published_hares():
    family = {model.name: model for model in heterogeneity.family(hares())}
    assert round(family["M0"].estimate, 1) == 75.4
    assert round(family["Mth Poisson2"].estimate, 1) == 81.1
    assert round(family["Mth Poisson2"].aic) == 146
    # Published as 5.7; the formula that Rcapture documents gives 5.57, and statsmodels' covariance the same.
    assert family["Mth Poisson2"].error == pytest.approx(5.57, abs=0.01)
    without = {model.name: model for model in heterogeneity.family(hares(), without=frozenset({63}))}
    assert (round(without["Mt"].estimate, 1), round(without["Mt"].error, 1)) == (76.8, 3.9)


def test_a_pair_without_overlap_leaves_the_likelihood_with_its_histories():
    import statsmodels.api as sm

    table = Table(("A", "B", "C"), {1: 300, 2: 250, 4: 400, 5: 40, 6: 30})  # nobody on A and B
    design = Design(3)
    cells = design.cells(table)
    fits = loglinear.fit(design, cells, np.array([1]))
    left = ~design.both[:, 0].astype(bool)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = sm.GLM(cells[left], design.matrix[left][:, :4], family=sm.families.Poisson()).fit(tol=1e-12)
    assert np.log(fits.missing[0]) == pytest.approx(theirs.params[0], abs=1e-6)


def test_where_the_estimate_exists_is_told_by_the_linear_programme():
    design = Design(3)
    full = design.cells(Table(("A", "B", "C"), {1: 30, 2: 25, 4: 40, 3: 6, 5: 5, 6: 7, 7: 2}))
    assert checked(design, full, design.every()) == ["exists"] * 8
    # Three lists that nobody is on two of: with all pairs, three cells are left for four parameters.
    apart = design.cells(Table(("A", "B", "C"), {1: 30, 2: 25, 4: 40}))
    assert status(design, apart, 0b111) == "undetermined"
    # Independence there: no positive table has these margins, and three cells do not tell the fourth parameter.
    assert status(design, apart, 0) == "undetermined"


def test_replicates_that_choose_anew_tell_the_lesson_of_the_united_kingdom():
    design = Design(4)
    cells = design.cells(UK_4)
    fits = loglinear.search(design, cells)
    order = np.argsort(fits.bic, kind="stable")[:20]
    drawn = bootstrap.resample(design, bootstrap.tables(cells, 12_000, 200, seed=1), fits, order)
    low, high = bootstrap.picked(drawn)
    best = order[0]
    one = UK_4.observed + fits.missing[best] * np.exp(np.array([-1.96, 1.96]) * fits.error[best])
    assert high - low > 1.5 * (one[1] - one[0])
    again = bootstrap.resample(design, bootstrap.tables(cells, 12_000, 200, seed=1), fits, order)
    assert bootstrap.picked(again) == (low, high)


def test_the_search_by_steps_finds_what_all_models_have():
    rng = np.random.default_rng(3)
    design = Design(5)
    chances = np.exp(design.matrix @ np.concatenate([[5], rng.normal(-1, 0.4, 5), rng.normal(0, 0.7, 10)]))
    cells = rng.poisson(chances).astype(float)
    every = loglinear.search(design, cells)
    steps = loglinear.stepped(design, cells)
    assert steps.bic.min() == pytest.approx(every.bic.min(), abs=1e-6)
    assert len(steps.models) < len(every.models)
