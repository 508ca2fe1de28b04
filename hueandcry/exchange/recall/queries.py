"""Reads of what may leave: a report's gates as somebody stands before them, permissions, recalls, reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from hueandcry.exchange.handling import CODES
from hueandcry.exchange.models import Permission, Recall, RecallReceipt, Remote, Report, Revision
from hueandcry.exchange.recall import gates
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer

PAGE = 50  # rows of a page


# One report


@dataclass(frozen=True, slots=True)
class Standing:
    """What a report's codes ask of this viewer at a page. ``asked`` holds the latest permission by code."""

    unread: bool  # H3: its text has to be acknowledged before the content shows
    stamps: list[tuple[str, str]]  # codes and their words, to stand visibly on the page
    asked: dict[str, Permission]
    may_ask: list[str]  # codes that the viewer's organisation can ask the originator for
    waiting: list[Permission]  # questions of others that its owner has to answer


def closed(viewer: Viewer, report: Report, *, door: str = "") -> int:
    """The bits of the gate that are closed to the viewer at this door; 0 where the report may pass."""
    bits = gates.gate(report.codes, report.pap) & gates.mask(viewer, door)
    if not bits or report.organisation_id == viewer.organisation:
        return 0
    with connection.cursor() as cursor:
        for bit in gates.OPENED_BY:
            if bits & bit:
                cursor.execute("SELECT hueandcry_opened(%s, %s)", [report.pk, bit])
                bits &= ~bit if cursor.fetchone()[0] else bits
    return bits


def standing(viewer: Viewer, report: Report) -> Standing:
    """How the viewer stands towards a report's codes."""
    own = report.organisation_id == viewer.organisation
    asked: dict[str, Permission] = {}
    waiting: list[Permission] = []
    for one in Permission.objects.filter(report=report).exclude(code="H3").order_by("pk"):
        if one.organisation == viewer.organisation:
            asked[one.code] = one
        elif own and one.answered_at is None:
            waiting.append(one)
    open_now = {code for code, one in asked.items() if one.answered_at is None or one.allowed}
    return Standing(
        unread=bool(closed(viewer, report, door="page") & gates.ACKNOWLEDGE),
        stamps=[(code, CODES[code]) for code in report.codes if code in CODES],
        asked=asked,
        may_ask=[] if own else [code for code in ("H1", "H2") if code in report.codes and code not in open_now],
        waiting=waiting,
    )


def unread(viewer: Viewer, reports: Sequence[int]) -> set[int]:
    """Those of these reports whose restriction the viewer's organisation has not acknowledged."""
    if not reports:
        return set()
    bits = gates.mask(viewer, "page")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM exchange_report r WHERE r.id = ANY (%(ids)s) AND NOT " + gates.GATED_SQL,  # noqa: S608
            {"ids": list(reports), "mask": bits},
        )
        return {row[0] for row in cursor.fetchall()}


def open_ones(viewer: Viewer, reports: Sequence[int], *, door: str) -> list[int]:
    """Those of these reports that may pass this door, in the order given."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM exchange_report r WHERE r.id = ANY (%(ids)s) AND " + gates.GATED_SQL,  # noqa: S608
            {"ids": list(reports), "mask": gates.mask(viewer, door)},
        )
        passing = {row[0] for row in cursor.fetchall()}
    return [report for report in reports if report in passing]


def held(viewer: Viewer, reports: Sequence[int] | None, *, door: str) -> int:
    """How many of these reports (all, where None) are kept back from the viewer at this door."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM exchange_report r WHERE (%(ids)s::bigint[] IS NULL OR r.id = ANY (%(ids)s))"  # noqa: S608
            " AND (r.codes <> '{}' OR r.pap <> '')"  # the rest is open, and that is soon seen
            " AND NOT " + gates.GATED_SQL,
            {"ids": None if reports is None else list(reports), "mask": gates.mask(viewer, door)},
        )
        return int(cursor.fetchone()[0])


# Permissions


def permissions(
    viewer: Viewer, *, side: str = "", state: str = "", after: int | None = None, size: int = PAGE
) -> tuple[list[Permission], int | None]:
    """What one's organisation asked and was asked, the latest first, and the key of the next page."""
    found = Permission.objects.exclude(code="H3").select_related("report", "report__organisation").order_by("-pk")
    if side == "ours":
        found = found.filter(organisation=viewer.organisation or 0)
    elif side == "theirs":
        found = found.exclude(organisation=viewer.organisation or 0)
    if state:
        states = {"waiting": Q(answered_at=None), "allowed": Q(allowed=True), "refused": Q(allowed=False)}
        found = found.filter(states[state])
    rows = list(found.filter(Q(pk__lt=after) if after else Q())[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None


def permission(viewer: Viewer, reference: UUID) -> Permission:
    """One. Raises Permission.DoesNotExist."""
    found = Permission.objects.select_related("report", "report__organisation").exclude(code="H3")
    return found.get(reference=reference)


def names(viewer: Viewer, organisations: Sequence[int | None]) -> dict[int, str]:
    """Organisations by name, as far as the viewer sees the directory."""
    return dict(Organisation.objects.filter(pk__in=[o for o in organisations if o]).values_list("pk", "name"))


# Recalls


@dataclass(frozen=True, slots=True)
class Told:
    """One recall as one side sees it. ``title`` is the report's, "" where the viewer may not see the report."""

    recall: Recall
    own: bool
    title: str
    reason: str
    receipts: list[RecallReceipt]
    overdue: bool

    @property
    def acted(self) -> bool:
        """Whether all receipts shown were acted on, or their programs fetched the news."""
        return all(r.acted_at or r.fetched_at for r in self.receipts)


def recalls(
    viewer: Viewer, *, side: str = "", state: str = "", today: date, after: int | None = None, size: int = PAGE
) -> tuple[list[Told], int | None]:
    """Recalls that were told to one's organisation, and those of its own reports, the latest first."""
    found: QuerySet[Recall] = Recall.objects.order_by("-pk")
    if side == "ours":
        found = found.filter(organisation=viewer.organisation or 0)
    elif side == "theirs":
        found = found.exclude(organisation=viewer.organisation or 0)
    left = RecallReceipt.objects.filter(recall=OuterRef("pk"), acted_at=None)
    if state == "open":
        found = found.filter(Exists(left))
    elif state == "overdue":
        found = found.filter(Exists(left.filter(fetched_at=None)), due_on__lt=today)
    elif state == "done":
        found = found.exclude(Exists(left))
    rows = list(found.filter(Q(pk__lt=after) if after else Q())[: size + 1])
    return _told(viewer, rows[:size], today), rows[size - 1].pk if len(rows) > size else None


def recall(viewer: Viewer, reference: UUID, *, today: date) -> Told:
    """One. Raises Recall.DoesNotExist alike where there is none and where it was not told to the viewer."""
    return _told(viewer, [Recall.objects.get(reference=reference)], today)[0]


def _told(viewer: Viewer, rows: Sequence[Recall], today: date) -> list[Told]:
    titles = dict(Report.objects.filter(pk__in=[r.report for r in rows]).values_list("pk", "title"))
    reasons = {(v.report_id, v.number): v.reason for v in Revision.objects.filter(report__in=[r.report for r in rows])}
    receipts: dict[int, list[RecallReceipt]] = {}
    for receipt in RecallReceipt.objects.filter(recall__in=rows).order_by("pk"):
        receipts.setdefault(receipt.recall_id, []).append(receipt)
    told = []
    for row in rows:
        mine = receipts.get(row.pk, [])
        late = row.due_on < today and any(not r.acted_at and not r.fetched_at for r in mine)
        reason = reasons.get((row.report, row.revision or 0), "")
        own = row.organisation == viewer.organisation
        told.append(Told(row, own, titles.get(row.report, ""), reason, mine, late))
    return told


def remote_names(viewer: Viewer, remotes: Sequence[int | None]) -> dict[int, str]:
    """Nodes and servers by name, as far as they are the viewer's organisation's own."""
    return dict(Remote.objects.filter(pk__in=[r for r in remotes if r]).values_list("pk", "name"))


# Reviews


def reviews(
    viewer: Viewer, *, until: date, after: tuple[date, int] | None = None, size: int = PAGE
) -> tuple[list[Report], tuple[date, int] | None]:
    """One's own current reports whose review is due by ``until``, the longest due first."""
    found = Report.objects.filter(
        organisation=viewer.organisation, state=Report.State.CURRENT, review_on__lte=until
    ).order_by("review_on", "pk")
    if after:
        found = found.filter(Q(review_on__gt=after[0]) | Q(review_on=after[0], pk__gt=after[1]))
    rows = list(found.defer("account", "document")[: size + 1])
    last: Any = rows[size - 1] if len(rows) > size else None
    return rows[:size], (last.review_on, last.pk) if last else None
