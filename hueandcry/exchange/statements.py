"""Named SQL: each statement of a .sql file by its name, so that set-based work reads as a list of steps; and the cursor
that large values are sent through."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

Cursor = psycopg.Cursor[tuple[Any, ...]]

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def named(path: Path) -> dict[str, str]:
    """The statements of one file, by the word after ``-- name:``."""
    parts = _NAME.split(path.read_text(encoding="utf-8"))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def binding() -> Cursor:
    """A cursor of this transaction's connection that sends values beside the statement; Django's write them into it.
    Nothing stays prepared: planning is half a microsecond an object, and generic plans suit no staging table."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
