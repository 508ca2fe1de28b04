"""What PostgreSQL itself takes for the rows that an ingest left, with nothing decided on the way: the yardstick.

In a schema of its own the same tables stand again: columns, generated columns, identity, indexes, unique and check
constraints, storage (LIKE ... INCLUDING ALL, so the text search column and its index too). Not there: row-level
security, which COPY does not work under, the foreign keys of reports (to members and submissions), and the trigger that
notes deletions. Every row of every table that an ingest fills goes in by COPY in binary form, table after table in the
order of its key, in parts of PART rows that each commit durably, as the ingest's chunks do: bytes of submissions,
reports, objects, observables, observations, changes, collections' entries. They come out of the full tables before the
clock runs, so that it measures writing alone: one connection, one core of the server, and a client that only passes
bytes on.
"""

from __future__ import annotations

import time
from typing import Any

TABLES = {
    "exchange_submission": "id",
    "exchange_submissionchunk": "id",
    "exchange_report": "id",
    "exchange_object": "id",
    "exchange_observable": "id",
    "exchange_observation": "id",
    "exchange_change": "id",
    "exchange_entry": "collection, number",
}
PART = 5_000  # rows of one COPY and commit
BYTES_PART = 20  # of submissionchunk, whose rows are a mebibyte each


HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # of binary COPY: no flags, no extension
END = b"\xff\xff"


def copied() -> dict[str, tuple[int, float]]:
    """COPY every table's rows; gives (rows, seconds) for each."""
    from django.db import connections

    owner = connections["owner"]
    reading = owner.get_new_connection(owner.get_connection_params())
    spent: dict[str, tuple[int, float]] = {}
    try:
        with owner.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS bare CASCADE")
            cursor.execute("CREATE SCHEMA bare")
            for table in TABLES:
                cursor.execute(f"CREATE TABLE bare.{table} (LIKE public.{table} INCLUDING ALL)")
            for table, order in TABLES.items():
                spent[table] = _copy(cursor, reading.cursor(), table, order)
            cursor.execute("DROP SCHEMA bare CASCADE")
    finally:
        reading.close()
    return spent


def _copy(into: Any, source: Any, table: str, order: str) -> tuple[int, float]:
    into.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        [table],
    )
    columns = into.fetchone()[0]
    size = BYTES_PART if table == "exchange_submissionchunk" else PART
    rows, seconds = 0, 0.0
    held: list[bytes] = []
    with source.copy(f"COPY (SELECT {columns} FROM {table} ORDER BY {order}) TO STDOUT (FORMAT binary)") as out:
        for piece in out:  # the server sends a row a message, the first with the header before it
            row = bytes(piece).removeprefix(HEADER)
            if row and row != END:
                held.append(row)
            if len(held) == size:
                seconds += _timed(into, table, columns, held)
                rows += len(held)
                held = []
    seconds += _timed(into, table, columns, held)
    return rows + len(held), seconds


def _timed(into: Any, table: str, columns: str, rows: list[bytes]) -> float:
    block = HEADER + b"".join(rows) + END
    start = time.perf_counter()
    with into.copy(f"COPY bare.{table} ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(block)
    return time.perf_counter() - start
