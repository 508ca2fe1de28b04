"""The list of resources with its map, and the page of one. HTTP only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import Confirmation, Conflict, Expert, Objection, Resource
from hueandcry.capacity.register import queries, words
from hueandcry.capacity.register.forms import ConflictForm, ObjectForm
from hueandcry.capacity.register.queries import Answer, Result, Wanted
from hueandcry.capacity.register.state import WRITERS
from hueandcry.chain import queries as chain
from hueandcry.exchange.countries import is_code
from hueandcry.members.access import member
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, found, who
from hueandcry.web.charts import Chart, Column
from hueandcry.web.filters import Filter, Option

PAGE = 20
SHOWN_OPTIONS = 25  # choices of a facet: the most frequent, and those that are set


@require_safe
@member
def resources(request: HttpRequest) -> HttpResponse:
    """The register, searched and narrowed; the best first, with why."""
    by, wanted = who(request), wanted_of(request.GET)
    first = _place(request.GET)
    with viewer(by):
        answer = queries.search(by, wanted)
        page = queries.results(by, answer.ranked[first : first + PAGE], first=first + 1)
        queries.note_shown(by, page)
        audit.record(by=by, verb="search" if wanted.words else "list", kind="resource", count=len(page))
    context = {
        "lines": [_line(each) for each in page],
        "answer": answer,
        "filters": filters(answer, wanted),
        "next": first + PAGE if first + PAGE < len(answer.ranked) else None,
        "previous": max(first - PAGE, 0) if first else None,
        "asked": wanted.words,
        "narrowed": bool(wanted.words or wanted.facets),
        "map": _map(answer),
        "may_write": by.may(*WRITERS),
        "everywhere": answer.facets.get("everywhere", {}).get("yes", 0),
        "most": queries.MOST,
    }
    return render(request, "capacity/register/resources.html", context)


def wanted_of(given: QueryDict) -> Wanted:
    """What an address asks for; values that none could have are as if they were not there."""
    facets = {name: tuple(value[:40] for value in given.getlist(name) if value.strip()) for name in queries.FACETS}
    known = {
        "kind": Resource.Kind.values,
        "cost": Resource.Cost.values,
        "state": ("review", "listed", "fading", "proposed"),
    }
    for name, values in known.items():
        facets[name] = tuple(value for value in facets[name] if value in values)
    facets["country"] = tuple(code for code in facets["country"] if is_code(code))
    return Wanted(given.get("q", ""), {name: values for name, values in facets.items() if values})


def _place(given: QueryDict) -> int:
    """How many results stand before the page; a place beyond those that are ranked is the first page."""
    told = given.get("after") or given.get("before") or "0"
    place = int(told) if told.isascii() and told.isdecimal() and len(told) < 5 else 0
    return place if place < queries.MOST else 0


def _line(each: Result) -> dict[str, Any]:
    one = each.resource
    return {
        "resource": one,
        "why": [words.reason(reason) for reason in each.ranked.reasons[:4]],
        "languages": [choices.language(code) for code in one.languages],
        "countries": [choices.country(code) for code in one.countries[:4]],
        "more": max(len(one.countries) - 4, 0),
    }


def filters(answer: Answer, wanted: Wanted) -> list[Filter]:
    """The facets, each choice with how many of what fits have it."""
    said: Mapping[str, Any] = {
        "kind": lambda v: str(Resource.Kind(v).label),
        "country": choices.country,
        "language": choices.language,
        "cost": lambda v: str(Resource.Cost(v).label),
        "state": lambda v: str(Resource.State(v).label),
    }
    labels = {
        "kind": _("Kind"),
        "country": _("Country"),
        "language": _("Language"),
        "cost": _("Cost"),
        "state": _("State"),
    }
    made = [Filter("q", _("Words"), "text")]
    for name, label in labels.items():
        counts = answer.facets.get(name, {})
        values = sorted(counts, key=lambda value: (-counts[value], value))[:SHOWN_OPTIONS]
        values += [value for value in wanted.facets.get(name, ()) if value not in values]
        many = "many" if name in ("kind", "cost", "state") else "one"
        made.append(Filter(name, label, many, [Option(v, said[name](v), counts.get(v, 0)) for v in values]))  # type: ignore[arg-type]
    known = [Option(*each) for each in choices.aspect_choices()]
    known += [Option(key, key) for key in wanted.facets.get("aspect", ()) if key not in model().aspects]
    made.append(Filter("aspect", _("Capacity aspect"), "one", known))
    return made


def _map(answer: Answer) -> Chart | None:
    counts = answer.facets.get("country", {})
    if not counts:
        return None
    rows: list[Sequence[Any]] = [
        [code, counts[code]] for code in sorted(counts, key=lambda code: (-counts[code], code))
    ]
    return Chart(
        id="resources-map",
        kind="map",
        title=_("Where they serve"),
        unit=_("resources"),
        rows=rows,
        columns=[Column("country", _("Country"), "country"), Column("resources", _("Resources"))],
        source=_("The register, as you may see it"),
        method=_("Counted where a resource names the country; one that serves any country is not on the map."),
        links=[f"/resources/?{urlencode({'country': row[0]})}" for row in rows],
    )


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """What is filtered, in its order, at most as many as are ranked."""
    by, wanted = who(request), wanted_of(request.GET)
    with viewer(by):
        page = queries.results(by, queries.search(by, wanted).ranked, first=1)
        audit.record(by=by, verb="export", kind="resource", count=len(page))
    header = (
        "place",
        "kind",
        "title",
        "provider",
        "countries",
        "languages",
        "aspects",
        "cost",
        "url",
        "state",
        "last confirmed",
        "why",
        "reference",
    )
    rows = [
        (
            each.place,
            r.kind,
            r.title,
            r.provider,
            "*" if r.everywhere else " ".join(r.countries),
            " ".join(r.languages),
            " ".join(r.aspects),
            r.cost,
            r.url,
            r.state,
            r.confirmed_at.date() if r.confirmed_at else "",
            "; ".join(words.reason(reason) for reason in each.ranked.reasons),
            r.reference,
        )
        for each in page
        for r in [each.resource]
    ]
    return csv_file("resources", header, rows)


@require_safe
@member
def resource(request: HttpRequest, reference: UUID) -> HttpResponse:
    """All that is known of one resource."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.one(by, reference))
        if request.GET.get("from") == "list":
            queries.note_asked(by, one)
        context = shown(by, one)
        audit.record(by=by, verb="read", kind="resource", thing=one.pk)
    return render(request, "capacity/register/resource.html", context)


def shown(by: Viewer, one: Resource) -> dict[str, Any]:
    """What the page of a resource says; inside a viewer."""
    names = dict(Organisation.objects.values_list("pk", "name"))
    expert = Expert.objects.filter(resource=one).first() if one.kind == Resource.Kind.EXPERT else None
    keeps = one.organisation == by.organisation or by.secretariat or bool(expert and expert.person_named == by.person)
    confirmations = list(Confirmation.objects.filter(resource=one).order_by("-pk")[:20])
    return {
        "resource": one,
        "expert": expert,
        "said_by": names.get(one.organisation, ""),
        "keeps": keeps,
        "by": by,
        "languages": [choices.language(code) for code in one.languages],
        "countries": [choices.country(code) for code in one.countries],
        "aspects": [words.aspect(key) for key in one.aspects],
        "confirmations": [(each, names.get(each.organisation, "")) for each in confirmations],
        "objections": [
            (o, names.get(o.organisation, "")) for o in Objection.objects.filter(resource=one).order_by("pk")
        ],
        "events": [
            (names.get(each.organisation or 0, ""), words.EVENTS.get(each.kind, each.kind), each)
            for each in queries.events(by, one)
        ],
        "twins": queries.twins(by, one),
        "may_write": by.may(*WRITERS),
        "decides": by.secretariat,
        "own": one.organisation == by.organisation,
        "object_form": ObjectForm(),
        "programme": _programme(one),
        **_expert(expert),
        **chain.both_ways(by, "resource", str(one.reference)),
    }


def _expert(expert: Expert | None) -> dict[str, Any]:
    if expert is None:
        return {}
    return {
        "speaks": [(choices.language(code), level) for code, level in sorted(expert.speaks.items())],
        "worked_in": [choices.country(code) for code in expert.worked_in],
        "free": list(expert.resource.free.order_by("starts")),
        "shown_to": words.CONSENTS.get(expert.consent_to, ""),
        "conflicts": list(Conflict.objects.filter(resource=expert.resource).order_by("pk")),
        "conflict_form": ConflictForm(),
    }


def _programme(one: Resource) -> dict[str, Any]:
    """What an IATI file told of a programme beside the facts of every resource."""
    told = one.details if one.kind == Resource.Kind.PROGRAMME else {}
    return {name: told[name] for name in ("status", "totals", "bodies", "documents", "shares") if told.get(name)}
