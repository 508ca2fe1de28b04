"""Facts made ready: crowds, keys by which near ones meet, and what is missing said as missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hueandcry.linkage.matching.prepared import BLOCK, CROWD, DAYS, SUM_WIDTH, prepare

DAY = date(2026, 3, 2)
LISTS = pa.list_(pa.int64())
EMPTY: dict[str, Any] = {
    "organisation": 1, "source_kind": "business", "leaf": False, "occurred": DAY, "occurred_to": DAY, "reported": DAY,
    "amount": None, "currency": "", "country": "", "sector": "", "size": "", "area": "", "reference": "",
    "main_class": "", "classes": [], "labels": [], "sketch": [], "exact": [], "money": [], "contact": [],
    "infrastructure": [], "victims": [],
}  # fmt: skip
TYPES = {
    "amount": pa.float64(), "occurred": pa.date32(), "classes": pa.list_(pa.string()),
    **dict.fromkeys(("labels", "sketch", "exact", "money", "contact", "infrastructure", "victims"), LISTS),
}  # fmt: skip


def facts(*rows: dict[str, Any]) -> pa.Table:
    """A table of facts, numbered from 1, where nothing is told but what is given."""
    full = [{"report": at} | EMPTY | row for at, row in enumerate(rows, 1)]
    return pa.table({name: pa.array([row[name] for row in full], TYPES.get(name)) for name in full[0]})


def ready(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return prepare(facts(*rows), threads=1).to_pylist()


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def test_a_value_is_as_rare_as_those_who_hold_it_in_these_weeks_are_few() -> None:
    here = [{"money": [7]}] * 3
    elsewhere = [{"money": [7], "occurred": later(200)}] * 9
    rows = ready(*here, *elsewhere)
    assert (rows[0]["within_2"], rows[0]["within_3"], rows[0]["within_10"]) == ([], [7], [7])
    assert (rows[5]["within_5"], rows[5]["within_10"]) == ([], [7])


def test_a_value_that_a_crowd_holds_ties_nothing() -> None:
    rows = ready(*[{"infrastructure": [7]}] * (CROWD + 1))
    assert all(row["shared"] == row["near"] == [] for row in rows)
    assert all(row["infrastructure"] == [7] for row in rows)  # that both name one still counts where they differ


def test_a_hidden_report_does_not_change_how_rare_a_value_is_for_others() -> None:
    seen = [{"money": [7]}, {"money": [7]}]
    without, with_hidden = ready(*seen), ready(*seen, *[{"money": [7], "leaf": True}] * 5)
    assert with_hidden[:2] == without
    assert (with_hidden[2]["within_2"], with_hidden[2]["within_3"]) == ([], [7])  # the others, and itself


@settings(deadline=None, max_examples=25)
@given(st.integers(-400, 400), st.integers(0, 2 * DAYS + 3))
def test_who_shares_a_value_in_the_same_days_meets(start: int, apart: int) -> None:
    one, other = ready({"contact": [9], "occurred": later(start)}, {"exact": [9], "occurred": later(start + apart)})
    met = bool(set(one["near"]) & set(other["near"]))
    assert met if apart <= DAYS else not met or apart < 2 * DAYS


@settings(deadline=None, max_examples=25)
@given(st.floats(1, 1e7), st.floats(0.86, 1.16), st.integers(0, 8))
def test_sums_about_as_large_meet_in_one_country_and_the_same_days(amount: float, times: float, apart: int) -> None:
    told = {"currency": "EUR", "country": "PT"}
    one, other, abroad = ready(
        {"amount": amount, **told}, {"amount": amount * times, "occurred": later(apart), **told},
        {"amount": amount, "currency": "EUR", "country": "ES"},
    )  # fmt: skip
    assert abs(one["worth"] - other["worth"]) <= SUM_WIDTH
    assert set(one["sums"]) & set(other["sums"])
    assert not set(one["sums"]) & set(abroad["sums"])


def test_a_sum_meets_itself_in_another_currency() -> None:
    one, other = ready(
        {"amount": 1000.0, "currency": "EUR", "country": "PL"}, {"amount": 4230.0, "currency": "PLN", "country": "PL"}
    )
    assert one["worth"] == pytest.approx(other["worth"], abs=0.05)
    assert set(one["sums"]) & set(other["sums"])


def test_what_is_not_told_is_missing_and_meets_nothing() -> None:
    for row in ready({}, {}):
        named = ("amount", "currency", "worth", "country", "area", "reference", "sector", "size")
        assert [row[name] for name in named] == [None] * len(named)
        assert row["near"] == row["sums"] == row["places"] == row["classes"] == row["labels"] == []


def test_an_area_without_its_country_is_no_place() -> None:
    lost, found = ready({"area": "281"}, {"area": "281", "country": "DE"})
    assert (lost["area"], lost["places"]) == (None, [])
    assert found["area"] == "DE 281"


def test_a_report_that_tells_no_day_stands_under_the_day_of_the_report_and_compares_none() -> None:
    one, other = ready({"money": [4], "occurred": None}, {"money": [4]})
    assert one["day"] is None
    assert set(one["near"]) & set(other["near"])


def test_a_currency_nobody_knows_has_no_worth_and_a_sum_of_nought_is_none() -> None:
    odd, nought = ready({"amount": 5.0, "currency": "XYZ", "country": "PT"}, {"amount": 0.0, "currency": "EUR"})
    assert (odd["amount"], odd["currency"], odd["worth"], odd["sums"]) == (5.0, "XYZ", None, [])
    assert (nought["amount"], nought["worth"]) == (None, None)


def test_rows_come_in_order_and_none_is_lost() -> None:
    table = facts(*[{"money": [at % 3]} for at in range(50)])
    shuffled = table.take(pa.array([(at * 7) % 50 for at in range(50)]))
    assert prepare(shuffled).to_pylist() == prepare(table).to_pylist()
    assert prepare(table.slice(0, 0)).num_rows == 0


def test_a_sum_that_a_crowd_names_brings_only_closer_sums_together_and_hidden_reports_do_not_crowd() -> None:
    told = {"currency": "EUR", "country": "PT"}
    near = [{"amount": 1000.0 + at, **told} for at in range(2)]
    dense = [{"amount": 1000.0 * 1.1 ** (at % 2), "occurred": later(at % 16 - 8), **told} for at in range(30 * BLOCK)]
    quiet, crowded, hidden = ready(*near), ready(*near, *dense), ready(*near, *({**one, "leaf": True} for one in dense))
    assert set(quiet[0]["sums"]) & set(quiet[1]["sums"])
    assert len(crowded[0]["sums"]) < len(quiet[0]["sums"])
    assert [row["sums"] for row in hidden[:2]] == [row["sums"] for row in quiet]
    assert all(row["sums"] == [] for row in hidden[2:])
