"""Crimes written: from an outcome of ``identity.settle`` to rows, in sets, and only what changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray
from pyarrow import csv

from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes.identity import MERGED, MOVED, SPLIT, Ints, Outcome

SQL = named(Path(__file__).parent / "sql" / "written.sql")
_PLAIN = csv.WriteOptions(include_header=False, quoting_style="needed")
KINDS = {MERGED: "merged", SPLIT: "split", MOVED: "moved"}


@dataclass(frozen=True, slots=True)
class Written:
    """What changed: crimes founded, reports that joined or moved, crimes that ended in another; ``touched``: crimes
    that gained or lost a report."""

    founded: int = 0
    joined: int = 0
    moved: int = 0
    ended: int = 0
    touched: tuple[int, ...] = ()


def lock(cursor: CursorWrapper) -> None:
    """Be the only one who writes crimes, until the end of the linker's transaction. Comes before what is decided on."""
    cursor.execute(SQL["lock"])


def write(
    cursor: CursorWrapper, reports: Ints, before: Ints, outcome: Outcome, *,
    run: int | None = None, judgement: int | None = None,
) -> Written:  # fmt: skip
    """Write which crimes the reports are in now (ids in ``reports``, where each was in ``before``). As the linker,
    after ``lock``. Reports that were erased, joined or judged since ``before`` was read are left as they are."""
    changed = np.flatnonzero(outcome.crimes != before)
    if not len(changed):
        return Written()
    _stage(cursor, reports, before, outcome, changed)
    about = {"run": run, "judgement": judgement}
    first, last = _found(cursor, outcome.fresh)
    cursor.execute(SQL["join"], about)
    joined = cursor.rowcount
    cursor.execute(SQL["move"], about)
    moved = cursor.rowcount
    if len(outcome.ended):
        cursor.execute(SQL["follow"], about)
        cursor.execute(SQL["end"])
    cursor.execute(SQL["revive"])
    if joined + moved < len(changed) and outcome.fresh:
        cursor.execute(SQL["drop_empty"], {"first": first, "last": last})
    after = outcome.crimes[changed]
    touched = np.unique(np.concatenate([np.where(after < 0, first - 1 - after, after), before[changed]]))
    return Written(outcome.fresh, joined, moved, len(outcome.ended), tuple(touched[touched > 0].tolist()))


def _stage(cursor: CursorWrapper, reports: Ints, before: Ints, outcome: Outcome, changed: Ints) -> None:
    kinds = np.full(len(reports), -1)
    kinds[outcome.moved] = outcome.kinds
    cursor.execute(SQL["stage"])
    cursor.execute(SQL["stage_ended"])
    cursor.execute("TRUNCATE stage_crime, stage_ended")
    names = np.array([KINDS[kind] for kind in sorted(KINDS)] + [""])[kinds[changed]]
    copied(cursor, "stage_crime", reports[changed], before[changed], outcome.crimes[changed], names)
    copied(cursor, "stage_ended", outcome.ended, outcome.into)
    if len(changed) > 1000:
        cursor.execute("ANALYZE stage_crime")


def copied(cursor: CursorWrapper, table: str, *columns: NDArray[Any] | pa.Array) -> None:
    """Columns as rows of a table, by way of Arrow: a row at a time takes Python seconds for a million."""
    text = pa.BufferOutputStream()
    csv.write_csv(pa.table({str(n): column for n, column in enumerate(columns)}), text, _PLAIN)
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())


def _found(cursor: CursorWrapper, many: int) -> tuple[int, int]:
    if not many:
        return 0, 0
    cursor.execute(SQL["found"], {"many": many})
    first, last = cursor.fetchone()
    if last - first + 1 != many:
        raise RuntimeError("ids of new crimes were not given out in a row: somebody writes without the lock")
    cursor.execute(SQL["number"], {"first": first})
    cursor.execute(SQL["number_ended"], {"first": first})
    return int(first), int(last)
