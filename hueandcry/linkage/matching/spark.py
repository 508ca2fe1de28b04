"""Linkage beyond one machine: the same settings and the same ``learn`` and ``pairs`` on Apache Spark, by Splink.

    with Spark(master="spark://head:7077", folder=Path("/shared/linkage")) as engine:
        model = engine.learn(Path("/shared/lake/facts.parquet"), settings)

``folder`` must be the same folder on every machine. PySpark is the extra ``spark`` and needs Java 17. Conditions are
translated from DuckDB's words; where that does not do, ``Level.spark`` says them. Both engines draw the same sample and
count the same whole numbers, so they learn the same model and find the same pairs; but for
``jaro_winkler_similarity``, whose two implementations part in the third digit now and then.
"""

# ruff: noqa: S608 - statements are made of names, which Settings lets be identifiers only, and of its conditions

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from sqlglot import exp

from hueandcry.linkage.matching import estimate
from hueandcry.linkage.matching.engine import Table, needed
from hueandcry.linkage.matching.estimate import Failed, Tables, frequency_table
from hueandcry.linkage.matching.gateway import Java, said, session
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import OTHERWISE, Blocking, Level, Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

Part = TypeVar("Part", Level, Blocking)
# DuckDB's functions by the names that Spark, or Splink's library for it, has for them.
NAMES = {"list_intersect": "array_intersect", "list_has_any": "arrays_overlap", "list_distinct": "array_distinct"}


def _master() -> str:
    return os.environ.get("HUEANDCRY_SPARK", "local[*]")


def _driver() -> str:
    return os.environ.get("HUEANDCRY_SPARK_DRIVER", "")


def _folder() -> Path:
    return Path(os.environ.get("HUEANDCRY_LAKE") or tempfile.mkdtemp(prefix="linkage-"))


@dataclass
class Spark:
    """The engine on Spark. ``master``: ``local[2]`` for this machine, ``spark://host:port`` for a cluster.

    ``partitions``: about three for each core of the cluster. ``driver``: the address by which the cluster reaches this
    machine ("": what its host name resolves to). ``config``: whatever else Spark is to be told. It starts when it is
    first asked something and stops with its ``with``, or ``stop``.
    """

    master: str = field(default_factory=_master)
    folder: Path = field(default_factory=_folder)
    partitions: int = 8
    driver: str = field(default_factory=_driver)
    config: dict[str, str] = field(default_factory=dict)
    _session: Any = None
    _java: Java | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Give the cluster back what this took of it."""
        if self._session is not None:
            written = self._session.sparkContext.getCheckpointDir()
            self._session.stop()
            self._session = None
            shutil.rmtree(urlsplit(written or "").path, ignore_errors=True)  # one folder, which Spark made for this
        if self._java is not None:
            self._java.end()
            self._java = None

    def learn(self, table: Table, settings: Settings) -> Model:
        """As ``Duck.learn``."""
        with self._loaded(table, settings) as (database, settings, records):
            _draw(database.spark, settings)
            tables = Tables("records", "sample", "matches")
            frequencies = _frequencies(database.spark, settings)
            return estimate.learn(database, tables, settings, records=records, frequencies=frequencies)

    def pairs(self, table: Table, settings: Settings, model: Model, *, least: float, gammas: bool = False) -> pa.Table:
        """As ``Duck.pairs``."""
        model.check(settings)
        with self._loaded(table, settings) as (database, settings, _):
            _register(database.spark, settings, model)
            found = estimate.scored(database, "records", settings, model, least=least, gammas=gammas)
            wanted = [f"`{settings.unique_id}_l` AS id_l", f"`{settings.unique_id}_r` AS id_r"]
            wanted += ["match_weight", "match_probability", *(estimate.gamma_columns(settings) if gammas else [])]
            told = database.spark.sql(f"SELECT {', '.join(wanted)} FROM {found}").toArrow()
            return told.sort_by([("id_l", "ascending"), ("id_r", "ascending")])

    @contextmanager
    def _loaded(self, table: Table, settings: Settings) -> Iterator[tuple[Any, Settings, int]]:
        """Splink's database with the table ``records``, the settings in Spark's words, how many records."""
        if self._session is None:
            self._java, self._session = session(self.master, self.folder, self.partitions, self.driver, self.config)
        from splink import SparkAPI  # not before PySpark is known to be there

        path = table if isinstance(table, Path) else self._written(table)
        try:
            frame = self._session.read.parquet(str(path))
            lacking = [column for column in settings.columns if column not in frame.columns]
            if lacking:
                raise Failed(f"There is no column {', '.join(lacking)}.")
            frame = frame.select(*needed(settings, set(frame.columns))).repartition(self.partitions).cache()
            frame.createOrReplaceTempView("records")
            key = f"`{settings.unique_id}`"
            records, ids = self._session.sql(f"SELECT count(*), count(DISTINCT {key}) FROM records").collect()[0]
            if ids != records:
                raise Failed(f"Some records have no {settings.unique_id} of their own.")
            lists = {name for name, kind in frame.dtypes if kind.startswith("array")}
            make: Any = SparkAPI
            database = make(spark_session=self._session, num_partitions_on_repartition=self.partitions)
            yield (
                database,
                translated(settings, lists),
                int(records),
            )
        except Failed:
            raise
        except Exception as error:
            if not type(error).__module__.startswith(("pyspark", "py4j")):
                raise
            raise Failed(said(error)) from error
        finally:
            self._session.catalog.clearCache()
            if path != table:
                path.unlink(missing_ok=True)

    def _written(self, table: pa.Table) -> Path:
        path = (self.folder / f"records-{uuid.uuid4().hex}.parquet").resolve()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.touch(mode=0o600)
            pq.write_table(table, path)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise Failed(f"{self.folder} could not be written: {error.strerror or error}") from error
        return path


def _draw(session: SparkSession, settings: Settings) -> None:
    """The records to learn from, the same ones as DuckDB draws: by a hash that both have (MD5), or the latest."""
    training, key = settings.training, f"`{settings.unique_id}`"
    by_hash = f"md5(concat(CAST({key} AS STRING), '/{training.seed}'))"
    latest = f"`{training.latest}` DESC NULLS LAST, {key}" if training.latest else by_hash
    drawn = {"matches": (latest, training.sample_matches)}
    if not training.compared:  # which learns from no pairs at random
        drawn["sample"] = (by_hash, training.sample)
    for name, (order, size) in drawn.items():
        rows = session.sql(f"SELECT * FROM records ORDER BY {order} LIMIT {size}").localCheckpoint()
        rows.createOrReplaceTempView(name)


def translated(settings: Settings, lists: set[str]) -> Settings:
    """The same settings with each condition in Spark's words; ``lists`` are the columns that hold lists."""
    comparers = tuple(
        replace(one, levels=tuple(_said(level, lists) for level in one.levels)) for one in settings.comparers
    )
    blocking = tuple(_said(rule, lists) for rule in settings.blocking)
    rules, certain = (
        tuple(_in_spark(rule, lists) for rule in rules)
        for rules in (settings.training.rules, settings.training.certain)
    )
    return replace(
        settings,
        comparers=comparers,
        blocking=blocking,
        training=replace(settings.training, rules=rules, certain=certain),
    )


def _said(part: Part, lists: set[str]) -> Part:
    if part.spark or part.condition == OTHERWISE:
        return part
    return replace(part, spark=_in_spark(part.condition, lists))


def _in_spark(condition: str, lists: set[str]) -> str:
    def inside(*nodes: exp.Expression) -> list[exp.Expression]:  # sqlglot does not look into what it replaced
        return [node.copy().transform(change) for node in nodes]

    def change(node: exp.Expression) -> exp.Expression:
        if isinstance(node, exp.Length) and _is_list(node.this, lists):
            return exp.Anonymous(this="size", expressions=inside(node.this))
        if isinstance(node, exp.JarowinklerSimilarity):
            return exp.Anonymous(this="jaro_winkler", expressions=inside(node.this, node.expression))
        if isinstance(node, exp.ArrayOverlaps):  # whose sign for it in sqlglot Spark does not know
            both = exp.Anonymous(this="array_intersect", expressions=inside(node.this, node.expression))
            return exp.GT(this=exp.Anonymous(this="size", expressions=[both]), expression=exp.Literal.number(0))
        if isinstance(node, exp.Anonymous) and str(node.this).lower() in NAMES:
            return exp.Anonymous(this=NAMES[str(node.this).lower()], expressions=inside(*node.expressions))
        return node

    return sqlglot.parse_one(condition, read="duckdb").transform(change).sql(dialect="spark")


def _is_list(node: exp.Expression, lists: set[str]) -> bool:
    if isinstance(node, exp.Column):
        return node.name in lists or node.name.removesuffix("_l").removesuffix("_r") in lists
    return isinstance(node, exp.Anonymous) and str(node.this).lower().startswith(("list_", "array_"))


def _frequencies(session: SparkSession, settings: Settings) -> dict[str, dict[str, float]]:
    found = {}
    for column, rarest in settings.term_frequencies.items():
        counted = session.sql(
            f"""SELECT CAST(`{column}` AS STRING) AS value, count(*) AS times FROM records
                WHERE `{column}` IS NOT NULL GROUP BY 1"""
        )
        known = int(counted.groupBy().sum("times").collect()[0][0] or 0)
        common = counted.where(f"times - 2 > {rarest * known!r}").collect()
        rows = [(row.value, (row.times - 2) / known) for row in common]
        rows.sort(key=lambda row: (-row[1], row[0]))
        found[column] = {value: float(f"{share:.9g}") for value, share in rows if share > rarest}
    return found


def _register(session: SparkSession, settings: Settings, model: Model) -> None:
    for column, rarest in settings.term_frequencies.items():
        shares = list(model.frequencies.get(column, {}).items())
        session.createDataFrame(shares, "value string, share double").createOrReplaceTempView(f"stored_{column}")
        session.sql(
            f"""SELECT v.`{column}`, coalesce(s.share, {rarest}D) AS `tf_{column}`
                FROM (SELECT DISTINCT `{column}` FROM records WHERE `{column}` IS NOT NULL) v
                LEFT JOIN stored_{column} s ON s.value = CAST(v.`{column}` AS STRING)"""
        ).createOrReplaceTempView(frequency_table(column))
