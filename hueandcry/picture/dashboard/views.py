"""The page of the picture, its charts as files, and the office's button that takes a freeze."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, member, secretariat
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.picture import queries
from hueandcry.picture.dashboard import charts, downloads, figures, words
from hueandcry.picture.dashboard.answers import COMPARED, Answer, answer, asking
from hueandcry.picture.dashboard.evidence import ESTIMATED
from hueandcry.picture.dashboard.ground import Ground
from hueandcry.picture.dashboard.rates import rates
from hueandcry.picture.question import FILTERS, Number, Question, addressed, asked

NUMBERS: tuple[Number, ...] = ("distinct", "reported", "estimated")
FORMS = {
    "csv": ("text/csv; charset=utf-8", downloads.as_table),
    "parquet": ("application/vnd.apache.parquet", downloads.as_parquet),
}


@member
@require_safe
def picture(request: ViewerRequest) -> HttpResponse:
    """How much there is: filtered by what the address says, out of the last freeze."""
    question, passed = asked(_lists(request.GET))
    with viewer(request.viewer) as who:
        found = answer(who, question)
        narrow = queries.narrow(who, question) if found and not found.told else {}
        offer = asking(who, found) if found else None
        audit.record(by=who, verb="read", kind="picture", detail={"question": question.address()})
    may_freeze = members.works_in_office(request.viewer)
    if found is None:
        able = {"may_freeze": may_freeze, "may_send": request.viewer.may(*SUBMITTERS)}
        return render(request, "picture/dashboard/nothing.html", able)
    declared = words.filters(question, found.tables)
    ground = ground_of(request, found)
    drawn = charts.drawn(ground) if found.told else {}
    context = {
        "title": figures.title(found),
        "sentence": figures.sentence(found),
        "figures": figures.three(found),
        "as_of": words.as_of(found.frozen.at, found.frozen.number),
        "frozen": found.frozen,
        "numbered": found.distinct is not None and found.distinct.value is not None,
        "told": found.told,
        "filters": declared,
        "strange": [*words.strange(declared, passed), *words.too_many(question, COMPARED)],
        "refusals": refusals(question, narrow),
        "tabs": tabs(question),
        "groups": groups(drawn),
        "silent": charts.silent(found) if found.told else [],
        "empty": found.total is None,
        "rates": rates(found.frozen, found.table("country"), question.country) if question.measure == "count" else None,
        "estimating": question.number == "estimated",
        "estimate": offer,
        "refused": _refused(found),
        "reports_url": ground.reports_url,
        "may_freeze": may_freeze,
        "citation": words.citation(
            figures.title(found),
            found.frozen.at,
            found.frozen.number,
            request.build_absolute_uri(request.get_full_path()),
        ),
    }
    return render(request, "picture/dashboard/picture.html", context)


@member
@require_safe
def chart_file(request: ViewerRequest, name: str, form: str) -> HttpResponse:
    """One chart as a file, with the page's filters; the file says what it is."""
    if form not in FORMS:
        raise Http404
    question, _passed = asked(_lists(request.GET))
    with viewer(request.viewer) as who:
        found = answer(who, question)
        audit.record(by=who, verb="export", kind="picture", detail={"question": question.address(), "chart": name})
    drawn = charts.drawn(ground_of(request, found)) if found and found.told else {}
    if found is None or name not in drawn:
        raise Http404
    media, written = FORMS[form]
    response = HttpResponse(written(drawn[name], found), content_type=media)
    file = f"picture-{name}-freeze-{found.frozen.number}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


@secretariat
@require_POST
def freeze(request: ViewerRequest) -> HttpResponse:
    """Take a freeze now: put to the worker, since it takes as long as there are reports."""
    from hueandcry.picture.tasks import take_freeze

    take_freeze.defer(person=request.viewer.person or 0)
    messages.success(request, _("A freeze is being taken. It takes up to a minute; then look again."))
    return redirect("picture:picture")


@member
@require_POST
def estimate(request: ViewerRequest) -> HttpResponse:
    """Have the question of the page estimated: put to the worker, since it takes some seconds to a minute."""
    from hueandcry.picture import estimates

    question = replace(addressed(request.POST.get("question", "")), number="estimated", measure="count")
    with viewer(request.viewer) as who:
        came = estimates.asked_for(who, question)
        audit.record(by=who, verb="ask", kind="picture", detail={"estimate": question.address(), "came": came})
    said = {  # what was asked for, or is there, the page itself says
        "busy": _("Too many estimates wait already. Nothing was lost: ask again in some minutes."),
        "": _("There is no freeze to estimate from yet."),
    }
    if came in said:
        messages.warning(request, said[came])
    return redirect(f"{reverse('picture:picture')}?{question.address()}")


def ground_of(request: HttpRequest, found: Answer, page: str = "/picture/") -> Ground:
    """What the charts of a page stand on; the link to reports for whoever reads reports."""
    who: Viewer = request.viewer  # type: ignore[attr-defined]
    reads = who.may("analyst", "administrator", "reader", "reporter", "integrator")
    return Ground(
        found, request.build_absolute_uri("/").rstrip("/"), page, reports_url(found.question) if reads else ""
    )


def reports_url(question: Question) -> str:
    """The list of reports with the filters that it has too."""
    pairs = [(name, value) for name in ("class", "sector", "country") for value in question.filters.get(name, ())]
    return "/reports/" + (f"?{urlencode(pairs)}" if pairs else "")


def tabs(question: Question) -> list[dict[str, Any]]:
    """The switch between the three numbers, each a link that keeps the filters."""
    return [
        {
            "label": words.number_name(number),
            "url": "?" + replace(question, number=number).address(),
            "current": number == question.number,
        }
        for number in NUMBERS
    ]


def groups(drawn: dict[str, Any]) -> list[tuple[str, list[Any], bool]]:
    """Charts under their headings; the flag says that two stand side by side."""
    placed = (
        (_("Estimated"), [name for name, _dimension in ESTIMATED], True),
        (_("Over time"), ["months", "countries-over-time"], False),
        (_("Where and whom"), ["countries"], False),
        ("", ["class-by-sector"], False),
        (_("What, who, how"), [name for name, _dimension in charts.RANKED], True),
        (_("In law"), ["offences"], False),
        (_("Who tells"), ["overlap"], False),
        (_("How good the data are"), ["completeness", "timeliness"], True),
        ("", ["coverage"], False),
    )
    made = [(title, [drawn[name] for name in names if name in drawn], two) for title, names, two in placed]
    return [group for group in made if group[1]]


def refusals(question: Question, narrow: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """Why a question has no answer: each filter that singles out a small group together with the others, and the same
    question without it."""
    made = []
    for name, values in narrow.items():
        if name == "period":
            said = _("The period begins or ends with a month of no or too few cases: make it longer.")
            wider = replace(question, first="", last="")
        elif values and name in FILTERS:
            dimension: Any = "offence" if name == "law" else name
            said = ", ".join(words.said(dimension, value) for value in values)
            wider = question.without(name) if len(values) == len(question.filters.get(name, ())) else question
            for value in values:
                wider = wider.without(name, value)
        else:
            said = _("What this filter leaves out is too small to be subtracted: %(filter)s.") % {"filter": name}
            wider = question.without(name)
        made.append({"said": said, "url": f"?{wider.address()}"})
    return made


def _refused(found: Answer) -> str:
    held = found.estimate(replace(found.question, number="distinct"))
    return held.reason if held and held.estimate is None else ""


def _lists(query: QueryDict) -> dict[str, list[str]]:
    return {key: [str(value) for value in values] for key, values in query.lists()}
