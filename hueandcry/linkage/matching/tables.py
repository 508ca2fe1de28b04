"""A table of somebody's own, matched: read as it comes, compared, clustered, told as pairs.

    found = match(read(Path("victims.csv")), "people")
    found.pairs      # id_l, id_r, match_weight, match_probability: the pairs that are claimed to be one
    found.clusters   # id, cluster

No label is read: a column that says which records belong together is never compared (``columns.py``).
"""

from __future__ import annotations

import codecs
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from hueandcry.linkage.matching import columns, forms, people
from hueandcry.linkage.matching.claims import claimed
from hueandcry.linkage.matching.clusters import clusters
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.forms import quoted
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.settings import Blocking, Settings, Unsound

MOST_RECORDS = 5_000_000
LEAST_BITS = -15.0  # pairs below weigh as those never compared do
# What blocking may bring up: so many pairs for each record, beyond a floor for short lists. A rule that would exceed it
# is left out; what it would have found the others find, or it was too common to tell people apart.
PAIRS_A_RECORD, PAIRS_AT_LEAST = 60, 5_000_000
NAMED = 20  # columns that a refusal lists
PARQUET = b"PAR1"
OTHERS = {  # by their first bytes
    b"PK\x03\x04": "a workbook or another archive: save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old workbook: save the sheet as CSV",
    b"\x1f\x8b": "compressed: unpack it",
    b"(\xb5/\xfd": "compressed: unpack it",
    b"%PDF": "a PDF: a table as CSV or Parquet is needed",
}
ENCODINGS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unusable(ValueError):
    """A table that cannot be matched; the message says what to do."""


@dataclass(frozen=True)
class Found:
    """What became of a table. ``threshold`` in bits; ``settings`` and ``model`` say how each pair was judged."""

    records: int
    pairs: pa.Table
    clusters: pa.Table
    settings: Settings
    model: Model
    traits: dict[str, str]

    @property
    def groups(self) -> int:
        """How many clusters hold more than one record."""
        return int((np.unique(self.clusters["cluster"].to_numpy(), return_counts=True)[1] > 1).sum())


def read(path: Path) -> pa.Table:
    """A CSV of any delimiter and encoding, or Parquet: every value as text, without spaces around names and values.

    Parquet is told by its first bytes as well, whatever it is called. Raises Unusable where there is no such file, or
    it holds no record or too many.
    """
    if not path.is_file():
        raise Unusable(f"There is no file {path}.")
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
        parquet = start.startswith(PARQUET) or path.suffix.lower() in (".parquet", ".pq")
        _refuse_other(path, start)
        with duckdb.connect() as connection, _readable(path, parquet) as file:
            connection.execute("SET enable_progress_bar = false")
            table = _relation(connection, file, parquet).to_arrow_table()
    except (duckdb.Error, UnicodeError, OSError) as error:
        raise Unusable(f"{path} could not be read as a table: {_told(error)}") from error
    names = [name.strip() for name in table.column_names]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Unusable(f"Two columns are called {doubled[0]}: rename one.")
    if not table.num_rows:
        raise Unusable(f"{path} holds no record.")
    if table.num_rows > MOST_RECORDS:
        raise Unusable(f"{path} holds {table.num_rows:,} records; at most {MOST_RECORDS:,} can be matched at once.")
    return table.rename_columns(names)


def _relation(connection: duckdb.DuckDBPyConnection, file: Path, parquet: bool) -> duckdb.DuckDBPyRelation:
    if parquet:
        return connection.read_parquet(str(file))
    given = connection.read_csv(  # in parallel it would refuse lines within quotation marks
        str(file), header=True, all_varchar=True, sample_size=20_000, null_padding=True, parallel=False
    )
    return given.project(", ".join(f"nullif(trim({quoted(name)}), '') AS {quoted(name)}" for name in given.columns))


def _refuse_other(path: Path, start: bytes) -> None:
    """What is neither text nor Parquet, by name."""
    if not start:
        raise Unusable(f"{path} is empty.")
    for mark, kind in OTHERS.items():
        if start.startswith(mark):
            raise Unusable(f"{path} is {kind}.")


def _told(error: Exception) -> str:
    """What DuckDB says of a file in one line: it takes many, and begins with where."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    where = re.search(r"CSV Error on Line: (\d+)", lines[0])
    if where:
        why = next((line for line in lines[1:] if not line.startswith("Original Line:")), "it is broken")
        return f"line {where[1]}: {why}"
    if "sniff" in lines[0].lower():
        return "its lines do not have the same columns. Is it a CSV, and is every quotation mark closed?"
    return lines[0].partition("Error: ")[2] or lines[0]


@contextmanager
def _readable(path: Path, parquet: bool) -> Iterator[Path]:
    """The file as UTF-8, which DuckDB reads: what is in another encoding goes through a temporary copy."""
    if parquet:
        yield path
        return
    raw = path.read_bytes()
    encoding = next((name for mark, name in ENCODINGS if raw.startswith(mark)), None) or _encoding(raw)
    if encoding == "utf-8":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "table.csv"
        copy.write_text(raw.decode(encoding), encoding="utf-8")
        yield copy


def _encoding(raw: bytes) -> str:
    """UTF-8 where it is that; else what western office programs write."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252" if not set(raw) & {0x81, 0x8D, 0x8F, 0x90, 0x9D} else "latin-1"
    return "utf-8"


def match(
    table: pa.Table, settings: str | Settings, *, unique_id: str | None = None, threshold: float | None = None,
    engine: Duck | None = None,
) -> Found:  # fmt: skip
    """Which records of a table are one. ``settings``: "people", or a table of settings whose columns the table has.

    Raises Unusable (no such column, ids given twice, nothing that tells records apart), Failed of the engine.
    """
    if isinstance(settings, Settings) and unique_id is None and settings.unique_id in table.column_names:
        unique_id = settings.unique_id
    table, key = _with_ids(table, unique_id)
    if isinstance(settings, str):
        table, settings, traits = _people(table, key)
    else:
        lacking = [column for column in settings.columns[1:] if column not in table.column_names]
        if lacking:
            told = ", ".join(lacking)
            raise Unusable(f"There is no column {told}, which the settings name. There are: {_listed(table)}.")
        settings = replace(settings, unique_id=key)
        traits = {comparer.label: ", ".join(comparer.columns) for comparer in settings.comparers}
    if threshold is not None:
        settings = replace(settings, threshold=threshold)
    engine = engine or Duck(memory_mib=2048)
    model = engine.learn(table, settings)
    pairs = engine.pairs(table, settings, model, least=min(LEAST_BITS, settings.threshold))
    ids = table[settings.unique_id].to_numpy(zero_copy_only=False)
    one, other = _positions(ids, pairs["id_l"]), _positions(ids, pairs["id_r"])
    bits = pairs["match_weight"].to_numpy()
    label = clusters(
        np.arange(len(ids)), one, other, bits, threshold=settings.threshold,
        leaves=_flags(table, settings.leaf), sources=_codes(table, settings.source),
    )  # fmt: skip
    left, right, weight, chance = claimed(label, one, other, bits, threshold=settings.threshold)
    told = pa.table(
        {"id_l": pa.array(ids[left]), "id_r": pa.array(ids[right]), "match_weight": weight, "match_probability": chance}
    )
    grouped = pa.table({"id": pa.array(ids), "cluster": label})
    return Found(len(ids), told, grouped, settings, model, traits)


def _with_ids(table: pa.Table, unique_id: str | None) -> tuple[pa.Table, str]:
    """The table and the column of its ids: the one that was named, or goes by such a name, else the row's number."""
    if unique_id is not None and unique_id not in table.column_names:
        raise Unusable(f"There is no column {unique_id}. There are: {_listed(table)}.")
    key = unique_id or columns.id_column(table.column_names)
    if key is None:
        key = "row"
        return table.append_column(key, pa.array(np.arange(1, table.num_rows + 1))), key
    values = table[key]
    if pa.types.is_nested(values.type):
        raise Unusable(f"{key} is no id: it holds several values. Name another column with --id.")
    if values.null_count:
        first = 1 + pc.index(values.is_null(), True).as_py()
        raise Unusable(
            f"{values.null_count:,} records have no {key}, the first of them record {first:,}."
            " Name another column with --id, or fill it."
        )
    twice = table.num_rows - pc.count_distinct(values).as_py()
    if twice:
        counted = values.value_counts()
        held = next(one["values"] for one in counted if one["counts"].as_py() > 1)
        raise Unusable(
            f"{key} is no id: {twice:,} records have one that another has, such as {str(held)[:40]}."
            " Name another column with --id."
        )
    return table, key


def _people(table: pa.Table, key: str) -> tuple[pa.Table, Settings, dict[str, str]]:
    found = columns.recognised(name for name in table.column_names if name != key)
    text = [name for held in found.values() for name in held]
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")  # it would go to standard output
        connection.register("given", table.select([key, *text]))
        chosen = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in [key, *text])
        connection.execute(f"CREATE TABLE given_table AS SELECT {chosen} FROM given")  # noqa: S608 - quoted names
        try:
            traits = forms.write(connection, found, key)
            settings = _affordable(connection, people.settings(traits), table.num_rows)
        except Unsound as error:
            raise Unusable(f"{error} The columns are: {_listed(table.drop_columns(key))}.") from error
        formed = connection.sql("SELECT * FROM people ORDER BY id").to_arrow_table()
    return formed, settings, {trait: ", ".join(held) for trait, held in found.items()}


def _listed(table: pa.Table) -> str:
    """Its columns in one line, the first of them where there are many."""
    more = table.num_columns - NAMED
    return ", ".join(name[:60] for name in table.column_names[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _affordable(connection: duckdb.DuckDBPyConnection, settings: Settings, records: int) -> Settings:
    """Without blocking and training rules that would bring up more pairs than there is room for."""
    left = max(PAIRS_A_RECORD * records, PAIRS_AT_LEAST)
    kept: list[Blocking] = []
    for rule in settings.blocking:
        pairs = _pairs(connection, rule.condition)
        if pairs <= left // 4:
            kept.append(rule)
            left -= pairs
    trains = tuple(rule for rule in settings.training.rules if _pairs(connection, rule) <= PAIRS_AT_LEAST)
    if not kept or not trains:
        raise Unsound("The values of its columns are too common to tell people apart.")
    return replace(settings, blocking=tuple(kept), training=replace(settings.training, rules=trains))


def _pairs(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    """How many pairs agree on the columns of a rule that ``Blocking.on`` made."""
    held = [side.split(" = ")[0].removeprefix("l.") for side in condition.split(" AND ")]
    known = " AND ".join(f"{column} IS NOT NULL" for column in held)
    row = connection.execute(
        f"""SELECT coalesce(sum(n * (n - 1) // 2), 0) FROM
            (SELECT count(*) AS n FROM people WHERE {known} GROUP BY {", ".join(held)})"""  # noqa: S608 - our own names
    ).fetchall()[0]
    return int(row[0])


def _positions(ids: NDArray[np.generic], wanted: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(pc.index_in(wanted, value_set=pa.array(ids)).to_numpy(), dtype=np.int64)


def _flags(table: pa.Table, column: str) -> NDArray[np.bool_] | None:
    return None if not column else np.asarray(table[column].fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _codes(table: pa.Table, column: str) -> NDArray[np.int64] | None:
    if not column:
        return None
    codes = table[column].combine_chunks().dictionary_encode().indices
    return np.asarray(codes.fill_null(-1).to_numpy(zero_copy_only=False), dtype=np.int64)


def writable(file: Path, *outs: Path | None) -> None:
    """That results have a place, and none of them is that of another or of the table. Raises Unusable."""
    taken = {file.resolve()}
    for out in outs:
        if out is None:
            continue
        if out.resolve() in taken:
            raise Unusable(f"{out} is the table itself, or named for two results: name another file.")
        taken.add(out.resolve())
        if not out.parent.is_dir():
            raise Unusable(f"{out} could not be written: there is no folder {out.parent}.")
        if not os.access(out if out.exists() else out.parent, os.W_OK):
            raise Unusable(f"{out} could not be written: this is not allowed here.")


def write(found: Found, pairs: Path, groups: Path | None) -> None:
    """The pairs (and which cluster each id is in) as Parquet. Raises Unusable where they cannot be written."""
    import pyarrow.parquet as pq

    try:
        pq.write_table(found.pairs, pairs)
        if groups is not None:
            pq.write_table(found.clusters, groups)
    except OSError as error:
        told = (error.strerror or str(error)).splitlines()[0]
        raise Unusable(f"{error.filename or pairs} could not be written: {told}") from error


__all__: Sequence[str] = ("Found", "Unusable", "match", "read", "writable", "write")
