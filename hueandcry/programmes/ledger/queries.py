"""What is on the books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from hueandcry.members.viewer import Viewer
from hueandcry.programmes.models import Rate


@dataclass(frozen=True, slots=True)
class Row:
    """What stands on an account of a fund in a currency: ``amount`` of its smallest unit, ``value`` of the fund's."""

    fund: int
    account: str
    currency: str
    amount: int
    value: int


@dataclass(frozen=True, slots=True)
class Told:
    """Sums of the books by fund, programme, component, account, kind of entry, currency and year."""

    fund: int
    programme: int | None
    component: int | None
    account: str
    kind: str
    currency: str
    year: int
    amount: int
    value: int
    entries: int


def books(viewer: Viewer, day: date) -> list[Told]:
    """The books up to a day, in sums without who was paid: all of them for a member, for others what went to programmes
    that are told to everybody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fund, programme, component, account, kind, currency, year, amount::bigint, value::bigint,"
            " entries"
            " FROM hueandcry_books(%s) ORDER BY 1, 2 NULLS FIRST, 3 NULLS FIRST, 4, 5, 6, 7",
            [day],
        )
        return [Told(*row) for row in cursor.fetchall()]


def trial_balance(viewer: Viewer, day: date) -> list[Row]:
    """Each account of each fund in each currency on a day; the values of a fund sum to nothing."""
    sums: dict[tuple[int, str, str], tuple[int, int]] = {}
    for row in books(viewer, day):
        amount, value = sums.get((row.fund, row.account, row.currency), (0, 0))
        sums[row.fund, row.account, row.currency] = (amount + row.amount, value + row.value)
    return [Row(*key, *both) for key, both in sorted(sums.items()) if both != (0, 0)]


def newest_rate(viewer: Viewer, currency: str, base: str, day: date) -> tuple[Rate | None, Decimal] | None:
    """The newest rate on or before a day (none is needed for the same currency), told either way round; None: there is
    none."""
    if currency == base:
        return None, Decimal(1)
    pairs = Rate.objects.filter(day__lte=day, currency__in=(currency, base), base__in=(currency, base))
    found = pairs.order_by("-day", "-pk").first()
    if found is None:
        return None
    return found, found.rate if found.currency == currency else 1 / found.rate
