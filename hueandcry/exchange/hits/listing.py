"""Lists of requests, overdue ones first: those that came to us, and those that we made. The caller entered a viewer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from hueandcry.exchange.hits.actions_ask import today
from hueandcry.exchange.models import AskPart
from hueandcry.exchange.models.hit import Purpose
from hueandcry.exchange.statements import named
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer

SQL = named(Path(__file__).parent / "sql" / "requests.sql")
PAGE = 50
TONES = {"open": "", "granted": "good", "partly": "good", "refused": "doubt", "taken back": "doubt"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of requests. ``who``: the organisation that asks us, or our person who asked."""

    reference: UUID
    who: str
    purpose: str
    values: int
    count: int  # reports hit (to us), parts (ours)
    states: list[tuple[str, str, int]]  # label, tone, how many
    at: datetime
    answer_by: date
    overdue: bool
    waits: bool  # somebody asked back and has no answer


def requests(
    viewer: Viewer, side: str, *, state: str = "", overdue: bool = False, after: str = "", size: int = PAGE
) -> tuple[list[Row], str | None]:
    """Requests of one side ("ours": that came to us; "mine": that we made), and the key of the next page."""
    late, place = _key(after)
    facts: dict[str, Any] = {
        "today": today(), "state": state if state in AskPart.State.values else "", "overdue": overdue, "late": late,
        "after": place, "most": size + 1,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SQL["requests_of_ours" if side == "mine" else "requests_to_us"], facts)
        rows = cursor.fetchall()
    following = f"{int(rows[size - 1][0])}-{rows[size - 1][1]}" if len(rows) > size else None
    names = members.person_names(viewer, {row[3] for row in rows}) if side == "mine" else {}
    return [_row(row, names) for row in rows[:size]], following


def _key(after: str) -> tuple[bool | None, int]:
    late, _sep, place = after.partition("-")
    if late in ("0", "1") and place.isdecimal() and len(place) < 19:
        return late == "1", int(place)
    return None, 0


def _row(row: tuple[Any, ...], names: dict[int, str]) -> Row:
    late, _id, reference, who, purpose, held, count, states, at, answer_by, waits = row
    counted = Counter([states] if isinstance(states, str) else states)
    shown = [(str(AskPart.State(s).label), TONES[s], n) for s, n in counted.items()]
    name = names.get(who, "") if isinstance(who, int) else who or ""
    return Row(reference, name, str(Purpose(purpose).label), held, count, shown, at, answer_by, late, waits)


def open_counts(viewer: Viewer) -> dict[str, int]:
    """How many requests wait for an answer, on either side."""
    with connection.cursor() as cursor:
        cursor.execute(SQL["open_requests"])
        ours, mine = cursor.fetchone()
    return {"ours": ours, "mine": mine}
