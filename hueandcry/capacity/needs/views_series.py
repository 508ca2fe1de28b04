"""Pages of series: numbers from outside about countries. HTTP only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.models import Statistic, StatisticValue
from hueandcry.capacity.needs import actions
from hueandcry.capacity.needs.forms import SeriesForm, ValuesForm
from hueandcry.capacity.needs.scales import SCALES
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import words
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import viewer
from hueandcry.members.views import csv_file, found, who
from hueandcry.web.charts import Chart, Column

loader = role(*actions.LOADERS)


@require_safe
@member
def all_series(request: HttpRequest) -> HttpResponse:
    """Every series, searched by words."""
    by, asked = who(request), words(request.GET, "q")
    with viewer(by):
        rows = Statistic.objects.annotate(n=Count("told__country", distinct=True), last=Max("told__year")).order_by(
            "code"
        )
        if asked:
            rows = rows.filter(Q(name__icontains=asked) | Q(code__icontains=asked) | Q(source__icontains=asked))
        lines = [(row, SCALES[row.scale].name) for row in rows[:1_000]]
        audit.record(by=by, verb="list", kind="statistic", count=len(lines))
    context = {"lines": lines, "asked": asked, "may_load": by.may(*actions.LOADERS)}
    return render(request, "capacity/needs/all_series.html", context)


@loader
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a series."""
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.begin(by=who(request), series=form.told())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Begun. Now load its numbers."))
            return redirect("capacity:needs-one-series", form.cleaned_data["code"])
    return render(request, "capacity/needs/series_new.html", {"form": form}, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def series(request: HttpRequest, code: str) -> HttpResponse:
    """One series with its newest numbers; who began it loads a file here."""
    by = who(request)
    form = ValuesForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            receipt = actions.load(by=by, code=code, raw=given["upload"], scale=given["scale"])
        except Refused as refusal:
            form.add_error("upload", refusal.reason)
        except Statistic.DoesNotExist:
            raise Http404 from None
        else:
            said = _("%(new)s new, %(corrected)s corrected, %(same)s as before, %(unknown)s told as unknown.")
            told = {
                "new": receipt.new,
                "corrected": receipt.corrected,
                "same": receipt.same,
                "unknown": receipt.unknown,
            }
            messages.success(request, f"{said % told} {receipt.rule}")
            return redirect("capacity:needs-one-series", code)
    with viewer(by):
        one = found(lambda: Statistic.objects.get(code=code))
        newest: dict[str, StatisticValue] = {}
        for row in StatisticValue.objects.filter(statistic=one).order_by("year"):
            newest[row.country] = row
        name = organisation_names(by, [one.organisation]).get(one.organisation, "")
        audit.record(by=by, verb="read", kind="statistic", thing=one.pk)
    rows = sorted(newest.values(), key=lambda row: choices.country(row.country))
    context = {
        "one": one,
        "scale": SCALES[one.scale].name,
        "rows": rows,
        "by_name": name,
        "form": form,
        "chart": _map(one, rows) if rows else None,
        "may_load": by.may(*actions.LOADERS) and one.organisation == by.organisation,
    }
    return render(request, "capacity/needs/series.html", context, status=422 if form.errors else 200)


def _map(one: Statistic, rows: list[StatisticValue]) -> Chart:
    return Chart(
        id="series", kind="map", title=one.name, unit=one.unit or str(SCALES[one.scale].name),
        columns=[Column("country", _("Country"), "country"), Column("value", _("Value"))],
        rows=[[row.country, row.value] for row in rows], source=one.source,
        method=_("The newest number of each country, as its source tells it. Countries without a colour are unknown."),
        links=[f"/needs/{row.country}/" for row in rows],
    )  # fmt: skip


@require_safe
@member
def as_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every number of a series, as it is loaded."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Statistic.objects.get(code=code))
        rows: list[Any] = list(StatisticValue.objects.filter(statistic=one).order_by("country", "year"))
        audit.record(by=by, verb="export", kind="statistic", thing=one.pk, count=len(rows))
    return csv_file(f"series-{one.code}", ("country", "year", "value"), [(r.country, r.year, r.value) for r in rows])
