"""The list of countries, the page of one, and its briefing of two pages."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.countries import is_code
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.viewer import viewer
from hueandcry.picture.countries import briefing as paper
from hueandcry.picture.countries.gathered import Country, gathered
from hueandcry.picture.dashboard import charts, figures, words
from hueandcry.picture.dashboard.answers import answer
from hueandcry.picture.dashboard.rates import rates
from hueandcry.picture.dashboard.views import ground_of, reports_url
from hueandcry.picture.question import Question
from hueandcry.picture.reference import regions
from hueandcry.picture.trends.words import line
from hueandcry.web.charts import Chart

CHARTS = (
    "months",
    "classes",
    "sectors",
    "sources",
    "types",
    "class-by-sector",
    "overlap",
    "completeness",
    "timeliness",
)
TWO = {"classes", "sectors", "sources", "types", "completeness", "timeliness"}


@member
@require_safe
def countries(request: ViewerRequest) -> HttpResponse:
    """The countries of victims that the picture can say something about, with their rates."""
    with viewer(request.viewer) as who:
        found = answer(who, Question(), deep=False)
        audit.record(by=who, verb="read", kind="picture", detail={"page": "countries"})
    held = rates(found.frozen, found.table("country")) if found else None
    context = {
        "rates": held,
        "as_of": words.as_of(found.frozen.at, found.frozen.number) if found else "",
        "told": sum(row.cell.value is not None for row in held.rows) if held else 0,
    }
    return render(request, "picture/countries/countries.html", context)


@member
@require_safe
def country(request: ViewerRequest, code: str) -> HttpResponse:
    """What is known of one country."""
    found = _found(request, code, "read")
    if found is None:
        return render(request, "picture/countries/nothing.html", {"name": words.country(code)})
    held = found.answer
    drawn = charts.drawn(ground_of(request, held)) if held.told else {}
    context = {
        "code": code,
        "name": words.country(code),
        "title": figures.title(held),
        "sentence": figures.sentence(held),
        "figures": figures.three(held),
        "told": held.told,
        "estimate": found.estimate,
        "region": _(regions.label_of(found.region)),
        "as_of": words.as_of(held.frozen.at, held.frozen.number),
        "against": found.against,
        "groups": _groups(drawn),
        "not_drawn": charts.silent(held) if held.told else [],
        "silent": [words.sector(key) for key in found.silent],
        "signals": [line(signal) for signal in found.signals],
        "releases": found.releases,
        "picture_url": f"/picture/?country={code}",
        "reports_url": reports_url(held.question),
        "missing": paper.missing(),
        "citation": words.citation(
            figures.title(held), held.frozen.at, held.frozen.number, request.build_absolute_uri()
        ),
    }
    return render(request, "picture/countries/country.html", context)


@member
@require_safe
def briefing(request: ViewerRequest, code: str) -> HttpResponse:
    """The briefing as PDF; where it cannot be made, why."""
    found = _found(request, code, "export")
    if found is None or not found.answer.told:
        raise Http404
    if why := paper.missing():
        return HttpResponse(why, status=503, content_type="text/plain; charset=utf-8")
    address = request.build_absolute_uri(f"/picture/countries/{code}/")
    response = HttpResponse(paper.pdf(paper.content(found, address)), content_type="application/pdf")
    name = f"briefing-{code}-freeze-{found.answer.frozen.number}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(request: ViewerRequest, code: str, verb: str) -> Country | None:
    if not is_code(code):
        raise Http404
    with viewer(request.viewer) as who:
        found = gathered(who, code)
        audit.record(by=who, verb=verb, kind="picture", detail={"page": "country", "country": code})
    return found


def _groups(drawn: dict[str, Chart]) -> list[tuple[list[Chart], bool]]:
    """Charts in runs that stand side by side or alone."""
    made: list[tuple[list[Chart], bool]] = []
    for name in CHARTS:
        if name not in drawn:
            continue
        two = name in TWO
        if made and made[-1][1] and two:
            made[-1][0].append(drawn[name])
        else:
            made.append(([drawn[name]], two))
    return made
