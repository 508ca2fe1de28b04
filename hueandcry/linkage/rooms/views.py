"""Pages of case rooms: HTTP only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hueandcry.audit import actions as audit
from hueandcry.chain import queries as chain
from hueandcry.exchange.models import Report
from hueandcry.linkage import asked
from hueandcry.linkage.forum import actions as forum_actions
from hueandcry.linkage.forum import queries as forum
from hueandcry.linkage.forum.forms import FileForm
from hueandcry.linkage.models import Room
from hueandcry.linkage.rooms import actions, queries
from hueandcry.linkage.rooms.forms import AddressForm, InviteForm, NameForm, RoomForm
from hueandcry.members.access import member, role
from hueandcry.members.actions import Refused
from hueandcry.members.paging import page, words
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.members.views import found, who
from hueandcry.web.filters import Filter, Option

worker = role(*actions.ROLES)
ORDERS = {"name": "name", "opened": "opened_at", "people": "heads"}


@require_safe
@member
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms that one is in, and invitations that wait for an answer."""
    by = who(request)
    closed = {"open": False, "closed": True}.get(request.GET.get("state", ""))
    with viewer(by):
        rows = queries.rooms(by, closed=closed, words=words(request.GET, "q"))
        shown, total = page(rows, request.GET, ORDERS, "-opened"), rows.count()
        offers = queries.offers(by)
        audit.record(by=by, verb="list", kind="room", count=len(shown.rows))
    states = [Option("open", _("open")), Option("closed", _("closed"))]
    filters = [Filter("q", _("Words"), "text"), Filter("state", _("State"), "one", states)]
    narrowed = bool(request.GET.get("q") or closed is not None)
    context = {"page": shown, "total": total, "offers": offers, "filters": filters, "narrowed": narrowed}
    return render(request, "linkage/rooms/rooms.html", context | {"may_open": by.may(*actions.ROLES)})


@worker
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a room; ``?about=`` fills in what it works on."""
    form = RoomForm(request.POST or None, initial={"about": request.GET.get("about", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_room(by=who(request), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The room is open. Ask in who shall be there."))
            return redirect("linkage:room", made)
    return render(request, "linkage/rooms/new.html", {"form": form}, status=422 if form.errors else 200)


Part = Callable[[Viewer, Room, HttpRequest], dict[str, Any]]


@require_safe
@member
def room(request: HttpRequest, reference: UUID) -> HttpResponse:
    """A room, part by part; to who is asked in, its offer."""
    by = who(request)
    with viewer(by):
        offers = queries.offers(by, reference)
        if offers and not set(by.principals) & {offers[0].room.record}:
            audit.record(by=by, verb="read", kind="room", thing=offers[0].room.pk, detail={"part": "offer"})
            return render(request, "linkage/rooms/offer.html", {"offer": offers[0]})
        one = found(lambda: queries.room(by, reference))
        part = request.GET.get("part", "threads")
        part = part if part in PARTS else "threads"
        heads = queries.people(by, one)
        context = {
            "room": one,
            "part": part,
            "role": queries.role(by, one),
            "heads": len(heads),
            "bodies": len({head.part.organisation for head in heads}),
            "open": one.closed_at is None and by.may(*actions.ROLES),
            "tabs": _tabs(part, by, one),
            "new_thread": f"{reverse('linkage:thread-new')}?place=room-{reference}",
            **chain.both_ways(by, "room", str(reference)),
            **PARTS[part](by, one, request),
        }
        audit.record(by=by, verb="read", kind="room", thing=one.pk, detail={"part": part})
    return render(request, "linkage/rooms/room.html", context)


def _tabs(part: str, by: Viewer, one: Room) -> list[dict[str, Any]]:
    named = (
        ("threads", _("Threads"), forum.threads(by, room=one.pk).count()),
        ("shared", _("Reports"), None),
        ("files", _("Files"), forum.files_of_room(by, one.pk).count()),
        ("people", _("People"), None),
        ("activity", _("Activity"), None),
    )
    return [{"label": label, "url": f"?part={key}", "current": key == part, "count": n} for key, label, n in named]


def _threads(by: Viewer, one: Room, request: HttpRequest) -> dict[str, Any]:
    shown = page(forum.threads(by, room=one.pk), request.GET, {"latest": "last_at"}, "-latest")
    return {"lines": forum.lines(by, shown.rows), "page": shown}


def _shared(by: Viewer, one: Room, request: HttpRequest) -> dict[str, Any]:
    """Reports shared into the room that the viewer still sees, and one's own that could be."""
    links = [each for each in chain.links(by, "room", str(one.reference)) if each.relation == "shares"]
    held = Report.objects.filter(reference__in=[each.thing for each in links]).select_related("organisation")
    reports = {str(r.reference): r for r in held.defer("account", "document")}
    rows = [(each, reports[each.thing]) for each in links if each.thing in reports]
    return {"shared": rows, "address_form": AddressForm()}


def _files(by: Viewer, one: Room, request: HttpRequest) -> dict[str, Any]:
    shown = page(forum.files_of_room(by, one.pk), request.GET, {"sent": "at"}, "-sent")
    return {"files": forum.filed(by, shown.rows), "page": shown, "file_form": FileForm(initial={"tlp": one.ceiling})}


def _people(by: Viewer, one: Room, request: HttpRequest) -> dict[str, Any]:
    return {
        "parts": queries.parts(by, one),
        "invite_form": InviteForm(organisations=actions.vetted_organisations(by, one)),
        "name_form": NameForm(colleagues=queries.colleagues(by, one)),
    }


def _activity(by: Viewer, one: Room, request: HttpRequest) -> dict[str, Any]:
    shown = page(queries.events(by, one), request.GET, {"at": "pk"}, "-at")
    return {"events": queries.happened(by, shown.rows), "page": shown}


PARTS: dict[str, Part] = {
    "threads": _threads,
    "shared": _shared,
    "files": _files,
    "people": _people,
    "activity": _activity,
}


def _done(request: HttpRequest, reference: UUID, part: str, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it and go back to the part; a refusal is said there. 404 for what the viewer may not see."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, refusal.reason)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    else:
        messages.success(request, said)
    response = redirect("linkage:room", reference)
    response["Location"] += f"?part={part}"
    return response


@worker
@require_POST
def answer(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Accept or decline an invitation for one's organisation."""
    by, accept = who(request), "accept" in request.POST
    try:
        actions.answer(by=by, room=reference, accept=accept)
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return redirect("linkage:rooms")
    except Room.DoesNotExist:
        raise Http404 from None
    if not accept:
        messages.success(request, _("Declined. Who leads the room is told."))
        return redirect("linkage:rooms")
    messages.success(request, _("You are in the room. Name the colleagues who shall be."))
    response = redirect("linkage:room", reference)
    response["Location"] += "?part=people"
    return response


@worker
@require_POST
def invite(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask an organisation in."""
    by, days = who(request), asked.number(request.POST.get("days", ""))
    return _done(
        request,
        reference,
        "people",
        lambda: actions.invite(
            by=by, room=reference, organisation=asked.number(request.POST.get("organisation", "")),
            words=request.POST.get("words", ""), days=days if 1 <= days <= 90 else actions.DAYS,
        ),
        _("They are asked in. They see the room's name, purpose and legal basis until they answer."),
    )  # fmt: skip


@worker
@require_POST
def end(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Leave with one's organisation, remove another, or take back an invitation."""
    by, body = who(request), asked.number(request.POST.get("organisation", ""))
    response = _done(
        request,
        reference,
        "people",
        lambda: actions.end_part(by=by, room=reference, organisation=body),
        _("Done. They see nothing of the room any more."),
    )
    with viewer(by):
        inside = Room.objects.filter(reference=reference, record__in=by.principals).exists()
    return response if inside and body != by.organisation else redirect("linkage:rooms")


@worker
@require_POST
def people(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Name a colleague, make somebody a lead, or take somebody out."""
    by, person = who(request), asked.number(request.POST.get("person", ""))
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "name": (lambda: actions.name_person(by=by, room=reference, person=person), _("Named. They are told.")),
        "lead": (lambda: actions.make_lead(by=by, room=reference, person=person), _("They lead the room, too.")),
        "out": (lambda: actions.take_out(by=by, room=reference, person=person), _("They see nothing of it any more.")),
    }
    wanted = request.POST.get("act", "")
    if wanted not in acts:
        raise Http404
    act, said = acts[wanted]
    response = _done(request, reference, "people", act, said)
    return redirect("linkage:rooms") if wanted == "out" and person == by.person else response


def _report_of(request: HttpRequest) -> UUID:
    """The report meant: its reference, or the address of its page."""
    text = request.POST.get("report", "") or request.POST.get("about", "")
    parts = [part for part in text.strip().split("?")[0].split("/") if part]
    found = asked.reference(parts[-1] if parts else "")
    if found is None:
        raise Http404
    return found


@worker
@require_POST
def share(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Share one of one's own reports into the room."""
    by = who(request)
    try:
        report = _report_of(request)
    except Http404:
        messages.error(request, _("This is no address of a report. Copy it from the report's own page."))
        return _done(request, reference, "shared", lambda: _see(by, reference), "")
    return _done(
        request,
        reference,
        "shared",
        lambda: actions.share(by=by, room=reference, report=report),
        _("Everybody in the room sees the report from now on, until you take it back or the room closes."),
    )


def _see(by: Viewer, reference: UUID) -> None:
    with viewer(by):
        queries.room(by, reference)


@worker
@require_POST
def take_back(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Take a report back out of the room."""
    by, report = who(request), _report_of(request)
    return _done(
        request,
        reference,
        "shared",
        lambda: actions.take_back(by=by, room=reference, report=report),
        _("Taken back: the others see it no more."),
    )


@worker
@require_POST
def about(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Add a thing that the room works on."""
    by, address = who(request), request.POST.get("about", "")
    return _done(
        request, reference, "shared", lambda: actions.put_in(by=by, room=reference, about=address), _("Added.")
    )


@worker
@require_POST
def file(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Put a file into the room."""
    by, form = who(request), FileForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, _("Choose a file, and how it may be handled."))
        return _done(request, reference, "files", lambda: _see(by, reference), "")
    return _done(
        request,
        reference,
        "files",
        lambda: forum_actions.add_file(by=by, room=reference, file=form.file()),
        _("The file is in the room, encrypted."),
    )


@worker
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Close the room; says before what stays readable."""
    by = who(request)
    if request.method == "POST":
        words_said = request.POST.get("words", "")
        return _done(
            request,
            reference,
            "activity",
            lambda: actions.close(by=by, room=reference, words=words_said),
            _("The room is closed. What was said in it can be read; what was shared into it is its owners' again."),
        )
    with viewer(by):
        one = found(lambda: queries.room(by, reference))
        if queries.role(by, one) != "lead" or one.closed_at is not None:
            raise Http404
    return render(request, "linkage/rooms/close.html", {"room": one})
