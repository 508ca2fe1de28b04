"""A demonstration that is there, made so many times as large: for ``bench.pages --folder`` to measure what grows.

    cp -a DEMO COPY && uv run python -m bench.tenfold COPY [10]

Reports, what they hold, what collections offer, what linkage made of them and the audit record, copied within the
database with new ids and new values, in a minute; the real intake would take an hour for two hundred thousand. Members,
people and what everybody's machines hold (values with a warning) stay as many as they are. Copies keep their dates, so
that each day has so many times as much, and nothing of one copy matches another. For measuring only: it passes all doors.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from bench.installation import machine

# What stands in a column of the n-th copy, for each table. "@" is the number that all ids of a kind are moved by.
REPORT, OBJECT, SUBMISSION = "@exchange_report", "@exchange_object", "@exchange_submission"
_VALUES = "ARRAY(SELECT x # hashint8extended(%(n)s, 0) FROM unnest({column}) x ORDER BY 1)"
TABLES: dict[str, dict[str, str]] = {
    "exchange_submission": {
        "id": SUBMISSION, "reference": "gen_random_uuid()", "sha256": "sha256(sha256 || %(n)s::text::bytea)",
    },
    "exchange_report": {
        "id": REPORT, "reference": "gen_random_uuid()", "key": "key || '~' || %(n)s", "submission_id": SUBMISSION,
        "superseded_by_id": REPORT,
    },
    "exchange_object": {
        "id": OBJECT, "key": "key || '~' || %(n)s", "report_id": REPORT, "submission": SUBMISSION,
        "digest": "sha256(digest || %(n)s::text::bytea)",
    },
    "exchange_observable": {"id": "id # hashint8extended(%(n)s, 0)", "value": "value || '~' || %(n)s"},
    "exchange_observation": {
        "id": "@exchange_observation", "report_id": REPORT, "told_by": OBJECT,
        "observable": "CASE WHEN EXISTS (SELECT FROM exchange_observable o WHERE o.id = t.observable AND"
        " o.warnings <> '{}') THEN observable ELSE observable # hashint8extended(%(n)s, 0) END",
    },
    "exchange_entry": {
        "key": "key # hashint8extended(%(n)s, 0)", "object": OBJECT,
        "number": "number + %(n)s * (SELECT number FROM last l WHERE l.collection = t.collection)",
    },
    "linkage_fact": {
        "report": REPORT, **{name: _VALUES.format(column=name) for name in (
            "sketch", "exact", "money", "contact", "infrastructure", "victims")},
    },
    "linkage_crime": {"id": "@linkage_crime", "reference": "gen_random_uuid()", "merged_into": "@linkage_crime"},
    "linkage_crimereport": {"report": REPORT, "crime": "@linkage_crime"},
    "linkage_operation": {
        "id": "@linkage_operation", "reference": "gen_random_uuid()", "merged_into": "@linkage_operation",
    },
    "linkage_operationcrime": {
        "crime": "@linkage_crime", "operation": "@linkage_operation", "via": _VALUES.format(column="via"),
    },
    "linkage_operationvalue": {"observable": "observable # hashint8extended(%(n)s, 0)", "operation": "@linkage_operation"},
    "audit_act": {"id": "@audit_act"},
}  # fmt: skip
ONLY = {"exchange_observable": "t.warnings = '{}'"}


def main(folder: Path, times: int) -> None:
    """Copy, so that there is ``times`` as much of each."""
    os.environ["HUEANDCRY_DATA"] = str(folder.absolute())
    from hueandcry.project.installation import installation

    with installation():
        import psycopg

        from hueandcry.project.cluster import SUPERUSER, socket_folder

        with psycopg.connect(
            host=str(socket_folder(folder)), user=SUPERUSER, dbname="hueandcry",
            password=(folder / "secrets" / "postgres").read_text().strip(), autocommit=True,
        ) as connection:  # fmt: skip
            connection.execute(
                "SET session_replication_role = replica"
            )  # no triggers: what they would do is copied too
            connection.execute("SET synchronous_commit = off")
            most = {name: _one(connection, f"SELECT max({_key(name)}) FROM {name}") for name in TABLES}
            connection.execute(
                "CREATE TEMPORARY TABLE last AS SELECT collection, max(number) AS number FROM exchange_entry GROUP BY 1"
            )
            for name, changed in TABLES.items():
                begin = time.perf_counter()
                _copied(connection, name, changed, most, times)
                print(
                    f"{name:26} {_one(connection, f'SELECT count(*) FROM {name}'):>10,} rows {time.perf_counter() - begin:7.1f} s",
                    flush=True,
                )
            begin = time.perf_counter()
            connection.execute("VACUUM (ANALYZE)")
            print(f"{'vacuum':26} {time.perf_counter() - begin:23.1f} s; {machine()}")


def _key(table: str) -> str:
    return next(iter(TABLES[table]))


def _one(connection: object, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])  # type: ignore[attr-defined]


def _copied(connection: object, table: str, changed: dict[str, str], most: dict[str, int], times: int) -> None:
    rows = connection.execute(  # type: ignore[attr-defined]
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    ).fetchall()
    columns = [row[0] for row in rows]
    connection.execute(f"CREATE TEMPORARY TABLE kept AS SELECT t.* FROM {table} t WHERE {ONLY.get(table, 'true')}")  # type: ignore[attr-defined]
    for number in range(1, times):
        told = []
        for name in columns:
            said = changed.get(name, name)
            if said.startswith("@"):
                said = f"{name} + {number * most[said[1:]]}"
            told.append(said.replace("%(n)s", str(number)))
        connection.execute(  # type: ignore[attr-defined]
            f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE SELECT {', '.join(told)} FROM kept t"
        )
    connection.execute("DROP TABLE kept")  # type: ignore[attr-defined]
    if "id" in columns:
        connection.execute(  # type: ignore[attr-defined]
            f"SELECT setval(s, (SELECT max(id) FROM {table})) FROM pg_get_serial_sequence('{table}', 'id') s"
            " WHERE s IS NOT NULL"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10)
