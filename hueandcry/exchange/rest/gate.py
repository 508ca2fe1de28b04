"""What of reports may leave through REST: handling that keeps programs out, and the note of what left."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import deliveries, gates
from hueandcry.exchange.rest.errors import Stop
from hueandcry.members.viewer import Viewer


def open_ones(by: Viewer, reports: Sequence[int]) -> list[int]:
    """Those of these reports that may leave, in their order; inside a viewer."""
    if not reports:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id FROM exchange_report r WHERE r.id = ANY (%s) AND {gates.open_reports(by)}",  # noqa: S608
            [list(reports)],
        )
        kept = {row[0] for row in cursor.fetchall()}
    return [report for report in reports if report in kept]


def leave(by: Viewer, report: Report) -> Report:
    """The report, noted as delivered. Stops with 403 and what to do where its handling keeps this program out."""
    require_open(by, report)
    deliveries.note_reports(by=by, channel="rest", reports=[report.pk])
    return report


def require_open(by: Viewer, report: Report) -> None:
    """Stop with 403 and what to do where a report's handling keeps this program out; inside a viewer."""
    if open_ones(by, [report.pk]):
        return
    closed = gates.gate(report.codes, report.pap) & gates.mask(by)
    said = " ".join(gates.why(closed))
    raise Stop(403, "gated", _("Its handling keeps this program out. %(why)s") % {"why": said})


def noted(by: Viewer, reports: Sequence[Report]) -> list[Report]:
    """Those of these reports that may leave, noted as delivered; inside a viewer."""
    kept = set(open_ones(by, [report.pk for report in reports]))
    leaving = [report for report in reports if report.pk in kept]
    deliveries.note_reports(by=by, channel="rest", reports=[report.pk for report in leaving])
    return leaving
