"""A loss in cents of the euro, at the rate of its day. Pure, and in integers and decimals throughout."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Final

# The last rate before a day counts, as none is set on weekends and holidays; the longest gap of the ECB's rates is five
# days (Easter), and monthly or yearly averages are loaded by some. An older rate says nothing about the day.
OLDEST: Final = timedelta(days=10)
MOST: Final = 10**15  # cents; ten million million euros is no loss of a crime but an error
EURO: Final = "EUR"

# The dated rates of each currency, oldest first: (day, units for one euro).
Rates = Mapping[str, tuple[tuple[date, Decimal], ...]]


def table(rows: Iterable[tuple[str, date, Decimal]]) -> Rates:
    """Rates as ``cents`` takes them, out of (currency, day, units for one euro) in any order. Rates of nought or less,
    and those that are no number, are passed over: PostgreSQL keeps none, a table of somebody else's may."""
    found: dict[str, list[tuple[date, Decimal]]] = {}
    for currency, day, per_euro in rows:
        if per_euro.is_finite() and per_euro > 0:
            found.setdefault(currency, []).append((day, per_euro))
    return {currency: tuple(sorted(dated)) for currency, dated in found.items()}


def rate(currency: str, day: date, rates: Rates, *, oldest: timedelta = OLDEST) -> Decimal | None:
    """Units of a currency for one euro on a day: the rate of that day or the last before it, no older than ``oldest``.
    None where there is none. The euro is always 1."""
    if currency == EURO:
        return Decimal(1)
    dated = rates.get(currency, ())
    at = bisect_right(dated, day, key=lambda row: row[0])
    if not at or day - dated[at - 1][0] > oldest:
        return None
    return dated[at - 1][1]


def cents(
    amount: Decimal | None, currency: str, day: date | None, rates: Rates, *, oldest: timedelta = OLDEST
) -> int | None:
    """An amount in a currency as whole cents of the euro at the rate of a day, to the nearest and half to even.

    None where there is no amount, no day, no rate near enough, or where the amount is negative, no number or more than
    ``MOST``: such a loss stays out of sums and is told as not converted. Rates are units for one euro, as the European
    Central Bank gives them, so that euros are ``amount / rate``.
    """
    if amount is None or day is None or not currency or not amount.is_finite() or amount < 0:
        return None
    per_euro = rate(currency, day, rates, oldest=oldest)
    if per_euro is None:
        return None
    try:
        whole = int((amount * 100 / per_euro).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
    except InvalidOperation:  # more digits than decimals keep: far above the bound
        return None
    return whole if whole <= MOST else None
