"""Pages of the gap board: the board, one cell, targets. HTTP only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.clearing import actions as clearing
from hueandcry.capacity.gaps import actions, queries
from hueandcry.capacity.gaps.classes import CLASSES, OPEN, THREATS, Classed, first_things_first
from hueandcry.capacity.models import Resource
from hueandcry.capacity.register import queries as register
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import csv_file, who
from hueandcry.web.charts import Chart, Column
from hueandcry.web.filters import Filter, Option

setter = role(*actions.ROLES)
FIRST = 30  # cells in the list of what comes first
WORDS = {
    "gap": gettext_lazy("gap"),
    "partly covered": gettext_lazy("partly covered"),
    "duplicated effort": gettext_lazy("duplicated effort"),
    "covered": gettext_lazy("covered"),
    "unknown": gettext_lazy("unknown"),
}
REASONS = {
    "no evidence": gettext_lazy("There is no accepted evidence of this aspect: nobody can say whether it is met."),
    "no target": gettext_lazy("Nobody has said what is aimed at here."),
    "reached": gettext_lazy("Evidence shows the stage that is aimed at."),
    "nobody works on it": gettext_lazy(
        "Evidence does not show the stage that is aimed at, and no programme works on it."
    ),
    "somebody works on it": gettext_lazy(
        "Evidence does not show the stage that is aimed at yet; a programme works on it."
    ),
    "several work apart": gettext_lazy("Programmes of different providers work on it at one time and name no tie."),
}
THREAT_WORDS = {
    "high": gettext_lazy("high"), "medium": gettext_lazy("medium"), "low": gettext_lazy("low"),
    "unknown": gettext_lazy("unknown"),
}  # fmt: skip
HEADER = (
    "country",
    "aspect",
    "name",
    "class",
    "target",
    "stage",
    "missing",
    "open",
    "programmes",
    "resources",
    "threat",
)


@require_safe
@member
def gaps(request: HttpRequest) -> HttpResponse:
    """The board: countries by aspects of one dimension, coloured by class; a map; what comes first."""
    by, held = who(request), model()
    with viewer(by):
        board = queries.board(by)
        audit.record(by=by, verb="read", kind="gap board", count=len(board.countries))
    shown = _narrowed(request, board)
    asked = request.GET.get("dimension", "")
    chosen = [each for each in held.dimensions if str(each.number) == asked] or [
        d for d in held.dimensions if d.number == 4
    ]
    dimension = (chosen or list(held.dimensions))[0]
    aspects = [a for f in dimension.factors for a in f.aspects]
    codes = sorted({each.cell.country for each in shown}, key=choices.country)
    kept = {(each.cell.country, each.cell.aspect) for each in shown}
    lines = [
        (
            code,
            [
                (board.cells[code, a.id], WORDS[board.cells[code, a.id].kind]) if (code, a.id) in kept else None
                for a in aspects
            ],
        )
        for code in codes
    ]
    counted = {kind: sum(each.kind == kind for each in shown) for kind in CLASSES}
    context = {
        "lines": lines, "aspects": aspects, "dimension": dimension, "filters": _filters(board), "model": held,
        "counted": [(kind, WORDS[kind], n) for kind, n in counted.items()], "total": len(shown), "board": board,
        "first": [_line(each) for each in first_things_first(shown)[:FIRST] if each.kind in OPEN],
        "chart": _map(shown, board) if shown else None,
        "may_set": by.may(*actions.ROLES),
    }  # fmt: skip
    return render(request, "capacity/gaps/gaps.html", context)


def _narrowed(request: HttpRequest, board: queries.Board) -> list[Classed]:
    wanted = {name: {v for v in request.GET.getlist(name) if v} for name in ("country", "class", "threat", "aspect")}
    return [
        each
        for each in board.cells.values()
        if (not wanted["country"] or each.cell.country in wanted["country"])
        and (not wanted["class"] or each.kind in wanted["class"])
        and (not wanted["threat"] or each.cell.threat in wanted["threat"])
        and (not wanted["aspect"] or each.cell.aspect in wanted["aspect"])
    ]


def _filters(board: queries.Board) -> list[Filter]:
    held = model()
    lands = sorted(((code, choices.country(code)) for code in board.countries), key=lambda each: each[1])
    return [
        Filter(
            "dimension", _("Dimension"), "one", [Option(str(d.number), d.name) for d in held.dimensions], blank=_("Law")
        ),
        Filter("country", _("Country"), "one", [Option(*each) for each in lands]),
        Filter("class", _("Class"), "many", [Option(kind, str(WORDS[kind])) for kind in CLASSES]),
        Filter("threat", _("Threat"), "many", [Option(each, str(THREAT_WORDS[each])) for each in THREATS]),
        Filter("aspect", _("Aspect"), "one", [Option(*each) for each in choices.aspect_choices()]),
    ]


def _line(each: Classed) -> dict[str, Any]:
    return {"cell": each, "aspect": model().aspects[each.cell.aspect], "word": WORDS[each.kind],
            "threat": THREAT_WORDS[each.cell.threat]}  # fmt: skip


def _map(shown: list[Classed], board: queries.Board) -> Chart:
    gaps = dict.fromkeys(board.countries, 0)
    for each in shown:
        gaps[each.cell.country] = gaps.get(each.cell.country, 0) + (each.kind == "gap")
    return Chart(
        id="gaps-map", kind="map", title=_("Open gaps by country"), unit=_("aspects"),
        columns=[Column("country", _("Country"), "country"), Column("gaps", _("Gaps"))],
        rows=[[code, count] for code, count in sorted(gaps.items())],
        source=_("Evidence, targets and programmes that you may see, on %(day)s") % {"day": board.day.isoformat()},
        method=_("A gap is an aspect whose stage aimed at is not shown by evidence, and on which no programme works. "
                 "Countries without a colour have no evidence: unknown, not without gaps."),
        links=[f"/gaps/?country={code}" for code in sorted(gaps)],
    )  # fmt: skip


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The cells of the board, as filtered."""
    by = who(request)
    with viewer(by):
        board = queries.board(by)
        audit.record(by=by, verb="export", kind="gap board", count=len(board.cells))
    rows = [
        [e.cell.country, e.cell.aspect, model().aspects[e.cell.aspect].name, e.kind, e.cell.target, e.cell.stage,
         e.missing, e.open, len(e.cell.programmes), e.cell.resources, e.cell.threat]
        for e in first_things_first(_narrowed(request, board))
    ]  # fmt: skip
    return csv_file(f"gaps-{board.day.isoformat()}", HEADER, rows)


@require_safe
@member
def gap(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """One cell: what is aimed at, what is shown, who works on it, what would help."""
    by, held = who(request), model()
    choices.addressed(code)
    if key not in held.aspects:
        raise Http404
    with viewer(by):
        board = queries.board(by, countries=[code])
        one = board.cells[code, key]
        helps = register.for_aspects(by, code, [key])[key]
        working = {
            str(r.reference): r
            for r in Resource.objects.filter(reference__in=[p.reference for p in one.cell.programmes])
        }
        audit.record(by=by, verb="read", kind="gap board", detail={"country": code, "aspect": key})
    context = {
        "one": one, "word": WORDS[one.kind], "reason": REASONS[one.reason], "aspect": held.aspects[key], "code": code,
        "name": choices.country(code), "aim": board.aim(code, key), "model": held,
        "programmes": [(p, working.get(p.reference), p.active(board.day)) for p in one.cell.programmes],
        "helps": [r for r in helps if r.kind != Resource.Kind.PROGRAMME], "threat": THREAT_WORDS[one.cell.threat],
        "may_set": by.may(*actions.ROLES), "may_ask": by.may(*clearing.ROLES), "may_draft": by.may("officer"),
    }  # fmt: skip
    return render(request, "capacity/gaps/gap.html", context)


class TargetForm(forms.Form):
    """What is aimed at."""

    country = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    aspects = forms.MultipleChoiceField(label=gettext_lazy("For which aspects"))
    stage = forms.TypedChoiceField(label=gettext_lazy("The stage that is aimed at"), coerce=int)
    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=actions.LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = model()
        self.fields["country"].choices = [("", _("In every country")), *choices.country_choices()]  # type: ignore[attr-defined]
        self.fields["aspects"].choices = choices.aspect_choices()  # type: ignore[attr-defined]
        self.fields["stage"].choices = [(s.number, f"{s.number} {s.name}") for s in held.stages]  # type: ignore[attr-defined]


@setter
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """What is aimed at, and setting it; ``?aspect=`` and ``?country=`` choose."""
    by, held = who(request), model()
    initial = {"aspects": request.GET.getlist("aspect"), "country": request.GET.get("country", ""), "stage": 3}
    form = TargetForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.aim(by=by, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Set for %(count)s aspects. The board counts by it now.") % {"count": made})
            return redirect("capacity:gaps")
    with viewer(by):
        aims = queries.targets(by)
    lines = [(held.aspects[key], code, row) for (code, key), row in sorted(aims.items()) if key in held.aspects]
    names = {s.number: s.name for s in held.stages}
    context = {"form": form, "lines": [(a, c, r, names.get(r.stage, "")) for a, c, r in lines]}
    return render(request, "capacity/gaps/targets.html", context, status=422 if form.errors else 200)
