"""Statements that PostgreSQL keeps prepared on each connection: planning a small one takes longer than running it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg.types.numeric import Int8

Values = Sequence[Any] | Mapping[str, Any]


def prepared(statement: str, values: Values) -> tuple[Any, ...] | None:
    """The first row of a statement, None where it gives none. For fixed texts that every request of a kind runs.

    The text is what PostgreSQL knows it by, so values belong into ``values``, and each placeholder whose type does not
    follow from where it stands needs a cast. Runs in the caller's transaction; raises what a Django cursor raises.
    """
    connection.close_if_health_check_failed()  # as Django's cursors do: once a request, where it is set so
    connection.ensure_connection()
    raw = connection.connection
    # Django lets psycopg prepare nothing at all; what goes through its own cursors stays so.
    before, raw.prepare_threshold = raw.prepare_threshold, 0
    try:
        with connection.wrap_database_errors:
            cursor = psycopg.Cursor(raw)
            cursor.execute(statement, _typed(values), prepare=True, binary=True)
            gave = cursor.pgresult is not None and cursor.pgresult.nfields
            return cursor.fetchone() if gave else None
    finally:
        raw.prepare_threshold = before


def _typed(values: Values) -> Values:
    """Integers are sent as large as they may be: psycopg would choose by value, and prepare one for each choice."""
    if isinstance(values, Mapping):
        return {name: _large(value) for name, value in values.items()}
    return [_large(value) for value in values]


def _large(value: Any) -> Any:
    if type(value) is int:
        return Int8(value)
    if type(value) is list and value and type(value[0]) is int:
        return [Int8(one) for one in value]
    return value
