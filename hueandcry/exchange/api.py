"""REST v1: submit, follow a receipt, list, read, search, export. For programs: bearer tokens, JSON, one shape of error.

{"error": {"code": "refused", "message": "what happened and what to do", "field": "tlp"}}
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.renderers import BaseRenderer

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions, export, queries, receipts
from hueandcry.exchange.handling import BadHandling, from_json
from hueandcry.exchange.listing import Place, Wanted
from hueandcry.exchange.models import Report
from hueandcry.members.tokens import TokenError, token_viewer
from hueandcry.members.viewer import Viewer, viewer

PAGE = 100  # reports a page at most


class Renderer(BaseRenderer):
    """JSON by orjson: dates, UUIDs and decimals as strings."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


def bearer(scope: str) -> Callable[[HttpRequest], Viewer | None]:
    """The access rule of an operation: a token with this scope, of somebody whose organisation is a member in good
    standing, as the pages want it too. Leaves the viewer in ``request.auth``."""

    def check(request: HttpRequest) -> Viewer | None:
        who = token_viewer(request.headers.get("Authorization", ""), scope)
        if not who.vetted:
            raise TokenError("Your organisation is not yet, or no longer, a member in good standing.", 403)
        return who

    check.access = f"token: {scope}"  # type: ignore[attr-defined]
    return check


api = NinjaAPI(
    title="Hue & Cry",
    version="1",
    description="Reports of cybercrime: send them, follow them, read what you may see.",
    docs_url=None,  # its page loads scripts from elsewhere; the description itself is at openapi.json
    renderer=Renderer(),
)


def _error(status: int, code: str, message: str, **more: str) -> HttpResponse:
    body = orjson.dumps({"error": {"code": code, "message": message, **more}})
    response = HttpResponse(body, status=status, content_type="application/json")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Hue & Cry"'
    return response


@api.exception_handler(TokenError)
def _closed(request: HttpRequest, error: TokenError) -> HttpResponse:
    return _error(error.status, "closed", error.reason)


@api.exception_handler(actions.Refused)
def _refused(request: HttpRequest, error: actions.Refused) -> HttpResponse:
    return _error(403, "refused", error.reason)


@api.exception_handler(BadHandling)
def _bad_handling(request: HttpRequest, error: BadHandling) -> HttpResponse:
    return _error(422, "handling", error.reason, field=error.part)


@api.exception_handler(ObjectDoesNotExist)
def _absent(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
    return _error(404, "absent", "There is nothing by this name that you may see.")


@api.exception_handler(ValidationError)
def _misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    place = ".".join(map(str, first.get("loc", ())))
    return _error(422, "misshapen", f"{place}: {first.get('msg', 'not as the description says')}", field=place)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _error(error.status_code, "unreadable", str(error))


class ReceiptOut(Schema):
    """What became of a submission; read = stored + known + refused."""

    submission: UUID
    state: str
    repeat: bool = False
    format: str = ""
    sha256: str = ""
    read: int = 0
    stored: int = 0
    known: int = 0
    refused: int = 0
    reports: int = 0
    place: str = ""
    reason: str = ""
    refusals: list[dict[str, str]] = []
    losses: list[dict[str, str]] = []


class ReportOut(Schema):
    """One report, as far as a list shows it."""

    reference: UUID
    title: str
    state: str
    kind: str
    organisation: str
    source_kind: str
    classes: list[str]
    labels: list[str]
    techniques: list[str]
    reported_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    victim_countries: list[str]
    victim_sector: str
    victim_size: str
    loss_amount: str | None
    loss_currency: str
    tlp: str


class ObservationOut(Schema):
    """One value of a report."""

    type: str
    value: str
    role: str
    first_seen: datetime | None
    last_seen: datetime | None


class ReportWhole(ReportOut):
    """One report with its account, handling and values."""

    account: str
    handling: dict[str, Any]
    observations: list[ObservationOut]


class PageOut(Schema):
    """One page of reports; ``next`` goes into ``after`` for the page behind it, null at the end."""

    reports: list[ReportOut]
    next: str | None


@api.post("/submissions", auth=bearer("submit"), response=ReceiptOut, summary="Send a file")
def submit(
    request: HttpRequest,
    filename: str = "",
    format: str = "",  # noqa: A002  the word of the address
    tlp: str = "",
    wait: bool = True,
) -> ReceiptOut:
    """Send a file as the body of the request, or as ``file`` in a form. Answers with its receipt; with ``wait=false``,
    or where it is large, with a receipt to be followed. The same bytes give the first receipt, with ``repeat``."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    sent = request.FILES.get("file") if (request.content_type or "").startswith("multipart/") else None
    # One byte more than is taken, so that what is too large is known for it and never held whole.
    raw = (sent or request).read(settings.SUBMISSION_LIMIT + 1)
    handling = None
    if tlp:
        with viewer(by):
            label = tlp.upper().replace(" ", "+").removeprefix("TLP:")  # a plus sign in an address means a space
            handling = from_json({"tlp": label}, fallback=queries.default_handling(by))
    got = actions.receive(
        by=by, raw=raw, filename=filename or (sent.name if sent else "") or "", claimed=format, handling=handling,
        at_once=None if wait else False,
    )  # fmt: skip
    return _receipt(by, got.reference, repeat=got.repeat)


@api.get("/submissions/{reference}", auth=bearer("submit"), response=ReceiptOut, summary="Follow a receipt")
def receipt(request: HttpRequest, reference: UUID) -> ReceiptOut:
    """The receipt as it stands now; at most 1,000 refusals and losses come with it."""
    return _receipt(request.auth, reference)  # type: ignore[attr-defined]


def _receipt(by: Viewer, reference: UUID, *, repeat: bool = False) -> ReceiptOut:
    with viewer(by):
        got = receipts.receipt(by, reference, remarks=1_000)
    return ReceiptOut(
        submission=got.reference, state=got.state, repeat=repeat, format=got.format, sha256=got.sha256, read=got.read,
        stored=got.stored, known=got.known, refused=got.refused, reports=got.reports, place=got.place,
        reason=got.reason, refusals=[{"place": p, "reason": r} for p, r in got.refusals],
        losses=[{"place": p, "what": w} for p, w in got.losses],
    )  # fmt: skip


@api.get("/reports", auth=bearer("read"), response=PageOut, summary="List or search reports")
def reports(request: HttpRequest, q: str = "", after: str = "", limit: int = 50) -> PageOut:
    """The reports you may see, the latest arrival first; with ``q`` those that hold the words or the value."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        page = queries.reports_page(by, Wanted(words=q[:400]), after=_place(after), size=max(1, min(limit, PAGE)))
        found = [_out(report) for report in page.reports]
        audit.record(by=by, verb="search" if q else "list", kind="report", count=len(found))
    return PageOut(reports=found, next=str(page.next.id) if page.next else None)


def _place(after: str) -> Place | None:
    if not after:
        return None
    if not after.isdecimal() or len(after) > 18:
        raise HttpError(422, "after: take the value of next from the page before")
    found = Report.objects.filter(pk=int(after)).values_list("reported_at", flat=True).first()
    if found is None:
        raise HttpError(422, "after: take the value of next from the page before")
    return Place(found, int(after))


@api.get("/reports/{reference}", auth=bearer("read"), response=ReportWhole, summary="Read a report")
def report(request: HttpRequest, reference: UUID) -> ReportWhole:
    """One report with its account, handling and values."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.report(by, reference)
        values = export.observations_of([found.pk]).get(found.pk, [])
        audit.record(by=by, verb="read", kind="report", thing=found.pk)
        return ReportWhole(
            **_out(found).dict(),
            account=found.account,
            handling={
                "tlp": found.tlp, "pap": found.pap, "codes": found.codes, "source_grade": found.source_grade,
                "information_grade": found.information_grade, "purpose": found.purpose,
                "legal_basis": found.legal_basis, "review_on": found.review_on,
            },
            observations=[
                ObservationOut(type=v.type, value=v.value, role=v.role, first_seen=v.first_seen, last_seen=v.last_seen)
                for v in values
            ],
        )  # fmt: skip


@api.get("/export", auth=bearer("export"), summary="Export all you may see")
def everything(request: HttpRequest, format: str = "stix") -> StreamingHttpResponse:  # noqa: A002
    """A STIX 2.1 bundle (``format=stix``) or a table (``format=csv``) of all reports that you may see."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    kinds = {"stix": (export.stix_bundle, "application/stix+json;version=2.1"), "csv": (export.csv_table, "text/csv")}
    if format not in kinds:
        raise HttpError(422, "format: stix or csv")
    parts, media = kinds[format]
    return StreamingHttpResponse(parts(by), content_type=media)


def _out(report: Report) -> ReportOut:
    return ReportOut(
        reference=report.reference, title=report.title, state=report.state, kind=report.kind,
        organisation=report.organisation.name, source_kind=report.source_kind, classes=report.classes,
        labels=report.labels, techniques=report.techniques, reported_at=report.reported_at,
        occurred_from=report.occurred_from, occurred_to=report.occurred_to,
        victim_countries=report.victim_countries, victim_sector=report.victim_sector, victim_size=report.victim_size,
        loss_amount=None if report.loss_amount is None else str(report.loss_amount),
        loss_currency=report.loss_currency, tlp=report.tlp,
    )  # fmt: skip
