"""Amounts of money as people write them: "1.234,56 €", "1,234.56", "EUR 1 234", "(12.50)"."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import pycountry

# Signs that stand for one currency only. "$" is some twenty dollars', "kr" four crowns': those name none by themselves.
SIGNS = {"€": "EUR", "£": "GBP", "¥": "", "$": "", "US$": "USD", "A$": "AUD", "C$": "CAD", "NZ$": "NZD", "zł": "PLN"}
WORDS = {"euro": "EUR", "euros": "EUR", "pln": "PLN", "zloty": "PLN", "złoty": "PLN"}
_LIMIT = Decimal(10) ** 15
_PARTS = re.compile(r"\A([^\d+\-(]{0,12})(\(?[+-]?\d[\d.,'’  \u202f]{0,30}\)?)([^\d]{0,12})\Z")
_SPACES = re.compile(r"[\s'’\u00a0\u202f]+")
_GROUPED = re.compile(r"\A\d{1,3}(?:[.,]\d{3})+\Z")


class Money(NamedTuple):
    """An amount and its ISO 4217 currency, "" where the text names none. ``sure`` False: "1.234" may be either."""

    amount: Decimal
    currency: str
    sure: bool


def read(text: str, decimal: str = "") -> Money:
    """Read an amount. ``decimal`` ("," or ".") says which sign parts the cents, where the text leaves it open.

    Raises ``ValueError`` in plain words for what is no amount, or none below 10^15.
    """
    found = _PARTS.match(text.strip()[:80])
    if not found:
        raise ValueError(f"{text.strip()[:40]!r} is no amount of money")
    digits, negative = _unsigned(found[2])
    number, sure = _number(digits, decimal)
    if number >= _LIMIT:
        raise ValueError(f"{text.strip()[:40]!r} is more money than there is")
    currency = _currency(found[1]) or _currency(found[3])
    return Money(-number if negative else number, currency, sure)


def is_currency(code: str) -> bool:
    """Tell whether a text is an ISO 4217 code."""
    return code in _codes()


def currency_of(text: str) -> str:
    """Give the ISO 4217 code that a code, sign or word stands for; "" for none or for several."""
    return _currency(text)


def _unsigned(digits: str) -> tuple[str, bool]:
    bracketed = digits.startswith("(")
    plain = _SPACES.sub("", digits.strip("()"))
    return plain.lstrip("+-"), bracketed or plain.startswith("-")


def _number(digits: str, decimal: str) -> tuple[Decimal, bool]:
    """Decide which of "." and "," parts the cents: the later one; the only one unless it parts groups of three."""
    points, commas = digits.count("."), digits.count(",")
    sure = True
    if points and commas:
        mark = max(".,", key=digits.rfind)
        if digits.count(mark) > 1:
            raise ValueError(f"{digits[:40]!r} has two signs for the cents")
    elif points + commas == 1 and _GROUPED.match(digits):
        sure = bool(decimal)  # "1.234": a thousand or one and a bit
        mark = decimal or ""
    elif points + commas == 1:
        mark = "." if points else ","
    else:
        mark = ""
        if points + commas and not _GROUPED.match(digits):
            raise ValueError(f"{digits[:40]!r} is no amount of money")
    return _with_mark(digits, mark), sure


def _with_mark(digits: str, mark: str) -> Decimal:
    whole, _, cents = digits.rpartition(mark) if mark and mark in digits else (digits, "", "")
    whole = whole.replace(".", "").replace(",", "") or "0"
    if not whole.isdigit() or (cents and not cents.isdigit()):
        raise ValueError(f"{digits[:40]!r} is no amount of money")
    return Decimal(f"{int(whole)}.{cents}" if cents else str(int(whole)))


def _currency(text: str) -> str:
    word = text.strip(" .:\u00a0\u202f")
    if word.upper() in _codes():
        return word.upper()
    return SIGNS.get(word, "") or WORDS.get(word.lower(), "")


@cache
def _codes() -> frozenset[str]:
    return frozenset(currency.alpha_3 for currency in pycountry.currencies)
