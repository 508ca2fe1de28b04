"""Circles: groups of organisations that share with each other."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.members import actions_circle, queries
from hueandcry.members.access import member, secretariat
from hueandcry.members.forms import CircleForm, CircleMembersForm
from hueandcry.members.paging import ordered, page, words
from hueandcry.members.viewer import viewer
from hueandcry.members.views import attempt, csv_file, found, who
from hueandcry.web.filters import Filter, Option

ORDERS = {"name": "name_key", "members": "size", "since": "created_at"}
STATES = {"open": False, "closed": True}


@require_safe
@member
def circles(request: HttpRequest) -> HttpResponseBase:
    """The circles one is in; the secretariat sees all."""
    by = who(request)
    with viewer(by):
        rows = queries.circle_list(by, words=words(request.GET, "q"), closed=STATES.get(request.GET.get("state", "")))
        if request.GET.get("format") == "csv":
            return _export(request, rows)
        shown, total = page(rows, request.GET, ORDERS, "name"), rows.count()
    states = [Option("open", _("open")), Option("closed", _("closed"))]
    filters = [Filter("q", _("Words"), "text"), Filter("state", _("State"), "one", states)]
    office = queries.works_in_office(by)
    return render(
        request, "members/circles.html", {"page": shown, "total": total, "filters": filters, "office": office}
    )


def _export(request: HttpRequest, rows: Any) -> HttpResponse:
    listed = list(ordered(rows, request.GET.get("sort", ""), ORDERS, "name")[0])
    audit.record(by=who(request), verb="export", kind="circle", count=len(listed))
    lines = [(c.name, c.slug, c.purpose, c.size, c.created_at.date().isoformat(), c.closed_at or "") for c in listed]
    return csv_file("circles", ["name", "slug", "purpose", "members", "since", "closed"], lines)


@secretariat
def add(request: HttpRequest) -> HttpResponse:
    """Make a circle; its members are chosen on its page."""
    form = CircleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _("The circle is made. Choose its members.")
        made = attempt(request, lambda: actions_circle.add_circle(by=who(request), **form.cleaned_data), done)
        if made is not None:
            return redirect("members:circle_members", made.slug)
    return render(request, "members/circle_add.html", {"form": form})


@require_safe
@member
def circle(request: HttpRequest, slug: str) -> HttpResponse:
    """A circle and who is in it."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.circle(by, slug))
        members = queries.circle_members(by, one.pk)
    shown = {"circle": one, "members": members, "office": queries.works_in_office(by)}
    return render(request, "members/circle.html", shown)


@secretariat
def circle_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Set who is in a circle."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.circle(by, slug))
        bodies = list(queries.directory(by, states=["vetted"]).order_by(Lower("name")))
        held = queries.circle_members(by, one.pk)
    known = {body.pk for body in bodies}
    bodies += [body for body in held if body.pk not in known]  # who is suspended stays listed, to be taken out
    form = CircleMembersForm(request.POST or None, bodies=bodies, initial={"organisations": [str(b.pk) for b in held]})
    if request.method == "POST" and form.is_valid():
        wanted = [int(pk) for pk in form.cleaned_data["organisations"]]
        done = _("The members of %(name)s are set.") % {"name": one.name}
        attempt(request, lambda: actions_circle.set_circle_members(by=by, circle=one.pk, organisations=wanted), done)
        return redirect("members:circle", slug)
    return render(request, "members/circle_members.html", {"circle": one, "form": form})


@require_POST
@secretariat
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Close a circle."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.circle(by, slug))
    done = _("%(name)s is closed: what was shared with it is now seen by its owners only.") % {"name": one.name}
    attempt(request, lambda: actions_circle.close_circle(by=by, circle=one.pk), done)
    return redirect("members:circle", slug)
