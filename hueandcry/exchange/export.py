"""Every way out as a file: a STIX bundle of objects as received, and a table of reports.

Each streams inside a viewer of its own; its audit act is committed before the first byte leaves.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection

from hueandcry.audit import actions as audit
from hueandcry.exchange import stix_out
from hueandcry.exchange.models import Report
from hueandcry.exchange.out_report import SELECTED, ReportRow, observations_of, out_report
from hueandcry.exchange.recall import deliveries, gates
from hueandcry.exchange.recall import queries as recall
from hueandcry.exchange.staging import FOREIGN_KINDS
from hueandcry.exchange.table import defuse
from hueandcry.members.viewer import Viewer, viewer

KEPT_BACK = "X-Hueandcry-Kept-Back"  # header of a file: how many reports their handling keeps out of it
BATCH = 2_000  # rows fetched, or reports written, at a time

COLUMNS = (
    "reference", "title", "state", "kind", "organisation", "country", "source_kind", "reported_at", "occurred_from",
    "occurred_to", "victim_countries", "victim_sector", "victim_size", "victim_area", "classes", "techniques", "labels",
    "loss_amount", "loss_currency", "tlp", "pap", "codes", "restriction", "account", "values",
)  # fmt: skip


def stix_bundle(by: Viewer, reports: Sequence[int] | None = None) -> Iterator[bytes]:
    """A STIX 2.1 bundle of all that ``by`` may take out, or of these reports: what came as STIX exactly as received,
    every version of it; what came as something else written as STIX; and a note on each report with handling codes."""
    _note(by, "stix", reports)
    with viewer(by):
        yield from stix_out.bundle(stix_texts(by, reports))
        yield b"\n"


def csv_table(by: Viewer, reports: Sequence[int] | None = None) -> Iterator[bytes]:
    """A table of all reports that ``by`` may take out, or of these; no cell can run as a formula."""
    _note(by, "csv", reports)
    with viewer(by):
        yield from csv_lines(by, reports)


def csv_lines(by: Viewer, reports: Sequence[int] | None, *, door: str = "") -> Iterator[bytes]:
    """The lines of the table; inside a viewer."""
    yield "\ufeff".encode()  # spreadsheets take UTF-8 for what it is only with this
    yield _line(COLUMNS)
    for row in _rows(
        "SELECT r.reference, r.title, r.state, r.kind, o.name, o.country, r.source_kind, r.reported_at,"
        " r.occurred_from, r.occurred_to, r.victim_countries, r.victim_sector, r.victim_size, r.victim_area, r.classes,"
        " r.techniques, r.labels, r.loss_amount, r.loss_currency, 'TLP:' || r.tlp, r.pap, r.codes, r.restriction,"
        " r.account, ARRAY(SELECT DISTINCT h.type || ' ' || h.value FROM exchange_observation v"
        " JOIN exchange_observable h ON h.id = v.observable WHERE v.report_id = r.id ORDER BY 1 LIMIT 1000)"
        " FROM exchange_report r LEFT JOIN members_organisation o ON o.id = r.organisation_id"
        " WHERE (%(reports)s::bigint[] IS NULL OR r.id = ANY (%(reports)s)) AND {open} ORDER BY r.id",
        reports,
        _open(by, door),
    ):
        yield _line(row)


def note(by: Viewer, kind: str, reports: Sequence[int] | None, *, door: str = "") -> int:
    """The act and the delivery; inside a viewer, to be committed before anything leaves. Of everything, what goes is
    counted; what its handling keeps back is counted beside it, and given."""
    place = door or _door(by)
    held = recall.held(by, reports, door=place)
    count = (len(reports) if reports is not None else Report.objects.count()) - held
    audit.record(by=by, verb="export", kind="report", count=count, detail={"format": kind, "held": held})
    channel = "rest" if place == "REST" else "export"
    if reports is None:
        deliveries.note_everything(by=by, channel=channel)
    else:
        deliveries.note_reports(by=by, channel=channel, reports=recall.open_ones(by, reports, door=place))
    return held


def kept_back(by: Viewer, reports: Sequence[int] | None = None, *, door: str = "") -> int:
    """How many of these reports, or of all that ``by`` may see, their handling keeps out of a file. Opens a viewer."""
    with viewer(by):
        return recall.held(by, reports, door=door or _door(by))


def _note(by: Viewer, kind: str, reports: Sequence[int] | None) -> None:
    with viewer(by):
        note(by, kind, reports)


def _door(by: Viewer) -> str:
    """A file that a person takes at a page or the command line goes out by the export; a program's by REST."""
    return "REST" if gates.door_of(by.channel) == "REST" else "export"


def _open(by: Viewer, door: str) -> str:
    return gates.open_reports(by, door=door or _door(by))


def stix_texts(by: Viewer, reports: Sequence[int] | None, *, door: str = "") -> Iterator[str]:
    """The STIX objects of these reports, as JSON texts, each once; inside a viewer."""
    seen: set[bytes] = set()
    is_open = _open(by, door)
    for digest, text in _rows(
        "SELECT o.digest, o.text FROM exchange_object o JOIN exchange_report r ON r.id = o.report_id"
        " WHERE (%(reports)s::bigint[] IS NULL OR o.report_id = ANY (%(reports)s)) AND {open}"
        " AND NOT o.kind = ANY (%(kinds)s) AND NOT o.ours",
        reports,
        is_open,
    ):
        if bytes(digest) not in seen:  # several members may hold the same object: it goes out once
            seen.add(bytes(digest))
            yield text
    batch: list[tuple[Any, ...]] = []
    for row in _rows(
        f"SELECT {SELECTED}, p.name, p.created_at, p.slug"  # noqa: S608 - names of our own columns
        " FROM exchange_report r LEFT JOIN members_organisation p ON p.id = r.organisation_id"
        " WHERE (%(reports)s::bigint[] IS NULL OR r.id = ANY (%(reports)s)) AND {open}"
        " AND EXISTS (SELECT 1 FROM exchange_object o WHERE o.report_id = r.id AND o.kind = ANY (%(kinds)s)"
        " AND o.kind <> 'envelope')"
        " ORDER BY r.id",
        reports,
        is_open,
    ):
        batch.append(row)
        if len(batch) >= BATCH:
            yield from _written(batch)
            batch = []
    yield from _written(batch)
    yield from _stamps(is_open, reports)


def _stamps(is_open: str, reports: Sequence[int] | None) -> Iterator[str]:
    """A note (STIX 2.1 section 4.12) on each report with handling codes: objects as received cannot carry them."""
    for reference, kind, since, changed, codes, pap, restriction, key in _rows(
        "SELECT r.reference, r.kind, r.created_at, r.changed_at, r.codes, r.pap, r.restriction,"
        " (SELECT o.key FROM exchange_object o WHERE o.report_id = r.id AND NOT o.ours AND NOT o.kind = ANY (%(kinds)s)"
        " AND o.key ~ '^[a-z0-9-]+--[0-9a-f-]{36}$' ORDER BY o.key <> r.key, o.id LIMIT 1) FROM exchange_report r"
        " WHERE (%(reports)s::bigint[] IS NULL OR r.id = ANY (%(reports)s)) AND {open}"
        " AND (r.codes <> '{}' OR r.pap IN ('AMBER', 'RED')) ORDER BY r.id",
        reports,
        is_open,
    ):
        about = key or f"{'incident' if kind == 'incident' else 'report'}--{reference}"
        yield stix_out.handling_note(reference, since, max(since, changed), codes, pap, restriction, about)


def _written(rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Reports that did not come as STIX, as STIX objects."""
    held = list(rows)
    told = observations_of([row[0] for row in held])
    for *values, name, since, slug in held:
        report = ReportRow(*values)
        # who may not see the directory of members may still see a report that is for everyone
        reporter = stix_out.OutOrganisation(stix_out.organisation_id(slug), name, since) if slug else None
        seen = told.get(report.id, ())
        yield from stix_out.objects(out_report(report, reporter, seen))


def _rows(sql: str, reports: Sequence[int] | None, is_open: str) -> Iterator[tuple[Any, ...]]:
    """Rows through a cursor of the server, so that memory does not grow with them. ``{open}`` in the statement stands
    for the condition that the report ``r`` may pass the door."""
    facts = {"reports": None if reports is None else list(reports), "kinds": list(FOREIGN_KINDS)}
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql.replace("{open}", is_open), facts)
        while rows := cursor.fetchmany(BATCH):
            yield from rows


def _line(cells: Iterable[Any]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([defuse(_cell(cell)) for cell in cells])
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
