"""Numbers as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.web import numbers

THIN = "\u202f"


@pytest.mark.parametrize(
    ("value", "places", "said"),
    [
        (0, None, "0"),
        (999, None, "999"),
        (1234567, None, f"1{THIN}234{THIN}567"),
        (-42, None, "\u221242"),
        (1234.5, None, f"1{THIN}234.5"),
        (0.125, 1, "0.1"),
        (Decimal("12500.00"), 2, f"12{THIN}500.00"),
    ],
)
def test_grouped(value: numbers.Number, places: int | None, said: str) -> None:
    assert numbers.grouped(value, places) == said


def test_decimal_point_of_the_language() -> None:
    assert numbers.grouped(1234.5, 1, ",") == f"1{THIN}234,5"


def test_signed_tells_a_rise_from_a_fall_and_from_nothing() -> None:
    assert [numbers.signed(n) for n in (3, 0, -3)] == ["+3", "0", "\u22123"]


@given(st.integers(-(10**15), 10**15))
def test_grouping_loses_no_digit(value: int) -> None:
    assert int(numbers.grouped(value).replace(THIN, "").replace("\u2212", "-")) == value


def test_share_of_nothing_is_nothing() -> None:
    assert numbers.share(0, 0) == 0
    assert numbers.share(1, 4) == 25
