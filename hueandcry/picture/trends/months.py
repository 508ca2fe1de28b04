"""Months as numbers, so that they can be counted: ``number("2025-01")`` is 2025 * 12. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def number(month: str) -> int:
    """The number of a month written "2025-01". Raises ValueError for anything else."""
    year, dash, of_year = month.partition("-")
    if not dash or len(year) != 4 or len(of_year) != 2 or not 1 <= int(of_year) <= 12:
        raise ValueError(f"{month!r} is no month")
    return int(year) * 12 + int(of_year) - 1


def written(number: int) -> str:
    """The month of a number, as "2025-01"."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def days(number: int) -> int:
    """How many days the month has."""
    return monthrange(number // 12, number % 12 + 1)[1]


def of(day: date) -> int:
    """The number of the month in which the day lies."""
    return day.year * 12 + day.month - 1
