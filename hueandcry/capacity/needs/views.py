"""Pages of needs: who is most in need, a country's place and what moved it, how it was made. HTTP only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.models import NeedIndex, NeedRun
from hueandcry.capacity.needs import actions, queries
from hueandcry.capacity.needs.forms import ConsultationForm, IndexForm, RunForm
from hueandcry.capacity.needs.strata import NAMES, of, strata
from hueandcry.linkage import asked
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import acted, csv_file, found, who
from hueandcry.web.charts import Chart, Column
from hueandcry.web.filters import Filter, Option

office = role(*actions.OFFICE)
DRAWN = 25  # countries of the chart of ranks
HEADER = (
    "country",
    "rank",
    "rank_low",
    "rank_high",
    "score",
    "share_in_top",
    "most_in_need",
    "groups",
    "consultations",
)


def _run(request: HttpRequest, by: Viewer) -> NeedRun | None:
    """The run asked for by ``?run=``, else the newest."""
    if key := asked.reference(request.GET.get("run", "")):
        return found(lambda: NeedRun.objects.select_related("index").get(reference=key))
    return queries.newest(by)


def _lines(request: HttpRequest, by: Viewer, run: NeedRun) -> list[dict[str, Any]]:
    said = queries.consultations(by, run)
    was = queries.needs(queries.before(by, run))
    stratum, most = request.GET.get("group", ""), request.GET.get("most", "")
    return [
        {"need": each, "groups": [NAMES[key] for key in of(code)], "keys": of(code), "said": said.get(code, []),
         "was": was[code].rank if code in was else None}
        for code, each in queries.needs(run).items()
        if (not stratum or stratum in of(code)) and (not most or each.most_in_need)
    ]  # fmt: skip


@require_safe
@member
def needs(request: HttpRequest) -> HttpResponse:
    """Who is most in need, how sure that is, and what law enforcement says of it."""
    by = who(request)
    with viewer(by):
        run = _run(request, by)
        lines = _lines(request, by, run) if run else []
        runs = list(NeedRun.objects.select_related("index").defer("told", "inputs").order_by("-pk")[:20])
        audit.record(by=by, verb="list", kind="need run", count=len(lines))
    filters = [
        Filter("group", _("Group of countries"), "one", [Option(key, str(name)) for key, name in NAMES.items()]),
        Filter("most", _("Most in need"), "one", [Option("1", _("only those"))]),
        Filter(
            "run",
            _("Run"),
            "one",
            [Option(str(r.reference), f"{r.index.name}, {r.year}, {r.made_at:%Y-%m-%d}") for r in runs],
        ),
    ]
    known = [line for line in lines if line["need"].rank is not None]
    context = {
        "run": run,
        "lines": lines,
        "filters": filters,
        "most": [x for x in lines if x["need"].most_in_need],
        "map": _map(run, known) if run and known else None,
        "ranks": _ranks(run, known[:DRAWN]) if run and known else None,
        "may_run": by.secretariat and by.may(*actions.OFFICE),
        "strata": strata().values(),
    }
    return render(request, "capacity/needs/needs.html", context)


def _source(run: NeedRun) -> str:
    return _("Index “%(name)s” as of %(year)s, run of %(day)s, digest %(digest)s") % {
        "name": run.index.name, "year": run.year, "day": run.made_at.date().isoformat(), "digest": run.digest[:12],
    }  # fmt: skip


def _method(run: NeedRun) -> str:
    return _("Ranks by need over %(draws)s draws of weights, methods and missing numbers; 1 is the greatest need.") % {
        "draws": run.choices["draws"]
    }


def _map(run: NeedRun, lines: list[dict[str, Any]]) -> Chart:
    held = sorted((line["need"] for line in lines), key=lambda need: need.country)
    return Chart(
        id="needs-map",
        kind="map",
        title=_("How often among the %(k)s most in need") % {"k": run.choices["top"]},
        unit=_("% of draws"),
        columns=[Column("country", _("Country"), "country"), Column("share", _("Share of draws"))],
        rows=[[need.country, round(100 * (need.share or 0), 1)] for need in held],
        source=_source(run),
        method=_method(run) + " " + _("Countries without a colour are unknown, not without need."),
        links=[f"/needs/{need.country}/" for need in held],
    )


def _ranks(run: NeedRun, lines: list[dict[str, Any]]) -> Chart:
    held = [line["need"] for line in lines]
    return Chart(
        id="needs-ranks",
        kind="ranking",
        title=_("Rank by need, with its interval"),
        unit=_("rank, 1 is the greatest need"),
        columns=[
            Column("country", _("Country"), "category"),
            Column("rank", _("Rank")),
            Column("rank", _("low"), "low"),
            Column("rank", _("high"), "high"),
        ],
        rows=[[choices.country(n.country), n.rank, min(n.low, n.rank), max(n.high, n.rank)] for n in held],
        source=_source(run),
        method=_method(run) + " " + _("The interval holds nine tenths of the draws."),
        links=[f"/needs/{n.country}/" for n in held],
    )


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    by = who(request)
    with viewer(by):
        run = _run(request, by)
        lines = _lines(request, by, run) if run else []
        audit.record(by=by, verb="export", kind="need run", count=len(lines))
    rows = [
        (
            n.country,
            n.rank,
            n.low,
            n.high,
            n.score,
            n.share,
            n.most_in_need,
            " ".join(line["keys"]),
            "; ".join(f"{each.decision}: {each.reasons}" for each in line["said"]),
        )
        for line in lines
        for n in (line["need"],)
    ]
    return csv_file("needs", HEADER, rows)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, code: str) -> HttpResponse:
    """A country's place: how sure, what moved it, the numbers, what is unknown; law enforcement is consulted here."""
    by = who(request)
    choices.addressed(code)
    form = ConsultationForm(request.POST or None)
    with viewer(by):
        run = _run(request, by)
        mine = queries.needs(run).get(code)
        said = queries.consultations(by, run).get(code, []) if run else []
        bodies = organisation_names(by, sorted({each.organisation for each in said}))
        names = queries.names(by)
        audit.record(by=by, verb="read", kind="need run", detail={"country": code})
    if request.method == "POST" and form.is_valid() and run:
        try:
            actions.consult(by=by, run=run.reference, country=code, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Recorded beside the index."))
            return redirect(f"{reverse('capacity:need', args=[code])}?run={run.reference}")
    context = {
        "code": code,
        "name": choices.country(code),
        "run": run,
        "need": mine,
        "form": form,
        "numbers": _numbers(run, code, names) if run and mine else [],
        "moved": [(names.get(key, key), part) for key, part in mine.moved] if mine else [],
        "groups": [(NAMES[key], strata()[key]) for key in of(code)],
        "said": [(x, bodies.get(x.organisation, "")) for x in said],
        "consulted": queries.is_law_enforcement(by) and by.may(*actions.CONSULTED) and mine is not None,
    }
    return render(request, "capacity/needs/need.html", context, status=422 if form.errors else 200)


def _numbers(run: NeedRun, code: str, names: dict[str, str]) -> list[dict[str, Any]]:
    row = run.inputs["countries"].index(code)
    weights = run.told["weights"]["indicators"]
    return [
        {
            "code": each["code"],
            "name": names.get(each["code"], each["code"]),
            "direction": each["direction"],
            "value": run.inputs["values"][row][n],
            "year": run.inputs["years"][row][n],
            "weight": weights.get(each["code"]),
        }
        for n, each in enumerate(run.index.indicators)
    ]


@require_safe
@member
def method(request: HttpRequest) -> HttpResponse:
    """How a run was made: public weights, screening, treatment, choices, and a test that it can be made again."""
    by = who(request)
    with viewer(by):
        run = _run(request, by)
        names = queries.names(by)
        audit.record(by=by, verb="read", kind="need run", detail={"page": "method"})
    if run is None:
        raise Http404
    lines = [(names.get(each["code"], each["code"]), each, run.told["weights"]["indicators"].get(each["code"]))
             for each in run.told["indicators"]]  # fmt: skip
    context = {"run": run, "lines": lines, "groups": run.index.groups, "choices": sorted(run.choices.items())}
    return render(request, "capacity/needs/method.html", context)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def indexes(request: HttpRequest) -> HttpResponse:
    """The indexes and their weights; the secretariat defines one here."""
    by = who(request)
    form = IndexForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.define(by=by, name=form.cleaned_data["name"], meta=form.cleaned_data["upload"])
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Defined. Run it now."))
            return redirect("capacity:needs-indexes")
    with viewer(by):
        held = list(NeedIndex.objects.order_by("retired_at", "-pk"))
        names = queries.names(by)
        audit.record(by=by, verb="list", kind="need index", count=len(held))
    lines = [(one, [(names.get(each["code"], each["code"]), each) for each in one.indicators]) for one in held]
    context = {"lines": lines, "form": form, "run_form": RunForm(), "own": queries.OWN.items(),
               "office": by.secretariat and by.may(*actions.OFFICE)}  # fmt: skip
    return render(request, "capacity/needs/indexes.html", context, status=422 if form.errors else 200)


@office
@require_POST
def run(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Run an index."""
    form = RunForm(request.POST)
    if not form.is_valid():
        messages.error(request, "; ".join(f"{form[name].label}: {errors[0]}" for name, errors in form.errors.items()))
        return redirect("capacity:needs-indexes")
    made = acted(request, lambda: actions.run(by=who(request), index=reference, **form.cleaned_data), _("Run."))
    return redirect("capacity:needs") if made else redirect("capacity:needs-indexes")


@office
@require_POST
def retire(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Retire an index."""
    acted(request, lambda: actions.retire(by=who(request), index=reference), _("Retired. Its runs stay."))
    return redirect("capacity:needs-indexes")
