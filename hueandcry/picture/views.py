"""The page of the picture, and each of its charts as a table to download."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.exchange.table import defuse
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.viewer import viewer
from hueandcry.picture import charts, queries, words
from hueandcry.picture.figures import ADDRESS, Cells, Question, asked, change
from hueandcry.web.charts import SUPPRESSED, Chart


@member
@require_safe
def picture(request: ViewerRequest) -> HttpResponse:
    """What the alliance reports, as far as cells protect: filtered by what the address says."""
    question, passed = asked(_lists(request.GET))
    today = datetime.now(UTC).date()
    cells, whole = _read(request, question, verb="read")
    filters = words.filters(cells, question, today)
    context = {
        "title": words.title(question, cells),
        "sentence": words.sentence(question, cells),
        "figures": words.figures(cells, change(cells.counts("month"), today), today),
        "filters": filters,
        "strange": words.strange(filters, passed),
        "refusals": [] if cells.total else words.refusals(filters, question, whole),
        "charts": charts.drawn(charts.Ground(cells, question, today, _query(question))),
        "shown": cells.total is not None,
        "empty": whole.total is None,
        "may_send": request.viewer.may(*SUBMITTERS),
    }
    return render(request, "picture/picture.html", context)


@member
@require_safe
def table(request: ViewerRequest, name: str) -> HttpResponse:
    """One chart as CSV, with the page's filters; cells that a spreadsheet would run are defused."""
    if name not in charts.CHARTS:
        raise Http404
    question, _passed = asked(_lists(request.GET))
    cells, _whole = _read(request, question, verb="export", detail={"chart": name})
    made = charts.CHARTS[name](charts.Ground(cells, question, datetime.now(UTC).date()))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="picture-{name}.csv"'
    _write(response, made)
    return response


def _read(
    request: ViewerRequest, question: Question, *, verb: str, detail: dict[str, Any] | None = None
) -> tuple[Cells, Cells]:
    """The cells of the question and, where it has none, those without a filter. Looking at statistics is one act."""
    with viewer(request.viewer) as who:
        cells = queries.cells(who, question)
        whole = cells if cells.total or not question.filtered else queries.cells(who, Question())
        asked_for = {name: getattr(question, name) for name in question.set_names()}
        audit.record(by=who, verb=verb, kind="picture", detail={"filters": asked_for} | (detail or {}))
    return cells, whole


def _write(response: HttpResponse, chart: Chart) -> None:
    out = csv.writer(response)
    late = [""] if chart.provisional_from else []
    out.writerow([defuse(str(column.label)) for column in chart.columns] + (["state"] if late else []))
    for row in chart.rows:
        cells = ["fewer than 10 or from fewer than 3" if cell is SUPPRESSED else defuse(str(cell)) for cell in row]
        state = "provisional" if late and str(row[0]) >= chart.provisional_from else ""
        out.writerow(cells + ([state] if late else []))


def _lists(query: QueryDict) -> dict[str, list[str]]:
    return {key: [str(value) for value in values] for key, values in query.lists()}


def _query(question: Question) -> str:
    made = QueryDict(mutable=True)
    for name, field in ADDRESS.items():
        if getattr(question, field) is not None:
            made[name] = str(getattr(question, field))
    return made.urlencode()
