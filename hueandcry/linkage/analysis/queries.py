"""Reads of what analysts wrote about operations. The caller has entered the viewer; what is for others does not show.

What was written about an operation that was merged into another shows with that one. Each read is a fixed number of
queries, however much was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import gates
from hueandcry.linkage.analysis import words
from hueandcry.linkage.analysis.matrix import Matrix, Weighed, matrix
from hueandcry.linkage.analysis.writing import Written
from hueandcry.linkage.models import (
    AnalysisRevision,
    Evidence,
    Hypothesis,
    Note,
    Operation,
    OperationName,
    Task,
)
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer

MOST = 200  # of each kind, the latest; who has more has left the ground of what people read


@dataclass(frozen=True, slots=True)
class By:
    """Who wrote something and for whom, in words that the viewer may read."""

    organisation: str
    person: str  # "" outside one's own organisation
    audience: str
    private: bool  # for one's own organisation alone
    own: bool  # one's own organisation wrote it, and may change it


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence: a report or a value that the viewer may see, and what somebody says of it."""

    id: int
    hypothesis: int
    thing: tuple[str, int]
    bearing: str
    words: str
    organisation: str
    own: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Thing:
    """A report or a value as evidence: what to call it and where it stands."""

    kind: str  # report, value
    label: str
    type: str = ""  # of a value
    reference: UUID | None = None  # of a report


@dataclass(frozen=True, slots=True)
class Supposed:
    """A hypothesis with its evidence."""

    hypothesis: Hypothesis
    by: By
    pieces: Sequence[Piece] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """The hypotheses of an operation side by side. ``things`` names what the rows of the matrix are."""

    hypotheses: Sequence[Supposed]
    things: Mapping[tuple[str, int], Thing]
    matrix: Matrix


@dataclass(frozen=True, slots=True)
class Noted:
    """A note with who wrote it."""

    note: Note
    by: By


@dataclass(frozen=True, slots=True)
class Given:
    """A task with who gave it and who has it; ``operation`` is None where the viewer sees nothing of that."""

    task: Task
    by: By
    assignee: str
    assignee_person: str
    mine: bool  # the viewer's organisation has it
    operation: UUID | None


@dataclass(frozen=True, slots=True)
class Revised:
    """What something said before; ``thing`` is its id."""

    revision: AnalysisRevision
    organisation: str
    person: str
    said: list[tuple[str, str]]  # what each field is called, and what it said


@dataclass(frozen=True, slots=True)
class Counts:
    """How much was written about an operation that the viewer may read."""

    hypotheses: int
    notes: int
    tasks: int  # not over
    names: Sequence[tuple[str, str]] = field(default_factory=tuple)  # (name, whose)


# Names


def names(viewer: Viewer, operations: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """What these operations are called: (name, by whom), one's own organisation's name first."""
    wanted = list(operations)
    rows = list(OperationName.objects.filter(operation__in=wanted).order_by("pk"))
    whose = members.names_of(sorted({row.principal for row in rows})) if rows else {}
    found: dict[int, list[tuple[str, str]]] = {}
    for row in sorted(rows, key=lambda row: (row.organisation != viewer.organisation, row.pk)):
        found.setdefault(row.operation, []).append((row.name, whose.get(row.principal, "")))
    return found


def counts(viewer: Viewer, operation: int) -> Counts:
    """How much there is to read; three queries with the names."""
    ids = _with_merged(operation)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM linkage_hypothesis WHERE operation = ANY (%(ids)s)),"
            " (SELECT count(*) FROM linkage_note WHERE operation = ANY (%(ids)s)),"
            " (SELECT count(*) FROM linkage_task WHERE operation = ANY (%(ids)s) AND state IN ('open', 'doing'))",
            {"ids": ids},
        )
        hypotheses, notes, tasks = cursor.fetchone()
    called = names(viewer, ids)
    return Counts(hypotheses, notes, tasks, [pair for key in ids for pair in called.get(key, ())])


# Hypotheses


def board(viewer: Viewer, operation: int) -> Board:
    """The hypotheses about an operation, those still open first, with what speaks for and against each."""
    found = list(Hypothesis.objects.filter(operation__in=_with_merged(operation)).order_by("pk")[:MOST])
    found.sort(key=lambda one: (one.state == Hypothesis.State.DROPPED, one.pk))
    pieces = _pieces(viewer, [one.pk for one in found])
    told = _by(viewer, found)
    weighed = [Weighed(one.hypothesis, one.thing, one.bearing) for one in pieces]  # type: ignore[arg-type]
    return Board(
        [Supposed(h, told[h.pk], [p for p in pieces if p.hypothesis == h.pk]) for h in found],
        _things(viewer, {piece.thing for piece in pieces}),
        matrix([one.pk for one in found if one.state != Hypothesis.State.DROPPED], weighed),
    )


def hypothesis(viewer: Viewer, reference: UUID) -> tuple[Hypothesis, By]:
    """One hypothesis and who wrote it. Raises Hypothesis.DoesNotExist."""
    found = Hypothesis.objects.get(reference=reference)
    return found, _by(viewer, [found])[found.pk]


def _pieces(viewer: Viewer, hypotheses: Sequence[int]) -> list[Piece]:
    rows = list(Evidence.objects.filter(hypothesis__in=hypotheses).order_by("pk")[: 10 * MOST])
    bodies = members.organisation_names(viewer, {row.organisation for row in rows})
    return [
        Piece(
            row.pk, row.hypothesis_id, ("report", row.report) if row.report else ("value", row.observable or 0),
            row.bearing, row.words, bodies.get(row.organisation, ""), row.organisation == viewer.organisation, row.at,
        )
        for row in rows
    ]  # fmt: skip


def _things(viewer: Viewer, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], Thing]:
    """Of these, the reports that may pass the door of the viewer's channel, and the values that such reports hold."""
    is_open = gates.open_reports(viewer)
    found: dict[tuple[str, int], Thing] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.title, r.reference FROM exchange_report r WHERE r.id = ANY (%s) AND {is_open}",  # noqa: S608
            [[key for kind, key in wanted if kind == "report"]],
        )
        for pk, title, reference in cursor.fetchall():
            found["report", pk] = Thing("report", title, reference=reference)
        cursor.execute(
            "SELECT h.id, h.type, h.value FROM exchange_observable h WHERE h.id = ANY (%s) AND EXISTS (SELECT 1"  # noqa: S608
            " FROM exchange_observation o JOIN exchange_report r ON r.id = o.report_id"
            f" WHERE o.observable = h.id AND {is_open})",
            [[key for kind, key in wanted if kind == "value"]],
        )
        for pk, kind, value in cursor.fetchall():
            found["value", pk] = Thing("value", value, type=kind)
    return found


# Notes and tasks


def notes(viewer: Viewer, operation: int) -> list[Noted]:
    """The notes on an operation, the latest first."""
    found = list(Note.objects.filter(operation__in=_with_merged(operation)).order_by("-pk")[:MOST])
    told = _by(viewer, found)
    return [Noted(one, told[one.pk]) for one in found]


def note(viewer: Viewer, reference: UUID) -> Note:
    """One note. Raises Note.DoesNotExist."""
    return Note.objects.get(reference=reference)


def tasks(viewer: Viewer, operation: int) -> list[Given]:
    """The tasks about an operation, what is still to be done first, by when it is due."""
    found = list(Task.objects.filter(operation__in=_with_merged(operation)).order_by("pk")[:MOST])
    return _given(viewer, sorted(found, key=_urgency))


def task(viewer: Viewer, reference: UUID) -> Given:
    """One task. Raises Task.DoesNotExist."""
    return _given(viewer, [Task.objects.get(reference=reference)])[0]


def own_tasks(viewer: Viewer, *, over: bool = False, mine: bool = False) -> list[Given]:
    """What the viewer's organisation has to do, or gave others to do, across operations; ``mine``: this person's."""
    states = ("done", "dropped") if over else ("open", "doing")
    found = Task.objects.filter(state__in=states)
    if mine:
        found = found.filter(assignee_person=viewer.person or 0)
    ordered = found.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST]
    return _given(viewer, sorted(ordered, key=_urgency))


def due_tasks(viewer: Viewer, *, by: date) -> list[Task]:
    """What is to be done by this person, or by the viewer's organisation and nobody by name until that day."""
    mine = Q(assignee_person=viewer.person or 0)
    ours = Q(assignee=viewer.organisation or 0, assignee_person__isnull=True, due_on__isnull=False)
    found = Task.objects.filter(mine | ours, state__in=("open", "doing"))
    found = found.exclude(due_on__gt=by)
    return list(found.order_by(F("due_on").asc(nulls_last=True), "pk")[:MOST])


def joined(viewer: Viewer, *, since: datetime) -> list[UUID]:
    """The operations that took in, since then, one that the viewer's organisation had written about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH ours AS (SELECT operation FROM linkage_note WHERE organisation = %(us)s"
            " UNION SELECT operation FROM linkage_task WHERE organisation = %(us)s OR assignee = %(us)s"
            " UNION SELECT operation FROM linkage_hypothesis WHERE organisation = %(us)s"
            " UNION SELECT operation FROM linkage_operationname WHERE organisation = %(us)s)"
            " SELECT DISTINCT e.one FROM linkage_operation o"
            " CROSS JOIN LATERAL hueandcry_operation_events(o.id, %(most)s) e"
            " WHERE o.id IN (SELECT operation FROM ours) AND o.merged_into IS NOT NULL"
            " AND e.kind = 'merged' AND e.at >= %(since)s AND e.one IS NOT NULL AND e.other = o.reference",
            {"us": viewer.organisation or 0, "since": since, "most": MOST},
        )
        return [row[0] for row in cursor.fetchall()]


def _urgency(task: Task) -> tuple[Any, ...]:
    over = task.state in (Task.State.DONE, Task.State.DROPPED)
    return over, task.due_on is None, task.due_on or date.min, task.pk


def _given(viewer: Viewer, found: Sequence[Task]) -> list[Given]:
    told = _by(viewer, found)
    bodies = members.organisation_names(viewer, {one.assignee for one in found})
    people = members.person_names(viewer, {one.assignee_person for one in found if one.assignee_person})
    seen = dict(Operation.objects.filter(pk__in={one.operation for one in found}).values_list("pk", "reference"))
    return [
        Given(
            one, told[one.pk], bodies.get(one.assignee, ""), people.get(one.assignee_person or 0, ""),
            one.assignee == viewer.organisation, seen.get(one.operation),
        )
        for one in found
    ]  # fmt: skip


# What it said before


def revisions(viewer: Viewer, kind: str, thing: int) -> list[Revised]:
    """What something said before it was changed, the latest first."""
    found = list(AnalysisRevision.objects.filter(kind=kind, thing=thing).order_by("-pk")[:50])
    given = {one.before["assignee"] for one in found if one.before.get("assignee")}
    persons = {one.before["assignee_person"] for one in found if one.before.get("assignee_person")}
    bodies = members.organisation_names(viewer, {one.organisation for one in found} | given)
    people = members.person_names(viewer, {one.person for one in found} | persons)
    names = {"assignee": bodies, "assignee_person": people}
    return [
        Revised(one, bodies.get(one.organisation, ""), people.get(one.person, ""), words.before(one.before, names))
        for one in found
    ]


# The reports that the viewer sees of an operation


def reports(viewer: Viewer, operation: int, *, most: int, door: str = "page") -> list[Report]:
    """Its current reports that may pass this door, the latest first; at most so many. One query."""
    ids = _report_ids(operation, gates.open_reports(viewer, door=door), most)
    found = Report.objects.filter(pk__in=ids).select_related("organisation")
    return list(found.defer("account").order_by("-reported_at", "-pk"))


def report_ids(viewer: Viewer, operation: int) -> list[int]:
    """The ids of all its current reports that the viewer sees, whatever their handling asks."""
    return _report_ids(operation, "true", 1_000_000)


def _report_ids(operation: int, is_open: str, most: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM hueandcry_operations_seen(%s) o"  # noqa: S608
            " CROSS JOIN LATERAL (SELECT * FROM exchange_report x WHERE x.id = o.report OFFSET 0) r"
            f" WHERE r.state = 'current' AND {is_open} ORDER BY r.reported_at DESC, r.id DESC LIMIT %s",
            [[operation], most],
        )
        return [row[0] for row in cursor.fetchall()]


# Who and for whom


def _by(viewer: Viewer, written: Sequence[Written]) -> dict[int, By]:
    bodies = members.organisation_names(viewer, {one.organisation for one in written})
    people = members.person_names(viewer, {one.person for one in written})
    whose = members.names_of(sorted({one.principal for one in written})) if written else {}
    kinds = members.kinds_of({one.principal for one in written}) if written else {}
    return {
        one.pk: By(
            bodies.get(one.organisation, ""), people.get(one.person, ""), whose.get(one.principal, ""),
            kinds.get(one.principal) == "organisation", one.organisation == viewer.organisation,
        )
        for one in written
    }  # fmt: skip


def _with_merged(operation: int) -> list[int]:
    """The operation, and those that were merged into it: what was written about them goes on here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE o(id) AS (SELECT %s::bigint UNION SELECT p.id FROM linkage_operation p"
            " JOIN o ON p.merged_into = o.id) SELECT id FROM o ORDER BY id = %s DESC, id",
            [operation, operation],
        )
        return [row[0] for row in cursor.fetchall()]
