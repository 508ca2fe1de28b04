"""Operations estimated anew from all crimes: at night, after the crimes, or when somebody says so.

    a snapshot of who holds what (Arrow) -> values, groups -> operations that keep their identity -> the rows that
    changed, in one transaction

Crimes that come in meanwhile are attached as they come (live.py) and stay where they were put.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db.backends.utils import CursorWrapper
from numpy.typing import NDArray

from hueandcry.linkage import runs
from hueandcry.linkage.crimes import writing
from hueandcry.linkage.crimes.identity import MERGED, Outcome, settle
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Run
from hueandcry.linkage.operations import graph, snapshot
from hueandcry.linkage.operations.arrays import Ints, starts
from hueandcry.linkage.operations.options import OPTIONS, Options
from hueandcry.linkage.operations.snapshot import SQL, Seen

VIA = 5  # values kept with a crime to say what ties it


def rebuild(*, options: Options = OPTIONS) -> Run:
    """Estimate all operations anew; gives the run with its figures. Outside any transaction.

    Raises Busy where another process is at it, and whatever went wrong after noting it in the run; operations are then
    as they were.
    """
    return runs.carry_out(Run.Kind.OPERATIONS, "igraph", lambda course: _estimate(course, options))


def _estimate(course: runs.Course, options: Options) -> None:
    with course.step("read"):
        seen = snapshot.read()
    with course.step("find"):
        found = graph.operations(seen.held, seen.values, seen.of_crimes, options)
    with course.step("identity"):
        concerned = np.flatnonzero((found.label >= 0) | (seen.before > 0))
        outcome = identity(found.label[concerned], seen.before[concerned], seen.of_crimes.owner[concerned] >= 0)
    with course.step("write"), linker() as cursor:
        writing.lock(cursor)
        course.figures |= _written(cursor, course.run, seen, found, concerned, outcome)
        cursor.execute(runs.SQL["forget"], {"kind": Run.Kind.OPERATIONS, "kept": runs.KEPT})
    course.figures |= {
        "observations": seen.observations, "crimes": len(seen.crimes), "values": len(seen.observables),
        "in operations": int((found.label >= 0).sum()),
    } | found.figures  # fmt: skip


def identity(label: Ints, before: Ints, leaves: NDArray[np.bool_]) -> Outcome:
    """Which operation each crime is in: its group keeps the operation with which it shares most crimes. 0: in none.

    ``label``: its group, -1 none; ``before``: its operation until now, 0 none. Crimes come in the order of their ids.
    """
    alone = label < 0
    groups = np.where(alone, label.max(initial=-1) + 1 + np.arange(len(label)), label)
    # Who is alone now has no say in what an operation goes on as.
    outcome = settle(groups, before, leaves, memory=np.where(alone, 0, before))
    operations = np.where(alone, 0, outcome.crimes)
    new, number = np.unique(-operations[operations < 0], return_inverse=True)  # without those who are alone
    operations[operations < 0] = -1 - number
    gone = np.flatnonzero((before > 0) & (operations != before))
    ended, into = _ended(operations, before)
    at = np.minimum(np.searchsorted(ended, before[gone]), max(0, len(ended) - 1))
    merged = (ended[at] == before[gone]) & (into[at] == operations[gone]) if len(ended) else np.zeros(len(gone), bool)
    return Outcome(operations, len(new), gone, np.where(merged, MERGED, 1), ended, into)


def _ended(operations: Ints, before: Ints) -> tuple[Ints, Ints]:
    """Operations that no crime is left in, and the one that took most of their crimes; 0: none took any."""
    gone = np.flatnonzero((before > 0) & ~np.isin(before, operations))
    if not len(gone):
        return gone, gone
    order = gone[np.lexsort((operations[gone], before[gone]))]
    start = starts(before[order], operations[order])
    old, new = before[order][start], operations[order][start]
    count = np.where(new == 0, 0, np.diff(np.append(start, len(order))))
    best = np.lexsort((new, count, old))
    last = np.append(np.flatnonzero(np.diff(old[best])), len(best) - 1)
    return old[best][last], new[best][last]


def _written(
    cursor: CursorWrapper, run: int, seen: Seen, found: graph.Found, concerned: Ints, outcome: Outcome
) -> dict[str, int]:
    cursor.execute(SQL["stage"])
    _stage(cursor, seen, found, concerned, outcome)
    if outcome.fresh:
        cursor.execute(SQL["found"], {"many": outcome.fresh})
        first, last = cursor.fetchone()
        if last - first + 1 != outcome.fresh:
            raise RuntimeError("ids of new operations were not given out in a row: somebody writes without the lock")
        for name in ("number", "number_ended", "number_values"):
            cursor.execute(SQL[name], {"first": first})
    cursor.execute("ANALYZE stage_operation, stage_value")
    counts = {"founded": outcome.fresh, "ended": len(outcome.ended)}
    steps = ("leave", "move", "join", "follow", "events", "end", "revive", "sweep", "suggestions")
    for name in (*steps, "values_gone", "values_changed", "values_new"):
        cursor.execute(SQL[name], {"run": run})
        counts[name] = cursor.rowcount
    return counts


def _stage(cursor: CursorWrapper, seen: Seen, found: graph.Found, concerned: Ints, outcome: Outcome) -> None:
    kinds = np.full(len(concerned), "", dtype=object)
    kinds[outcome.moved] = np.where(outcome.kinds == MERGED, "merged", "split")
    via, weight = _via(seen, found)
    writing.copied(
        cursor, "stage_operation", seen.crimes[concerned], seen.before[concerned], outcome.crimes,
        np.maximum(0, found.part[concerned]), via.take(pa.array(concerned)), np.round(weight[concerned], 4),
        pa.array(kinds, pa.string()),
    )  # fmt: skip
    writing.copied(cursor, "stage_ended_operation", outcome.ended, outcome.into)
    operation_of = np.zeros(int(found.label.max(initial=-1)) + 2, np.int64)  # the last for -1
    operation_of[found.label[concerned]] = outcome.crimes
    operation_of[-1] = 0
    shared = np.flatnonzero(found.shared > 1)
    speaks = operation_of[found.speaks[shared]]
    writing.copied(
        cursor, "stage_value", seen.observables[shared], pa.array(speaks, mask=speaks == 0),
        np.round(found.strength[shared], 4), found.shared[shared],
    )  # fmt: skip


def _via(seen: Seen, found: graph.Found) -> tuple[pa.Array, NDArray[np.float64]]:
    """By crime, the observables that tie it as an array in PostgreSQL's text form, and the sum of what they tell."""
    strength = np.maximum(found.strength[found.value], 1e-4)
    order = np.lexsort((found.value, -strength, found.crime))
    crime, value = found.crime[order], found.value[order]
    new = np.ones(len(crime), np.bool_)
    new[1:] = crime[1:] != crime[:-1]
    rank = np.arange(len(crime)) - np.maximum.accumulate(np.where(new, np.arange(len(crime)), 0))
    kept = (rank < VIA) & ~_repeated(crime, value)
    counts = np.bincount(crime[kept], minlength=len(seen.crimes))
    texts = pc.cast(pa.array(seen.observables[value[kept]]), pa.string())
    lists = pa.ListArray.from_arrays(np.append(0, np.cumsum(counts)).astype(np.int32), texts)
    joined = pc.binary_join_element_wise("{", pc.binary_join(lists, ","), "}", "")
    weight = np.bincount(found.crime, weights=strength, minlength=len(seen.crimes)).astype(np.float64)
    return joined, weight


def _repeated(crime: Ints, value: Ints) -> NDArray[np.bool_]:
    """Rows that say again what the row before says."""
    found = np.zeros(len(crime), np.bool_)
    found[1:] = (crime[1:] == crime[:-1]) & (value[1:] == value[:-1])
    return found
