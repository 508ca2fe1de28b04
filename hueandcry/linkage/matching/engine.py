# ruff: noqa: S608 - statements are made of names, which Settings lets be identifiers only, and of its conditions
"""Linkage on this machine: Splink on DuckDB, in memory up to a bound, in a folder beyond it.

    engine = Duck(memory_mib=1024, threads=2)
    model = engine.learn(table, settings)
    pairs = engine.pairs(table, settings, model, least=settings.threshold)

Tables are Arrow, or a path of a Parquet file. The same settings, seed and records give the same model and pairs.

Where both are asked of one table, or memory is scarce, the engine holds it: it is then brought in once, and in no form
but the engine's own.

    with engine.holding(lambda connection: prepare_in(connection, facts, RECORDS)) as held:
        model, pairs = engine.learn(held, settings), engine.pairs(held, settings, model, least=0)
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from splink import DuckDBAPI

from hueandcry.linkage.matching import estimate, statement
from hueandcry.linkage.matching.estimate import Failed, Tables, frequency_table
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Settings

RECORDS = "records"  # the table that is compared, in an engine's database


@dataclass(frozen=True)
class Held:
    """Records that the engine's database holds as ``RECORDS``."""

    connection: duckdb.DuckDBPyConnection


Table: TypeAlias = pa.Table | Path


@dataclass(frozen=True)
class Duck:
    """The engine on DuckDB: at most so much memory (MiB) and so many threads; ``folder`` takes what does not fit."""

    memory_mib: int = 1024
    threads: int = 2
    folder: Path | None = None

    def learn(self, table: Table | Held, settings: Settings) -> Model:
        """m, u, prior and frequencies, without labels. Raises Failed where there is nothing to learn from."""
        with self._database(table, settings) as database:
            records = _count(database, settings)
            if not records:
                raise Failed("There is no record to learn from.")
            if not settings.training.compared:
                _sample(database, "sample", settings, settings.training.sample)
            _sample(database, "matches", settings, settings.training.sample_matches, settings.training.latest)
            _shut(database)
            tables = Tables(RECORDS, "sample", "matches")
            return estimate.learn(
                database, tables, settings, records=records, frequencies=_frequencies(database, settings)
            )

    def pairs(
        self, table: Table | Held, settings: Settings, model: Model, *, least: float, gammas: bool = False
    ) -> pa.Table:
        """Pairs of at least ``least`` bits: id_l, id_r, match_weight, match_probability (and gamma_<comparer>)."""
        model.check(settings)
        with self._database(table, settings) as database:
            _register(database, settings, model)
            _shut(database)
            if not (settings.term_frequencies or gammas):
                return _scored(database.duckdb_con, settings, model, least)
            found = estimate.scored(database, RECORDS, settings, model, least=least, gammas=gammas)
            return _result(database, found, settings, gammas)

    def between(
        self, new: Table, old: Table, settings: Settings, model: Model, *, least: float, gammas: bool = False
    ) -> pa.Table:
        """Pairs of a new record (id_l) and an old one (id_r); neither new ones among themselves nor old ones."""
        model.check(settings)
        with self._connection() as connection:
            for name, table in (("new_records", new), ("old_records", old)):
                given = pq.read_table(table) if isinstance(table, Path) else table
                columns = needed(settings, set(given.column_names))
                connection.register(name, statement.with_shares(given.select(columns), settings, model))
            query = statement.between(settings, model, columns, least=least, gammas=gammas)
            return connection.sql(query).to_arrow_table()

    @contextmanager
    def holding(self, make: Callable[[duckdb.DuckDBPyConnection], None]) -> Iterator[Held]:
        """The records that ``make`` makes, as a table named ``RECORDS`` of the connection that it is given, for as long
        as the ``with`` lasts. Raises Failed where their ids are not unique when they are first asked for."""
        with self._connection() as connection:
            make(connection)
            yield Held(connection)

    @contextmanager
    def _database(self, table: Table | Held, settings: Settings) -> Iterator[DuckDBAPI]:
        """A database with the table, and nothing left behind in it where it goes on holding that."""
        if not isinstance(table, Held):
            with self._connection() as connection:
                _load(connection, table, settings)
                yield DuckDBAPI(connection)
            return
        database = DuckDBAPI(table.connection)
        _check(table.connection, settings)
        try:
            yield database
        finally:
            _clear(table.connection)

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        limits: dict[str, Any] = {"memory_limit": f"{self.memory_mib}MiB", "threads": self.threads}
        with (
            tempfile.TemporaryDirectory(dir=self.folder, prefix="linkage-") as spill,
            duckdb.connect(config=limits | {"temp_directory": spill, "preserve_insertion_order": False}) as connection,
        ):
            connection.execute("SET enable_progress_bar = false")  # it would go to standard output
            try:
                yield connection
            except duckdb.Error as error:
                raise Failed(str(error).split("\n")[0]) from error


def _load(connection: duckdb.DuckDBPyConnection, table: Table, settings: Settings) -> None:
    """The table RECORDS, of the columns that count. Raises Failed on ids that are not unique."""
    if isinstance(table, Path):
        connection.read_parquet(str(table)).create_view("given")
    else:
        connection.register("given", table)
    present = {row[0] for row in connection.execute("DESCRIBE given").fetchall()}
    lacking = [column for column in settings.columns if column not in present]
    if lacking:
        raise Failed(f"There is no column {', '.join(lacking)}.")
    wanted = ", ".join(f'"{column}"' for column in needed(settings, present))
    connection.execute(f"CREATE TABLE {RECORDS} AS SELECT {wanted} FROM given")
    _check(connection, settings)


def _check(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    key = settings.unique_id
    count, ids = connection.execute(f'SELECT count(*), count(DISTINCT "{key}") FROM {RECORDS}').fetchall()[0]
    if count != ids:
        raise Failed(f"{count - ids:,} records have no {settings.unique_id} of their own.")


def _count(database: DuckDBAPI, settings: Settings) -> int:
    return int(database.duckdb_con.execute(f"SELECT count(*) FROM {RECORDS}").fetchall()[0][0])


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Whatever was made besides the records goes: it would lie in memory."""
    asked = "SELECT table_name, table_type FROM information_schema.tables WHERE table_name <> ?"
    for name, kind in connection.execute(asked, [RECORDS]).fetchall():
        connection.execute(f'DROP {"VIEW" if kind == "VIEW" else "TABLE"} IF EXISTS "{name}"')


def _shut(database: DuckDBAPI) -> None:
    """From here on no statement reads a file or reaches out: conditions may come out of somebody's settings file."""
    database.duckdb_con.execute("SET enable_external_access = false")


def needed(settings: Settings, present: set[str]) -> list[str]:
    """What comparers name, and whatever conditions, blocking and training rules read besides."""
    conditions = [level.condition for comparer in settings.comparers for level in comparer.levels]
    rules = [rule.condition for rule in settings.blocking]
    words = set(
        re.findall(r"\w+", " ".join([*conditions, *rules, *settings.training.rules, *settings.training.certain]))
    )
    read = words | {word[:-2] for word in words if word.endswith(("_l", "_r"))}
    return [*settings.columns, *sorted(present & read - set(settings.columns))]


def _sample(database: DuckDBAPI, name: str, settings: Settings, size: int, latest: str = "") -> None:
    """So many records, drawn by a hash that every engine has (MD5), the same ones everywhere; or the latest ones."""
    key = f"md5(CAST(\"{settings.unique_id}\" AS VARCHAR) || '/{settings.training.seed}')"
    key = f'"{latest}" DESC NULLS LAST, "{settings.unique_id}"' if latest else key
    chosen = f'SELECT "{settings.unique_id}" FROM {RECORDS} ORDER BY {key} LIMIT {size}'  # ids alone are sorted
    database.duckdb_con.execute(
        f'CREATE TABLE {name} AS SELECT * FROM {RECORDS} WHERE "{settings.unique_id}" IN ({chosen})'
    )


def _frequencies(database: DuckDBAPI, settings: Settings) -> dict[str, dict[str, float]]:
    """By column, each value that is more common than the rarest that counts, with its share of known values.

    Two records that share a value do not make it common: it is counted among the others.
    """
    found = {}
    for column, rarest in settings.term_frequencies.items():
        rows = database.duckdb_con.execute(
            f"""WITH known AS (SELECT CAST("{column}" AS VARCHAR) AS value, count(*) AS times FROM records
                    WHERE "{column}" IS NOT NULL GROUP BY 1)
                SELECT value, (times - 2) / (SELECT sum(times) FROM known) AS share FROM known
                WHERE share > {rarest} ORDER BY share DESC, value"""
        ).fetchall()
        found[column] = {value: float(f"{share:.9g}") for value, share in rows}
    return found


def _register(database: DuckDBAPI, settings: Settings, model: Model) -> None:
    """A table of each column's values with their shares, for ``estimate.scored``."""
    connection = database.duckdb_con
    for column, rarest in settings.term_frequencies.items():
        shares = model.frequencies.get(column, {})
        stored = pa.table({"value": pa.array(shares, pa.string()), "share": pa.array(shares.values(), pa.float64())})
        connection.register("stored", stored)
        connection.execute(
            f"""CREATE TABLE {frequency_table(column)} AS
                SELECT v."{column}", coalesce(s.share, {rarest}) AS "tf_{column}"
                FROM (SELECT DISTINCT "{column}" FROM records WHERE "{column}" IS NOT NULL) v
                LEFT JOIN stored s ON s.value = CAST(v."{column}" AS VARCHAR)"""
        )
        connection.unregister("stored")


def _scored(connection: duckdb.DuckDBPyConnection, settings: Settings, model: Model, least: float) -> pa.Table:
    """As ``estimate.scored``, in a third of the time: ids of pairs first, and each comparison of two lists once."""
    connection.execute(f"CREATE TABLE blocked AS {statement.candidates(settings)}")
    found = connection.sql(statement.among(settings, model, least=least)).to_arrow_table()
    return found.sort_by([("id_l", "ascending"), ("id_r", "ascending")])  # DuckDB is free to keep no order


def _result(database: DuckDBAPI, name: str, settings: Settings, gammas: bool) -> pa.Table:
    wanted = [f'"{settings.unique_id}_l" AS id_l', f'"{settings.unique_id}_r" AS id_r']
    wanted += ["match_weight", "match_probability", *(estimate.gamma_columns(settings) if gammas else [])]
    query = f"SELECT {', '.join(wanted)} FROM {name} ORDER BY id_l, id_r"
    return database.duckdb_con.sql(query).to_arrow_table()
