"""The chain ladder against its published answers, against a GLM, and against simulated months whose end is known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from hueandcry.picture.trends import delay, months

# Taylor and Ashe (1983), cumulative; reserves in 1,000 and standard errors: Mack (1993), ASTIN Bulletin 23(2).
TAYLOR_ASHE = [
    [357848, 1124788, 1735330, 2218270, 2745596, 3319994, 3466336, 3606286, 3833515, 3901463],
    [352118, 1236139, 2170033, 3353322, 3799067, 4120063, 4647867, 4914039, 5339085],
    [290507, 1292306, 2218525, 3235179, 3985995, 4132918, 4628910, 4909315],
    [310608, 1418858, 2195047, 3757447, 4029929, 4381982, 4588268],
    [443160, 1136350, 2128333, 2897821, 3402672, 3873311],
    [396132, 1333217, 2180715, 2985752, 3691712],
    [440832, 1288463, 2419861, 3483130],
    [359480, 1421128, 2864498],
    [376686, 1363294],
    [344014],
]
RESERVES = [95, 470, 710, 985, 1419, 2178, 3920, 4279, 4626]
ERRORS = [0.80, 0.26, 0.19, 0.27, 0.29, 0.26, 0.22, 0.23, 0.29]  # of the reserve


def padded(rows: list[list[int]]) -> np.ndarray:
    made = np.full((len(rows), len(rows[0])), np.nan)
    for at, row in enumerate(rows):
        made[at, : len(row)] = row
    return made


def test_reserves_and_their_errors_are_macks() -> None:
    found = delay.ladder(padded(TAYLOR_ASHE), free=True)
    for row in range(1, 10):
        age, held = 9 - row, float(TAYLOR_ASHE[row][-1])
        reserve = held / found.completeness[age] - held
        assert round(reserve / 1000) == RESERVES[row - 1]
        assert round(found.error(age, held) / reserve, 2) == ERRORS[row - 1]


def simulated(rng: np.random.Generator, months_: int, level: float, phi: float = 1.0) -> np.ndarray:
    """Counts by month and delay, all of them; delays are geometric. ``phi`` of 2: cases come two at a time."""
    share = 0.45 * 0.55 ** np.arange(13)
    return phi * rng.poisson(level / phi * share / share.sum(), (months_, 13))


def hidden(counts: np.ndarray) -> np.ndarray:
    rows, wide = counts.shape
    return np.where(np.add.outer(np.arange(rows), np.arange(wide)) < rows, counts.cumsum(axis=1), np.nan)


def test_equals_the_over_dispersed_poisson_model() -> None:
    """Renshaw and Verrall (1998): a Poisson GLM with a row and a column effect has the same estimates."""
    from statsmodels.api import GLM, families

    counts = simulated(np.random.default_rng(4), 14, 90.0)
    seen = ~np.isnan(hidden(counts))
    row, column = np.nonzero(seen)
    design = np.column_stack([row[:, None] == np.arange(14), column[:, None] == np.arange(1, 13)]).astype(float)
    fitted = GLM(counts[seen], design, family=families.Poisson()).fit()
    effects = np.exp(np.append(0.0, fitted.params[14:]))
    shares = effects / effects.sum()
    np.testing.assert_allclose(delay.ladder(hidden(counts)).completeness, shares.cumsum(), rtol=1e-5)


@pytest.mark.parametrize(("level", "phi"), [(12.0, 1), (150.0, 1), (150.0, 3)])
def test_intervals_cover(level: float, phi: float) -> None:
    rng = np.random.default_rng(6)
    inside, times = 0, 0
    for _ in range(60):
        counts = simulated(rng, 36, level, phi)
        found = delay.ladder(hidden(counts))
        for age in (0, 1, 2):
            row = 35 - age
            told = delay.corrected(found, float(counts[row, : age + 1].sum()), age=age, elapsed=0.0)
            assert told.low is not None and told.high is not None
            inside += told.low <= counts[row].sum() <= told.high
            times += 1
    assert 0.91 <= inside / times <= 1.0
    assert found.dispersion == pytest.approx(phi, rel=0.35)


def test_a_month_is_worked_out_between_the_ends_of_months() -> None:
    found = delay.Ladder(np.array([1.25, 1.6]), np.array([900.0, 900.0]), np.array([0.3, 0.9]), 1.0)
    assert found.completeness == pytest.approx([0.5, 0.625, 1.0])
    half = delay.corrected(found, 90.0, age=0, elapsed=0.5)
    assert half.completeness == pytest.approx(0.5625)
    assert half.value == pytest.approx(160.0)
    assert half.provisional
    assert delay.corrected(found, 90.0, age=7, elapsed=0.5) == delay.Corrected(1.0, 90.0, 90.0, 90.0)


def test_too_early_is_said() -> None:
    slow = delay.Ladder(np.array([5.0, 1.1]), np.array([900.0, 900.0]), np.array([0.3, 0.9]), 1.0)
    assert delay.corrected(slow, 40.0, age=0, elapsed=0.0).value is None
    assert delay.corrected(slow, 40.0, age=-1, elapsed=0.9).value is None


def test_where_nothing_has_come_something_still_may() -> None:
    found = delay.Ladder(np.array([2.0]), np.array([500.0]), np.array([2.0]), 1.0)
    none = delay.corrected(found, 0.0, age=0, elapsed=0.0)
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high is not None and none.high >= 1


def test_only_whole_months_since_the_first_arrival_teach() -> None:
    triangle = {("2024-01", 12): 500, ("2025-01", 0): 40, ("2025-01", 3): 10, ("2025-07", 0): 7, ("2025-08", 0): 99}
    first, table = delay.cumulated(triangle, date(2025, 8, 20))
    assert months.written(first) == "2025-01", "what came in one go in the first month says nothing of delay"
    assert table.shape == (7, 7)
    assert table[0].tolist() == [40, 40, 40, 50, 50, 50, 50]
    assert table[6, 0] == 7
    assert np.isnan(table[6, 1:]).all()
    assert not np.isnan(table[:, 0]).any()


def test_too_little_to_learn_from() -> None:
    with pytest.raises(delay.TooLittleError, match="six whole months"):
        delay.cumulated({("2025-05", 0): 900}, date(2025, 8, 20))
    with pytest.raises(delay.TooLittleError, match="six whole months"):
        delay.cumulated({}, date(2025, 8, 20))
    with pytest.raises(delay.TooLittleError, match="too few cases"):
        delay.ladder(hidden(np.ones((8, 4))))
