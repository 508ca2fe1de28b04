"""Reads of linkage: what a report shares with others, and how telling that is. No pairs are stored; all is by query.

The caller has entered the viewer. Visible neighbours are found inside row-level security; of the others only counts
come, out of a blind function, as their owners' discoverability allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from hueandcry.exchange.statements import named
from hueandcry.linkage.words import SOME, STRONG, TELLING
from hueandcry.members.viewer import Viewer

SQL = named(Path(__file__).parent / "sql" / "neighbours.sql") | named(Path(__file__).parent / "sql" / "summary.sql")

CAP = 200  # reports looked at for one value; beyond that it is shared by so many that it tells nothing
VALUES = 5_000  # values of one report that are looked at


@dataclass(frozen=True, slots=True)
class SharedValue:
    """A value of a report, with how many other reports that the viewer sees hold it too."""

    observable: int
    type: str
    value: str
    weight: float
    warnings: list[str]
    role: str
    first_seen: datetime | None
    last_seen: datetime | None
    claimed: str
    reports: int
    organisations: int
    seen: int

    @property
    def capped(self) -> bool:
        """More hold it than were looked at."""
        return self.seen >= CAP


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another report that shares values; ``weight`` is the sum over them of type weight / ln(2 + reports)."""

    id: int
    reference: UUID
    title: str
    tlp: str
    state: str
    organisation: int
    organisation_name: str
    country: str
    reported_at: datetime
    main_class: str
    weight: float
    shared: int
    best: list[str]

    @property
    def telling(self) -> str:
        """How telling the link is, in a word."""
        return telling(self.weight)


@dataclass(frozen=True, slots=True)
class Others:
    """Reports that share telling values and that the viewer may not see."""

    reports: int
    organisations: int
    names: list[str]
    again_at: datetime | None = None  # not counted: the budget for looking at one's own reports is used up until then


@dataclass(frozen=True, slots=True)
class Summary:
    """What a report shares: telling values, and the visible reports, organisations and countries that hold them."""

    values: int
    reports: int
    organisations: int
    countries: int


def summary(viewer: Viewer, report: int) -> Summary:
    """What a visible report shares with others that the viewer sees; values that tell nothing are left out."""
    return Summary(*_rows("summary", report=report, cap=CAP, values=VALUES, telling=TELLING, some=SOME)[0])


def values_count(viewer: Viewer, report: int) -> int:
    """How many different values a visible report holds."""
    return int(_rows("values", report=report)[0][0])


def telling(weight: float) -> str:
    """strong: one rare identifying value or several; some: a value that may be shared by chance; weak: the rest."""
    return "strong" if weight >= STRONG else "some" if weight >= SOME else "weak"


def shared_values(viewer: Viewer, report: int, *, most: int = 200) -> list[SharedValue]:
    """The values of a visible report, shared ones first, the most telling first."""
    return [SharedValue(*row) for row in _rows("shared_values", report=report, cap=CAP, most=most)]


def neighbours(viewer: Viewer, report: int, *, most: int = 50) -> list[Neighbour]:
    """The visible reports that share values with this one, the most telling first."""
    rows = _rows("neighbours", report=report, cap=CAP, values=VALUES, most=most)
    return [Neighbour(*row) for row in rows]


def others(viewer: Viewer, report: int) -> Others:
    """How many reports the viewer may not see share a telling value with this one, as far as they may be discovered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports, organisations, names, again_at FROM hueandcry_others_within(%s)", [report])
        return Others(*cursor.fetchone())


def _rows(name: str, **facts: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name], facts)
        return list(cursor.fetchall())
