"""Files of a release as bytes: CSV with its metadata (CSVW) and Parquet. The same observations give the same bytes.

CSV is RFC 4180: UTF-8 without a byte order mark, lines ended by CRLF, a header. Its metadata is that of W3C, "Metadata
Vocabulary for Tabular Data" (2015), in a file of the same name with ``-metadata.json`` after it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from hueandcry.exchange.table import defuse
from hueandcry.picture.releases.contents import DIMENSIONS, Table
from hueandcry.picture.releases.observations import UNITS, Observation, figure

CSV: Final = "text/csv"
CSVW: Final = "application/csvm+json"
PARQUET: Final = "application/vnd.apache.parquet"
TOLD: Final = "not told"
ALL: Final = "all"


class Column(NamedTuple):
    """A column of the CSV files: what it is called and what it means."""

    name: str
    type: str  # of XML Schema, as CSVW names them
    meaning: str


_MEANINGS: Final = {
    "month": "month, as the settings say by which time", "country": "country of the victim, ISO 3166-1 alpha-2",
    "region": "region of the victim (UN M49)", "sector": "NACE Rev. 2.1 section of the victim",
    "size": "size of the victim", "class": "class of the Common Taxonomy",
    "nature": "cyber-dependent or cyber-enabled", "technique": "ATT&CK technique",
    "source": "kind of organisation that reported", "offence": "offence of the legal crosswalk",
}  # fmt: skip
FIGURES: Final = (
    Column("number", "string", "reported, distinct (after linkage) or estimated"),
    Column(
        "measure",
        "string",
        "count; corrected: with those to come; linkage: its errors taken out; loss; inhabitants; enterprises",
    ),
    Column("unit", "string", "what the value is in"),
    Column("value", "decimal", "the value; empty where it is held back, which is never the same as 0"),
    Column("low", "decimal", "lower end of the 95 % interval, where there is one"),
    Column("high", "decimal", "upper end of it"),
    Column("status", "string", "CL_OBS_STATUS: A normal, P provisional, E estimated, Q suppressed, O refused"),
    Column("confidentiality", "string", "CL_CONF_STATUS: F free, C confidential, D secondary confidentiality"),
    Column("withheld", "string", "why there is no value: few, dominance, secondary, refused"),
)


class File(NamedTuple):
    """One file of a release."""

    name: str
    media: str
    content: bytes
    rows: int = 0

    @property
    def sha256(self) -> str:
        """Of its bytes, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def columns(table: Table) -> tuple[Column, ...]:
    """The columns of a table's CSV."""
    held = (Column(name, "string", f"{_MEANINGS[name]}; {ALL}, or {TOLD}") for name in table.dimensions)
    return (*held, *FIGURES)


def as_csv(name: str, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> File:
    """Rows as a CSV; what a spreadsheet would run as a formula is led by an apostrophe (OWASP, CSV injection)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in columns])
    count = 0
    for row in rows:
        writer.writerow([defuse(cell) for cell in row])
        count += 1
    return File(name, CSV, out.getvalue().encode(), count)


def table_csv(table: Table, observations: Iterable[Observation]) -> File:
    """One table as a CSV."""
    rows = (
        [
            *(ALL if (value := each.key.get(name)) is None else value or TOLD for name in table.dimensions),
            each.number, each.measure, UNITS[each.measure], figure(each.value), figure(each.low), figure(each.high),
            each.status, each.confidentiality, each.withheld,
        ]
        for each in observations
    )  # fmt: skip
    return as_csv(f"{table.name}.csv", columns(table), rows)


def csvw(file: File, title: str, columns: Sequence[Column], said: dict[str, str]) -> File:
    """The metadata of a CSV; ``said`` are properties of Dublin Core."""
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "url": file.name,
        "dc:title": title,
        **{f"dc:{name}": value for name, value in sorted(said.items())},
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "tableSchema": {
            "columns": [
                {
                    "name": column.name,
                    "titles": column.name,
                    "datatype": column.type,
                    "dc:description": column.meaning,
                    **({"null": ""} if column.type == "decimal" else {}),
                }
                for column in columns
            ]
        },
    }
    return File(f"{file.name}-metadata.json", CSVW, written(content))


def written(content: Any) -> bytes:
    """JSON that people read too; the same content gives the same bytes."""
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False) + "\n").encode()


def parquet(name: str, held: Sequence[tuple[str, Observation]]) -> File:
    """All observations, each with the table it stands in, as one Parquet file. A value held back is null."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    texts: dict[str, list[str | None]] = {"table": [table for table, _each in held]}
    for dimension in DIMENSIONS:
        texts[dimension] = [each.key.get(dimension) for _table, each in held]
    for word in ("number", "measure", "status", "confidentiality", "withheld"):
        texts[word] = [getattr(each, word) for _table, each in held]
    texts["unit"] = [UNITS[each.measure] for _table, each in held]
    numbers = {
        word: [None if (n := getattr(each, word)) is None else float(figure(n)) for _table, each in held]
        for word in ("value", "low", "high")
    }
    schema = pa.schema([(word, pa.string()) for word in texts] + [(word, pa.float64()) for word in numbers])
    table = pa.table({**texts, **numbers}, schema=schema)
    stream = io.BytesIO()
    pq.write_table(
        table,
        stream,
        compression="zstd",
        compression_level=3,
        version="2.6",
        store_schema=False,
        row_group_size=122_880,
    )
    return File(name, PARQUET, stream.getvalue(), len(held))


def read_parquet(content: bytes) -> list[tuple[str, Observation]]:
    """What ``parquet`` wrote."""
    import pyarrow.parquet as pq

    return [
        (
            row["table"],
            Observation(
                row["number"], row["measure"],
                {name: row[name] for name in DIMENSIONS if row[name] is not None},
                row["value"], row["low"], row["high"], row["status"] == "P", row["withheld"],
            ),
        )
        for row in pq.read_table(io.BytesIO(content)).to_pylist()
    ]  # fmt: skip
