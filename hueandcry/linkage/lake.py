"""The lake: what linkage reads, as Parquet in one folder, for engines that work beside the database.

``export`` writes one moment of the tables that the linker compares (facts, judgements in force, which crime each report
is in), narrow as they are: no title, no person, no text. Each file is named after its content's SHA-256, and the
manifest lists them, so that a reader knows a whole export from a torn one. What lies there crosses audiences as the
linker does: each file is readable by its owner alone, as is a folder made for them, and writing is recorded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq

from hueandcry.audit import actions as audit
from hueandcry.linkage.crimes.facts import COLUMNS
from hueandcry.linkage.linker import snapshot
from hueandcry.members.viewer import Viewer, viewer

MANIFEST = "manifest.json"
BLOCK = 1 << 20  # bytes hashed at a time
# By table of the lake, what the linker reads into it.
QUERIES: Mapping[str, str] = MappingProxyType(
    {
        "facts": f"SELECT {', '.join(COLUMNS)} FROM linkage_fact ORDER BY report",  # noqa: S608 - our own columns
        "judgements": 'SELECT "left", "right", verdict, organisation, at FROM linkage_judgement '
        "WHERE withdrawn_at IS NULL ORDER BY id",
        "crimes": "SELECT report, crime FROM linkage_crimereport ORDER BY report",
    }
)


class Torn(ValueError):
    """A folder that holds no whole export; the message says what is missing."""


@dataclass(frozen=True)
class Held:
    """One table of an export: its file, how many rows, and the SHA-256 of the file."""

    file: str
    rows: int
    sha256: str


def export(by: Viewer, folder: Path) -> dict[str, Held]:
    """Write all tables as of one moment into ``folder``; gives what was written. An export there before is replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # one that was there keeps its mode: it may be anybody's
    with snapshot() as connection:
        held = {}
        for name, query in QUERIES.items():
            with connection.cursor() as cursor:
                cursor.execute(query)
                held[name] = _write(folder, name, cursor.fetch_record_batch())
    try:
        with viewer(by):
            counts = {name: one.rows for name, one in held.items()}
            audit.record(by=by, verb="export", kind="lake", count=counts["facts"], detail=counts)
    except BaseException:
        for one in held.values():  # what is not recorded is not there
            (folder / one.file).unlink(missing_ok=True)
        raise
    said = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "tables": {n: vars(one) for n, one in held.items()}}
    whole = folder / f".{MANIFEST}"
    _private(whole)
    whole.write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    whole.replace(folder / MANIFEST)
    _sweep(folder, {one.file for one in held.values()})
    return held


def _private(path: Path) -> None:
    """An empty file of this name, readable by its owner alone, and nobody else's."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)


def _write(folder: Path, name: str, batches: pa.RecordBatchReader) -> Held:
    """Batch by batch, so that memory holds one of them; readable by the owner alone from its first byte."""
    fresh = folder / f".{name}.parquet"
    _private(fresh)
    rows = 0
    with pq.ParquetWriter(fresh, batches.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    digest = _sha256(fresh)
    file = f"{name}-{digest[:16]}.parquet"
    fresh.replace(folder / file)
    return Held(file, rows, digest)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _sweep(folder: Path, kept: set[str]) -> None:
    """Files of earlier exports go; others' files stay."""
    for name in QUERIES:
        for path in folder.glob(f"{name}-????????????????.parquet"):
            if path.name not in kept:
                path.unlink()


def table(folder: Path, name: str) -> Path:
    """The file of one table of an export, found whole. Raises Torn where it is not."""
    try:
        said = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["tables"][name]
        path = folder / Path(said["file"]).name
        if _sha256(path) != said["sha256"]:
            raise Torn(f"{path} is not what its manifest says: export again.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, Torn):
            raise
        raise Torn(f"{folder} holds no whole export of {name}: run `hueandcry lake export`.") from error
    return path
