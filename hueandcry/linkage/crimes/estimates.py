"""The model that reports are compared by: learnt, kept as a row, or what people wrote where there is little yet."""

from __future__ import annotations

import json
from datetime import timedelta

from django.db.backends.utils import CursorWrapper

from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.model import Model, Stale
from hueandcry.linkage.matching.settings import Settings

KEPT = 20  # models kept to look back at
NAME = f"{reports.SETTINGS.name} {reports.SETTINGS.version}"


def current(cursor: CursorWrapper, *, within: timedelta | None = None) -> tuple[int, Model] | None:
    """The current model with its number, as the linker; None where there is none, or none younger than ``within``."""
    cursor.execute(
        "SELECT id, content FROM linkage_model WHERE settings = %s AND current"
        " AND (%s::float8 IS NULL OR at > now() - make_interval(secs => %s::float8))",
        [NAME, *[None if within is None else within.total_seconds()] * 2],
    )
    row = cursor.fetchone()
    if row is None:
        return None
    try:
        model = Model.from_json(json.loads(row[1]) if isinstance(row[1], str) else row[1])
        model.check(reports.SETTINGS)
    except Stale:
        return None
    return row[0], model


def keep(cursor: CursorWrapper, model: Model, *, learnt_from: int) -> int:
    """Make this the current model; gives its number. As the linker."""
    cursor.execute("UPDATE linkage_model SET current = false WHERE settings = %s AND current", [NAME])
    cursor.execute(
        "INSERT INTO linkage_model (settings, content, reports, current) VALUES (%s, %s, %s, true) RETURNING id",
        [NAME, json.dumps(model.to_json()), learnt_from],
    )
    number = int(cursor.fetchone()[0])
    cursor.execute(
        "DELETE FROM linkage_model WHERE NOT current AND id NOT IN"
        " (SELECT id FROM linkage_model ORDER BY id DESC LIMIT %s)",
        [KEPT],
    )
    return number


_read: tuple[int, Settings, Model] | None = None


def in_use(cursor: CursorWrapper) -> tuple[int, Settings, Model]:
    """The model that reports are compared by now: its number, its settings, itself; 0 and what people wrote where none
    was learnt. As the linker. Read once for each number."""
    global _read  # it holds the shares of thousands of values, and every new report asks for it
    cursor.execute("SELECT max(id) FROM linkage_model WHERE settings = %s AND current", [NAME])
    number = cursor.fetchone()[0] or 0
    if _read is None or _read[0] != number:
        found = current(cursor)
        _read = (found[0], reports.SETTINGS, found[1]) if found else (0, reports.SETTINGS, reports.starting())
    return _read
