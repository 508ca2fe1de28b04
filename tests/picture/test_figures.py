"""Series, sums and rates out of cells; the interval is checked against what R's poisson.test prints."""

from __future__ import annotations

from datetime import date

import pytest

from hueandcry.picture.figures import (
    Cells,
    Question,
    asked,
    beta_share,
    change,
    months,
    over_closed,
    over_months,
    per_cent,
    rate_ratio,
)

TODAY = date(2026, 3, 14)


def test_rate_ratio_as_r_gives_it() -> None:
    """The example of ?poisson.test: poisson.test(c(11, 6 + 8 + 7), c(800, 1083 + 1050 + 878))."""
    found = rate_ratio(11, 21, 800, 3011)
    assert found.ratio == pytest.approx(1.971488, abs=1e-6)
    assert found.low == pytest.approx(0.8584264, abs=1e-6)
    assert found.high == pytest.approx(4.2772659, abs=1e-6)


def test_no_report_after_many_has_a_limit_of_its_own() -> None:
    """With a = 0 the upper limit of the share is 1 - (alpha/2) ** (1/b) (Clopper and Pearson)."""
    share = 1 - 0.025 ** (1 / 20)
    found = rate_ratio(0, 20, 1, 1)
    assert (found.ratio, found.low) == (0, 0)
    assert found.high == pytest.approx(share / (1 - share))


def test_turning_the_question_round_turns_the_interval_round() -> None:
    here, there = rate_ratio(300, 200, 92, 90), rate_ratio(200, 300, 90, 92)
    assert here.low == pytest.approx(1 / there.high)
    assert here.high == pytest.approx(1 / there.low)


@pytest.mark.parametrize("counts", [(-1, 5, 1, 1), (5, 0, 1, 1), (5, 5, 0, 1), (5, 5, 1, -1)])
def test_no_ratio_without_a_base(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="rate ratio"):
        rate_ratio(*counts)


@pytest.mark.parametrize("n", [3, 10, 40])
def test_incomplete_beta_is_a_binomial_tail(n: int) -> None:
    """I_p(k, n - k + 1) is the chance of k or more of n (DLMF 8.17.5)."""
    from math import comb

    for k in range(1, n + 1):
        tail = sum(comb(n, i) * 0.3**i * 0.7 ** (n - i) for i in range(k, n + 1))
        assert beta_share(0.3, k, n - k + 1) == pytest.approx(tail, rel=1e-10)


def test_change_compares_complete_months_only() -> None:
    counts = {f"2025-{m:02}": 100 for m in range(9, 13)} | {"2026-01": 200, "2026-02": 300, "2026-03": 5}
    found = change(counts, TODAY)
    assert found is not None
    assert (found.before, found.after) == (("2025-09", "2025-11"), ("2025-12", "2026-02"))
    assert found.reports == (300, 600)
    assert found.rate is not None
    assert found.rate.ratio == pytest.approx(600 / 90 / (300 / 91))


def test_change_is_refused_where_a_month_is_not_shown() -> None:
    found = change({"2025-09": 10, "2025-10": 10, "2025-12": 10, "2026-01": 10, "2026-02": 10}, TODAY)
    assert found is not None
    assert found.rate is None
    assert change({"2026-03": 10}, TODAY) is None


def test_an_older_record_is_compared_up_to_its_own_end() -> None:
    found = change(dict.fromkeys(months("2023-01", "2023-12"), 50), TODAY)
    assert found is not None
    assert found.after == ("2023-10", "2023-12")


def test_months_between_are_not_told_as_nought() -> None:
    assert over_months({"2025-11": 10, "2026-02": 20}, None, TODAY) == [
        ("2025-11", 10), ("2025-12", None), ("2026-01", None), ("2026-02", 20),
    ]  # fmt: skip
    assert over_months({}, 2026, TODAY) == []
    assert [m for m, _n in over_months({"2026-02": 20}, 2026, TODAY)] == ["2026-01", "2026-02", "2026-03"]


def test_a_closed_list_is_told_whole() -> None:
    assert over_closed({"b": 10, "c": 20, "?": 99}, ["a", "b", "c"]) == [("c", 20), ("b", 10), ("a", None)]


def test_what_an_address_asks() -> None:
    query = {"year": ["2026"], "country": ["PT", "ES"], "sector": [""], "class": ["fraud"], "source": ["cert"]}
    assert asked(query) == (Question(2026, "ES", None, "fraud", "cert"), [])
    assert asked({"year": ["26"], "class": ["x' OR 1=1"], "country": ["ZZ"]})[1] == [
        ("year", "26"), ("country", "ZZ"), ("class", "x' OR 1=1"),
    ]  # fmt: skip


def test_cells_by_dimension() -> None:
    cells = Cells.of([("total", "", 30, 5), ("class", "fraud", 10, 3), ("class", "malware", 20, 5)])
    assert cells.total is not None
    assert list(cells.counts("class").items()) == [("malware", 20), ("fraud", 10)]
    assert cells.counts("sector") == {}


def test_shares_of_rounded_counts_stay_within_the_whole() -> None:
    assert per_cent(15, 10) == 100
    assert per_cent(1, 0) == 0
