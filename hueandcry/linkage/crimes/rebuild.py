"""Crimes estimated anew from all reports: at night, or when somebody says so. Nothing changes unless all of it does.

    facts brought up to date -> a snapshot of them (Arrow) -> model -> scored pairs -> groups -> crimes that keep their
    identity -> the rows that changed, in one transaction

Reports that come in meanwhile are matched as they come (live.py) and stay where they were put.
"""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection

from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes import estimates, facts, writing
from hueandcry.linkage.crimes.grouping import LEAST, Records, grouped, judged
from hueandcry.linkage.crimes.identity import Ints, settle
from hueandcry.linkage.linker import linker, snapshot
from hueandcry.linkage.matching import reports
from hueandcry.linkage.matching.contest import contested
from hueandcry.linkage.matching.engine import Duck
from hueandcry.linkage.matching.estimate import Failed
from hueandcry.linkage.matching.model import Model
from hueandcry.linkage.matching.prepared import prepare
from hueandcry.linkage.models import Run

SQL = named(Path(__file__).parent / "sql" / "runs.sql")
LEARN_EVERY = timedelta(days=7)  # how old a model may be before it is learnt anew
THREADS = os.cpu_count() or 2
RUNS = 400  # kept to look back at
MEMORY_MIB = 1024  # of the engine; what does not fit goes to a temporary folder
_LOCK = 5  # key of the advisory lock: one process estimates


class Busy(RuntimeError):
    """Another process is estimating crimes at this moment."""


@dataclass(slots=True)
class _Course:
    """One run as it goes: which it is, the seconds of each step and what was counted."""

    run: int
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def rebuild(*, engine: str = "duckdb", learn_every: timedelta = LEARN_EVERY) -> Run:
    """Estimate all crimes anew; gives the run with its figures. Outside any transaction.

    Raises Busy where another process is at it, and whatever went wrong after noting it in the run; crimes are then as
    they were.
    """
    with _alone():
        with linker() as cursor:
            cursor.execute(SQL["start"], {"engine": engine})
            course = _Course(cursor.fetchone()[0])
        try:
            model = _estimate(course, engine, learn_every)
        except Exception as error:
            _finish(course, None, f"{type(error).__name__}: {error}")
            raise
        return _finish(course, model, "")


def _estimate(course: _Course, engine: str, learn_every: timedelta) -> int:
    with course.step("facts"):
        upto = facts.catch_up()
    with course.step("read"):
        table, records, before = _read()
    chosen = _engine(engine)
    with course.step("prepare"):
        table = prepare(table, memory_mib=MEMORY_MIB, threads=THREADS)
    with course.step("learn"):
        number, model = _model(table, chosen, learn_every)
    with course.step("pairs"):
        pairs = chosen.pairs(table, reports.SETTINGS, model, least=LEAST)
        pairs = contested(pairs, records.ids, records.sources, records.leaves)
    del table
    with linker() as cursor:
        binding = judged(cursor)
    with course.step("groups"):
        groups = grouped(records, pairs, binding)
    with course.step("identity"):
        outcome = settle(groups, before, records.leaves)
    with course.step("write"), linker() as cursor:
        writing.lock(cursor)
        written = writing.write(cursor, records.ids, before, outcome, run=course.run)
        cursor.execute(writing.SQL["sweep"])
        facts.looked(cursor, upto)
        cursor.execute(SQL["forget"], {"kept": RUNS})
    course.figures |= {
        "reports": len(records.ids), "pairs": pairs.num_rows, "crimes": len(np.unique(outcome.crimes)),
        "judged_same": len(binding.together), "judged_different": len(binding.apart), "founded": written.founded,
        "joined": written.joined, "moved": written.moved, "ended": written.ended,
    }  # fmt: skip
    return number


def _engine(name: str) -> Any:
    """What computes pairs: ``duckdb`` on this machine, ``spark`` on a cluster."""
    if name == "duckdb":
        return Duck(memory_mib=MEMORY_MIB, threads=THREADS)
    from hueandcry.linkage.matching.spark import Spark  # an extra that needs Java

    return Spark()


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


def _model(table: pa.Table, engine: Any, learn_every: timedelta) -> tuple[int, Model]:
    """The model to compare by: the current one while it is young, else learnt; what people wrote where that fails."""
    with linker() as cursor:
        found = estimates.current(cursor, within=learn_every)
    enough = table.num_rows >= reports.LEARN_FROM
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


def _finish(course: _Course, model: int | None, error: str) -> Run:
    """Note what came of it. Memory is the most that this process ever had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = course.figures | {"seconds": course.seconds, "peak_mib": peak}
    with linker() as cursor:
        cursor.execute(
            SQL["finish"],
            {"run": course.run, "model": model, "figures": json.dumps(figures), "error": error[:1000]},
        )
        return Run.objects.get(pk=course.run)


@contextmanager
def _alone() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, 0)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise Busy("Crimes are being estimated by another process.")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [_LOCK])
