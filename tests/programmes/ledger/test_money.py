"""Amounts read, written and converted; what the database knows of currencies and accounts too."""

from __future__ import annotations

from decimal import Decimal

import pycountry
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.programmes.ledger import entries, money
from hueandcry.programmes.ledger.money import BadAmount

CODES = sorted(each.alpha_3 for each in pycountry.currencies)


@pytest.mark.parametrize(
    ("words", "currency", "amount"),
    [
        ("1250.50", "EUR", 125050),
        ("1 250,50", "EUR", 125050),
        ("1'250.50", "CHF", 125050),
        ("1.234.567,8", "EUR", 123456780),
        ("−12", "EUR", -1200),
        ("1250", "JPY", 1250),
        ("1.234", "KWD", 1234),
        ("0", "EUR", 0),
    ],
)
def test_amounts_as_people_write_them(words: str, currency: str, amount: int) -> None:
    assert money.read(words, currency) == amount


@pytest.mark.parametrize(
    ("words", "currency"),
    [
        ("1.234", "EUR"),  # a thousand, or one and a bit
        ("12.345", "EUR"),
        ("12.50", "JPY"),
        ("12,34.5", "EUR"),
        ("EUR 12", "EUR"),
        ("about 12", "EUR"),
        ("(12)", "EUR"),
        ("", "EUR"),
        ("1e6", "EUR"),
        ("99999999999999", "EUR"),
        ("9" * 400, "EUR"),
        ("١٢", "EUR"),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(words: str, currency: str) -> None:
    with pytest.raises(BadAmount):
        money.read(words, currency)


@given(st.integers(1 - 10**15, 10**15 - 1), st.sampled_from(CODES))
def test_what_is_written_is_read_again(amount: int, currency: str) -> None:
    assert money.read(f"{money.decimal(amount, currency):f}", currency) == amount


@given(st.integers(-(10**12), 10**12), st.sampled_from(CODES), st.sampled_from(CODES))
def test_a_rate_of_one_keeps_the_amount(amount: int, one: str, other: str) -> None:
    back = money.decimal(money.converted(amount, one, other, Decimal(1)), other)
    assert abs(back - money.decimal(amount, one)) <= money.decimal(1, other) / 2


@pytest.mark.usefixtures("database")
def test_the_database_knows_the_same_digits_and_accounts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT c, hueandcry_minor(c) FROM unnest(%s::text[]) c", [CODES])
        assert dict(cursor.fetchall()) == {code: money.minor(code) for code in CODES}
        cursor.execute("SELECT code FROM programmes_account")
        assert {code for (code,) in cursor.fetchall()} == {
            *(entries.BANK, entries.PLEDGES, entries.FEES_DUE, entries.GRANTS, entries.FEES, entries.COMPONENTS),
            *(entries.OVERHEADS, entries.RUNNING, entries.WRITTEN_OFF, entries.EXCHANGE, entries.COMMITTED),
            entries.SET_ASIDE,
        }
