"""Pages of permissions and reviews: ask, answer, acknowledge a restriction, renew a handling."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange import queries as reports
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.handling import CODES
from hueandcry.exchange.models import Permission, Report
from hueandcry.exchange.recall import actions_permission as actions
from hueandcry.exchange.recall import queries
from hueandcry.exchange.recall.forms import AnswerForm, AskForm, RenewForm
from hueandcry.members.access import ViewerRequest, member, role
from hueandcry.members.viewer import viewer
from hueandcry.web.filters import Filter, Option

STATES = {"waiting": "doubt", "allowed": "good", "refused": "signal"}


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Ask a report's originator for what one of its codes forbids."""
    code = (request.POST if request.method == "POST" else request.GET).get("code", "")
    report = _report(request, reference)
    if code not in actions.ASKABLE or code not in report.codes:
        raise Http404
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.ask(by=request.viewer, report=report.pk, code=code, **form.cleaned_data)
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("You have asked. The answer comes as a notice, and stands here."))
            return redirect("exchange:permission", made)
    shown = {"report": report, "form": form, "code": code, "words": CODES[code]}
    return render(request, "exchange/recall/ask.html", shown, status=422 if form.errors else 200)


def _report(request: ViewerRequest, reference: UUID) -> Report:
    with viewer(request.viewer) as who:
        try:
            return reports.report(who, reference)
        except Report.DoesNotExist:
            raise Http404 from None


@member
@require_POST
def acknowledge(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Promise to follow a report's restriction."""
    report = _report(request, reference)
    try:
        actions.acknowledge(by=request.viewer, report=report.pk, read=request.POST.get("read", "")[:64])
    except Refused as error:
        messages.error(request, error.reason)
    return redirect("linkage:report", reference)


@member
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    """What one's organisation asked others, and what it was asked."""
    filters = [
        Filter(
            "side", _("Whose"), "one", [Option("ours", _("What we asked")), Option("theirs", _("What we are asked"))]
        ),
        Filter("state", _("State"), "one", [Option(s, _state_words(s)) for s in STATES]),
    ]
    state, after = request.GET.get("state", ""), request.GET.get("after", "")
    with viewer(request.viewer) as who:
        rows, following = queries.permissions(
            who, side=request.GET.get("side", ""), state=state if state in STATES else "", after=_number(after)
        )
        names = queries.names(who, [row.organisation for row in rows])
        audit.record(by=who, verb="read", kind="permission", thing="list", count=len(rows))
        shown = [_shown(row, who.organisation, names) for row in rows]
    narrowed = any(request.GET.get(f.name) for f in filters)
    return render(
        request,
        "exchange/recall/permissions.html",
        {"rows": shown, "next": following, "filters": filters, "narrowed": narrowed},
    )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _shown(row: Permission, own: int | None, names: dict[int, str]) -> dict[str, Any]:
    state = "waiting" if row.answered_at is None else "allowed" if row.allowed else "refused"
    return {
        "one": row,
        "ours": row.organisation == own,
        "who": names.get(row.organisation, ""),
        "state": _state_words(state),
        "tone": STATES[state],
        "words": CODES[row.code],
        "late": state == "waiting" and row.answer_by is not None and row.answer_by < _today(),
    }


def _state_words(state: str) -> str:
    return {"waiting": _("waiting for an answer"), "allowed": _("allowed"), "refused": _("refused")}[state]


def _today() -> date:
    return datetime.now(UTC).date()


@member
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One question with its answer; the originator answers here."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        allowed = request.POST.get("answer") == "allow"
        try:
            conditions = form.cleaned_data["conditions"]
            actions.answer(by=request.viewer, permission=reference, allowed=allowed, conditions=conditions)
        except Permission.DoesNotExist:
            raise Http404 from None
        except Refused as error:
            messages.error(request, error.reason)
        else:
            messages.success(request, _("Your answer has gone to who asked."))
        return redirect("exchange:permission", reference)
    with viewer(request.viewer) as who:
        try:
            found = queries.permission(who, reference)
        except Permission.DoesNotExist:
            raise Http404 from None
        shown = _shown(found, who.organisation, queries.names(who, [found.organisation]))
        audit.record(by=who, verb="read", kind="permission", thing=found.pk)
    shown["may_answer"] = not shown["ours"] and who.may(*SUBMITTERS) and found.allowed is not False
    return render(request, "exchange/recall/permission.html", {**shown, "form": form, "report": found.report})


@member
@require_safe
def reviews(request: ViewerRequest) -> HttpResponse:
    """One's own reports whose handling is due to be looked at again."""
    with viewer(request.viewer) as who:
        rows, following = queries.reviews(who, until=_today(), after=_place(request.GET.get("after", "")))
        audit.record(by=who, verb="list", kind="report", count=len(rows))
    shown = {"rows": rows, "next": f"{following[0]}.{following[1]}" if following else None}
    return render(request, "exchange/recall/reviews.html", shown)


def _place(text: str) -> tuple[date, int] | None:
    day, _dot, number = text.partition(".")
    try:
        return (date.fromisoformat(day), _number(number) or 0) if day else None
    except ValueError:
        return None


@role(*SUBMITTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Say that a handling still holds; to change it there is the page of the handling."""
    report = _report(request, reference)
    if report.organisation_id != request.viewer.organisation:
        raise Http404
    form = RenewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.renew(by=request.viewer, report=report.pk, review_on=form.cleaned_data["review_on"])
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Its handling still holds."))
            return redirect("exchange:reviews")
    shown = {"report": report, "form": form}
    return render(request, "exchange/recall/review.html", shown, status=422 if form.errors else 200)
