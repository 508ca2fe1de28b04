"""Sending files and following what becomes of them."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions, formats, queries, receipts
from hueandcry.exchange.handling import from_json
from hueandcry.exchange.rest import cursors, gate
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.reports import report_out
from hueandcry.exchange.rest.shapes import LossOut, ReceiptOut, RemarkOut, ReportsPage, SubmissionOut, SubmissionsPage
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["submissions"])
_NAMES = ", ".join(one.name for one in formats.OFFERED)
REMARKS = 1_000  # refusals and losses that come with a receipt
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file: as the whole body, or as ``file`` of a form.",
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


@router.post("/submissions", auth=bearer("submit"), response=ReceiptOut, summary="Send a file", openapi_extra=_BODY)
def submit(
    request: HttpRequest,
    filename: str = param.Query("", max_length=1_000, description="helps to tell a table from text"),
    format: str = param.Query(  # noqa: A002  the word of the address
        "", max_length=100, description=f"what it claims to be: {_NAMES}"
    ),
    tlp: str = param.Query("", max_length=20, description="its label; else your organisation's default handling holds"),
    wait: bool = param.Query(True, description="false: answer at once with a receipt to be followed"),
) -> ReceiptOut:
    """Send a file as the body of the request, or as ``file`` in a form. Answers with its receipt; with ``wait=false``,
    or where it is large, with a receipt to be followed. The same bytes give the first receipt, with ``repeat``."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    word = format.strip().lower()
    if word and "/" not in word and word not in formats.BY_NAME and word not in formats.ALIASES:  # or a media type
        raise wrong("format", _("one of: %(names)s") % {"names": _NAMES})
    sent = None
    if (request.content_type or "").startswith("multipart/"):
        sent = request.FILES.get("file")
        if sent is None:
            raise Stop(422, "misshapen", _("file: the form holds no file of this name"), field="file")
    # One byte more than is taken, so that what is too large is known for it and never held whole.
    raw = (sent or request).read(settings.SUBMISSION_LIMIT + 1)
    handling = None
    if tlp:
        with viewer(by):
            label = tlp.upper().replace(" ", "+").removeprefix("TLP:")  # a plus sign in an address means a space
            handling = from_json({"tlp": label}, fallback=queries.default_handling(by))
    got = actions.receive(
        by=by, raw=raw, filename=(filename or (sent.name if sent else "") or "").replace("\0", ""),
        claimed=format.replace("\0", ""), handling=handling, at_once=None if wait else False,
    )  # fmt: skip
    return receipt_out(by, got.reference, repeat=got.repeat)


@router.get("/submissions", auth=bearer("submit"), response=SubmissionsPage, summary="List submissions")
def submissions(
    request: HttpRequest,
    state: Literal["", "received", "reading", "done", "unreadable", "failed", "erased"] = "",
    after: str = "",
    limit: int = param.Query(50, ge=1, le=100),
) -> SubmissionsPage:
    """The submissions of your organisation that you may see, the latest first."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "submissions", {"state": state}, after)
    with viewer(by):
        rows, more = queries.submissions_page(by, state=state, after=place, size=limit)
        audit.record(by=by, verb="list", kind="submission", count=len(rows))
    return SubmissionsPage(
        submissions=[
            SubmissionOut(
                submission=s.reference, state=s.state, format=s.format, filename=s.filename, channel=s.channel,
                received_at=s.received_at, read=s.read, stored=s.stored, known=s.known, refused=s.refused,
                reports=s.reports,
            )
            for s in rows
        ],
        next=cursors.write(by, "submissions", {"state": state}, more) if more else None,
    )  # fmt: skip


@router.get("/submissions/{reference}", auth=bearer("submit"), response=ReceiptOut, summary="Follow a receipt")
def receipt(request: HttpRequest, reference: UUID) -> ReceiptOut:
    """The receipt as it stands now; at most 1,000 refusals and losses come with it."""
    return receipt_out(request.auth, reference)  # type: ignore[attr-defined]


@router.get(
    "/submissions/{reference}/reports", auth=bearer("read"), response=ReportsPage, summary="The reports of a submission"
)
def made(
    request: HttpRequest, reference: UUID, after: str = "", limit: int = param.Query(50, ge=1, le=100)
) -> ReportsPage:
    """The reports that a submission made and you may see, in the order made."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "made", {"submission": reference}, after)
    with viewer(by):
        kept = queries.submission(by, reference)
        rows, more = queries.made_reports(by, kept.pk, after=place or 0, size=limit)
        open_rows = gate.noted(by, rows)
        audit.record(by=by, verb="list", kind="report", count=len(open_rows))
        return ReportsPage(
            reports=[report_out(report) for report in open_rows],
            next=cursors.write(by, "made", {"submission": reference}, more) if more else None,
        )


def receipt_out(by: Viewer, reference: UUID, *, repeat: bool = False) -> ReceiptOut:
    """A submission's receipt as it goes out."""
    with viewer(by):
        got = receipts.receipt(by, reference, remarks=REMARKS)
        audit.record(by=by, verb="read", kind="receipt", thing=reference)
    return ReceiptOut(
        submission=got.reference, state=got.state, repeat=repeat, format=got.format, filename=got.filename,
        sha256=got.sha256, size=got.size, received_at=got.received_at, finished_at=got.finished_at, read=got.read,
        stored=got.stored, known=got.known, refused=got.refused, reports=got.reports, place=got.place,
        reason=got.reason, refusals=[RemarkOut(place=p, reason=r) for p, r in got.refusals],
        losses=[LossOut(place=p, what=w) for p, w in got.losses],
    )  # fmt: skip
