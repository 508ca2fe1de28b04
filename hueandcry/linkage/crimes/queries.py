"""Reads of crimes. Everything is of the reports that the viewer sees and that may pass the door it stands at.

The caller has entered the viewer. Of what it may not see, counts alone come out of a blind function, as the owners'
discoverability allows.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection

from hueandcry.exchange.recall import gates
from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes.estimates import NAME
from hueandcry.linkage.crimes.shown import CrimeLine, Event, Evidence, Others, Page, Place, Wanted, lines
from hueandcry.linkage.matching import reports as matching
from hueandcry.linkage.matching.model import Model, Stale, probability
from hueandcry.linkage.models import Crime, CrimeReport
from hueandcry.linkage.models import Model as Estimate
from hueandcry.members.viewer import Viewer

if TYPE_CHECKING:
    from hueandcry.linkage.matching.evidence import Step

_RAW = named(Path(__file__).parent / "sql" / "listing.sql")
# The reports of crimes: of all that the viewer sees; and of these crimes, each looked up by its key, see
# operations/queries.py.
_ALL = "hueandcry_crimes_all_seen() c JOIN exchange_report r ON r.id = c.report"
_AMONG = (
    "(SELECT x.crime, x.report FROM linkage_crimereport x WHERE x.crime = ANY (%(crimes)s::bigint[]) OFFSET 0) c"
    " CROSS JOIN LATERAL (SELECT * FROM exchange_report x WHERE x.id = c.report OFFSET 0) r"
)
SQL = {name: text.replace("{crimes}", _ALL).replace("{among}", _AMONG) for name, text in _RAW.items()}
SQL["listed_among"] = _RAW["listed"].replace("{crimes}", _AMONG)
PAGE = 25
LOOKED = 20_000  # reports looked at to count the crimes of a list of everything; beyond that "more than"
HOLDERS = 100  # visible reports looked at for each value of two that are compared
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MERGES = 50  # one after the other, at most


def crimes(viewer: Viewer, wanted: Wanted | None = None, *, after: Place | None = None, most: int = PAGE) -> Page:
    """The crimes that the viewer sees a report of, as asked for, a page from a place on. Five queries, six where what
    is disputed is asked for, however many there are; some more where a few crimes have most of the latest reports.

    All of them, the latest first, are found from the latest reports on, so that a page of them takes as long with a
    million reports as with ten thousand, and counted no further than LOOKED reports. What is narrowed, or in another
    order, is computed from all that the viewer sees.
    """
    asked = wanted or Wanted()
    if asked == Wanted() and most <= PAGE:
        rows, (count, more) = _latest(viewer, after, most + 1), _counted(viewer)
    else:
        rows = _listed(viewer, asked, after=after, most=most + 1)
        count, more = rows[0][-1] if rows else 0, False
    shown = rows[:most]
    found = by_id(viewer, [row[0] for row in shown])
    following = Place(shown[-1][1], shown[-1][0]) if len(rows) > most else None
    return Page([found[row[0]] for row in shown if row[0] in found], count, following, more)


def _latest(viewer: Viewer, after: Place | None, most: int) -> list[tuple[Any, ...]]:
    """Rows as _listed gives them, of everything, the latest first. A crime of which no report is among the latest so
    many was last reported before the last of these; so those reported after it are all there are, in order."""
    at = None if after is None else _EPOCH + timedelta(seconds=math.ceil(after.value))
    looked = 4 * most
    while True:
        walked = _rows(viewer, "recent", at=at, most=looked)
        among = sorted({row[1] for row in walked if row[1] is not None})
        rows = _listed(viewer, Wanted(), after=after, most=most, among=among) if among else []
        if len(walked) < looked:
            return rows
        sure = [row for row in rows if row[5] > walked[-1][0]]
        if len(sure) >= most:
            return sure
        looked *= 4


def _counted(viewer: Viewer) -> tuple[int, bool]:
    """How many crimes there are, and whether there are more."""
    crimes, reports = _rows(viewer, "counted", most=LOOKED, mask=gates.mask(viewer))[0]
    return crimes, reports >= LOOKED


def _listed(
    viewer: Viewer, asked: Wanted, *, after: Place | None = None, most: int, among: Sequence[int] | None = None
) -> list[tuple[Any, ...]]:
    disputes = [row[0] for row in _rows(viewer, "disputes")] if asked.disputed else []
    return _rows(
        viewer, "listed" if among is None else "listed_among", country=asked.country, cls=asked.cls,
        sector=asked.sector, least=asked.least, several=asked.several, since=asked.since, until=asked.until,
        currency=asked.currency, loss=asked.loss, disputed=asked.disputed, disputes=disputes, order=asked.order,
        after=after and after.value, after_id=after and after.id, crimes=among, most=most,
    )  # fmt: skip


def report_ids(viewer: Viewer, wanted: Wanted, crimes: Sequence[int], *, most: int) -> list[int]:
    """The current reports that the viewer sees of the crimes asked for, and of these besides, whatever their handling
    asks. What a file is made of, and what stays out of it."""
    ids = {row[0] for row in _listed(viewer, wanted, most=most)}
    return [row[0] for row in _rows(viewer, "whole", crimes=sorted(ids.union(crimes)))]


def by_id(viewer: Viewer, crimes: Sequence[int]) -> dict[int, CrimeLine]:
    """These crimes by their number, as far as the viewer sees a report of them. Three queries."""
    if not crimes:
        return {}
    given = {"crimes": list(crimes)}
    references = dict(_rows(viewer, "references", **given))
    disputed = {row[0] for row in _rows(viewer, "disputed", **given)}
    return lines(_rows(viewer, "reports", **given), references, disputed)


def crime(viewer: Viewer, reference: UUID) -> CrimeLine:
    """One crime; one that was merged into another gives that one (its ``reference`` is another than asked for).

    Raises Crime.DoesNotExist where the viewer sees nothing of it.
    """
    found = Crime.objects.get(reference=reference)
    for _turn in range(MERGES):
        if found.merged_into is None:
            break
        found = Crime.objects.get(pk=found.merged_into)
    shown = by_id(viewer, [found.pk])
    if found.pk not in shown:
        raise Crime.DoesNotExist
    return shown[found.pk]


def of_report(viewer: Viewer, report: int) -> CrimeLine | None:
    """The crime that a visible report tells of; None where it is in none (yet)."""
    crime = CrimeReport.objects.filter(report=report).values_list("crime", flat=True).first()
    return None if crime is None else by_id(viewer, [crime]).get(crime)


def of_reports(viewer: Viewer, reports: Sequence[int]) -> dict[int, int]:
    """The number of the crime that each of these visible reports tells of."""
    return dict(CrimeReport.objects.filter(report__in=list(reports)).values_list("report", "crime"))


def others(viewer: Viewer, crime: int) -> Others:
    """How many more reports others hold of a crime that the viewer sees a report of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reports, organisations, names, again_at FROM hueandcry_crime_others(%s)", [crime])
        return Others(*cursor.fetchone())


def events(viewer: Viewer, crime: int, *, most: int = 50) -> list[Event]:
    """What happened to a crime, of the reports that the viewer sees, the latest first."""
    rows = _rows(viewer, "events", crime=crime, most=most)
    references = dict(_rows(viewer, "references", crimes=sorted({number for row in rows for number in row[3:5]})))
    values = [(*row[:3], references.get(row[3]), references.get(row[4]), *row[5:]) for row in rows]
    return [Event(*one) for one in values]


def open_reports(viewer: Viewer, reports: Sequence[int]) -> list[int]:
    """Of these reports those that are current, that the viewer sees and that are open to it, in order."""
    return [row[0] for row in _rows(viewer, "open", reports=list(reports))]


def evidence(viewer: Viewer, left: int, right: int) -> Evidence | None:
    """Why two reports that the viewer sees tell of one crime or not, by the model in force; None where it does not see
    both. From the same facts as the linker compares, made under row-level security."""
    pair = sorted((left, right))
    if len(open_reports(viewer, pair)) < 2:
        return None
    told = _told(viewer, pair)
    number, model = model_in_force(viewer)
    steps = _compared(told, pair, model)
    if not steps:
        return None
    weight = sum(step.weight for step in steps)
    return Evidence(steps, weight, probability(weight), model.claims_from(matching.SETTINGS), number)


def _told(viewer: Viewer, pair: Sequence[int]) -> list[tuple[Any, ...]]:
    """The facts of the two reports and of what is near them. How rare a value is is counted among what the viewer
    sees."""
    from hueandcry.linkage.crimes import facts  # here: most processes that read crimes compare none

    near = [row[0] for row in _rows(viewer, "holders", reports=list(pair), most=HOLDERS)]
    with connection.cursor() as cursor:
        cursor.execute(facts.FACTS, {"reports": sorted({*pair, *near})})
        return list(cursor.fetchall())


def _compared(told: Sequence[tuple[Any, ...]], pair: Sequence[int], model: Model) -> list[Step]:
    """The waterfall of the pair, out of these facts; nothing where one of the two is not among them."""
    from hueandcry.linkage.crimes import facts
    from hueandcry.linkage.matching import evidence, few

    records = few.ready([dict(zip(facts.COLUMNS, row, strict=True)) for row in told], about=set(pair))
    found = {record["report"]: record for record in records if record["report"] in pair}
    if not set(pair) <= set(found):
        return []
    return evidence.evidence(found[pair[0]], found[pair[1]], matching.SETTINGS, model)


def model_in_force(viewer: Viewer) -> tuple[int, Model]:
    """The model that reports are compared by, with its number; 0 and what people wrote where none was learnt."""
    row = Estimate.objects.filter(settings=NAME, current=True).first()
    if row is not None:
        try:
            content = json.loads(row.content) if isinstance(row.content, str) else row.content
            model = Model.from_json(content)
            model.check(matching.SETTINGS)
        except Stale:
            return 0, matching.starting()
        return row.pk, model
    return 0, matching.starting()


def _rows(viewer: Viewer, name: str, **given: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name].replace("{open}", gates.open_reports(viewer)), given)
        return list(cursor.fetchall())
