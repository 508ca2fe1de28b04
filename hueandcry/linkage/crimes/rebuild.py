"""Crimes estimated anew from all reports: at night, or when somebody says so. Nothing changes unless all of it does.

    facts brought up to date -> a snapshot of them (Arrow) -> model -> scored pairs -> groups -> crimes that keep their
    identity -> the rows that changed, in one transaction

Reports that come in meanwhile are matched as they come (live.py) and stay where they were put.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from hueandcry.linkage import runs
from hueandcry.linkage.crimes import estimates, facts, writing
from hueandcry.linkage.crimes.grouping import LEAST, Records, grouped, judged
from hueandcry.linkage.crimes.identity import Ints, settle
from hueandcry.linkage.linker import linker, snapshot
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.contest import contested
from hueandcry.linkage.matching.engine import RECORDS, Duck, needed
from hueandcry.linkage.matching.estimate import Failed
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.prepared import prepare, prepare_in
from hueandcry.linkage.models import Run

LEARN_EVERY = timedelta(days=7)  # how old a model may be before it is learnt anew
THREADS = os.cpu_count() or 2
MEMORY_MIB = 768  # of the engine; the rest goes to a folder. PostgreSQL has 0.6 GiB beside it at a million reports


def rebuild(*, engine: str = "duckdb", learn_every: timedelta = LEARN_EVERY) -> Run:
    """Estimate all crimes anew; gives the run with its figures. Outside any transaction.

    Raises Busy where another process is at it, and whatever went wrong after noting it in the run; crimes are then as
    they were.
    """
    return runs.carry_out(Run.Kind.CRIMES, engine, lambda course: _estimate(course, engine, learn_every))


def _estimate(course: runs.Course, engine: str, learn_every: timedelta) -> None:
    with course.step("facts"):
        upto = facts.catch_up()
    with course.step("read"):
        table, records, before = _read()
    chosen = _engine(engine)
    with ExitStack() as held:
        with course.step("prepare"):
            ready = held.enter_context(_ready(chosen, table))
            del table
        with course.step("learn"):
            course.model, model = _model(ready, len(records.ids), chosen, learn_every)
        with course.step("pairs"):
            pairs = chosen.pairs(ready, reports.SETTINGS, model, least=LEAST)
    pairs = contested(pairs, records.ids, records.sources, records.leaves)
    with linker() as cursor:
        binding = judged(cursor)
    with course.step("groups"):
        groups = grouped(records, pairs, binding, threshold=model.claims_from(reports.SETTINGS))
    with course.step("identity"):
        outcome = settle(groups, before, records.leaves)
    with course.step("write"), linker() as cursor:
        writing.lock(cursor)
        written = writing.write(cursor, records.ids, before, outcome, run=course.run)
        cursor.execute(writing.SQL["sweep"])
        facts.looked(cursor, upto)
        cursor.execute(runs.SQL["forget"], {"kind": Run.Kind.CRIMES, "kept": runs.KEPT})
    course.figures |= {
        "reports": len(records.ids), "pairs": pairs.num_rows, "crimes": len(np.unique(outcome.crimes)),
        "judged_same": len(binding.together), "judged_different": len(binding.apart), "founded": written.founded,
        "joined": written.joined, "moved": written.moved, "ended": written.ended,
    }  # fmt: skip


def _engine(name: str) -> Any:
    """What computes pairs: ``duckdb`` on this machine, ``spark`` on a cluster."""
    if name == "duckdb":
        return Duck(memory_mib=MEMORY_MIB, threads=THREADS)
    from hueandcry.linkage.matching.spark import Spark  # an extra that needs Java

    return Spark()


@contextmanager
def _ready(engine: Any, table: pa.Table) -> Iterator[Any]:
    """Facts made ready for comparing: in DuckDB they stay where they were made, for others they are a table."""
    if not isinstance(engine, Duck):
        with engine:  # afterwards its cluster has back what it took
            yield prepare(table, memory_mib=MEMORY_MIB, threads=THREADS)
        return
    columns = needed(reports.SETTINGS, {*table.column_names, *reports.SETTINGS.columns})
    given = [table]
    del table  # nobody keeps it once it is made ready
    with engine.holding(lambda connection: prepare_in(connection, given.pop(), RECORDS, columns)) as held:
        yield held


def _columns() -> list[str]:
    """The columns of a fact; an empty sketch where none is compared, for it would be half of what is read."""
    compared = "sketch" in reports.SETTINGS.columns
    return [c if c != "sketch" or compared else "'{}'::bigint[] AS sketch" for c in facts.COLUMNS]


def _read() -> tuple[pa.Table, Records, Ints]:
    """All facts as one table, sorted by report; what grouping knows of them; the crime that each is in (0: none)."""
    with snapshot() as conn, conn.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(_columns())} FROM linkage_fact ORDER BY report")  # noqa: S608  ours
        table = cursor.fetch_arrow_table()
        cursor.execute("SELECT report, crime FROM linkage_crimereport ORDER BY report")
        held = cursor.fetch_arrow_table()
    records = Records.of(table)
    return table, records, _aligned(records.ids, held)


def _aligned(ids: Ints, held: pa.Table) -> Ints:
    """The crime of each of these reports; 0 where it is in none."""
    before = np.zeros(len(ids), dtype=np.int64)
    report, crime = held["report"].to_numpy(), held["crime"].to_numpy()
    at = np.searchsorted(ids, report)
    inside = at < len(ids)
    inside[inside] = ids[at[inside]] == report[inside]
    before[at[inside]] = crime[inside]
    return before


def _model(table: Any, count: int, engine: Any, learn_every: timedelta) -> tuple[int, Model]:
    """The model to compare by: the current one while it is young, else learnt; what people wrote where that fails."""
    with linker() as cursor:
        found = estimates.current(cursor, within=learn_every)
    enough = count >= reports.LEARN_FROM
    if found is not None and (found[1].records >= reports.LEARN_FROM or not enough):
        return found
    model = reports.starting()
    if enough:
        try:
            model = engine.learn(table, reports.SETTINGS)
        except Failed:
            if found is not None:
                return found
    with linker() as cursor:
        return estimates.keep(cursor, model, learnt_from=model.records), model
