"""A run: all crimes or all operations estimated anew, by one process at a time; what it took and what came of it."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Run
from hueandcry.web import locks

SQL = named(Path(__file__).parent / "sql" / "runs.sql")
KEPT = 400  # runs of a kind to look back at: more than a year of nights
LOCKS = {Run.Kind.CRIMES: 5, Run.Kind.OPERATIONS: 6}  # keys of the advisory locks: one process estimates


class Busy(RuntimeError):
    """Another process is estimating the same at this moment."""


@dataclass(slots=True)
class Course:
    """One run as it goes: which it is, the seconds of each step, what was counted, and the model it compared by."""

    run: int
    figures: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    model: int | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long what stands inside took."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def carry_out(kind: Run.Kind, engine: str, work: Callable[[Course], None]) -> Run:
    """Do the work as a run of this kind; gives the run with its figures. Outside any transaction.

    Raises Busy where another process is at it, and whatever went wrong in the work after noting it in the run.
    """
    with alone(kind):
        with linker() as cursor:
            cursor.execute(SQL["start"], {"kind": kind, "engine": engine})
            course = Course(cursor.fetchone()[0])
        try:
            work(course)
        except Exception as error:
            _finish(course, f"{type(error).__name__}: {error}")
            raise
        return _finish(course, "")


@contextmanager
def alone(kind: Run.Kind) -> Iterator[None]:
    """Nobody else estimates this kind meanwhile. Raises Busy."""
    with locks.alone(LOCKS[kind]) as free:
        if not free:
            raise Busy(f"{kind.capitalize()} are being estimated by another process.")
        yield


def _finish(course: Course, error: str) -> Run:
    """Note what came of it. Memory is the most that this process ever had, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures = course.figures | {"seconds": course.seconds, "peak_mib": peak}
    with linker() as cursor:
        cursor.execute(
            SQL["finish"],
            {"run": course.run, "model": course.model, "figures": json.dumps(figures), "error": error[:1000]},
        )
        return Run.objects.get(pk=course.run)
