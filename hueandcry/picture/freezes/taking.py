"""How a freeze is made: read in one repeatable-read transaction, put together in DuckDB, written as Parquet.

    taken = take_tables()          # the rows of one moment, as bytes of files
    taken.files["crimes"].content, taken.said

The same state of the database gives the same bytes: rows are ordered by what they hold, and the writer's options are
fixed. Memory is bounded: what DuckDB cannot hold goes to a folder of its own, which is removed.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import snapshot
from hueandcry.picture.freezes.facts import TABLES, Kind
from hueandcry.picture.question import SOURCES
from hueandcry.picture.reference import money
from hueandcry.picture.reference.nature import nature

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

READ = named(Path(__file__).parent / "sql" / "read.sql")
MADE = named(Path(__file__).parent / "sql" / "frozen.sql")
MEMORY_MIB: Final = 768  # of DuckDB; PostgreSQL and the files have theirs beside it
ROWS: Final = 122_880  # of a row group
# Of what is read from PostgreSQL, the tables that rows are made of.
_TABLES: Final = ("reports", "memberships", "bodies", "rates", "denominators")
_WRITTEN: Final = {  # the statement that puts a table's rows in order
    "reports": "table_reports", "crimes": "table_crimes", "organisations": "table_organisations",
    "rates": "table_rates", "denominators": "table_denominators",
}  # fmt: skip
_STEPS: Final = ("key", "known", "losses", "bodies", "natures", "numbered", "several", "crimes")


@dataclass(frozen=True, slots=True)
class File:
    """One table as the bytes of a Parquet file."""

    content: bytes
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The tables of one moment, and what a manifest says of how they came about."""

    at: datetime
    files: dict[str, File]
    said: dict[str, Any]  # linkage, left_out, losses


def take_tables() -> Taken:
    """Read what counts, as the linker and of one moment, and make the tables of a freeze (facts.TABLES) of it."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="hc-freeze-") as spill:
        config: dict[str, Any] = {"memory_limit": f"{MEMORY_MIB}MiB", "temp_directory": spill, "threads": 2}
        with duckdb.connect(":memory:", config=config) as database:
            at, said = _read(database)
            for step in _STEPS:
                _make(database, step)
            said["losses"] = {
                "without_rate": dict(database.execute(MADE["unconverted"]).fetchall()),
                "oldest_rate_days": money.OLDEST.days,
            }
            files = {}
            for name in TABLES:
                content, rows = _written(database, name)
                files[name] = File(content, rows, hashlib.sha256(content).hexdigest())
    return Taken(at, files, said)


def _read(database: duckdb.DuckDBPyConnection) -> tuple[datetime, dict[str, Any]]:
    """Bring the tables over, batch by batch; gives the moment, and what is said of linkage and of what stays out."""
    with snapshot() as connection, connection.cursor() as cursor:

        def rows(statement: str) -> list[dict[str, Any]]:
            cursor.execute(READ[statement])
            return list(cursor.fetch_arrow_table().to_pylist())

        at = rows("moment")[0]["at"]
        for name in _TABLES:
            cursor.execute(READ[name])
            batches = cursor.fetch_record_batch()
            database.register("batches", batches)
            database.execute(f"CREATE TABLE read_{name} AS SELECT * FROM batches")  # noqa: S608 - our own names
            database.unregister("batches")
        run, review = rows("run"), rows("review")
        said = {
            "linkage": {
                "run": json.loads(run[0]["said"]) if run else None,
                "settings": _linkage_settings(),
                "error": json.loads(review[0]["said"]) if review else None,
            },
            "left_out": {row["reason"]: row["reports"] for row in rows("left_out")},
        }
    return at, said


def _linkage_settings() -> str:
    from hueandcry.linkage.crimes.estimates import NAME

    return NAME


def _make(database: duckdb.DuckDBPyConnection, step: str) -> None:
    if step == "natures":
        kinds = database.execute("SELECT DISTINCT cls, type FROM facts").fetchall()
        database.execute("CREATE TABLE natures (cls VARCHAR, type VARCHAR, nature VARCHAR)")
        held = {(cls, type_) for cls, type_ in kinds} | {(cls, "") for cls, _type in kinds}
        database.executemany(
            "INSERT INTO natures VALUES (?, ?, ?)", [(*kind, nature(*kind)) for kind in sorted(held)] or [("", "", "")]
        )
        return
    if step == "key":
        database.execute("SET VARIABLE record_key = $key", {"key": record_key()})
    given: dict[str, dict[str, Any]] = {
        "losses": {"oldest": money.OLDEST.days},
        "numbered": {"sources": list(SOURCES), "most": money.MOST},
    }
    for place, statement in enumerate(MADE[step].split(";\n")):
        database.execute(statement, given.get(step) if place == 0 else None)


def record_key() -> str:
    """The key that record keys are hashed with: of this installation, the same for each freeze."""
    return hashlib.sha256(b"record keys of the picture" + settings.SECRET_KEY.encode()).hexdigest()


def _written(database: duckdb.DuckDBPyConnection, name: str) -> tuple[bytes, int]:
    """One table as Parquet, row group by row group; the same rows give the same bytes."""
    import pyarrow.parquet as pq

    schema, rows = arrow_schema(name), 0
    stream = io.BytesIO()
    with pq.ParquetWriter(
        stream, schema, store_schema=False, compression="zstd", compression_level=3, version="2.6"
    ) as writer:
        for table in _even(database.sql(MADE[_WRITTEN[name]]).to_arrow_reader(ROWS)):
            writer.write_table(table.cast(schema), row_group_size=ROWS)
            rows += table.num_rows
    return stream.getvalue(), rows


def _even(reader: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """The rows in tables of ROWS each, however the reader's batches fall."""
    import pyarrow as pa

    held: list[Any] = []
    count = 0
    for batch in reader:
        held.append(batch)
        count += batch.num_rows
        while count >= ROWS:
            whole = pa.Table.from_batches(held)
            yield whole.slice(0, ROWS)
            held = whole.slice(ROWS).to_batches()
            count -= ROWS
    if count:
        yield pa.Table.from_batches(held)


def arrow_schema(name: str) -> pa.Schema:
    """The columns of a table of a freeze as Arrow types."""
    import pyarrow as pa

    types: dict[Kind, Any] = {
        "int": pa.int64(), "byte": pa.uint8(), "date": pa.date32(), "text": pa.string(), "float": pa.float64(),
        "texts": pa.list_(pa.string()), "ints": pa.list_(pa.int32()), "decimal": pa.decimal128(20, 8),
    }  # fmt: skip
    return pa.schema([(column.name, types[column.kind]) for column in TABLES[name]])
