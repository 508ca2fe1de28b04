"""Reads of operations: ranked, one by one, and what each is made of. Everything is from what the viewer sees.

Only reports that may pass the door of the viewer's channel count (exchange/recall/gates): what has to be read and
promised first (H3) is not on the page, and what may not go into a file is not in one.

The caller has entered the viewer. An operation shows to whoever sees one of its crimes, and with those crimes only; of
the rest a blind function tells how many there are, as far as their owners let them be discovered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from hueandcry.exchange.recall import gates
from hueandcry.exchange.statements import named
from hueandcry.linkage.models import Operation
from hueandcry.linkage.operations.ranking import ACTING_FACTS, parts
from hueandcry.linkage.operations.shown import (
    CrimeLine,
    Event,
    Holder,
    Line,
    Loss,
    Means,
    Others,
    Page,
    Part,
    Place,
    Ranked,
    Suggestion,
    Timeline,
    Wanted,
)
from hueandcry.linkage.words import TELLING
from hueandcry.members.viewer import Viewer

_FOLDER = Path(__file__).parent / "sql"
# The reports of one operation, or of several, by their ids. Each is looked up by its key: the planner, which cannot
# know how many audiences a viewer is in, would otherwise read all that the viewer sees.
_OF = (
    "hueandcry_operations_seen({wanted}) oc"
    " CROSS JOIN LATERAL (SELECT * FROM exchange_report x WHERE x.id = oc.report OFFSET 0) r"
)
_ALL = "hueandcry_operations_all_seen() oc JOIN exchange_report r ON r.id = oc.report"
SQL = {
    name: text.replace("{of_one}", _OF.replace("{wanted}", "ARRAY[%(operation)s::bigint]")).replace(
        "{of_several}", _OF.replace("{wanted}", "%(operations)s::bigint[]")
    )
    for name, text in (named(_FOLDER / "listing.sql") | named(_FOLDER / "one.sql")).items()
}
# What stands in a line, of one operation alone: what compares it with others says nothing there and is not read.
SQL |= {name: SQL[name].replace("{narrowed}", SQL["narrowed"]) for name in ("ranked", "made_of")}
SQL["alone"] = SQL["ranked"].replace("{of_those}", _OF.replace("{wanted}", "ARRAY[%(only)s::bigint]"))
SQL |= {name: SQL[name].replace("{of_those}", _ALL) for name in ("ranked", "made_of")}

PAGE = 25
CRIMES = 2_000  # crimes of one operation that are listed
VALUES = 200


def operations(viewer: Viewer, wanted: Wanted | None = None, *, after: Place | None = None, most: int = PAGE) -> Page:
    """The operations that the viewer sees something of, those first that do most harm and against which something can
    be done. One query, however many there are."""
    rows = _ranked(viewer, wanted or Wanted(), after=after, most=most + 1)
    lines = [_line(row) for row in rows[:most]]
    following = Place(lines[-1].score, lines[-1].id) if len(rows) > most else None
    return Page(lines, rows[0][-1] if rows else 0, following)


def operation(viewer: Viewer, reference: UUID) -> Line:
    """One operation; one that was merged into another gives that one (its ``reference`` differs from what was asked).

    Raises Operation.DoesNotExist where the viewer sees nothing of it. Two queries and one for each merge, that read no
    other operation: how it stands beside them tells ``rank``.
    """
    found = Operation.objects.get(reference=reference)
    while found.merged_into is not None:
        found = Operation.objects.get(pk=found.merged_into)
    rows = _ranked(viewer, Wanted(), name="alone", only=found.pk, most=1)
    if not rows:
        raise Operation.DoesNotExist
    return Line(**_facts(rows[0]), parts=[part for part in _parts(rows[0]) if part.side == "acting"])


def rank(viewer: Viewer, operation: int) -> Ranked:
    """One operation beside all that the viewer sees, of which it has to be one. One query, which reads them all."""
    return _line(_ranked(viewer, Wanted(), only=operation, most=1)[0])


def report_ids(viewer: Viewer, wanted: Wanted, operations: Iterable[int], *, most: int) -> list[int]:
    """The current reports that the viewer sees of the operations asked for, and of these besides, whatever their
    handling asks. What a file is made of, and what stays out of it."""
    besides = list(operations)
    rows = _ranked(viewer, wanted, name="made_of", operations=besides, most=most)
    if not rows or rows[0][1] <= most:
        return [row[0] for row in rows]
    ids = {row[0] for row in _ranked(viewer, wanted, most=most)}  # which come first, their rank tells
    return [row[0] for row in _rows(viewer, "whole", operations=sorted(ids.union(besides)))]


def of_crimes(viewer: Viewer, crimes: list[int]) -> dict[int, UUID]:
    """The operation, by its reference, that each of these crimes belongs to, where the viewer sees both."""
    return {row[0]: row[1] for row in _rows(viewer, "of_crimes", crimes=crimes)}


def crimes(viewer: Viewer, operation: int, *, most: int = CRIMES) -> list[CrimeLine]:
    """The crimes of an operation that the viewer sees, the latest first."""
    return [CrimeLine(*row) for row in _rows(viewer, "crimes", operation=operation, most=most)]


def holdings(viewer: Viewer, operation: int, *, values: list[int], most: int) -> list[tuple[int, int, int]]:
    """(crime, observable, organisation) of these values where its crimes used them, as far as the viewer sees them."""
    return [
        (row[0], row[1], row[2]) for row in _rows(viewer, "holdings", operation=operation, values=values, most=most)
    ]


def timeline(viewer: Viewer, operation: int, *, most: int = 60) -> Timeline:
    """Crimes by week, and first and last use of the values that most crimes hold."""
    counted = dict(_rows(viewer, "weeks", operation=operation))
    weeks = []
    week = min(counted, default=None)
    while week is not None and week <= max(counted):
        weeks.append((week, counted.get(week, 0)))
        week += timedelta(days=7)
    return Timeline(weeks, infrastructure(viewer, operation, most=most))


def techniques(viewer: Viewer, operation: int) -> list[tuple[str, int]]:
    """(ATT&CK technique, crimes), the commonest first."""
    return [(row[0], row[1]) for row in _rows(viewer, "techniques", operation=operation)]


def infrastructure(viewer: Viewer, operation: int, *, most: int = VALUES) -> list[Means]:
    """The values that its crimes used and that tell something, those of most crimes first."""
    return [Means(*row) for row in _rows(viewer, "infrastructure", operation=operation, telling=TELLING, most=most)]


def holders(viewer: Viewer, operation: int) -> list[Holder]:
    """Who holds what: the organisations of the reports that the viewer sees."""
    return [Holder(*row) for row in _rows(viewer, "holders", operation=operation, organisation=viewer.organisation)]


def others(viewer: Viewer, operation: int) -> Others:
    """How many more crimes and reports others hold of an operation of which the viewer sees a crime."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT crimes, reports, organisations, names, again_at FROM hueandcry_operation_others(%s)", [operation]
        )
        return Others(*cursor.fetchone())


def events(viewer: Viewer, operation: int, *, most: int = 20) -> list[Event]:
    """Merges and splits of an operation that moved a crime that the viewer sees; the latest first."""
    return [Event(*row) for row in _rows(viewer, "events", operation=operation, most=most)]


def suggestions(viewer: Viewer, operation: int) -> list[Suggestion]:
    """Operations that share values with this one through a crime that was attached as it came."""
    return [Suggestion(*row) for row in _rows(viewer, "suggestions", operation=operation)]


def _ranked(
    viewer: Viewer,
    wanted: Wanted,
    *,
    name: str = "ranked",
    only: int | None = None,
    after: Place | None = None,
    operations: Iterable[int] = (),
    most: int,
) -> list[tuple[Any, ...]]:
    return _rows(
        viewer, name, organisation=viewer.organisation, country=wanted.country, cls=wanted.cls, since=wanted.since,
        least=wanted.least, mine=wanted.mine, value=wanted.value, only=only, after_score=after and after.score,
        after_id=after and after.id, operations=list(operations), most=most, telling=TELLING, **ACTING_FACTS,
    )  # fmt: skip


def _line(row: tuple[Any, ...]) -> Ranked:
    return Ranked(**_facts(row), parts=_parts(row), harm=float(row[18]), score=row[20])


def _parts(row: tuple[Any, ...]) -> list[Part]:
    return parts(*row[9:18], crimes=row[3], last=row[7])


def _facts(row: tuple[Any, ...]) -> dict[str, Any]:
    """What a row says of its operation alone, whatever it was read beside."""
    facets = row[21] or ()
    return {
        "id": row[0], "reference": row[1], "formed_at": row[2], "crimes": row[3], "reports": row[4],
        "organisations": row[5], "first": row[6], "last": row[7], "mine": row[8], "acting": float(row[19]),
        "losses": [Loss(key, Decimal(amount), int(n)) for facet, key, amount, n in facets if facet == "loss"],
        "classes": [(key, int(n)) for facet, key, _none, n in facets if facet == "class"],
        "countries": [(key, int(n)) for facet, key, _none, n in facets if facet == "country"],
    }  # fmt: skip


def _rows(viewer: Viewer, name: str, **facts: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(SQL[name].replace("{open}", gates.open_reports(viewer)), facts)
        return list(cursor.fetchall())
