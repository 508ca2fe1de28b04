"""Dates as people write them in tables, as the span that each leaves open; never a guess between day and month."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from hueandcry.exchange.spans import span

Order = Literal["", "iso", "day-first", "month-first"]
Span = tuple[datetime, datetime]

_TIME = r"(?:[T ,]+(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?)?"
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})" + _TIME + r"\s?(Z|[+-]\d{2}:?\d{2}|UTC|GMT)?)?)?")
_PARTS = re.compile(r"(\d{1,2})([./ -])(\d{1,2})\2(\d{4}|\d{2})" + _TIME)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})")
_NAMED = re.compile(
    r"(?:(\d{1,2})(?:\.|st|nd|rd|th|er)?[ -](?:de )?)?([^\W\d_]{3,12})\.?[ -](?:de )?(?:(\d{1,2}),? )?(\d{4})" + _TIME
)
_LANGUAGES = ("en", "fr", "de", "es", "pl")


class Ambiguous(ValueError):
    """03/04/2025: nothing says whether that is in March or in April."""


def read(text: str, order: Order = "") -> Span:
    """Give the first and last second of a date as written. Raises ``Ambiguous``, ``ValueError``."""
    text = " ".join(text.split())[:60]
    if match := _ISO.fullmatch(text):
        return _iso(text, match)
    if match := _PARTS.fullmatch(text):
        return _parted(text, match, order)
    if match := _MONTH_YEAR.fullmatch(text):
        return span(match[2], match[1])
    if match := _NAMED.fullmatch(text):
        month = _months().get(match[2].casefold())
        if month and not (match[1] and match[3]):
            return span(match[4], month, match[1] or match[3], match[5])
    raise ValueError(f'"{text[:40]}" is no date')


def order_of(values: Iterable[str]) -> Order:
    """Find which of day and month stands first, from values that leave no choice; "" where none does or they differ."""
    day_first = month_first = False
    for value in values:
        match = _PARTS.fullmatch(" ".join(value.split())[:60])
        if match:
            day_first |= match[2] == "." or int(match[1]) > 12
            month_first |= match[2] != "." and int(match[3]) > 12
    if day_first == month_first:
        return ""
    return "day-first" if day_first else "month-first"


def _iso(text: str, match: re.Match[str]) -> Span:
    year, month, day, time, zone = match.groups()
    if zone and time and zone[0] in "+-":
        moment = datetime.fromisoformat(f"{year}-{int(month):02}-{int(day):02}T{time:0>5}{zone}").astimezone(UTC)
        return span(
            moment.year, moment.month, moment.day, moment.strftime("%H:%M:%S" if time.count(":") == 2 else "%H:%M")
        )
    return span(year, month, day, time)


def _parted(text: str, match: re.Match[str], order: Order) -> Span:
    first, sign, second, year, time = match.groups()
    if sign == "." or int(first) > 12:
        order = "day-first"  # dots are written with the day first wherever they are used
    elif int(second) > 12:
        order = "month-first"
    elif order not in ("day-first", "month-first") and int(first) != int(second):
        raise Ambiguous(f'"{text}" may name either of two days, and nothing in its column says which')
    day, month = (second, first) if order == "month-first" else (first, second)
    # two digits as POSIX reads them: 69 to 99 are of the last century
    century = "" if len(year) == 4 else ("19" if int(year) >= 69 else "20")
    return span(century + year, month, day, time)


@cache
def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for language in _LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context, language)
                found.update({names[number].casefold().rstrip("."): number for number in range(1, 13)})
    return found
