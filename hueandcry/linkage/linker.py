"""The linker: the database role that links across audiences. What it works on shows to nobody by itself.

The application's login inherits nothing of it and turns into it by name, for one transaction; so no forgotten filter
looks across audiences by accident. It reads the columns that are compared (linkage/migrations/0003_linked_rules.sql).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from adbc_driver_postgresql import dbapi


@contextmanager
def linker() -> Iterator[CursorWrapper]:
    """A cursor that reads and writes as the linker, in a transaction of its own. RuntimeError inside another."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(turn("SET LOCAL ROLE {}"))
        yield cursor


@contextmanager
def snapshot() -> Iterator[dbapi.Connection]:
    """A second connection as the linker that gives Arrow tables (``cursor.fetch_arrow_table()``), all of one moment."""
    from adbc_driver_postgresql import dbapi  # here: it brings Arrow, which pages do without

    given = connection.settings_dict
    uri = make_conninfo(
        "", host=given["HOST"], port=given["PORT"] or None, user=given["USER"], password=given["PASSWORD"],
        dbname=given["NAME"], **{key: value for key, value in given["OPTIONS"].items() if isinstance(value, str)},
    )  # fmt: skip
    with dbapi.connect(uri, autocommit=False) as conn:
        with conn.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(turn("SET LOCAL ROLE {}"))
        yield conn


def turn(statement: str) -> str:
    """A statement with the linker's name filled in for ``{}``."""
    name = f"{connection.settings_dict['NAME']}_linker"
    return sql.SQL(statement).format(sql.Identifier(name)).as_string(None)
