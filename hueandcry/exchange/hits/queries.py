"""Reads of hits and requests. Row-level security decides whose; the caller has entered a viewer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from hueandcry.exchange.models import (
    Ask,
    AskPart,
    AskValue,
    Lookup,
    LookupAnswer,
    LookupNotice,
    Observable,
    Observation,
    Report,
)
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer

PAGE = 50
SEEN = 3  # reports linked beside one value; the rest stands behind the search


def lookups(viewer: Viewer) -> QuerySet[Lookup]:
    """The viewer's own questions, and for administrators and data-protection officers those of their organisation."""
    return Lookup.objects.defer("unread")


def lookup(viewer: Viewer, reference: UUID) -> Lookup:
    """One question. Raises Lookup.DoesNotExist."""
    return Lookup.objects.get(reference=reference)


def answers(
    viewer: Viewer, lookup: int, *, hit: str = "", types: Sequence[str] = (), words: str = ""
) -> QuerySet[LookupAnswer]:
    """What was learnt of one question: only its own asker sees it. ``hit``: "others", "seen" (by the viewer alone)."""
    found = LookupAnswer.objects.filter(lookup=lookup)
    if hit:
        found = found.filter(organisations__gt=0) if hit == "others" else found.filter(organisations=0)
    if types:
        found = found.filter(type__in=list(types))
    return found.filter(value__icontains=words) if words else found


@dataclass(slots=True)
class Seen:
    """What the viewer sees anyway of one value: how many reports, and the newest of them."""

    count: int = 0
    reports: list[tuple[UUID, str]] = field(default_factory=list)


def seen(viewer: Viewer, observables: Iterable[int]) -> dict[int, Seen]:
    """The reports that hold each of these values and that the viewer sees, under row-level security."""
    found: dict[int, Seen] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.id, n.many, n.newest FROM unnest(%s::bigint[]) AS w(id) CROSS JOIN LATERAL ("
            " SELECT count(*) AS many, (array_agg(report_id ORDER BY report_id DESC))[1:%s] AS newest FROM ("
            "  SELECT DISTINCT v.report_id FROM exchange_observation v WHERE v.observable = w.id LIMIT 200) d) n"
            " WHERE n.many > 0",
            [list(observables), SEEN],
        )
        rows = cursor.fetchall()
    reports = {
        pk: (reference, title)
        for pk, reference, title in Report.objects.filter(pk__in={r for row in rows for r in row[2]}).values_list(
            "pk", "reference", "title"
        )
    }
    for observable, many, newest in rows:
        found[observable] = Seen(many, [reports[r] for r in newest if r in reports])
    return found


# What owners learn


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Somebody asked about a value that the viewer's organisation holds."""

    id: int
    at: datetime
    asker: str
    purpose: str
    type: str
    value: str
    report: UUID
    title: str
    tlp: str


def asked_of_us(
    viewer: Viewer, *, question: UUID | None = None, purpose: str = "", after: int | None = None, size: int = PAGE
) -> tuple[list[AskedOf], int | None]:
    """Who asked about what the viewer's organisation holds, the latest first, and the key of the next page."""
    found = LookupNotice.objects.order_by("-pk")
    if question is not None:
        found = found.filter(lookup=question)
    if purpose:
        found = found.filter(purpose=purpose)
    rows = list(found.filter(Q(pk__lt=after) if after else Q())[: size + 1])
    following = rows[size - 1].pk if len(rows) > size else None
    rows = rows[:size]
    names = members.organisation_names(viewer, {r.asker for r in rows})
    values = Observable.objects.in_bulk({r.observable for r in rows})
    reports = Report.objects.only("reference", "title", "tlp").in_bulk({r.report for r in rows})
    return [
        AskedOf(
            r.pk, r.at, names.get(r.asker, ""), r.purpose, values[r.observable].type, values[r.observable].value,
            reports[r.report].reference, reports[r.report].title, reports[r.report].tlp,
        )
        for r in rows
        if r.observable in values and r.report in reports
    ], following  # fmt: skip


# Requests


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a request as who asked sees it: no owner that is not named, no report that is not granted."""

    request: int
    reference: UUID
    name: str
    state: str
    conditions: str
    until: date | None
    question: str
    reply: str
    answered_at: datetime | None
    granted: list[UUID]

    @property
    def label(self) -> str:
        """The state in words."""
        return str(AskPart.State(self.state).label)


def parts_of(viewer: Viewer, asks: Sequence[int]) -> dict[int, list[Part]]:
    """The parts of the viewer's organisation's own requests, by request."""
    found: dict[int, list[Part]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request, reference, name, state, conditions, until, question, reply, answered_at, granted"
            " FROM hueandcry_ask_parts(%s::bigint[])",
            [list(asks)],
        )
        for row in cursor.fetchall():
            found.setdefault(row[0], []).append(Part(*row))
    return found


def asks(viewer: Viewer) -> QuerySet[Ask]:
    """The requests of the viewer's own organisation."""
    return Ask.objects.filter(organisation=viewer.organisation or 0)


def ask(viewer: Viewer, reference: UUID) -> Ask:
    """One request, one's own or one that came to the viewer. Raises Ask.DoesNotExist."""
    return Ask.objects.get(reference=reference)


def values_of(viewer: Viewer, asks: Sequence[int]) -> dict[int, list[AskValue]]:
    """The values that the viewer's organisation's own requests are about."""
    found: dict[int, list[AskValue]] = {}
    for value in AskValue.objects.filter(ask__in=list(asks)).order_by("pk"):
        found.setdefault(value.ask_id, []).append(value)
    return found


def parts_to_us(viewer: Viewer) -> QuerySet[AskPart]:
    """The parts of others' requests that the viewer can answer, with the request."""
    return AskPart.objects.filter(owner=viewer.organisation or 0).select_related("ask")


def is_overdue(answer_by: date, state: str) -> bool:
    """Whether an answer should have come."""
    return state == AskPart.State.OPEN and answer_by < datetime.now(UTC).date()


def held_by(viewer: Viewer, part: AskPart) -> tuple[list[Observable], list[Report]]:
    """The values of one's part of a request and the reports that hold them, as far as the viewer sees them."""
    values = Observable.objects.filter(pk__in=part.observables).order_by("type", "value")
    reports = Report.objects.filter(pk__in=part.reports).select_related("organisation").order_by("-pk")
    return list(values), list(reports)


def hits_of(viewer: Viewer, observables: Iterable[int]) -> list[LookupAnswer]:
    """The viewer's own hits on these values, the newest of each."""
    hits = LookupAnswer.objects.filter(observable__in=list(observables), organisations__gt=0)
    found = hits.select_related("lookup").order_by("pk")
    return list({answer.observable: answer for answer in found}.values())


TELLING, OF_REPORT = 0.2, 500  # weight from which a value is worth asking for; values of one report offered to ask for


def values_in(viewer: Viewer, reference: UUID) -> list[str]:
    """The telling values of one report that the viewer sees, to ask for; none where there is no such report."""
    held = Observation.objects.filter(report__reference=reference).values("observable")
    found = Observable.objects.filter(pk__in=held, weight__gte=TELLING).exclude(type="text")
    return list(found.order_by("-weight", "type", "value").values_list("value", flat=True)[:OF_REPORT])
