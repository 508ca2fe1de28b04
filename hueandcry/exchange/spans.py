"""Spans of time as people write them: a year, a month, a day, a minute, each the whole of what it leaves open (UTC)."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

_INSTANT = timedelta(seconds=1)


def span(year: object, month: object = None, day: object = None, time: object = None) -> tuple[datetime, datetime]:
    """Give the first and last second of what is known. Raises ``ValueError`` with plain words for no date.

    A part that is missing, 0 or empty is unknown, and so is all that is finer.
    """
    y, m, d = (_number(part) for part in (year, month, day))
    if not 1 <= y <= 9998:
        raise ValueError(f"{year} is no year")
    if not m:
        return _days(datetime(y, 1, 1, tzinfo=UTC), datetime(y, 12, 31, tzinfo=UTC))
    if not 1 <= m <= 12:
        raise ValueError(f"{month} is no month")
    last = monthrange(y, m)[1]
    if not d:
        return _days(datetime(y, m, 1, tzinfo=UTC), datetime(y, m, last, tzinfo=UTC))
    if not 1 <= d <= last:
        raise ValueError(f"{day} is no day of month {m} of {y}")
    return _within_day(datetime(y, m, d, tzinfo=UTC), time)


def _within_day(day: datetime, time: object) -> tuple[datetime, datetime]:
    text = str(time or "").strip()
    if not text:
        return _days(day, day)
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isdigit() and len(part) <= 2 for part in parts):
        raise ValueError(f"{text[:20]} is no time of day")
    fields = [int(part) for part in parts]
    start = day.replace(hour=fields[0], minute=fields[1], second=fields[2] if len(fields) == 3 else 0)
    return start, start + (timedelta() if len(fields) == 3 else timedelta(minutes=1) - _INSTANT)


def _days(first: datetime, last: datetime) -> tuple[datetime, datetime]:
    return first, last + timedelta(days=1) - _INSTANT


def _number(part: object) -> int:
    if part is None or part == "":
        return 0
    if isinstance(part, bool) or not isinstance(part, (int, float, str)):
        raise ValueError(f"{part!r:.20} is no number")
    if isinstance(part, float) and not part.is_integer():
        raise ValueError(f"{part} is no whole number")
    text = str(int(part)) if isinstance(part, float) else str(part).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError(f"{text[:20]} is no part of a date")
    return int(text)
