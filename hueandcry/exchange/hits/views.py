"""Pages of hit or no hit: asking, what was learnt, and who asked about what we hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.audit import csv_cells
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits import actions, budget, queries, words
from hueandcry.exchange.hits.forms import LookupForm
from hueandcry.exchange.models import Lookup, LookupAnswer
from hueandcry.exchange.models.hit import Purpose
from hueandcry.members import paging
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option

ASKED = {"asked": "at"}
FOUND = {"holders": "organisations", "type": "type", "value": "value"}
OWNERS = (*actions.ROLES, "reporter", "integrator")  # whoever sends reports may be told that one was asked about
UNREAD = 200  # lines that were no value shown on the page; the export holds all


def tabs(request: ViewerRequest, current: str) -> list[dict[str, Any]]:
    """The two sides: what we asked, and who asked about what is ours."""
    sides = [("ours", _("Who asked about ours"), "/hits/ours/")]
    if request.viewer.may(*actions.ROLES):
        sides.insert(0, ("hits", _("Ask what others hold"), "/hits/"))
    return [{"label": label, "url": url, "current": key == current} for key, label, url in sides]


@role(*actions.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: ViewerRequest) -> HttpResponse:
    """The form that asks, and the questions of before."""
    form = LookupForm(
        request.POST or None,
        request.FILES or None,
        region=request.viewer.country,
        initial={"values": _start(request)},
    )
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            told = actions.look_up(
                by=request.viewer, asked=form.asked, purpose=given["purpose"], words=given["words"], case=given["case"]
            )
        except Refused as error:
            refused = error
        else:
            return redirect("exchange:hit", told.reference)
    with viewer(request.viewer) as who:
        page = paging.page(queries.lookups(who), request.GET, ASKED, "-asked", size=20)
        context = {
            "form": form,
            "refused": refused,
            "tabs": tabs(request, "hits"),
            "page": page,
            "people": members.person_names(who, {row.person for row in page.rows}),
            "budget": budget.left(),
        }
        audit.record(by=who, verb="list", kind="lookup", count=len(page.rows))
    status = 429 if isinstance(refused, budget.OverBudget) else 200
    response = render(request, "exchange/hits/index.html", context, status=status)
    if isinstance(refused, budget.OverBudget) and refused.retry_after is not None:
        response.headers["Retry-After"] = str(refused.retry_after)
    return response


def _start(request: ViewerRequest) -> str:
    """What the form begins with: one value of the address, or those of a report that the viewer sees."""
    try:
        reference = UUID(request.GET.get("report", ""))
    except ValueError:
        return request.GET.get("value", "")[:2_000]
    with viewer(request.viewer) as who:
        audit.record(by=who, verb="read", kind="report", thing=reference, detail={"part": "values"})
        return "\n".join(queries.values_in(who, reference))


def _found(who: Viewer, reference: UUID) -> Lookup:
    try:
        return queries.lookup(who, reference)
    except Lookup.DoesNotExist:
        raise Http404 from None


def _narrowed(who: Viewer, found: Lookup, query: QueryDict) -> Any:
    hit = query.get("hit", "")
    return queries.answers(
        who,
        found.pk,
        hit=hit if hit in ("others", "seen") else "",
        types=paging.chosen(query, "type"),
        words=paging.words(query, "q"),
    )


@role(*actions.ROLES)
@require_safe
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """What was learnt of one question."""
    with viewer(request.viewer) as who:
        found = _found(who, reference)
        answers = _narrowed(who, found, request.GET)
        page = paging.page(answers, request.GET, FOUND, "-holders")
        seen = queries.seen(who, [row.observable for row in page.rows])
        types = sorted(set(queries.answers(who, found.pk).values_list("type", flat=True)))
        only_seen = queries.answers(who, found.pk, hit="seen").count()
        audit.record(by=who, verb="read", kind="lookup", thing=found.pk, count=len(page.rows))
    filters = [
        Filter("q", _("Part of the value"), "text"),
        Filter(
            "hit", _("Who holds it"), "one", [Option("others", _("Others")), Option("seen", _("Only what you see"))]
        ),
        Filter("type", _("Type"), "many", [Option(t, words.type_label(t)) for t in types]),
    ]
    unread = [(line, text, words.unread_reason(why)) for line, text, why in found.unread[:UNREAD]]
    context = {
        "question": found,
        "own": found.person == request.viewer.person,
        "rows": [_row(answer, seen.get(answer.observable)) for answer in page.rows],
        "page": page,
        "filters": filters,
        "only_seen": only_seen,
        "unknown": found.asked - found.hits - only_seen,
        "unread": unread,
        "unread_count": len(found.unread),
        "any": bool(types),
    }
    return render(request, "exchange/hits/show.html", context)


def _row(answer: LookupAnswer, seen: queries.Seen | None) -> dict[str, Any]:
    return {
        "answer": answer,
        "type": words.type_label(answer.type),
        "holders": words.holders(answer.organisations) if answer.organisations else "",
        "kinds": words.kinds(answer.kinds),
        "last_seen": words.last_seen(answer),
        "seen": seen,
    }


@role(*actions.ROLES)
@require_safe
def export(request: ViewerRequest, reference: UUID) -> StreamingHttpResponse:
    """The answers as filtered, and the lines that were no value, as a table; the audit act comes first."""
    with viewer(request.viewer) as who:
        found = _found(who, reference)
        answers = list(_narrowed(who, found, request.GET).order_by("-organisations", "type", "value"))
        seen = queries.seen(who, [answer.observable for answer in answers])
        audit.record(by=who, verb="export", kind="lookup", thing=found.pk, count=len(answers))
    header = ("type", "value", "organisations", "kinds", "last seen", "names", "reports that you see", "line", "reason")
    rows: list[tuple[object, ...]] = [
        (
            a.type, a.value, words.holders(a.organisations) if a.organisations else "", words.kinds(a.kinds),
            words.last_seen(a), "; ".join(a.names), seen[a.observable].count if a.observable in seen else 0, "", "",
        )
        for a in answers
    ]  # fmt: skip
    if found.person == request.viewer.person:
        rows += [("", text, "", "", "", "", "", line, words.unread_reason(why)) for line, text, why in found.unread]
    response = StreamingHttpResponse(
        (part.encode() for part in ("\ufeff", *csv_cells.lines(header, rows))), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="hue-and-cry-hits.csv"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@role(*OWNERS)
@require_safe
def ours(request: ViewerRequest) -> HttpResponse:
    """Who asked about values that our reports hold."""
    purpose = request.GET.get("purpose", "")
    try:
        question = UUID(request.GET.get("question", ""))
    except ValueError:
        question = None
    after = request.GET.get("after", "")
    with viewer(request.viewer) as who:
        rows, following = queries.asked_of_us(
            who,
            question=question,
            purpose=purpose if purpose in Purpose.values else "",
            after=int(after) if after.isdecimal() and len(after) < 19 else None,
        )
        audit.record(by=who, verb="list", kind="lookup notice", count=len(rows))
    shown = [{"one": row, "purpose": Purpose(row.purpose).label, "type": words.type_label(row.type)} for row in rows]
    filters = [Filter("purpose", _("What for"), "one", [Option(p.value, str(p.label)) for p in Purpose])]
    context = {
        "rows": shown, "next": following, "filters": filters, "tabs": tabs(request, "ours"), "question": question,
        "narrowed": bool(purpose or question),
    }  # fmt: skip
    return render(request, "exchange/hits/ours.html", context)
