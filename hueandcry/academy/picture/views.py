"""The picture of training: who is certified where, what is called for, what ends, what goes with it. HTTP only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.academy.models import Scheme
from hueandcry.academy.picture import call, evidence, queries
from hueandcry.academy.picture.ahead import Month, Renewals
from hueandcry.academy.picture.results import Association
from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment.actions import WRITERS, months_after
from hueandcry.capacity.assessment.model import model
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import csv_file, who
from hueandcry.web.charts import Chart, Column

writer = role(*WRITERS)


@require_safe
@member
def training(request: HttpRequest) -> HttpResponse:
    """Who is trained in what, where and how recently, against what the country's needs call for."""
    by = who(request)
    with viewer(by):
        rows = queries.trained()
        titles = dict(Scheme.objects.values_list("code", "title"))
        lines = queries.called_for(by, rows)
        ahead, renewals = queries.months(), queries.renewals()
        results = queries.results()
        untold = evidence.untold(by) if by.may(*WRITERS) else []
        audit.record(by=by, verb="view", kind="training", count=len(rows))
    wanted = request.GET.get("scheme", "")
    chosen = wanted if wanted in ahead else next(iter(sorted(ahead)), "")
    places = {country: choices.country(country) for country in {line.country for line in lines}}
    asked = request.GET.get("country", "")
    state = request.GET.get("state", "")
    shown = [line for line in lines if asked in ("", line.country) and state in ("", line.state)]
    today = datetime.now(UTC).date()
    aspects = model().aspects
    context = {
        "rows": [(row, titles.get(row.scheme, row.scheme)) for row in rows],
        "people": sum(row.people for row in rows),
        "places": _places(rows) if rows else None,
        "lines": [(line, aspects[line.aspect].name, _words(line.state)) for line in shown],
        "all_lines": len(lines),
        "states": [(word, _words(word)[0]) for word in STATES],
        "state": state,
        "countries": sorted(places.items(), key=lambda each: each[1]),
        "country": asked,
        "ahead": _ahead(titles.get(chosen, chosen), ahead[chosen], today, renewals.get(chosen)) if chosen else None,
        "schemes": [(code, titles.get(code, code), code == chosen) for code in sorted(ahead)],
        "results": [(each, _said(each)) for each in results],
        "untold": _by_country(untold),
        "indicators": model().indicators,
    }  # fmt: skip
    return render(request, "academy/picture/training.html", context)


STATES = (call.CALLED_FOR, call.SOME, call.ENOUGH, call.UNKNOWN)


def _words(state: str) -> tuple[str, str]:
    """The word of a state, and how it is coloured."""
    return {
        call.CALLED_FOR: (_("called for"), "signal"), call.SOME: (_("begun"), "doubt"),
        call.ENOUGH: (_("as aimed"), "good"), call.UNKNOWN: (_("not known"), ""),
    }[state]  # fmt: skip


def _by_country(untold: Sequence[evidence.Shown]) -> dict[str, list[tuple[str, str, str]]]:
    made: dict[str, list[tuple[str, str, str]]] = {}
    for each in untold:
        says = model().indicators[each.indicator].says
        made.setdefault(each.country, []).append((each.indicator, says, each.words))
    return made


def _source() -> str:
    return _("Certificates of the alliance's academy, %(day)s") % {"day": datetime.now(UTC).date().isoformat()}


def _places(rows: Sequence[queries.Trained]) -> Chart:
    people: dict[str, int] = {}
    for row in rows:
        people[row.country] = people.get(row.country, 0) + row.people
    held = sorted(people.items(), key=lambda each: (-each[1], each[0]))
    return Chart(
        id="trained-map", kind="map", title=_("People with a certificate in force"), unit=_("certificates"),
        columns=[Column("country", _("Country"), "country"), Column("people", _("Certificates"))],
        rows=[[country, n] for country, n in held], source=_source(),
        csv_url=reverse("academy:training-csv", args=["people"]),
        method=_("Certificates in force today, by the country of the holder's agency. Where fewer than five people hold"
                 " one scheme's certificate they are not counted: a country without a colour is not known."),
    )  # fmt: skip


def _ahead(title: str, months: Sequence[Month], today: date, known: Renewals | None) -> Chart:
    renewed = any(month.expected is not None for month in months)
    columns = [Column("month", _("Month"), "time"), Column("unrenewed", _("if nobody renews"))]
    if renewed:
        columns += [Column("expected", _("if they renew as before")), Column("expected", _("low"), "low"),
                    Column("expected", _("high"), "high")]  # fmt: skip
    rows: list[list[Any]] = []
    for month in months:
        day = months_after(today.replace(day=1), month.months)
        bounds = [month.expected, month.low, month.high]
        if month.expected is not None and month.low is not None and month.high is not None:
            middle = min(max(month.expected, month.low), month.high)  # a mean may lie outside of percentiles
            bounds = [round(middle, 1), round(month.low, 1), round(month.high, 1)]
        rows.append([f"{day:%Y-%m}", month.unrenewed, *(bounds if renewed else [])])
    told = (
        _("%(renewed)s of %(ended)s certificates that ended in three years were renewed; bounds hold nine tenths.")
        % {"renewed": known.renewed, "ended": known.ended}
        if renewed and known
        else _("Nothing is known yet of how many renew: fewer than five certificates have ended.")
    )
    return Chart(
        id="training-ahead", kind="line", title=_("How many will still be certified: %(title)s") % {"title": title},
        unit=_("people"), columns=columns, rows=rows, source=_source(),
        csv_url=reverse("academy:training-csv", args=["ahead"]),
        forecast_from=rows[1][0] if len(rows) > 1 else "",
        method=_("By the days on which certificates end. Fewer than five are not shown.") + " " + told,
    )  # fmt: skip


def _said(each: Association) -> dict[str, str]:
    if each.measure == "report":
        return {
            "title": _("Days from a crime to its report"),
            "certified": _("%(n)s days") % {"n": f"{each.certified:.1f}"},
            "others": _("%(n)s days") % {"n": f"{each.others:.1f}"},
            "estimate": _("%(n)s times as long (%(low)s to %(high)s)")
            % {"n": f"{each.estimate:.2f}", "low": f"{each.low:.2f}", "high": f"{each.high:.2f}"},
        }
    return {
        "title": _("Requests answered within a week"),
        "certified": f"{each.certified:.0f} %",
        "others": f"{each.others:.0f} %",
        "estimate": _("%(n)s points (%(low)s to %(high)s)")
        % {"n": f"{each.estimate:+.0f}", "low": f"{each.low:+.0f}", "high": f"{each.high:+.0f}"},
    }


@require_safe
@member
def as_csv(request: HttpRequest, part: str) -> HttpResponse:
    """A part of it as a file: ``people``, ``called-for``, ``ahead`` or ``results``."""
    by = who(request)
    with viewer(by):
        rows = queries.trained()
        if part == "people":
            head: Sequence[str] = ("country", "scheme", "people", "expiring", "newest")
            body: list[Sequence[Any]] = [(r.country, r.scheme, r.people, r.expiring, r.newest) for r in rows]
        elif part == "called-for":
            head = ("country", "aspect", "stage", "aim", "share_of_draws", "certificates", "state")
            body = [
                (one.country, one.aspect, one.stage, one.aim, one.share, one.people, one.state)
                for one in queries.called_for(by, rows)
            ]
        elif part == "ahead":
            head = ("scheme", "months", "if_nobody_renews", "expected", "low", "high")
            body = [
                (code, month.months, month.unrenewed, month.expected, month.low, month.high)
                for code, months in sorted(queries.months().items())
                for month in months
            ]
        elif part == "results":
            head = ("measure", "units", "other_units", "certified", "others", "estimate", "low", "high")
            body = [
                (r.measure, r.units, r.other_units, r.certified, r.others, r.estimate, r.low, r.high)
                for r in queries.results()
            ]
        else:
            raise Http404
        audit.record(by=by, verb="export", kind="training", count=len(body))
    return csv_file(f"training-{part}", head, body)


@require_safe
@member
def as_json(request: HttpRequest) -> HttpResponse:
    """All of it, for programs."""
    by = who(request)
    with viewer(by):
        rows = queries.trained()
        told = {
            "day": datetime.now(UTC).date(),
            "people": [{"country": r.country, "scheme": r.scheme, "people": r.people, "expiring": r.expiring,
                        "newest": r.newest} for r in rows],
            "calledFor": [{"country": one.country, "aspect": one.aspect, "stage": one.stage, "aim": one.aim,
                           "shareOfDraws": one.share, "certificates": one.people, "state": one.state}
                          for one in queries.called_for(by, rows)],
            "ahead": {code: [{"months": m.months, "ifNobodyRenews": m.unrenewed, "expected": m.expected, "low": m.low,
                              "high": m.high} for m in months] for code, months in queries.months().items()},
            "results": [{"measure": r.measure, "units": r.units, "otherUnits": r.other_units, "certified": r.certified,
                         "others": r.others, "estimate": r.estimate, "low": r.low, "high": r.high}
                        for r in queries.results()],
        }  # fmt: skip
        audit.record(by=by, verb="export", kind="training", count=len(rows))
    answer = JsonResponse(told)
    answer["Content-Disposition"] = 'attachment; filename="training.json"'
    return answer


@require_POST
@writer
def tell_evidence(request: HttpRequest, country: str) -> HttpResponse:
    """Tell what the picture shows of a country as evidence of its capacity."""
    try:
        told = evidence.tell(by=who(request), country=country.upper()[:2])
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(
            request, _("Told of %(n)s indicators. It counts once two others have accepted it.") % {"n": told}
        )
    return redirect("academy:training")
