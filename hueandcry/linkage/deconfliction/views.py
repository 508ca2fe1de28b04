"""Pages of deconfliction: what we work on, where that meets another agency, one meeting."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.deconfliction import actions, queries
from hueandcry.linkage.deconfliction.forms import CloseForm, InterestForm, MessageForm, ToldForm
from hueandcry.linkage.models import Interest, InterestValue, OverlapSide
from hueandcry.members.access import ViewerRequest, role
from hueandcry.members.paging import page, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web.filters import Filter, Option

PAGE, MET = 50, 20  # rows of a list; overlaps named on the page of an interest
View = Callable[..., HttpResponse]


def agency(view: View) -> View:
    """Behind the rule of access: only for law enforcement; others are told so, and not what is here."""

    @wraps(view)
    def guarded(request: ViewerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not queries.takes_part(request.viewer.organisation):
            return render(request, "linkage/deconfliction/others.html", status=403)
        return view(request, *args, **kwargs)

    return guarded


@role(*actions.ROLES)
@require_safe
@agency
def index(request: ViewerRequest) -> HttpResponse:
    """Where our work meets that of another agency, urgent first; or what we work on."""
    mine = request.GET.get("show") == "interests"
    with viewer(request.viewer) as who:
        context = _interests(who, request) if mine else _overlaps(who, request)
        open_sides = queries.sides(who, closed=False).count()
        held = queries.of_state(queries.interests(who), "open").count()
        audit.record(by=who, verb="list", kind="interest" if mine else "overlap", count=len(context["rows"]))
    tabs = [
        {"label": _("Overlaps"), "url": "?", "current": not mine, "count": open_sides},
        {"label": _("What we work on"), "url": "?show=interests", "current": mine, "count": held},
    ]
    return render(request, "linkage/deconfliction/index.html", context | {"tabs": tabs, "mine": mine, "held": held})


def _overlaps(who: Viewer, request: ViewerRequest) -> dict[str, Any]:
    state = request.GET.get("state", "")
    found = queries.sides(who, closed={"open": False, "closed": True}.get(state))
    shown = page(found, request.GET, {"met": "at"}, "-met", PAGE)
    pressing = list(queries.sides(who, closed=False, urgent=True)[:PAGE])
    ours = {one.pk: one for one in queries.interests(who).filter(pk__in=[s.interest for s in (*shown.rows, *pressing)])}
    filters = [Filter("state", _("State"), "one", [Option("open", _("open")), Option("closed", _("closed"))])]
    return {
        "rows": [_overlap_row(who, side, ours) for side in shown.rows],
        "pressing": [_overlap_row(who, side, ours) for side in pressing if not side.stand],
        "page": shown,
        "filters": filters,
        "narrowed": bool(state),
        "total": found.count(),
    }


def _overlap_row(who: Viewer, side: OverlapSide, ours: dict[int, Interest]) -> dict[str, Any]:
    return {
        "side": side,
        "interest": ours[side.interest],
        "other": queries.other(who, side.reference),
        "kinds": [str(OverlapSide.Kind(kind).label) for kind in side.kinds],
        "urgent": side.urgent_at is not None and side.closed_at is None,
    }


def _interests(who: Viewer, request: ViewerRequest) -> dict[str, Any]:
    state, asked = request.GET.get("state", ""), words(request.GET, "q")
    found = queries.worded(queries.of_state(queries.interests(who), state), asked)
    shown = page(found, request.GET, {"title": "title", "until": "until", "registered": "at"}, "-registered", PAGE)
    counts = queries.counts(who, [one.pk for one in shown.rows])
    rows = [
        {
            "interest": one,
            "values": counts[one.pk][0],
            "overlaps": counts[one.pk][1],
            "holds": queries.holds(one),
            "near": queries.holds(one) and queries.is_near(one),
        }
        for one in shown.rows
    ]
    filters = [
        Filter("q", _("Words"), "text"),
        Filter("state", _("State"), "one", [Option("open", _("holds")), Option("ended", _("ended"))]),
        Filter("show", _("Side"), "one", [Option("interests", _("What we work on"))]),  # the panel is a form of its own
    ]
    return {"rows": rows, "page": shown, "filters": filters, "narrowed": bool(state or asked), "total": found.count()}


@role(*actions.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
@agency
def new(request: ViewerRequest) -> HttpResponse:
    """Register what we work on; ``?about=`` is the address of a crime or an operation."""
    start = {"thing": request.GET.get("about", "")[:500]}
    form = InterestForm(request.POST or None, initial=start, region=request.viewer.country)
    if request.method == "POST" and form.is_valid():
        try:
            reference = actions.register(by=request.viewer, wish=form.wish())
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Registered. If another agency is at the same thing, both of you are told."))
            return redirect("linkage:interest", reference)
    with viewer(request.viewer) as who:
        budget = queries.budget(who)
    context = {"form": form, "budget": budget[0] if budget else None}
    return render(request, "linkage/deconfliction/new.html", context, status=422 if form.errors else 200)


@role(*actions.ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
@agency
def interest(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One of our interests; what is told of it can be changed."""
    with viewer(request.viewer) as who:
        try:
            found = queries.interest(who, reference)
        except Interest.DoesNotExist:
            raise Http404 from None
        context = {
            "interest": found,
            "values": _shown(queries.values(who, found.pk)),
            "thing": queries.thing(who, found),
            "sides": [
                (side, queries.other(who, side.reference))
                for side in queries.sides(who).filter(interest=found.pk).order_by("-pk")[:MET]
            ],
            "holds": queries.holds(found),
            "near": queries.is_near(found),
        }
        audit.record(by=who, verb="read", kind="interest", thing=found.pk)
    form = ToldForm(request.POST or None, initial=ToldForm.start(found))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(by=request.viewer, interest=reference, **form.told())
        except Refused as error:
            form.add_error(None, error.reason)
        else:
            messages.success(request, _("Changed."))
            return redirect("linkage:interest", reference)
    status = 422 if form.errors else 200
    return render(request, "linkage/deconfliction/interest.html", context | {"form": form}, status=status)


@role(*actions.ROLES)
@require_POST
@agency
def withdraw(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Take an interest back."""
    try:
        actions.withdraw(by=request.viewer, interest=reference)
    except Interest.DoesNotExist:
        raise Http404 from None
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, _("Taken back: it meets nothing any more."))
    return redirect("linkage:interest", reference)


@role(*actions.ROLES)
@require_safe
@agency
def overlap(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """One meeting: what of ours met, what they tell, what both said."""
    return _page(request, reference)


def _page(request: ViewerRequest, reference: UUID, **bound: Any) -> HttpResponse:
    with viewer(request.viewer) as who:
        try:
            side = queries.side(who, reference)
        except OverlapSide.DoesNotExist:
            raise Http404 from None
        mine = queries.interests(who).get(pk=side.interest)
        context = {
            "side": side,
            "interest": mine,
            "holds": queries.holds(mine),
            "thing": queries.thing(who, mine),
            "values": _shown(queries.values(who, mine.pk, side.values)),
            "kinds": [str(OverlapSide.Kind(kind).label) for kind in side.kinds],
            "other": queries.other(who, reference),
            "written": [{"ours": one.side == side.pk, "message": one} for one in queries.messages(who, side)],
            "urgent": side.urgent_at is not None and side.closed_at is None,
        }
        audit.record(by=who, verb="read", kind="overlap", thing=side.pk)
    forms = {"message": MessageForm(), "close": CloseForm()} | bound
    return render(request, "linkage/deconfliction/overlap.html", context | forms, status=422 if bound else 200)


def _shown(held: list[InterestValue]) -> list[dict[str, str]]:
    return [{"type": TYPES[one.type].label if one.type in TYPES else one.type, "value": one.value} for one in held]


def _done(request: ViewerRequest, reference: UUID, do: Callable[[], None], said: str) -> HttpResponse:
    try:
        do()
    except OverlapSide.DoesNotExist:
        raise Http404 from None
    except Refused as error:
        messages.error(request, error.reason)
    else:
        messages.success(request, said)
    return redirect("linkage:overlap", reference)


@role(*actions.ROLES)
@require_POST
@agency
def stand(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Say "go on" or "talk first"."""
    said = request.POST.get("stand", "")
    told = _("Recorded, with the time. They are told.")
    return _done(request, reference, lambda: actions.stand(by=request.viewer, side=reference, stand=said), told)


@role(*actions.ROLES)
@require_POST
@agency
def write(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Write to the other side."""
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, reference, message=form)
    said = form.cleaned_data["words"]
    return _done(request, reference, lambda: actions.write(by=request.viewer, side=reference, words=said), _("Sent."))


@role(*actions.ROLES)
@require_POST
@agency
def close(request: ViewerRequest, reference: UUID) -> HttpResponse:
    """Close one's own side."""
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, reference, close=form)
    outcome = form.cleaned_data["outcome"]
    told = _("Closed for you. They see how it ended.")
    return _done(request, reference, lambda: actions.close(by=request.viewer, side=reference, outcome=outcome), told)
