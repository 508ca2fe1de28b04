"""Crimes written: from an outcome of ``identity.settle`` to rows, in sets, and only what changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
FEW = 1_000  # rows up to which they go with the statements
_FEW_ROWS = """stage_crime AS (
    SELECT * FROM unnest(%(reports)s::bigint[], %(before)s::bigint[], %(after)s::bigint[], %(kinds)s::text[])
        AS t(report, before, crime, kind)),
stage_ended AS (SELECT * FROM unnest(%(ended)s::bigint[], %(into)s::bigint[]) AS t(crime, into_crime))"""
_WITH_FEW = {
    name: f"WITH {_FEW_ROWS}, {SQL[name].partition('WITH ')[2]}" if name in ("move", "follow")
    else f"WITH {_FEW_ROWS} {SQL[name]}"
    for name in ("join", "move", "follow", "end", "revive")
}  # fmt: skip


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
    about = {"run": run, "judgement": judgement}
    first, last = _found(cursor, outcome.fresh)
    after, into = (np.where(ids < 0, first - 1 - ids, ids) for ids in (outcome.crimes[changed], outcome.into))
    was = before[changed]
    stage = _staged(cursor, reports[changed], was, after, _kinds(outcome)[changed], outcome.ended, into)
    joined = stage("join", about) if (was == 0).any() else 0
    moved = stage("move", about) if (was > 0).any() else 0
    if len(outcome.ended):
        stage("follow", about)
        stage("end", about)
    if (outcome.crimes[changed] > 0).any():  # a new crime has not ended
        stage("revive", about)
    if joined + moved < len(changed) and outcome.fresh:
        cursor.execute(SQL["drop_empty"], {"first": first, "last": last})
    touched = np.unique(np.concatenate([after, was]))
    return Written(outcome.fresh, joined, moved, len(outcome.ended), tuple(touched[touched > 0].tolist()))


def _kinds(outcome: Outcome) -> NDArray[Any]:
    kinds = np.full(len(outcome.crimes), -1)
    kinds[outcome.moved] = outcome.kinds
    names: NDArray[Any] = np.array([KINDS[kind] for kind in sorted(KINDS)] + [""])[kinds]
    return names


def _staged(
    cursor: CursorWrapper, reports: Ints, before: Ints, after: Ints, kinds: NDArray[Any], ended: Ints, into: Ints
) -> Callable[[str, Mapping[str, Any]], int]:
    """What runs a statement on ``stage_crime`` and ``stage_ended`` and tells how many rows it touched. Few rows go with
    each statement: making tables takes longer than writing them."""
    if len(reports) + len(ended) <= FEW:
        given: dict[str, Any] = {
            "reports": reports.tolist(), "before": before.tolist(), "after": after.tolist(), "kinds": kinds.tolist(),
            "ended": ended.tolist(), "into": into.tolist(),
        }  # fmt: skip
        return lambda name, about: _run(cursor, _WITH_FEW[name], {**given, **about})
    cursor.execute(SQL["stage"])
    cursor.execute(SQL["stage_ended"])
    cursor.execute("TRUNCATE stage_crime, stage_ended")
    copied(cursor, "stage_crime", reports, before, after, kinds)
    copied(cursor, "stage_ended", ended, into)
    cursor.execute("ANALYZE stage_crime")
    return lambda name, about: _run(cursor, SQL[name], about)


def _run(cursor: CursorWrapper, statement: str, given: Mapping[str, Any]) -> int:
    cursor.execute(statement, given)
    return int(cursor.rowcount)


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
    return int(first), int(last)
