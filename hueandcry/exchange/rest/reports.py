"""Reading reports: lists and searches, one report, its objects."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange import queries
from hueandcry.exchange.listing import place as place_of
from hueandcry.exchange.models import Object, Report
from hueandcry.exchange.out_report import observations_of
from hueandcry.exchange.rest import cursors, gate
from hueandcry.exchange.rest.filters import Filters
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import (
    HandlingOut,
    ObjectOut,
    ObjectsPage,
    ObjectWhole,
    ObservationOut,
    ReportOut,
    ReportsPage,
    ReportWhole,
)
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["reports"])
PAGE = 100  # rows of a page at most


@router.get("/reports", auth=bearer("read"), response=ReportsPage, summary="List or search reports")
def reports(
    request: HttpRequest,
    filters: Query[Filters],
    after: str = param.Query("", description="next of the page before"),
    limit: int = param.Query(50, ge=1, le=PAGE),
) -> ReportsPage:
    """The reports you may see, the latest reported first; with ``q`` those that hold the words or the value."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    asked, wanted = filters.asked(), filters.wanted()
    place = cursors.read(by, "reports", asked, after)
    with viewer(by):
        page = queries.reports_page(by, wanted, after=place_of(place) if place else None, size=limit)
        found = [report_out(report) for report in gate.noted(by, page.reports)]
        audit.record(by=by, verb="search" if wanted.words else "list", kind="report", count=len(found))
    return ReportsPage(reports=found, next=cursors.write(by, "reports", asked, str(page.next)) if page.next else None)


@router.get("/reports/{reference}", auth=bearer("read"), response=ReportWhole, summary="Read a report")
def report(request: HttpRequest, reference: UUID) -> ReportWhole:
    """One report with its account, handling and values."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = gate.leave(by, queries.report(by, reference))
        values = observations_of([found.pk]).get(found.pk, [])
        audit.record(by=by, verb="read", kind="report", thing=found.pk)
        return ReportWhole(
            **report_out(found).dict(),
            account=found.account,
            language=found.language,
            superseded_by=found.superseded_by.reference if found.superseded_by else None,
            objects=found.objects_count,
            handling=handling_out(found),
            observations=[
                ObservationOut(type=v.type, value=v.value, role=v.role, first_seen=v.first_seen, last_seen=v.last_seen)
                for v in values
            ],
        )


@router.get(
    "/reports/{reference}/objects", auth=bearer("read"), response=ObjectsPage, summary="List the objects of a report"
)
def objects(
    request: HttpRequest, reference: UUID, after: str = "", limit: int = param.Query(50, ge=1, le=PAGE)
) -> ObjectsPage:
    """The elements of a report, in the order received; each has its text at ``/objects/{number}``."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "objects", {"report": reference}, after)
    with viewer(by):
        found = gate.leave(by, queries.report(by, reference))
        rows, more = queries.objects_page(by, found.pk, after=place or 0, size=limit)
        audit.record(by=by, verb="list", kind="object", thing=found.pk, count=len(rows))
        return ObjectsPage(
            objects=[_object(row) for row in rows],
            next=cursors.write(by, "objects", {"report": reference}, more) if more else None,
        )


@router.get(
    "/reports/{reference}/objects/{number}", auth=bearer("read"), response=ObjectWhole, summary="Read an object"
)
def one_object(request: HttpRequest, reference: UUID, number: int) -> ObjectWhole:
    """One element of a report, with its text exactly as received."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = gate.leave(by, queries.report(by, reference))
        row = queries.one_object(by, found.pk, number if abs(number) < 2**63 else 0)
        audit.record(by=by, verb="read", kind="object", thing=row.pk)
        return ObjectWhole(**_object(row).dict(), text=row.text)


def _object(row: Object) -> ObjectOut:
    return ObjectOut(
        number=row.pk, key=row.key, kind=row.kind, version=row.version, revoked=row.revoked, ours=row.ours,
        place=row.place,
    )  # fmt: skip


def handling_out(found: Report) -> HandlingOut:
    """The handling of a report, for everybody who sees it."""
    return HandlingOut(
        tlp=found.tlp, pap=found.pap, codes=found.codes, source_grade=found.source_grade,
        information_grade=found.information_grade, purpose=found.purpose, legal_basis=found.legal_basis,
        review_on=found.review_on,
    )  # fmt: skip


def report_out(report: Report) -> ReportOut:
    """A report, as far as a list shows it."""
    return ReportOut(
        reference=report.reference, title=report.title, state=report.state, kind=report.kind,
        organisation=_owner(report), source_kind=report.source_kind, classes=report.classes,
        labels=report.labels, techniques=report.techniques, reported_at=report.reported_at,
        changed_at=report.changed_at, occurred_from=report.occurred_from, occurred_to=report.occurred_to,
        victim_countries=report.victim_countries, victim_sector=report.victim_sector, victim_size=report.victim_size,
        victim_area=report.victim_area,
        loss_amount=None if report.loss_amount is None else str(report.loss_amount),
        loss_currency=report.loss_currency, tlp=report.tlp, pap=report.pap, codes=report.codes,
    )  # fmt: skip


def _owner(report: Report) -> str:
    return report.organisation.name
