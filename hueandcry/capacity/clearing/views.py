"""Pages of the clearing house: the calls, one, its places; matching for who asks. HTTP only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity import choices
from hueandcry.capacity.clearing import actions, queries
from hueandcry.capacity.clearing.forms import CallForm, OfferForm, PlaceForm
from hueandcry.capacity.clearing.life import LIVE, UNDER_WAY
from hueandcry.capacity.clearing.matching import CONFLICT, OTHERS, SAME_TIME, Reason
from hueandcry.capacity.clearing.words import said
from hueandcry.capacity.models import Assignment, Call, Invitation, Offer, Place, Resource
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page, words
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import acted, csv_file, found, who
from hueandcry.web.filters import Filter, Option

writer = role(*actions.ROLES)
SORTS = {"added": "pk", "title": "title"}
SHOWN = 30  # of those who do not fit a place; the rest are counted
HEADER = ("reference", "title", "country", "state", "places", "aspects", "opened", "answer_by", "outcome")


def _asked(request: HttpRequest) -> dict[str, Any]:
    state = request.GET.get("state", "")
    return {
        "state": state if state in Call.State.values else "",
        "country": request.GET.get("country", "")[:2].upper(),
        "words": words(request.GET, "q"),
        "mine": bool(request.GET.get("mine")),
    }


@require_safe
@member
def calls(request: HttpRequest) -> HttpResponse:
    """The calls that one may see, narrowed."""
    by, wanted = who(request), _asked(request)
    with viewer(by):
        rows = queries.calls(by, **wanted)
        total = rows.count()
        shown = page(rows, request.GET, SORTS, "-added")
        names = organisation_names(by, [row.organisation for row in shown.rows])
        lines = [(row, names.get(row.organisation, "")) for row in shown.rows]
        audit.record(by=by, verb="list", kind="call", count=len(lines))
    filters = [
        Filter("q", _("Words of the call"), "text"),
        Filter("state", _("State"), "one", [Option(value, str(label)) for value, label in Call.State.choices]),
        Filter("country", _("Country"), "one", [Option(*each) for each in choices.country_choices()]),
        Filter("mine", _("Whose"), "one", [Option("1", _("of your organisation"))]),
    ]
    context = {"lines": lines, "page": shown, "total": total, "filters": filters, "narrowed": any(wanted.values()),
               "may_write": by.may(*actions.ROLES)}  # fmt: skip
    return render(request, "capacity/clearing/calls.html", context)


@require_safe
@member
def as_csv(request: HttpRequest) -> HttpResponse:
    """The same, as a file."""
    by = who(request)
    with viewer(by):
        rows = list(queries.calls(by, **_asked(request))[:10_000])
        audit.record(by=by, verb="export", kind="call", count=len(rows))
    lines = [_cells(row) for row in rows]
    return csv_file("calls", HEADER, lines)


def _cells(row: Call) -> tuple[object, ...]:
    places = row.number_of_places  # type: ignore[attr-defined]
    opened = row.opened_at.date() if row.opened_at else ""
    return (row.reference, row.title, row.country, row.state, places, " ".join(row.aspects), opened,
            row.answer_by or "", row.outcome)  # fmt: skip


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a call; ``?country=`` and ``?aspect=`` fill in what a gap wants."""
    initial = {"country": request.GET.get("country", ""), "aspects": request.GET.getlist("aspect")}
    form = CallForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft(by=who(request), asked=form.asked())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Begun. Your organisation alone sees it. Now say who is wanted, and when."))
            return redirect("capacity:call", made)
    return render(request, "capacity/clearing/new.html", {"form": form}, status=422 if form.errors else 200)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Change a draft."""
    by = who(request)
    with viewer(by):
        one = found(lambda: Call.objects.get(reference=reference, organisation=by.organisation or 0))
    form = CallForm(request.POST or None, initial=CallForm.told(one))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(by=by, call=reference, asked=form.asked())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            return redirect("capacity:call", reference)
    context = {"form": form, "call": one}
    return render(request, "capacity/clearing/new.html", context, status=422 if form.errors else 200)


@require_safe
@member
def call(request: HttpRequest, reference: UUID) -> HttpResponse:
    """One call: for who asks with those who would fit, for others with what they offer."""
    return _page(request, reference)


def _page(request: HttpRequest, reference: UUID, **forms: Any) -> HttpResponse:
    by = who(request)
    with viewer(by):
        one = found(lambda: Call.objects.get(reference=reference))
        context = _context(by, one)
        audit.record(by=by, verb="read", kind="call", thing=one.pk)
    context |= {"place_form": PlaceForm(), "offer_form": OfferForm(resources=context["offerable"])} | forms
    failed = any(form.errors for form in forms.values())
    return render(request, "capacity/clearing/call.html", context, status=422 if failed else 200)


def _context(by: Viewer, one: Call) -> dict[str, Any]:
    mine = one.organisation == by.organisation
    rows = list(one.places.order_by("number"))
    offers = list(Offer.objects.filter(call=one, withdrawn_at=None).order_by("pk"))
    assigned = list(Assignment.objects.filter(call=one).select_related("place").order_by("place__number", "pk"))
    live = {each.place.number: each for each in assigned if each.state in LIVE}
    keys = {each.resource for each in offers} | {each.resource for each in assigned}
    resources = Resource.objects.in_bulk(keys)
    bodies = {one.organisation, *(each.organisation for each in offers), *(each.provider for each in assigned)}
    names = organisation_names(by, sorted(bodies))
    may_act = by.may(*actions.ROLES)
    matched = queries.matched(by, one) if mine and one.state == "open" and len(live) < len(rows) else None
    invited = set(Invitation.objects.filter(call=one).values_list("resource", flat=True)) if mine else set()
    return {
        "call": one, "mine": mine, "may_act": may_act, "asker": names.get(one.organisation, ""),
        "places": [(place, _wants(place)) for place in rows],
        "offers": [(each, resources.get(each.resource), names.get(each.organisation, "")) for each in offers],
        "assigned": [_assigned(each, resources, names, by) for each in assigned],
        "offerable": queries.offerable(by, one) if may_act and not mine and one.state == "open" else [],
        "groups": _groups(rows, matched, invited, live) if matched else [],
        "weighed": matched.weighed if matched else 0, "proven": matched.matching.proven if matched else True,
        "can_agree": bool(live) and not any(each.state == "chosen" for each in live.values()),
        "can_finish": not any(each.state in UNDER_WAY for each in live.values()),
    }  # fmt: skip


def _wants(place: Place) -> dict[str, Any]:
    return {"languages": [f"{choices.language(code)} {level}" for code, level in sorted(place.languages.items())]}


def _assigned(each: Assignment, resources: dict[int, Resource], names: dict[int, str], by: Viewer) -> dict[str, Any]:
    against = [said(Reason(*pair)) for pair in each.reasons]
    return {
        "row": each, "resource": resources.get(each.resource), "provider": names.get(each.provider, ""),
        "sends": each.provider == by.organisation, "asks": each.organisation == by.organisation, "against": against,
    }  # fmt: skip


def _groups(
    places: list[Place], matched: queries.Matched, invited: set[int], live: dict[int, Assignment]
) -> list[dict[str, Any]]:
    """Open places, those alike together: who is proposed for them, who would fit too, who does not and why."""
    alike: dict[tuple[object, ...], list[Place]] = {}
    for place in places:
        if place.number not in live:
            tongues = sorted(place.languages.items())
            key = (place.kind, *place.skills, "|", *place.useful, "|", *tongues, place.any_language, place.starts,
                   place.ends, place.from_elsewhere)  # fmt: skip
            alike.setdefault(key, []).append(place)
    made = []
    for held in alike.values():
        numbers = [place.number for place in held]
        proposed = [(n, _told(matched.proposed[n], invited)) for n in numbers if n in matched.proposed]
        taken = {each.resource.pk for n in numbers if n in matched.proposed for each in (matched.proposed[n],)}
        rest = [each for each in matched.others[numbers[0]] if each.resource.pk not in taken]
        fits = [each for each in rest if each.against[0].word in (OTHERS, SAME_TIME)]
        unfit = [each for each in rest if each.against[0].word not in (OTHERS, SAME_TIME)]
        made.append({
            "places": held, "first": held[0], "numbers": numbers, "wants": _wants(held[0]), "proposed": proposed,
            "empty": len(held) - len(proposed), "fits": [_told(each, invited) for each in fits[:SHOWN]],
            "unfit": [_told(each, invited) for each in unfit[:SHOWN]], "unfit_number": len(unfit),
            "conflicts": sum(any(r.word == CONFLICT for r in each.against) for each in unfit),
        })  # fmt: skip
    return made


def _told(each: queries.Found, invited: set[int]) -> dict[str, Any]:
    return {
        "resource": each.resource, "offer": each.offer, "why": [said(reason) for reason in each.why],
        "against": [said(reason) for reason in each.against], "invited": each.resource.pk in invited,
        "conflict": any(reason.word == CONFLICT for reason in each.against),
    }  # fmt: skip


@writer
@require_POST
def places(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Add places to a draft."""
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            actions.add_places(by=who(request), call=reference, asked=form.asked())
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        except Call.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Added."))
            return redirect("capacity:call", reference)
    return _page(request, reference, place_form=form)


@writer
@require_POST
def drop_place(request: HttpRequest, reference: UUID, number: int) -> HttpResponse:
    """Take a place out of a draft."""
    return _acted(request, reference, lambda: actions.drop_place(by=who(request), call=reference, number=number),
                  _("Taken out."))  # fmt: skip


@writer
@require_POST
def act(request: HttpRequest, reference: UUID, act: str) -> HttpResponse:
    """Something is done with a call: opened, offered to, chosen from, ended."""
    by, given = who(request), request.POST
    if act == "offer":
        return _offer(request, reference)
    acts: dict[str, tuple[Callable[[], None], str]] = {
        "open": (lambda: actions.open_call(by=by, call=reference), _("Open: those who may offer see it now.")),
        "agree": (lambda: actions.agree(by=by, call=reference), _("Agreed. No more offers are awaited.")),
        "reopen": (lambda: actions.reopen(by=by, call=reference), _("Offers are awaited again.")),
        "finish": (
            lambda: actions.finish(by=by, call=reference, outcome=given.get("outcome", "")),
            _("Done, with what came of it."),
        ),
        "withdraw": (lambda: actions.withdraw(by=by, call=reference), _("Withdrawn.")),
        "invite": (
            lambda: actions.invite(by=by, call=reference, resource=_uuid(given, "resource")),
            _("Asked: their organisation is told."),
        ),
        "choose": (
            lambda: actions.choose(by=by, call=reference, place=_number(given, "place") or 0,
                                   offer=_number(given, "offer") or 0, differs=given.get("differs", "")),
            _("Chosen. Their organisation confirms or declines."),
        ),
        "withdraw-offer": (
            lambda: actions.withdraw_offer(by=by, offer=_number(given, "offer") or 0),
            _("The offer is taken back."),
        ),
        "move": (
            lambda: actions.move(
                by=by, assignment=_number(given, "assignment") or 0, state=given.get("state", ""),
                days=_number(given, "days"), outcome=given.get("outcome", ""), rating=_number(given, "rating"),
            ),
            _("Noted, and the other side is told."),
        ),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    return _acted(request, reference, *acts[act])


def _offer(request: HttpRequest, reference: UUID) -> HttpResponse:
    by = who(request)
    with viewer(by):
        one = found(lambda: Call.objects.get(reference=reference))
        form = OfferForm(request.POST, resources=queries.offerable(by, one))
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.offer(by=by, call=reference, resource=UUID(given["resource"]), note=given["note"],
                          no_conflict=given["no_conflict"])  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("Offered: who asks is told."))
            return redirect("capacity:call", reference)
    return _page(request, reference, offer_form=form)


def _acted(request: HttpRequest, reference: UUID, done: Callable[[], None], words: str) -> HttpResponse:
    acted(request, done, words)
    return redirect("capacity:call", reference)


def _number(given: QueryDict, name: str) -> int | None:
    text = given.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _uuid(given: QueryDict, name: str) -> UUID:
    try:
        return UUID(given.get(name, ""))
    except ValueError:
        raise Http404 from None
