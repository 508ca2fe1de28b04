"""The list of operations, for whoever decides what to take up: most harm first, where something can be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange import kept_back, observables
from hueandcry.exchange.classification import CLASSES
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.forms_report import countries
from hueandcry.exchange.staging import hash64
from hueandcry.linkage import leaving
from hueandcry.linkage.analysis import queries as analysis
from hueandcry.linkage.analysis import stamp, words
from hueandcry.linkage.asked import Query, day, lists, one
from hueandcry.linkage.operations import queries
from hueandcry.linkage.operations.shown import Part, Place, Ranked, Wanted
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file
from hueandcry.web.filters import Filter, Option

EXPORTED = 5_000  # operations in one table
LEAST = (2, 5, 10, 25)
CLASS_KEYS = frozenset(one.code for one in CLASSES)


@member
@require_safe
def operations(request: ViewerRequest) -> HttpResponse:
    """The operations that the viewer sees something of, ranked."""
    query = lists(request.GET)
    with viewer(request.viewer) as who:
        page = queries.operations(who, wanted(query), after=place(one(query, "after")))
        called = analysis.names(who, [line.id for line in page.lines])
        audit.record(by=who, verb="list", kind="operation", count=len(page.lines))
    filters = list_filters()
    context = {
        "rows": [row(line, called.get(line.id, [])) for line in page.lines],
        "count": page.count,
        "next": f"{page.next.score}~{page.next.id}" if page.next else None,
        "filters": filters,
        "narrowed": any(value.strip() for f in filters for value in query.get(f.name, ())),
    }
    return render(request, "linkage/operations/list.html", context)


@member
@require_safe
def export(request: ViewerRequest) -> HttpResponseBase:
    """What is filtered, as a table: of what its handling lets out into a file."""
    asked = wanted(lists(request.GET))
    with viewer(replace(request.viewer, channel="export")) as who:
        page = queries.operations(who, asked, most=EXPORTED)
        shown = [line.id for line in page.lines]
        called, marks = analysis.names(who, shown), stamp.of_operations(who, shown)
        made_of = queries.report_ids(request.viewer, asked, shown, most=EXPORTED)
        held = leaving.note(by=who, thing="operation", count=len(shown), reports=made_of)
    lines = _table(page.lines, called, marks)
    return kept_back.told(request, csv_file("hue-and-cry-operations", HEADER, lines), held)


HEADER = (
    "reference", "title", "called", "score", "harm", "acting", "why", "crimes", "reports", "organisations", "first",
    "last", "countries", "classes", "losses", "ours", *stamp.COLUMNS,
)  # fmt: skip


def _table(
    lines: Sequence[Ranked], called: Mapping[int, list[tuple[str, str]]], marks: Mapping[int, stamp.Stamp]
) -> Iterator[Sequence[object]]:
    for line in (each for each in lines if each.id in marks):  # none: its reports left in between
        names = [name for name, _whose in called.get(line.id, ())]
        mark = stamp.within(marks[line.id], stamp.WRITTEN) if names else marks[line.id]
        yield (
            line.reference, words.title(line), "; ".join(names),
            float(line.score), round(line.harm, 3), round(line.acting, 3), "; ".join(part.words for part in line.parts),
            line.crimes, line.reports, line.organisations, line.first.date(), line.last.date(),
            "; ".join(code for code, _n in line.countries), "; ".join(code for code, _n in line.classes),
            "; ".join(f"{loss.currency} {loss.amount}" for loss in line.losses), "yes" if line.mine else "",
            *mark.cells,
        )  # fmt: skip


# What is asked for


def wanted(query: Query) -> Wanted:
    """Read an address. Never raises: what makes no sense narrows nothing."""
    value = one(query, "value").replace("\0", "")[:400].strip()
    found = observables.guess(value) if value else None
    country, cls, least = one(query, "country"), one(query, "class"), one(query, "least")
    return Wanted(
        country=country if is_code(country) else "",
        cls=cls if cls in CLASS_KEYS else "",
        since=day(one(query, "since")),
        least=int(least) if least in {str(n) for n in LEAST} else 1,
        mine=one(query, "ours") == "1",
        value=hash64(found.type, found.value) if found else None,
    )


def place(text: str) -> Place | None:
    """Where a page begins, as the link to it says; None for anything else."""
    score, _sep, number = text[:60].partition("~")
    try:
        found = Decimal(score)
    except InvalidOperation:
        return None
    known = found.is_finite() and 0 <= found <= 100 and number.isascii() and number.isdecimal() and len(number) < 19
    return Place(found, int(number)) if known else None


def list_filters() -> list[Filter]:
    """What the list can be narrowed by."""
    return [
        Filter("value", _("Uses this value"), "text", help=_("An account, a wallet, a domain, a telephone number.")),
        Filter("class", _("What happened"), "one", [Option(c.code, c.label) for c in CLASSES]),
        Filter("country", _("Country of a victim"), "one", [Option(c, name) for c, name in countries()]),
        Filter("since", _("Active since"), "date"),
        Filter("least", _("Size"), "one", [Option(str(n), _("%(n)s crimes or more") % {"n": n}) for n in LEAST]),
        Filter("ours", _("Ours"), "one", [Option("1", _("Only those that hit what we reported"))]),
    ]


# What is shown


def row(line: Ranked, called: Sequence[tuple[str, str]]) -> dict[str, object]:
    """One line of the list, in words."""
    state, kind = words.life(line.last, datetime.now(UTC))
    return {
        "line": line, "title": words.title(line), "called": called, "state": state, "state_kind": kind,
        "cost": words.likely_cost(line), "harm": round(100 * line.harm), "acting": round(100 * line.acting),
        "why": reasons(line.parts),
    }  # fmt: skip


def reasons(parts: Sequence[Part], most: int = 3) -> str:
    """What weighs most in the rank of an operation, in words."""
    heavy = sorted((part for part in parts if part.share > 0), key=lambda part: -part.share * part.weight)
    return "; ".join(part.words for part in heavy[:most])


def scored(viewer: Viewer, line: Ranked) -> list[dict[str, object]]:
    """Every part of a rank, each with what it gives of what it could."""
    return [
        {
            "side": _("harm") if part.side == "harm" else _("acting"), "words": part.words,
            "gives": round(100 * part.share * part.weight), "most": round(100 * part.weight),
        }
        for part in line.parts
    ]  # fmt: skip
