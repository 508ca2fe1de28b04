"""What an address or a form asks for, read word by word. Nothing here raises: what makes no sense asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.http import QueryDict

Query = Mapping[str, Sequence[str]]


def lists(query: QueryDict) -> dict[str, list[str]]:
    """An address by its names, with all values of each."""
    return {key: [str(value) for value in values] for key, values in query.lists()}


def one(query: Query, name: str) -> str:
    """The last value of a name, without blanks around it; "" where there is none."""
    values = query.get(name, ())
    return values[-1].strip() if values else ""


def day(text: str) -> date | None:
    """A day as browsers send it (ISO 8601), since 1970."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1970 <= found.year < 9999 else None


def reference(text: str) -> UUID | None:
    """A reference as our addresses have it."""
    try:
        return UUID(text)
    except ValueError:
        return None


def number(text: str) -> int:
    """A number as our forms have it, which fits a key of the database; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
