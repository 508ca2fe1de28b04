"""Pages of requests for disclosure: ours, those that came to us, one of them, and its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import SUBMITTERS, Refused
from hueandcry.exchange.hits import actions, actions_ask, listing, queries, values, words
from hueandcry.exchange.hits.forms import AnswerForm, AskForm
from hueandcry.exchange.models import Ask, AskPart, LookupAnswer, Report
from hueandcry.exchange.models.hit import Purpose
from hueandcry.members import queries as members
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option

READERS = ("analyst", "administrator", "reporter", "integrator")  # a request may be for any of them alone


@role(*READERS)
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    """The requests that came to us, or those that we made; those overdue first."""
    side = "mine" if request.GET.get("show") == "mine" else "ours"
    wanted = request.GET.get("state", "")
    overdue = request.GET.get("overdue", "") == "1"
    after = request.GET.get("after", "")[:80]
    with viewer(request.viewer) as who:
        rows, following = listing.requests(who, side, state=wanted, overdue=overdue, after=after)
        counts = listing.open_counts(who)
        audit.record(by=who, verb="list", kind="request", count=len(rows))
    filters = [
        Filter("state", _("State"), "one", [Option(s.value, str(s.label)) for s in AskPart.State]),
        Filter("overdue", _("Deadline"), "one", [Option("1", _("Overdue"))]),
    ]
    if side == "mine":  # the panel is a form of its own: it must not lose which side it is on
        filters.append(Filter("show", _("Side"), "one", [Option("mine", _("Asked by us"))]))
    tabs = [
        {"label": _("Asked of us"), "url": "?", "current": side == "ours", "count": counts["ours"]},
        {"label": _("Asked by us"), "url": "?show=mine", "current": side == "mine", "count": counts["mine"]},
    ]
    context = {
        "rows": rows, "next": following, "filters": filters, "tabs": tabs, "side": side,
        "narrowed": bool(wanted or overdue), "may_ask": request.viewer.may(*actions.ROLES),
    }  # fmt: skip
    return render(request, "exchange/hits/requests.html", context)


@role(*actions.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: ViewerRequest) -> HttpResponse:
    """Ask for what was hit: values ticked among answers, or one value (``?value=``), which is looked up on the way."""
    chosen = [int(n) for n in _ticked(request) if n.lstrip("-").isdecimal() and len(n) < 21]
    value = (request.POST.get("value") or request.GET.get("value", ""))[:2_000].strip()
    with viewer(request.viewer) as who:
        hits = queries.hits_of(who, chosen)
    if request.method == "POST" and not hits and not value:
        messages.warning(request, _("Nothing was ticked, so there is nothing to ask for. Tick values first."))
        return redirect("exchange:hits")
    asking = request.method == "POST" and not {"choose", "one"} & set(request.POST)
    form = AskForm(request.POST if asking else None, initial=_start(hits))
    if asking and form.is_valid():
        try:
            return redirect("exchange:request", _ask(request.viewer, form.cleaned_data, hits, value))
        except Refused as error:
            form.add_error(None, error.reason)
    shown = [{"hit": h, "type": words.type_label(h.type), "holders": words.holders(h.organisations)} for h in hits]
    return render(request, "exchange/hits/request_new.html", {"form": form, "hits": shown, "value": value})


def _ticked(request: ViewerRequest) -> list[str]:
    """What was ticked; or the one value whose own button was pressed."""
    return request.POST.getlist("one") or request.POST.getlist("observable")


def _start(hits: list[LookupAnswer]) -> dict[str, Any]:
    """What was said when the values were looked up."""
    if not hits:
        return {}
    question = hits[0].lookup
    return {"purpose": question.purpose, "words": question.words, "case": question.case}


def _ask(by: Viewer, given: dict[str, Any], hits: list[LookupAnswer], value: str) -> UUID:
    observables = [hit.observable for hit in hits]
    if value:
        asked = values.asked([(1, value)], region=by.country)
        told = actions.look_up(by=by, asked=asked, purpose=given["purpose"], words=given["words"], case=given["case"])
        if not told.hits:
            raise Refused(
                _("Nobody else whom you could ask holds this value for this purpose. The question is recorded.")
            )
        with viewer(by) as who:
            observables += list(queries.answers(who, told.lookup, hit="others").values_list("observable", flat=True))
    return actions_ask.ask(
        by=by, observables=observables, purpose=given["purpose"], words=given["words"], case=given["case"],
        answer_by=given["answer_by"],
    )  # fmt: skip


@role(*READERS)
@require_safe
def show(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One request: as who asked sees it, or as its owner does."""
    return _page(request, reference)


def _page(request: ViewerRequest, reference: UUID, bound: AnswerForm | None = None) -> HttpResponse:
    with viewer(request.viewer) as who:
        try:
            found = queries.ask(who, reference)
        except Ask.DoesNotExist:
            raise Http404 from None
        mine = found.organisation == who.organisation
        context = _asked_by_us(who, found) if mine else _asked_of_us(who, found, bound)
        audit.record(by=who, verb="read", kind="request", thing=found.pk)
        asker = members.organisation_names(who, [found.organisation]).get(found.organisation, "")
    late = found.answer_by < actions_ask.today()
    context |= {"ask": found, "asker": asker, "late": late, "purpose": Purpose(found.purpose).label}
    context["may_answer"] = request.viewer.may(*SUBMITTERS)
    context["may_ask"] = request.viewer.may(*actions.ROLES)
    return render(request, "exchange/hits/request_mine.html" if mine else "exchange/hits/request_ours.html", context)


def _asked_by_us(who: Viewer, found: Ask) -> dict[str, Any]:
    parts = sorted(queries.parts_of(who, [found.pk]).get(found.pk, []), key=_first)
    granted = {reference for part in parts for reference in part.granted}
    titles = dict(Report.objects.filter(reference__in=granted).values_list("reference", "title"))
    asked = queries.values_of(who, [found.pk]).get(found.pk, [])
    return {
        "parts": [
            {
                "part": part,
                "reports": [(r, titles[r]) for r in part.granted if r in titles],
                "hidden": sum(r not in titles for r in part.granted),
                "overdue": queries.is_overdue(found.answer_by, part.state),
                "tone": listing.TONES[part.state],
            }
            for part in parts
        ],
        "values": [{"type": words.type_label(v.type), "value": v.value} for v in asked],
        "person": members.person_names(who, [found.person]).get(found.person, ""),
        "open": sum(part.state == AskPart.State.OPEN for part in parts),
    }


def _first(part: queries.Part) -> tuple[bool, bool, bool]:
    """What has to be read or answered comes first; alike parts stay in an order that tells nothing."""
    return (not part.granted, not (part.question and not part.reply), not part.name)


def _asked_of_us(who: Viewer, found: Ask, bound: AnswerForm | None) -> dict[str, Any]:
    shown = []
    for part in queries.parts_to_us(who).filter(ask=found.pk).order_by("pk"):
        held, reports = queries.held_by(who, part)
        start = {
            "reports": [str(r) for r in part.granted],  # nothing is ticked beforehand: showing is a decision
            "conditions": part.conditions,
            "until": part.until or (actions_ask.today() + timedelta(days=90) if part.state == "open" else None),
            "named": part.named,
        }
        mine = bound is not None and bound.prefix == str(part.reference)
        form = bound if mine else AnswerForm(initial=start, reports=reports, prefix=str(part.reference))
        shown.append(
            {
                "part": part,
                "values": [{"type": words.type_label(v.type), "value": v.value} for v in held],
                "reports": reports,
                "form": form,
                "overdue": queries.is_overdue(found.answer_by, part.state),
                "tone": listing.TONES[part.state],
                "live": part.state in actions_ask.LIVE,
            }
        )
    return {"parts": shown}


def _part(request: ViewerRequest, reference: UUID) -> tuple[UUID, list[Report]]:
    """The request that a part to us belongs to, and the reports that were hit. 404 where it is none of ours."""
    with viewer(request.viewer) as who:
        part = queries.parts_to_us(who).filter(reference=reference).first()
        if part is None:
            raise Http404
        return part.ask.reference, queries.held_by(who, part)[1]


def _done(request: ViewerRequest, ask: UUID, do: Callable[[], None], said: str) -> HttpResponse:
    try:
        do()
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, said)
    return redirect("exchange:request", ask)


@role(*SUBMITTERS)
@require_POST
def answer(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Disclose all, part or nothing of what was hit."""
    ask, reports = _part(request, reference)
    form = AnswerForm(request.POST, reports=reports, prefix=str(reference))
    if not form.is_valid():
        return _page(request, ask, form)
    chosen = [] if "refuse" in request.POST else form.chosen()
    if not chosen and "refuse" not in request.POST:
        form.add_error("reports", _("Tick at least one report, or refuse."))
        return _page(request, ask, form)
    given = form.cleaned_data
    said = _("You refused. They have been told.")
    if chosen:
        said = ngettext(
            "They see %(n)s report from now on. You can take it back.",
            "They see %(n)s reports from now on. You can take them back.",
            len(chosen),
        ) % {"n": len(chosen)}
    return _done(
        request,
        ask,
        lambda: actions_ask.answer(
            by=request.viewer, part=reference, reports=chosen, conditions=given["conditions"], until=given["until"],
            named=given["named"],
        ),
        said,
    )  # fmt: skip


@role(*SUBMITTERS)
@require_POST
def question(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Ask back before deciding."""
    ask, _reports = _part(request, reference)
    said = request.POST.get("question", "")
    return _done(
        request,
        ask,
        lambda: actions_ask.question(by=request.viewer, part=reference, words=said),
        _("They have been asked. Their answer will stand here."),
    )


@role(*SUBMITTERS)
@require_POST
def take_back(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Take back what was disclosed."""
    ask, _reports = _part(request, reference)
    reason = request.POST.get("reason", "")
    return _done(
        request,
        ask,
        lambda: actions_ask.take_back(by=request.viewer, part=reference, reason=reason),
        _("It is taken back: they see it no more. They have been told."),
    )


@role(*actions.ROLES)
@require_POST
def reply(request: ViewerRequest, reference: UUID, part: UUID) -> HttpResponse:
    """Answer what an owner asked back."""
    with viewer(request.viewer) as who:
        if not queries.asks(who).filter(reference=reference).exists():
            raise Http404
    said = request.POST.get("reply", "")
    return _done(
        request,
        reference,
        lambda: actions_ask.reply(by=request.viewer, part=part, words=said),
        _("Your answer is sent."),
    )
