"""Pages of saved searches, and their feed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.alerts import actions, queries
from hueandcry.exchange.alerts.forms import AlertForm
from hueandcry.exchange.models import Alert
from hueandcry.exchange.views import list_filters
from hueandcry.members import queries as members
from hueandcry.members.access import member, public
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who
from hueandcry.notices import feeds, naming
from hueandcry.web.filters import chips


def said(by: Viewer, query: str) -> str:
    """A search in words: its filters with what they are set to. Inside ``by``."""
    lists = {key: [str(v) for v in values] for key, values in QueryDict(query).lists()}
    parts = [f"{chip.label}: {chip.said}" for chip in chips(list_filters(list(members.organisations(by))), lists)]
    return " · ".join(parts) or _("all reports")


@never_cache
@member
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """One's saved searches."""
    by = who(request)
    with viewer(by):
        rows = [{"alert": alert, "said": said(by, alert.query)} for alert in queries.alerts(by)]
        audit.record(by=by, verb="list", kind="alert", count=len(rows))
    return render(request, "exchange/alerts/alerts.html", {"rows": rows})


@never_cache
@member
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Save the search whose address is in the query of this one's."""
    by = who(request)
    query = actions.tidy(request.META.get("QUERY_STRING", ""))
    with viewer(by):
        words = said(by, query)
    form = AlertForm(request.POST or None, initial={"name": words[:120], "often": Alert.Often.DAILY})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            reference = actions.save(by=by, query=query, **given)
        except Refused as refusal:
            form.add_error("name", refusal.reason)
        else:
            messages.success(request, _("The search is saved. It tells of what comes from now on."))
            return redirect("exchange:alert", reference)
    shown = {"form": form, "said": words, "query": query}
    return render(request, "exchange/alerts/add.html", shown, status=422 if form.errors else 200)


@never_cache
@member
@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One saved search: what it found, and how it tells."""
    by = who(request)
    with viewer(by):
        one = found(lambda: queries.alert(by, reference))
    form = AlertForm(request.POST or None, initial={"name": one.name, "often": one.often, "served": one.served})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=by, reference=reference, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("name", refusal.reason)
        else:
            messages.success(request, _("Saved."))
            return redirect("exchange:alert", reference)
    with viewer(by):
        rows = queries.matches(by, one)
        shown = page(rows, request.GET, {"found": "pk"}, "-found")
        reports = queries.reports_of(by, shown.rows)
        context: dict[str, Any] = {
            "alert": one,
            "said": said(by, one.query),
            "count": rows.count(),
            "page": shown,
            "rows": [(row, reports[row.report]) for row in shown.rows if row.report in reports],
            "collection": queries.collection(by, one) if one.served else None,
            "form": form,
            "feed": reverse("exchange:alert-feed", args=["SECRET", one.reference]),
        }
        audit.record(by=by, verb="read", kind="alert", thing=one.pk, count=len(shown.rows))
    return render(request, "exchange/alerts/alert.html", context, status=422 if form.errors else 200)


@member
@require_POST
def delete(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Delete a saved search."""
    by = who(request)
    try:
        actions.delete(by=by, reference=reference)
    except Alert.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("The saved search is deleted."))
    return redirect("exchange:alerts")


@public
@require_safe
def feed(request: HttpRequest, secret: str, reference: UUID) -> HttpResponse:
    """What a saved search found as Atom, to whoever holds its owner's secret, as far as the owner may see it now."""
    by = feeds.reader(secret)
    if by is None:
        raise Http404
    with viewer(by):
        one = found(lambda: queries.alert(by, reference))
        rows = list(queries.matches(by, one).order_by("-pk")[: feeds.MOST])
        reports = queries.reports_of(by, rows)
        links = {report.pk: reverse("linkage:report", args=[report.reference]) for report in reports.values()}
        allowed = naming.named(by, links.values())
        audit.record(by=by, verb="list", kind="alert match", thing=one.pk, count=len(rows))
    entries = [
        feeds.Entry(
            id=report.reference.urn,
            title=naming.title_of("alert", report.title, links[report.pk], allowed),
            link=request.build_absolute_uri(links[report.pk]),
            updated=row.at,
        )
        for row in rows
        if (report := reports.get(row.report)) is not None
    ]
    here = request.build_absolute_uri(reverse("exchange:alert", args=[reference]))
    return feeds.answer(request, feeds.atom(id=here, title=one.name, link=here, entries=entries))
