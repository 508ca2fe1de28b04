"""Pages of assessments: all countries, one country, one aspect of it, evidence. HTTP only."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment import actions, queries, stages, wheel
from hueandcry.capacity.assessment.evidence_table import BadEvidenceError, read
from hueandcry.capacity.assessment.forms import KINDS, EvidenceForm, FileForm, OnForm, ReviewForm, WordsForm
from hueandcry.capacity.assessment.model import Aspect, Model, model
from hueandcry.capacity.assessment.stages import AspectStage, Evidence
from hueandcry.capacity.models import IndicatorEvidence
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import csv_file, found, who

writer = role(*actions.WRITERS)
reviewer = role(*actions.REVIEWERS)
HEADER = ("country", "dimension", "factor", "aspect", "name", "stage", "stage_name", "shown", "against", "missing")


def _stage_names(held: Model) -> dict[int, str]:
    return {each.number: _(each.name) for each in held.stages} | {0: _("below the first stage")}


@require_safe
@member
def assessments(request: HttpRequest) -> HttpResponse:
    """Countries of which there is evidence, and how much of each is known."""
    if code := request.GET.get("country", ""):
        return redirect("capacity:assessment", choices.addressed(code))
    by, held = who(request), model()
    with viewer(by):
        told = {code: [e for e in every if e.withdrawn_at is None] for code, every in queries.held(by).items()}
        told = {code: standing for code, standing in told.items() if standing}
        audit.record(by=by, verb="list", kind="assessment", count=len(told))
    today = queries.today()
    lines = [
        {
            "code": code,
            "told": len(told[code]),
            "last": max(each.recorded_at for each in told[code]),
            "spread": stages.spread(stages.stages(held, told[code], day=today).values()),
        }
        for code in sorted(told, key=choices.country)
    ]
    context = {
        "lines": lines, "model": held, "countries": choices.country_choices(),
        "may_write": by.may(*actions.WRITERS), "may_review": by.may(*actions.REVIEWERS),
    }  # fmt: skip
    return render(request, "capacity/assessment/assessments.html", context)


@require_safe
@member
def assessment(request: HttpRequest, code: str) -> HttpResponse:
    """One country: every aspect's stage, as of a day."""
    by, held, country = who(request), model(), choices.addressed(code)
    today = queries.today()
    day = OnForm(request.GET or None).day(today)
    with viewer(by):
        evidence = queries.held(by, countries=[country]).get(country, [])
        answers = queries.answers(by, country) if day == today else {}
        audit.record(by=by, verb="read", kind="assessment", thing=country, detail={"on": day.isoformat()})
    reached = stages.stages(held, evidence, day=day)
    drawn = wheel.svg(held, reached, address=reverse("capacity:assessment", args=[country]),
                      label=_("Stages of every aspect; the table beside it says the same"))  # fmt: skip
    context = {
        "code": country, "name": choices.country(country), "model": held,
        "day": day, "today": today, "replayed": day != today,
        "dimensions": [_dimension(each, reached, answers) for each in held.dimensions],
        "spread": stages.spread(reached.values()),
        "expiring": stages.expiring(evidence, day=day, days=180),
        "wheel": mark_safe(drawn),  # noqa: S308 - ours: names of the model are escaped in it
        "told": len(evidence), "stage_list": held.stages,
    }  # fmt: skip
    return render(request, "capacity/assessment/assessment.html", context)


def _dimension(dimension: Any, reached: dict[str, AspectStage], answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "dimension": dimension,
        "spread": stages.spread(reached[a.id] for f in dimension.factors for a in f.aspects),
        "factors": [
            {
                "factor": factor,
                "spread": stages.spread(reached[a.id] for a in factor.aspects),
                "aspects": [(a, reached[a.id], len(answers.get(a.id, ()))) for a in factor.aspects],
            }
            for factor in dimension.factors
        ],
    }


@require_safe
@member
def as_of(request: HttpRequest, code: str) -> HttpResponse:
    """What was known of a country on a day, as canonical JSON: the same bytes whenever it is asked."""
    by, country = who(request), choices.addressed(code)
    day = OnForm(request.GET or None).day(queries.today())
    with viewer(by):
        told = queries.as_of(by, country, day=day)
        audit.record(by=by, verb="export", kind="assessment", thing=country, detail={"on": day.isoformat()})
    name = f'attachment; filename="assessment-{country}-{day.isoformat()}.json"'
    return HttpResponse(told, content_type="application/json", headers={"Content-Disposition": name})


@require_safe
@member
def as_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every aspect's stage as a table."""
    by, country, held = who(request), choices.addressed(code), model()
    day = OnForm(request.GET or None).day(queries.today())
    with viewer(by):
        reached = stages.stages(held, queries.held(by, countries=[country]).get(country, []), day=day)
        audit.record(by=by, verb="export", kind="assessment", thing=country, detail={"on": day.isoformat()})
    names = _stage_names(held)
    rows = [
        [country, d.number, f.id, a.id, a.name, "" if reached[a.id].stage is None else reached[a.id].stage,
         _("unknown") if reached[a.id].stage is None else names[reached[a.id].stage or 0],
         " ".join(reached[a.id].shown), " ".join(reached[a.id].against), " ".join(reached[a.id].missing)]
        for d in held.dimensions for f in d.factors for a in f.aspects
    ]  # fmt: skip
    return csv_file(f"assessment-{country}-{day.isoformat()}", HEADER, rows)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def aspect(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One aspect of one country: its ladder of indicators with evidence and reviews; POST is the country's answer."""
    by, held, country = who(request), model(), choices.addressed(code)
    one = held.aspects.get(key)
    if one is None:
        raise Http404
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(by=by, country=country, aspect=key, text=form.cleaned_data["text"])
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Your answer stands beside what is held."))
            return redirect("capacity:aspect", country, key)
    with viewer(by):
        context = _ladder(by, country, one, held) | {"may_answer": actions.may_answer(by, country)}
        audit.record(by=by, verb="read", kind="assessment", thing=country, detail={"aspect": key})
    name = choices.country(country)
    context |= {"code": country, "name": name, "form": form, "may_write": by.may(*actions.WRITERS), "model": held}
    return render(request, "capacity/assessment/aspect.html", context, status=422 if form.errors else 200)


def _ladder(by: Viewer, country: str, one: Aspect, held: Model) -> dict[str, Any]:
    today = queries.today()
    rows = queries.of_indicators(by, country, [each.id for each in one.indicators])
    evidence = {row.pk: queries.evidence_of(row, row.said) for told in rows.values() for row in told}  # type: ignore[attr-defined]
    reached = stages.stages(held, evidence.values(), day=today)[one.id]
    told = queries.answers(by, country).get(one.id, [])
    bodies = organisation_names(
        by, {e.organisation for said in rows.values() for e in said} | {a.organisation for a in told}
    )
    steps = []
    for stage in reversed(held.stages):
        indicators = [
            {"indicator": each, "state": _state(each.id, reached),
             "evidence": [_piece(e, evidence[e.pk], bodies, today) for e in rows.get(each.id, ())]}
            for each in one.indicators if each.stage == stage.number
        ]  # fmt: skip
        steps.append({"stage": stage, "indicators": indicators, "reached": (reached.stage or 0) >= stage.number})
    return {
        "aspect": one, "reached": reached, "steps": steps, "reviewers": stages.REVIEWERS,
        "answers": [(a, bodies.get(a.organisation, "")) for a in told],
    }  # fmt: skip


def _state(indicator: str, reached: AspectStage) -> str:
    return "shown" if indicator in reached.shown else "against" if indicator in reached.against else "missing"


def _piece(row: IndicatorEvidence, told: Evidence, bodies: dict[int, str], today: date) -> dict[str, Any]:
    said = stages.standing(told.reviews, of=told.organisation, known=stages.end_of(today))
    return {
        "row": row, "by": bodies.get(row.organisation, ""), "kind": KINDS.get(row.kind, row.kind),
        "accepted": sum(each.accepted for each in said), "refused": sum(not each.accepted for each in said),
        "expired": row.expires <= today,
    }  # fmt: skip


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_new(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Tell of evidence on one indicator."""
    by, held, country = who(request), model(), choices.addressed(code)
    indicator = held.indicators.get(key)
    if indicator is None:
        raise Http404
    form = EvidenceForm(request.POST or None, indicator=indicator)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(by=by, told=form.told(country))
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Told. It counts once two people of two other organisations accept it."))
            return redirect("capacity:aspect", country, indicator.aspect)
    context = {"form": form, "indicator": indicator, "aspect": held.aspects[indicator.aspect], "code": country,
               "name": choices.country(country), "model": held}  # fmt: skip
    return render(request, "capacity/assessment/evidence_new.html", context, status=422 if form.errors else 200)


@member
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One piece of evidence with its reviews; POST reviews it."""
    by, held = who(request), model()
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.review(by=by, evidence=reference, accepted=given["verdict"] == "accepted", reason=given["reason"])
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except IndicatorEvidence.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Your review stands. Who told it reads your reason."))
            return redirect("capacity:evidence", reference)
    with viewer(by):
        one = found(lambda: queries.evidence(by, reference))
        said = queries.reviews(by, [one.pk]).get(one.pk, [])
        bodies = organisation_names(by, {one.organisation, *(each.organisation for each in said)})
        audit.record(by=by, verb="read", kind="indicator evidence", thing=one.pk)
    indicator = held.indicators.get(one.indicator)
    context = {
        "evidence": one, "indicator": indicator, "aspect": held.aspects.get(indicator.aspect) if indicator else None,
        "reviews": [(each, bodies.get(each.organisation, "")) for each in said], "by": bodies.get(one.organisation, ""),
        "kind": KINDS.get(one.kind, one.kind), "form": form, "model": held, "expired": one.expires <= queries.today(),
        "may_review": by.may(*actions.REVIEWERS) and one.organisation != by.organisation and one.withdrawn_at is None,
        "may_withdraw": by.may(*actions.WRITERS) and one.organisation == by.organisation and one.withdrawn_at is None,
        "reviewers": stages.REVIEWERS,
    }  # fmt: skip
    return render(request, "capacity/assessment/evidence.html", context, status=422 if form.errors else 200)


@writer
@require_POST
def evidence_withdraw(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take one's own evidence back."""
    try:
        actions.withdraw(by=who(request), evidence=reference, why=request.POST.get("text", ""))
    except Refused as refusal:
        messages.error(request, refusal.reason)
    except IndicatorEvidence.DoesNotExist:
        raise Http404 from None
    else:
        messages.success(request, _("Taken back. What was known on days before stays as it was."))
    return redirect("capacity:evidence", reference)


@reviewer
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Evidence that waits for the viewer's review."""
    by, held = who(request), model()
    with viewer(by):
        rows = queries.waiting(by)
        total = rows.count()
        shown = page(rows, request.GET, {"oldest": "pk"}, "oldest")
        bodies = organisation_names(by, {each.organisation for each in shown.rows})
        audit.record(by=by, verb="list", kind="indicator evidence", count=len(shown.rows))
    lines = [
        {"row": row, "indicator": held.indicators.get(row.indicator), "by": bodies.get(row.organisation, "")}
        for row in shown.rows
    ]
    context = {"lines": lines, "total": total, "page": shown, "model": held}
    return render(request, "capacity/assessment/waiting.html", context)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Evidence out of a table: all rows or none."""
    by = who(request)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_all(by=by, told=read(form.cleaned_data["file"].read()))
        except (BadEvidenceError, Refused) as error:
            form.add_error("file", error.reason if isinstance(error, Refused) else str(error))
        else:
            messages.success(
                request, _("%(count)s pieces of evidence are told; reviewers see them now.") % {"count": len(made)}
            )
            return redirect("capacity:assessments")
    context = {"form": form, "model": model()}
    return render(request, "capacity/assessment/load.html", context, status=422 if form.errors else 200)
