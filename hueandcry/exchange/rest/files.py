"""Reports as files: a STIX bundle, a table, MISP events. Streamed; the act is in the record before the first byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange import export, queries
from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import deliveries
from hueandcry.exchange.rest import gate
from hueandcry.exchange.rest.errors import wrong
from hueandcry.exchange.rest.filters import Filters
from hueandcry.exchange.rest.guard import bearer
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["export"])
MOST = 10_000  # reports of an export that is narrowed; an export of everything has no bound
MEDIA = {"stix": "application/stix+json;version=2.1", "csv": "text/csv", "misp": "application/json"}
_ANSWERS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "The file, streamed.",
            "headers": {
                export.KEPT_BACK: {
                    "description": "How many of the reports asked for their handling keeps out of the file.",
                    "schema": {"type": "integer", "minimum": 0},
                }
            },
            "content": {
                "application/stix+json;version=2.1": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
                "application/json": {"schema": {"type": "object"}},
            },
        }
    }
}


@router.get("/export", auth=bearer("export"), summary="Export reports as a file", openapi_extra=_ANSWERS)
def everything(
    request: HttpRequest,
    filters: Query[Filters],
    format: Literal["stix", "csv", "misp"] = "stix",  # noqa: A002
    report: list[UUID] = param.Query([], max_length=1_000, description="these reports only"),  # noqa: B008
) -> StreamingHttpResponse:
    """A STIX 2.1 bundle, a table, or MISP events: of all reports that you may see and whose handling lets them leave;
    with filters or ``report`` of those only, at most 10,000. The header X-Hueandcry-Kept-Back says how many of them
    their handling kept out of the file."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    wanted, narrowed = filters.wanted(), bool(filters.asked() or report)
    with viewer(by):
        ids = _ids(by, report) if report else queries.report_ids(by, wanted, most=MOST) if narrowed else None
        among, ids = ids, None if ids is None else gate.open_ones(by, ids)
    kept = export.kept_back(by, among)
    if format == "misp":
        return _stream(_misp(by, ids), format, kept)
    parts = export.stix_bundle if format == "stix" else export.csv_table
    return _stream(parts(by, ids), format, kept)


def _ids(by: Viewer, references: Sequence[UUID]) -> list[int]:
    found = queries.ids_of(by, references)
    if len(found) < len(set(references)):
        raise wrong("report", _("at least one of them is none that you may see"))
    return found


def _stream(parts: Iterator[bytes], format: str, kept: int) -> StreamingHttpResponse:  # noqa: A002
    return StreamingHttpResponse(parts, content_type=MEDIA[format], headers={export.KEPT_BACK: str(kept)})


def _misp(by: Viewer, reports: Sequence[int] | None) -> Iterator[bytes]:
    from hueandcry.exchange.misp_feed import queries as misp

    with viewer(by):
        ids = list(reports) if reports is not None else gate.open_ones(by, _all(by))
        deliveries.note_reports(by=by, channel="rest", reports=ids)
        audit.record(by=by, verb="export", kind="report", count=len(ids), detail={"format": "misp"})
    with viewer(by):
        yield from misp.events(by, ids)


def _all(by: Viewer) -> list[int]:
    return list(Report.objects.order_by("pk").values_list("pk", flat=True))
