"""The directory of organisations, a profile, and the life of a membership."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members import actions, mail, queries
from hueandcry.members.access import secretariat, signed_in
from hueandcry.members.forms import AboutForm, OrganisationForm, StateForm
from hueandcry.members.models import Organisation
from hueandcry.members.paging import chosen, ordered, page, words
from hueandcry.members.sections import section
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import attempt, csv_file, found, who
from hueandcry.web.countries import country_name
from hueandcry.web.filters import Filter, Option

ORDERS = {"name": "name_key", "country": "country", "kind": "kind", "state": "state", "since": "created_at"}


@require_safe
@signed_in
def directory(request: HttpRequest) -> HttpResponseBase:
    """The organisations the viewer may see."""
    by = who(request)
    asked: dict[str, Any] = {
        "words": words(request.GET, "q"),
        "kinds": chosen(request.GET, "kind"),
        "countries": chosen(request.GET, "country"),
        "states": chosen(request.GET, "state"),
        "without_agreement": actions.AGREEMENT if request.GET.get("agreement") == "missing" else "",
    }
    with viewer(by):
        rows = queries.directory(by, **asked)
        if request.GET.get("format") == "csv":
            return _export(request, rows)
        shown = page(rows, request.GET, ORDERS, "name")
        total, counts = rows.count(), queries.facets(by)
    return render(
        request,
        "members/organisations.html",
        {
            "page": shown,
            "total": total,
            "filters": _filters(counts, office=queries.works_in_office(by)),
            "may_add": queries.works_in_office(by),
        },
    )


def _filters(counts: dict[str, dict[str, int]], *, office: bool) -> list[Filter]:
    language = get_language() or "en"
    kinds = [Option(v, str(label), counts["kind"].get(v, 0)) for v, label in Organisation.Kind.choices]
    states = [Option(v, str(label), counts["state"].get(v, 0)) for v, label in Organisation.State.choices]
    countries = sorted(
        (Option(code, country_name(code, language), n) for code, n in counts["country"].items()),
        key=lambda option: option.label,
    )
    made = [
        Filter("q", _("Words"), "text"),
        Filter("kind", _("Kind"), "many", kinds),
        Filter("country", _("Country"), "one", countries),
        Filter("state", _("State"), "many", states),
    ]
    if office:
        missing = [Option("missing", _("not accepted, version %(version)s") % {"version": actions.AGREEMENT})]
        made.append(Filter("agreement", _("Agreement"), "one", missing))
    return made


def _export(request: HttpRequest, rows: Any) -> HttpResponse:
    """The narrowed directory as CSV; called inside the viewer."""
    bodies = list(ordered(rows, request.GET.get("sort", ""), ORDERS, "name")[0])
    audit.record(by=who(request), verb="export", kind="organisation", count=len(bodies))
    header = ["name", "slug", "kind", "country", "sector_nace_2.1", "tier", "state", "contact", "since"]
    lines = [
        (b.name, b.slug, b.kind, b.country, b.sector, b.tier, b.state, b.contact, b.created_at.date().isoformat())
        for b in bodies
    ]
    return csv_file("organisations", header, lines)


@require_safe
@signed_in
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation: what it is, and to itself and the secretariat its people and its agreement."""
    by = who(request)
    with viewer(by):
        body = found(lambda: queries.organisation(by, slug))
        people = list(queries.people(by, body.pk).order_by(Lower("name"))[:50])
        if people:
            audit.record(
                by=by, verb="read", kind="person", thing="", count=len(people), detail={"organisation": body.pk}
            )
        shown = {
            "body": body,
            "sector": section(body.sector),
            "people": people,
            "sees_people": queries.may_see_people(by, body.pk),
            "agreements": queries.agreements(by, body.pk),
            "sees_agreement": body.pk == by.organisation or queries.works_in_office(by),
            "version": actions.AGREEMENT,
            "circles": queries.circles_of(by, body.pk),
            "own": body.pk == by.organisation,
            "office": queries.works_in_office(by),
            "may_run": queries.may_run(by, body.pk),
            "steps": _steps(body) if queries.works_in_office(by) else [],
            "unsigned": _unsigned(by, body),
            "told": _told(body) if queries.works_in_office(by) else "",
            "state_form": StateForm(),
        }
    return render(request, "members/organisation.html", shown)


def _steps(body: Organisation) -> list[dict[str, str]]:
    """The steps that may follow in this membership's life, as buttons."""
    if body.secretariat:
        return []
    return [{"state": state, "name": _(step)} for state, step in actions.TRANSITIONS[body.state].items()]


def _unsigned(by: Viewer, body: Organisation) -> bool:
    """Whether the step that follows could admit it although it has not accepted the agreement that holds now."""
    admits = Organisation.State.VETTED in actions.TRANSITIONS[body.state]
    return admits and all(each.version != actions.AGREEMENT for each in queries.agreements(by, body.pk))


def _told(body: Organisation) -> str:
    """Who is told of a step in the life of this membership; nobody is promised who is not there."""
    if mail.administrators(body.pk):
        return _("Its administrators are told by e-mail, with the reason.")
    if body.contact:
        return _("It has no administrator: its contact %(contact)s is told by e-mail, with the reason.") % {
            "contact": body.contact
        }
    return _("It has no administrator and no contact: nobody is told. Tell it yourself.")


@require_POST
@secretariat
def change_state(request: HttpRequest, slug: str) -> HttpResponse:
    """A step in the life of a membership. Its end asks first; only a new admission undoes it."""
    by = who(request)
    with viewer(by):
        body = found(lambda: queries.organisation(by, slug))
    form = StateForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the reason; the organisation is told it. Nothing was changed."))
        return redirect("members:organisation", slug)
    asked = form.cleaned_data
    step = actions.TRANSITIONS[body.state].get(asked["state"])
    if step and asked["state"] == Organisation.State.LEFT and "sure" not in request.POST:
        return render(
            request,
            "members/organisation_end.html",
            {"body": body, "asked": asked, "step": _(step), "told": _told(body)},
        )
    done = _("The membership of %(name)s is changed. %(told)s") % {"name": body.name, "told": _told(body)}
    attempt(request, lambda: actions.change_state(by=by, organisation=body.pk, **asked), done)
    return redirect("members:organisation", slug)


@secretariat
def add(request: HttpRequest) -> HttpResponse:
    """Enter an applicant."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("%(name)s is entered as an applicant. Invite its administrator next.") % form.cleaned_data
        made = attempt(request, lambda: actions.add_organisation(by=who(request), **form.cleaned_data), done)
        if made is not None:
            return redirect("members:people", made.slug)
    return render(request, "members/organisation_add.html", {"form": form})


@signed_in
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change what an organisation says of itself; the secretariat also what others know it by."""
    by = who(request)
    with viewer(by):
        body = found(lambda: queries.organisation(by, slug))
    if not queries.may_run(by, body.pk):
        messages.error(request, _("Only an administrator of this organisation can do this."))
        return redirect("members:organisation", slug)
    shape = OrganisationForm if queries.works_in_office(by) else AboutForm
    initial = {name: getattr(body, name) for name in shape.base_fields}
    form = shape(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        done = _("Saved.")
        if not changes or _update(request, body, changes, done):
            return redirect("members:organisation", slug)
    return render(request, "members/organisation_edit.html", {"form": form, "body": body})


def _update(request: HttpRequest, body: Organisation, changes: dict[str, Any], done: str) -> bool:
    def act() -> bool:
        actions.update_organisation(by=who(request), organisation=body.pk, **changes)
        return True

    return attempt(request, act, done) or False
