"""Reads of the picture's reference: loaded exchange rates and denominators. Inside a viewer."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min, QuerySet

from hueandcry.picture.models import Denominator, ExchangeRate


class Currency(NamedTuple):
    """What is loaded of one currency: its last rate, and the days that there are rates for."""

    currency: str
    day: date
    per_euro: Decimal
    first: date
    days: int
    source: str
    loaded_at: datetime


class Loaded(NamedTuple):
    """How much is loaded of a kind, from when to when, and the last time."""

    rows: int
    first: str
    last: str
    at: datetime | None


_CURRENCIES = """
SELECT DISTINCT ON (currency) currency, day, per_euro, min(day) OVER every, count(*) OVER every, source,
    max(loaded_at) OVER every
FROM picture_exchangerate WINDOW every AS (PARTITION BY currency) ORDER BY currency, day DESC"""


def currencies() -> list[Currency]:
    """One row a currency, by its code."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCIES)
        return [Currency(*row) for row in cursor.fetchall()]


def rates(currency: str = "") -> QuerySet[ExchangeRate]:
    """Dated rates, of one currency or all."""
    found = ExchangeRate.objects.all()
    return found.filter(currency=currency) if currency else found


def denominators(*, kind: str = "", country: str = "", year: str = "") -> QuerySet[Denominator]:
    """Counts of inhabitants and enterprises; each filter that is not empty must hold."""
    found = Denominator.objects.all()
    if kind:
        found = found.filter(kind=kind)
    if country:
        found = found.filter(country=country)
    return found.filter(year=int(year)) if year.isdecimal() and len(year) == 4 else found


def loaded_rates() -> Loaded:
    """How many rates there are, from which day to which."""
    told = ExchangeRate.objects.aggregate(first=Min("day"), last=Max("day"), at=Max("loaded_at"))
    return Loaded(ExchangeRate.objects.count(), str(told["first"] or ""), str(told["last"] or ""), told["at"])


def loaded_denominators() -> Loaded:
    """How many denominators there are, from which year to which."""
    told = Denominator.objects.aggregate(first=Min("year"), last=Max("year"), at=Max("loaded_at"))
    return Loaded(Denominator.objects.count(), str(told["first"] or ""), str(told["last"] or ""), told["at"])


def countries_and_years() -> tuple[list[str], list[int]]:
    """The countries and the years that denominators are there for, years newest first."""
    found = Denominator.objects.order_by()
    return (
        sorted(found.values_list("country", flat=True).distinct()),
        sorted(found.values_list("year", flat=True).distinct(), reverse=True),
    )
