"""Losses at dated rates, in whole cents."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.picture.reference import money

DAY = date(2026, 3, 6)
# Reference rates of the European Central Bank for 14 and 15 January 2025: USD 1.0245 and 1.0300.
RATES = money.table(
    [
        ("USD", date(2025, 1, 15), Decimal("1.0300")),
        ("USD", date(2025, 1, 14), Decimal("1.0245")),
        ("HUF", DAY, Decimal("400")),
    ]
)


def test_the_rate_of_the_day_counts() -> None:
    assert money.cents(Decimal("1024.50"), "USD", date(2025, 1, 14), RATES) == 100_000
    assert money.cents(Decimal("1030"), "USD", date(2025, 1, 15), RATES) == 100_000
    assert money.cents(Decimal("12.34"), "EUR", date(1999, 1, 1), {}) == 1234, "euros need no rate"


def test_a_weekend_takes_the_last_rate_and_a_year_none() -> None:
    assert money.cents(Decimal("1030"), "USD", date(2025, 1, 19), RATES) == 100_000
    assert money.rate("USD", date(2025, 1, 15) + money.OLDEST, RATES) == Decimal("1.0300")
    assert money.rate("USD", date(2025, 1, 16) + money.OLDEST, RATES) is None
    assert money.rate("USD", date(2025, 1, 13), RATES) is None, "a later rate does not count"


@pytest.mark.parametrize(
    ("amount", "currency", "day"),
    [
        (None, "EUR", DAY), (Decimal(5), "", DAY), (Decimal(5), "EUR", None), (Decimal(-5), "EUR", DAY),
        (Decimal("NaN"), "EUR", DAY), (Decimal("1e14"), "EUR", DAY), (Decimal("1e60"), "EUR", DAY),
        (Decimal(5), "XTS", DAY),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_none(amount: Decimal | None, currency: str, day: date | None) -> None:
    assert money.cents(amount, currency, day, RATES) is None


def test_half_a_cent_goes_to_the_even() -> None:
    assert [money.cents(Decimal(a), "EUR", DAY, {}) for a in ("0.005", "0.015", "0.025")] == [0, 2, 2]


@given(st.decimals(min_value=0, max_value=10**12, places=2), st.integers(0, 10))
def test_conversion_is_within_half_a_cent(amount: Decimal, late: int) -> None:
    made = money.cents(amount, "HUF", DAY + timedelta(days=late), RATES)
    assert made is not None
    assert abs(Decimal(made) - amount * 100 / 400) <= Decimal("0.5")


def test_rates_that_are_none_are_passed_over() -> None:
    assert money.table([("USD", DAY, Decimal(0)), ("USD", DAY, Decimal("NaN"))]) == {}
