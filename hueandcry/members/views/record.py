"""The audit record. Its rows belong to the desk audit; the pages are here, because they say who people are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.audit import queries as record
from hueandcry.audit import things
from hueandcry.audit.models import Act
from hueandcry.audit.things import Place
from hueandcry.members import queries
from hueandcry.members.access import role, signed_in
from hueandcry.members.paging import page, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_stream, who
from hueandcry.web.filters import Filter, Option

ORDERS = {"at": "pk"}
PEOPLE = ("person", "letter")  # kinds of thing whose number is that of a person
RECEIVED = "letter:"  # so began the verbs of e-mail received, which was of the kind "letter" before version 0.4
OWN = ("e-mail", "job", "publisher", "system", "webhook", "worker")  # an act of nobody by these is the program's own
STRETCH = 2_000  # acts an export reads in one transaction
EXACT = ("verb", "kind", "channel", "thing")
HEADER = ["id", "at", "person", "organisation", "channel", "verb", "kind", "thing", "count", "detail"]


@require_safe
@role("administrator", "dpo", "secretary")
def everybody(request: HttpRequest) -> HttpResponseBase:
    """What one's own organisation did; for the secretariat and the alliance's officer, what everybody did."""
    return _record(request, own=False)


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponseBase:
    """What oneself did."""
    return _record(request, own=True)


def _record(request: HttpRequest, *, own: bool) -> HttpResponseBase:
    by = who(request)
    with viewer(by):
        wanted = _wanted(request.GET, by, own=own)
        filtered = sorted(key for key in FILTERS if words(request.GET, key))
        detail = ({"filters": filtered} if filtered else {}) | ({"own": "yes"} if own else {})
        if request.GET.get("format") == "csv":
            count = record.acts(wanted).count()
            audit.record(by=by, verb="export", kind="audit record", count=count, detail=detail)
            export = csv_stream("audit-record", HEADER, _lines(by, wanted))
        else:
            export = None
            shown = page(record.acts(wanted), request.GET, ORDERS, "-at")
            rows = _rows(by, shown.rows)
            scope = record.Wanted(people=wanted.people if own else None, organisations=_bodies(by, own=own))
            filters = _filters(by, record.recent_words(scope), own=own)
            chain = record.chain_state()
            audit.record(by=by, verb="read", kind="audit record", count=len(rows), detail=detail)
    if export is not None:
        return export
    tabs = _tabs(by, own=own)
    context = {"page": shown, "rows": rows, "filters": filters, "chain": chain, "own": own, "tabs": tabs}
    return render(request, "audit/record.html", context)


FILTERS = (*EXACT, "person", "organisation", "since", "until")


def _wanted(query: Mapping[str, Any], by: Viewer, *, own: bool) -> record.Wanted:
    """What the filters ask for; called inside the viewer, as names are looked up."""
    person, organisation = words(query, "person"), words(query, "organisation")
    people = [by.person or 0] if own else queries.people_like(by, person) if person else None
    bodies = list(queries.directory(by, words=organisation).values_list("pk", flat=True)) if organisation else None
    bodies = _bodies(by, own=own) or bodies
    exact = {field: words(query, field) for field in EXACT}
    since, until = _day(query, "since"), _day(query, "until")
    return record.Wanted(**exact, people=people, organisations=bodies, since=since, until=until)


def _bodies(by: Viewer, *, own: bool) -> list[int] | None:
    """The one organisation whose record this is. Row-level security says so too; said here, an index serves it."""
    return None if own or _whole(by) else [by.organisation or 0]


def _day(query: Mapping[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(words(query, name))
    except ValueError:
        return None


def _rows(by: Viewer, acts: list[Act]) -> list[dict[str, Any]]:
    """The acts with names in place of numbers, and where their things are, and whether the chain covers them: three
    queries and one for each kind of thing, however many acts."""
    about = {int(act.thing) for act in acts if _person(act)}
    people = queries.person_names(by, about | {act.person for act in acts if act.person})
    bodies = queries.organisation_names(by, [act.organisation for act in acts if act.organisation])
    sealed = record.sealed_among([act.pk for act in acts])
    places = things.find_all((act.kind, act.thing) for act in acts)
    for pk in about & people.keys():  # a person leads to what else is recorded about them
        places |= {(kind, str(pk)): Place(f"?kind={kind}&thing={pk}", people[pk]) for kind in PEOPLE}
    return [
        {
            "act": act,
            "place": places.get((act.kind, act.thing)) if act.kind not in PEOPLE or _person(act) else None,
            "person": _name(people, act.person, _("the program") if act.channel in OWN else _("nobody signed in")),
            "organisation": _name(bodies, act.organisation, ""),
            "detail": ", ".join(f"{key}: {_said(value)}" for key, value in act.detail.items()),
            "sealed": act.pk in sealed,
        }
        for act in acts
    ]


def _person(act: Act) -> bool:
    """Whether the thing of this act is a person."""
    named = act.thing.isascii() and act.thing.isdigit() and len(act.thing) < 19
    return act.kind in PEOPLE and named and not act.verb.startswith(RECEIVED)


def _name(names: dict[int, str], number: int | None, otherwise: str) -> str:
    return names.get(number, f"#{number}") if number else otherwise


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _filters(by: Viewer, offered: dict[str, list[str]], *, own: bool) -> list[Filter]:
    made = [
        Filter("verb", _("What was done"), "one", [Option(word, word) for word in offered["verb"]]),
        Filter("kind", _("To what"), "one", [Option(word, word) for word in offered["kind"]]),
        Filter(
            "thing",
            _("The thing"),
            "text",
            help=_("Its number here, such as 7 for report 7, or the address of its page."),
        ),
        Filter("channel", _("By which way"), "one", [Option(word, word) for word in offered["channel"]]),
        Filter("since", _("From day (UTC)"), "date"),
        Filter("until", _("To day (UTC)"), "date"),
    ]
    if own:
        return made
    made.insert(0, Filter("person", _("Person"), "text", help=_("Part of a name or an e-mail address.")))
    if _whole(by):
        made.insert(1, Filter("organisation", _("Organisation"), "text"))
    return made


def _whole(by: Viewer) -> bool:
    """Whether the viewer reads the record of the whole alliance."""
    return by.secretariat and by.may("dpo", "secretary")


def _tabs(by: Viewer, *, own: bool) -> list[dict[str, Any]]:
    if not (by.vetted and by.may("administrator", "dpo", "secretary")):
        return []
    name = _("The whole alliance") if _whole(by) else _("Your organisation")
    return [
        {"label": name, "url": "/audit/", "current": not own},
        {"label": _("You"), "url": "/audit/mine/", "current": own},
    ]


def _lines(by: Viewer, wanted: record.Wanted) -> Iterator[tuple[Any, ...]]:
    """The acts for a CSV, newest first, stretch by stretch, each in a viewer of its own: no long transaction."""
    below: int | None = None
    while True:
        with viewer(by):
            acts = record.stretch(wanted, below=below, size=STRETCH)
        for a in acts:
            at, detail = a.at.isoformat(), "; ".join(f"{key}={_said(value)}" for key, value in a.detail.items())
            yield a.pk, at, a.person, a.organisation, a.channel, a.verb, a.kind, a.thing, a.count, detail
        if len(acts) < STRETCH:
            return
        below = acts[-1].pk
