"""The roster of experts, the form of one, consent and conflicts. HTTP only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.models import Expert
from hueandcry.capacity.register import experts as acts
from hueandcry.capacity.register import roster
from hueandcry.capacity.register.drafts import LEVELS, Unfit
from hueandcry.capacity.register.forms import ConflictForm, ExpertForm, spoken
from hueandcry.capacity.register.roster import Sought
from hueandcry.capacity.register.views_acts import done, fault
from hueandcry.linkage import asked
from hueandcry.members.access import member
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.paging import page
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, who
from hueandcry.web.filters import Filter, Option

SORTS = {"name": "resource__title", "added": "pk"}


@require_safe
@member
def experts(request: HttpRequest) -> HttpResponse:
    """The experts whom one may see, narrowed by what is sought."""
    by, sought = who(request), sought_of(request.GET)
    with viewer(by):
        rows = roster.experts(by, sought)
        total = rows.count()
        shown = page(rows, request.GET, SORTS, "-added")
        lines = [_line(one) for one in shown.rows]
        audit.record(by=by, verb="list", kind="resource", detail={"page": "experts"}, count=len(lines))
    narrowed = any(
        request.GET.get(name) for name in ("skill", "language", "country", "free_from", "without", "no_country")
    )
    context = {"lines": lines, "page": shown, "total": total, "filters": _filters(), "narrowed": narrowed, "by": by}
    return render(request, "capacity/register/experts.html", context)


def sought_of(given: QueryDict) -> Sought:
    """Whom an address asks for."""
    known = {code for code, _name in spoken()}
    level = given.get("level", "")
    return Sought(
        skill=given.get("skill", "").strip()[:80],
        languages=tuple(c for c in given.getlist("language") if c in known),
        level=level if level in LEVELS else "",
        country=given.get("country", "")[:2].upper(),
        free_from=asked.day(given.get("free_from", "")),
        free_until=asked.day(given.get("free_until", "")),
        without_country=given.get("no_country", "")[:2].upper(),
        without=given.get("without", "").strip()[:200],
    )


def _filters() -> list[Filter]:
    places = [Option(code, name) for code, name in choices.country_choices()]
    return [
        Filter("skill", _("Skill"), "text"),
        Filter("language", _("Speaks"), "one", [Option(*each) for each in spoken()]),
        Filter("level", _("At least at level"), "one", [Option(one, one) for one in LEVELS]),
        Filter("country", _("Goes to"), "one", places),
        Filter("free_from", _("Free from"), "date"),
        Filter("free_until", _("Free until"), "date"),
        Filter("no_country", _("No conflict with the country"), "one", places),
        Filter("without", _("No conflict with"), "text", help=_("The name of a company or an agency.")),
    ]


def _line(one: Expert) -> dict[str, Any]:
    return {
        "expert": one,
        "resource": one.resource,
        "skills": one.skills[:6],
        "speaks": [f"{choices.language(code)} {level}" for code, level in sorted(one.speaks.items())],
        "countries": [choices.country(code) for code in one.resource.countries[:4]],
        "more": max(len(one.resource.countries) - 4, 0),
    }


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The experts who fit, as a table; who exports people is in the record by number."""
    by = who(request)
    with viewer(by):
        rows = list(roster.experts(by, sought_of(request.GET))[:2_000])
        audit.record(by=by, verb="export", kind="resource", detail={"page": "experts"}, count=len(rows))
    header = ("name", "skills", "speaks", "goes to", "worked in", "cost", "last confirmed", "reference")
    lines = [
        (
            one.resource.title,
            "; ".join(one.skills),
            "; ".join(f"{k} {v}" for k, v in sorted(one.speaks.items())),
            "*" if one.resource.everywhere else " ".join(one.resource.countries),
            " ".join(one.worked_in),
            one.resource.cost,
            one.resource.confirmed_at.date() if one.resource.confirmed_at else "",
            one.resource.reference,
        )
        for one in rows
    ]
    return csv_file("experts", header, lines)


def _bodies(by: Viewer) -> list[Organisation]:
    with viewer(by):
        return list(Organisation.objects.filter(state="vetted").order_by("name"))


@member
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An expert with consent: oneself, or somebody who agreed."""
    form = ExpertForm(request.POST or None, bodies=_bodies(who(request)))
    if request.method == "POST" and form.is_valid():
        try:
            made = acts.propose(by=who(request), draft=form.draft())
        except (Refused, Unfit) as error:
            fault(form, error)
        else:
            messages.success(request, _("Listed, for those who were agreed to and nobody else."))
            return redirect("capacity:resource", made)
    return render(request, "capacity/register/expert_new.html", {"form": form}, status=422 if form.errors else 200)


@member
@require_POST
def consent(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take consent back."""
    said = _("The entry is out of everybody's view.")
    return done(request, reference, lambda: acts.withdraw_consent(by=who(request), resource=reference), said)


@member
@require_POST
def conflict(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Declare a conflict of interest."""
    form = ConflictForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"why": ""}
    return done(request, reference, lambda: acts.declare(by=who(request), resource=reference, **given), _("Declared."))


@member
@require_POST
def free(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Say when an expert is free."""
    first, last = asked.day(request.POST.get("free_from", "")), asked.day(request.POST.get("free_until", ""))
    times = [(first, last)] if first and last else []
    return done(request, reference, lambda: acts.set_free(by=who(request), resource=reference, free=times), _("Noted."))
