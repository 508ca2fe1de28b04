"""A stored report as it leaves: one reading of its row, for files, collections and feeds alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from hueandcry.exchange.drafts import Marking, Observation
from hueandcry.exchange.models import Report
from hueandcry.exchange.stix_out import OutOrganisation, OutReport


class ReportRow(NamedTuple):
    """What of a report's row is read here: as a tuple, because an object of the model for each takes as long as writing
    it."""

    id: int
    reference: UUID
    title: str
    created_at: datetime
    changed_at: datetime
    account: str
    language: str
    kind: str
    classes: list[str]
    techniques: list[str]
    labels: list[str]
    occurred_from: datetime | None
    occurred_to: datetime | None
    reported_at: datetime
    victim_countries: list[str]
    victim_sector: str
    victim_size: str
    victim_area: str
    loss_amount: Decimal | None
    loss_currency: str
    tlp: str
    pap: str
    codes: list[str]
    source_grade: str
    information_grade: str
    state: str


SELECTED = ", ".join(f"r.{name}" for name in ReportRow._fields)  # the same in SQL, of ``exchange_report r``


def out_report(
    report: Report | ReportRow,
    organisation: OutOrganisation | None,
    observations: Iterable[Observation],
    *,
    not_before: datetime | None = None,
) -> OutReport:
    """The report with its observations, to be written; without ``organisation`` nobody is named. It was modified when
    it was last changed, or at ``not_before`` where that is later."""
    return OutReport(
        id=report.reference,
        title=report.title,
        created=report.created_at,
        modified=max(report.created_at, report.changed_at, not_before or report.created_at),
        account=report.account,
        language=report.language,
        kind=report.kind,  # type: ignore[arg-type]
        classes=tuple((c.split("/")[0], c.split("/")[1] if "/" in c else "") for c in report.classes),
        techniques=tuple(report.techniques),
        labels=tuple(report.labels),
        occurred_from=report.occurred_from,
        occurred_to=report.occurred_to,
        reported_at=report.reported_at,
        victim_countries=tuple(report.victim_countries),
        victim_sector=report.victim_sector,
        victim_size=report.victim_size,
        victim_area=report.victim_area,
        loss_amount=report.loss_amount,
        loss_currency=report.loss_currency,
        marking=Marking(
            report.tlp,  # type: ignore[arg-type]
            report.pap or None,  # type: ignore[arg-type]
            tuple(report.codes),
            report.source_grade or None,
            report.information_grade or None,
        ),
        withdrawn=report.state == Report.State.WITHDRAWN,
        organisation=organisation,
        observations=tuple(observations),
    )


def observations_of(reports: Sequence[int]) -> dict[int, list[Observation]]:
    """The observations of each of these reports, as far as the viewer may see them."""
    found: dict[int, list[Observation]] = {}
    if not reports:
        return found
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT v.report_id, h.type, h.value, v.role, v.first_seen, v.last_seen, v.claimed"
            " FROM exchange_observation v JOIN exchange_observable h ON h.id = v.observable"
            " WHERE v.report_id = ANY (%s) ORDER BY v.id",
            [list(reports)],
        )
        for report, kind, value, role, first, last, claimed in cursor.fetchall():
            found.setdefault(report, []).append(Observation(kind, value, role, first, last, not claimed, claimed))
    return found
