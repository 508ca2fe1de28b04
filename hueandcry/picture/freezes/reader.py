"""Reads of freezes: which there are, and one opened for counting.

    frozen = latest()
    held = opened(frozen)                         # DuckDB in memory, read once for each process
    crimes = held.table("crimes")                 # an Ibis table
    held.rows(crimes.group_by(crimes.cls).aggregate(count=crimes.count()))

Inside a viewer's transaction the viewer's own rights hold for which freezes there are; outside, the linker reads. Files
are read by the linker alone, so who asks must be let in before: queries.py does that for pages.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker, turn
from hueandcry.picture.freezes import cached
from hueandcry.picture.freezes.facts import TABLES
from hueandcry.picture.models import Freeze
from hueandcry.picture.question import SOURCES

if TYPE_CHECKING:
    import duckdb
    from ibis.expr.types import Table

OPENED = named(Path(__file__).parent / "sql" / "opened.sql")
HELD: Final = 2  # freezes open in one process
THREADS: Final = 2
_COUNTING: Final = (
    "preserve_insertion_order = false",  # tables of an answer are written by all threads
    "perfect_ht_threshold = 18",  # bits: a value and an organisation together are a place in an array, not hashed
)
_UNTOLD: Final = {"text": "''", "texts": "[]::VARCHAR[]", "ints": "[]::INTEGER[]"}  # of all other kinds null


@dataclass(frozen=True, slots=True)
class Frozen:
    """A freeze as its row tells: what it is called by, when it was taken, by which program, and its manifest."""

    number: int
    at: datetime
    sha256: str
    version: str
    manifest: dict[str, Any] = field(compare=False, hash=False, repr=False)


def latest() -> Frozen | None:
    """The last freeze; None where there is none that may be seen."""
    return _one("ORDER BY at DESC, id DESC LIMIT 1", [])


def numbered(number: int) -> Frozen:
    """The freeze of this number. Raises LookupError where there is none that may be seen."""
    found = _one("WHERE id = %s", [number])
    if found is None:
        raise LookupError(f"There is no freeze {number}.")
    return found


def of(freeze: Freeze) -> Frozen:
    """A freeze out of its row."""
    return Frozen(freeze.pk, freeze.at, freeze.sha256, freeze.version, freeze.manifest)


def _one(which: str, values: list[int]) -> Frozen | None:
    query = f"SELECT * FROM picture_freeze {which}"  # noqa: S608 - one of the two above
    if connection.in_atomic_block:  # on behalf of a viewer
        rows = list(Freeze.objects.raw(query, values))
    else:
        with linker():
            rows = list(Freeze.objects.raw(query, values))
    return of(rows[0]) if rows else None


class Opened:
    """A freeze in memory, laid out for counting. Each thread has a connection of its own to it."""

    def __init__(self, paths: dict[str, Path]) -> None:
        import duckdb

        self._database = duckdb.connect(":memory:", config={"threads": THREADS})
        self._own = threading.local()
        _lay_out(self._database, paths)
        self.values: dict[str, list[str]] = _numbered(self._database)  # by dimension, each at its number
        self.codes: dict[str, int] = _codes(self._database)  # by column of codes, how many there are
        for said in _COUNTING:
            self._database.execute(f"SET {said}")

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's connection."""
        if not hasattr(self._own, "cursor"):
            self._own.cursor = self._database.cursor()
        return self._own.cursor  # type: ignore[no-any-return]

    def table(self, name: str) -> Table:
        """A table as Ibis knows it: one of facts.py, told_reports, told_crimes, or value_<dimension>."""
        import ibis

        columns = self.cursor.execute(f'DESCRIBE "{name}"').fetchall()
        from ibis.backends.sql.datatypes import DuckDBType

        return ibis.table({row[0]: DuckDBType.from_string(row[1]) for row in columns}, name=name)

    def rows(self, expression: Table) -> list[tuple[Any, ...]]:
        """The rows of an expression over such tables."""
        import ibis

        return self.cursor.execute(str(ibis.to_sql(expression, dialect="duckdb"))).fetchall()


_held: OrderedDict[str, Opened] = OrderedDict()
_opening: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def opened(frozen: Frozen) -> Opened:
    """The freeze in memory: the same for all threads of the process, read by the first that asks. The last ones asked
    for stay; who still counts on one that goes keeps it. Raises cached.Torn.

    It has told_reports and told_crimes with what their codes mean (expressions/told.py), and the tables of facts.py, of
    which reports and crimes are read from their files when asked for.
    """
    with _lock:
        if found := _held.get(frozen.sha256):
            _held.move_to_end(frozen.sha256)
            return found
        turn_of = _opening.setdefault(frozen.sha256, threading.Lock())
    with turn_of:
        with _lock:
            if found := _held.get(frozen.sha256):
                return found
        made = Opened(files(frozen))
        with _lock:
            _held[frozen.sha256] = made
            while len(_held) > HELD:
                _held.popitem(last=False)
            _opening.pop(frozen.sha256, None)
    return made


def forget() -> None:
    """Close what this process holds open."""
    with _lock:
        _held.clear()


def files(frozen: Frozen) -> dict[str, Path]:
    """By table the file of a freeze, whole, in the data folder; fetched by the linker where it is not there."""
    return {
        name: cached.file(said["sha256"], lambda name=name: _fetched(frozen.number, name))  # type: ignore[misc]
        for name, said in frozen.manifest["files"].items()
        if name in TABLES
    }


def _fetched(number: int, name: str) -> bytes:
    """The bytes of one file, by a connection of its own: a viewer's transaction stays the viewer's."""
    beside = connection.copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute("BEGIN READ ONLY")
            cursor.execute(turn("SET LOCAL ROLE {}"))
            cursor.execute("SELECT content FROM picture_freezefile WHERE freeze_id = %s AND name = %s", [number, name])
            row = cursor.fetchone()
            cursor.execute("COMMIT")
    finally:
        beside.close()
    if row is None:
        raise LookupError(f"Freeze {number} has no file {name}.")
    return bytes(row[0])


def _lay_out(database: duckdb.DuckDBPyConnection, paths: dict[str, Path]) -> None:
    for name, path in paths.items():
        source = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        columns = ", ".join(["*", *_lacking(database, name, source)])
        database.execute(f"CREATE VIEW read_{name} AS SELECT {columns} FROM {source}")  # noqa: S608 - our own file
        if name in ("reports", "crimes"):
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_{name}")  # noqa: S608 - our own name
        else:
            database.execute(f"CREATE TABLE {name} AS SELECT * FROM read_{name}")  # noqa: S608 - our own name
    for step in ("kinds", "countries", "techniques", "plain"):
        _run(database, OPENED[step])
    bits = " ".join(f"WHEN '{name}' THEN {1 << bit}" for bit, name in enumerate(SOURCES))
    source = f"CASE source {bits} ELSE 0 END"
    layouts = {
        "crimes": {
            "number": "r.crime",
            "reports": "r.reports",
            "sources": "r.sources",
            "organisations": "r.organisations",
        },
        "reports": {"number": "r.report", "reports": "1", "sources": source, "organisations": "[r.organisation]"},
    }
    for what, words in layouts.items():
        for step in ("coded", "told"):
            _run(database, OPENED[step].format(what=what, **words))
    _values(database)


def _lacking(database: duckdb.DuckDBPyConnection, name: str, source: str) -> list[str]:
    """Columns that there were not yet when the file was written: told by nobody. So a freeze that a release stands on
    can be read by every later version."""
    held = {row[0] for row in database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}  # noqa: S608 - our own
    return [f"{_UNTOLD.get(one.kind, 'NULL')} AS {one.name}" for one in TABLES[name] if one.name not in held]


def _values(database: duckdb.DuckDBPyConnection) -> None:
    """What codes mean that are not in the files: months and years, sources, regions, offences."""
    from hueandcry.picture.reference import crosswalk, regions

    months = {int(row[0]) for row in database.execute(OPENED["months"]).fetchall()} | {-1}
    dated = [(code, f"{code // 12:04d}-{code % 12 + 1:02d}" if code >= 0 else "") for code in sorted(months)]
    _table(database, "value_month", dated)
    _table(database, "value_year", [(code, value[:4]) for code, value in dated])
    bits = [(code, [name for bit, name in enumerate(SOURCES) if code >> bit & 1]) for code in range(1 << len(SOURCES))]
    _table(database, "value_source", [(code, name) for code, names in bits for name in names or [""]])
    countries = database.execute("SELECT code, value FROM value_country").fetchall()
    _table(database, "value_region", sorted({(code, regions.region_of(value)) for code, value in countries}))
    types = database.execute("SELECT code, value FROM value_type").fetchall()
    under: dict[str, list[str]] = {}
    for offence, held_types in crosswalk.offences().items():
        for one in held_types:
            under.setdefault(one, []).append(offence)
    lines = [(code, offence) for code, kind in types for offence in sorted(under.get(kind, [""]))]
    _table(database, "value_offence", lines)


def _numbered(database: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Number the values of each dimension, so that counting groups by small numbers and not by text."""
    found = {"total": [""]}
    names = "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'value\\_%' ESCAPE '\\'"
    for (name,) in database.execute(names).fetchall():
        database.execute(OPENED["numbered"].format(name=name))
        rows = database.execute(f"SELECT DISTINCT number, value FROM {name} ORDER BY number").fetchall()  # noqa: S608 - ours
        found[name.removeprefix("value_")] = [value for _number, value in rows]
    return found


def _codes(database: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many codes each column has that a dimension goes by."""
    from hueandcry.picture.expressions.told import CODES

    columns = {f"value_{dimension}": column for dimension, column in CODES.items()}
    times = ("occurred", "reported", "arrived")
    found: dict[str, int] = {}
    for name, column in columns.items():
        (number,) = database.execute(f"SELECT count(DISTINCT code) FROM {name}").fetchone() or (0,)  # noqa: S608 - ours
        found |= dict.fromkeys(times if column == "time" else (column,), int(number))
    return found


def _table(database: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[int, str]]) -> None:
    database.execute(f"CREATE TABLE {name} (code INTEGER, value VARCHAR)")
    if rows:
        codes, values = zip(*rows, strict=True)
        database.execute(
            f"INSERT INTO {name} SELECT unnest($codes), unnest($values)",
            {"codes": list(codes), "values": list(values)},
        )


def _run(database: duckdb.DuckDBPyConnection, statements: str) -> None:
    for statement in statements.split(";\n"):
        database.execute(statement)
