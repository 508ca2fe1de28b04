"""Writes of case rooms. Who may is decided once more by the database (linkage/migrations/0006_rooms.sql): where it says
no, nothing is written and Refused tells why."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.chain import actions as chain
from hueandcry.chain.models import Link
from hueandcry.exchange import actions_report
from hueandcry.exchange.actions import Refused as ReportRefused
from hueandcry.exchange.handling import TLP_ORDER
from hueandcry.exchange.models import Grant, Report
from hueandcry.linkage import things
from hueandcry.linkage.models import Room, RoomEvent, RoomOrganisation, RoomPerson
from hueandcry.linkage.rooms.words import CEILINGS
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

ROLES = ("analyst", "administrator")
DAYS = 14  # an invitation waits so long
LONGEST = 2_000  # characters of a purpose, of words with an invitation


def _ask(statement: str, *given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}", list(given))
        return cursor.fetchone()[0]


def _text(words: str, most: int = LONGEST) -> str:
    return words.replace("\0", "").strip()[:most]


def _link(room: Room) -> str:
    return reverse("linkage:room", args=[room.reference])


def open_room(*, by: Viewer, name: str, purpose: str, legal_basis: str, ceiling: str, about: str = "") -> UUID:
    """Open a room with a circle of its own; who opens it leads it. ``about`` is the address of the operation, crime or
    report that it is around. Gives its reference. Raises Refused."""
    called = " ".join(_text(name, 150).split())
    if not called or not _text(purpose) or not _text(legal_basis):
        raise Refused(_("A room needs a name, a purpose and a legal basis: who is asked in decides by them."))
    if ceiling not in CEILINGS:
        raise Refused(_("Choose the strictest TLP that may come in."))
    reference = uuid.uuid4()
    with viewer(by):
        thing = things.pointed_at(by, about) if about.strip() else None
        if about.strip() and thing is None:
            raise Refused(_("There is nothing at this address that you may see. Copy it from the page itself."))
        made = _ask(
            "hueandcry_room_open(%s, %s, %s, %s, %s)", reference, called, _text(purpose), _text(legal_basis), ceiling
        )
        if made is None:
            raise Refused(_("Analysts and administrators of members in good standing open rooms."))
        room = Room.objects.get(pk=made)
        if thing is not None:
            inside = replace(by, principals=(*by.principals, room.principal, room.record))
            _tie(inside, room, thing)
        audit.record(by=by, verb="open", kind="room", thing=room.pk, detail={"ceiling": ceiling})
    return reference


def _tie(by: Viewer, room: Room, thing: tuple[str, str], relation: str = "works on") -> None:
    chain.link_within(by=by, from_=("room", str(room.reference)), to=thing, relation=relation, audience=[room.record])


def put_in(*, by: Viewer, room: UUID, about: str) -> None:
    """Say that the room works on one more thing, by the address of its page. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _open(by, room)
        thing = things.pointed_at(by, about)
        if thing is None or thing == ("room", str(room)):
            raise Refused(_("There is nothing at this address that you may see. Copy it from the page itself."))
        _tie(by, found, thing)


def _inside(by: Viewer, reference: UUID) -> Room:
    """The room where the viewer is in it. Raises Room.DoesNotExist."""
    return Room.objects.get(reference=reference, record__in=by.principals)


def _open(by: Viewer, reference: UUID) -> Room:
    found = _inside(by, reference)
    if found.closed_at is not None:
        raise Refused(_("The room is closed: it is there to be read."))
    return found


def invite(*, by: Viewer, room: UUID, organisation: int, words: str = "", days: int = DAYS) -> None:
    """Ask an organisation in; its analysts and administrators are told. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _open(by, room)
        if not _ask("hueandcry_room_invite(%s, %s, %s, %s)", found.pk, organisation, _text(words), days):
            raise Refused(_("Who leads the room asks in members in good standing that are not in it."))
        audit.record(by=by, verb="invite", kind="room", thing=found.pk, detail={"organisation": organisation})
        _tell(
            _("%(who)s asks your organisation into a case room") % {"who": by.name},
            found,
            organisations=[organisation],
        )


def answer(*, by: Viewer, room: UUID, accept: bool) -> None:
    """Accept or decline for one's organisation; who accepts is in the room from then on, and names the colleagues who
    shall be. Raises Room.DoesNotExist where nothing waits for an answer, Refused where somebody was quicker."""
    with viewer(by):
        found = Room.objects.get(reference=room)
        leads = _ask("hueandcry_room_answer(%s, %s)", found.pk, accept)
        if leads is None:
            raise Refused(_("This invitation is over, or was answered already."))
        verb = "accept invitation" if accept else "decline invitation"
        audit.record(by=by, verb=verb, kind="room", thing=found.pk)
        said = (
            _("%(who)s joined a case room of yours") if accept else _("%(who)s declined to join a case room of yours")
        )
        _tell(said % {"who": by.name}, found, people=leads)


def name_person(*, by: Viewer, room: UUID, person: int) -> None:
    """Name a colleague, who is in the room from then on. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _open(by, room)
        if not _ask("hueandcry_room_name(%s, %s, 'member')", found.pk, person):
            raise Refused(_("You can name people of your own organisation who are not in the room yet."))
        audit.record(by=by, verb="name", kind="room", thing=found.pk, detail={"person": person})
        _tell(_("You are named in a case room"), found, people=[person])


def make_lead(*, by: Viewer, room: UUID, person: int) -> None:
    """Let somebody who is in the room lead it as well. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _open(by, room)
        if not _ask("hueandcry_room_name(%s, %s, 'lead')", found.pk, person):
            raise Refused(_("Who leads the room makes leads, of people who are in it."))
        audit.record(by=by, verb="make lead", kind="room", thing=found.pk, detail={"person": person})
        _tell(_("You lead a case room"), found, people=[person])


def take_out(*, by: Viewer, room: UUID, person: int) -> None:
    """Take somebody out: oneself, a colleague, or (who leads) anybody; they see nothing of it any more."""
    with viewer(by):
        found = _inside(by, room)
        if not _ask("hueandcry_room_unname(%s, %s)", found.pk, person):
            raise Refused(_("You can take out yourself and colleagues, and a lead anybody; but one lead stays."))
        audit.record(by=by, verb="take out", kind="room", thing=found.pk, detail={"person": person})


def end_part(*, by: Viewer, room: UUID, organisation: int) -> str:
    """End an organisation's part: one's own leaves (and takes its reports back), or a lead removes it or takes back its
    invitation. All its people are out at once. Gives the new state. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _inside(by, room)
        state = _ask("hueandcry_room_end(%s, %s)", found.pk, organisation)
        if state is None:
            raise Refused(
                _("A lead removes others; an organisation leaves by itself, unless the room would have no lead.")
            )
        detail = {"organisation": organisation, "state": state}
        audit.record(by=by, verb="end part", kind="room", thing=found.pk, detail=detail)
        if state == RoomOrganisation.State.REMOVED:
            title = _("Your organisation was removed from a case room")
            text = _("Reports that you shared into it stay shared until you take them back on their own pages.")
            tell(kind="room", title=title, text=text, organisations=[organisation])
        mine = _granted(by, found) if state == RoomOrganisation.State.LEFT else []
    for report in mine:
        actions_report.take_back(by=by, report=report, principal=found.principal, reason=_("left the case room"))
    return str(state)


def _granted(by: Viewer, room: Room) -> list[int]:
    """One's own reports that are shared into the room, as far as one sees them."""
    own = Report.objects.filter(organisation=by.organisation or 0).values("pk")
    held = Grant.objects.filter(principal=room.principal, revoked_at=None, report__in=own)
    return list(held.values_list("report", flat=True))


def close(*, by: Viewer, room: UUID, words: str = "") -> None:
    """Close the room for good: what was shared by its circle is seen by its owners only; what was said in it stays to
    be read by those who are in it. Raises Room.DoesNotExist, Refused."""
    with viewer(by):
        found = _open(by, room)
        people = [n.person for n in RoomPerson.objects.filter(room=found, left_at=None) if n.person != by.person]
        if not _ask("hueandcry_room_close(%s, %s)", found.pk, _text(words)):
            raise Refused(_("Who leads the room closes it."))
        audit.record(by=by, verb="close", kind="room", thing=found.pk)
        _tell(_("A case room of yours is closed"), found, people=people)


def share(*, by: Viewer, room: UUID, report: UUID) -> None:
    """Share one of one's own organisation's reports into the room: a grant to its circle, which ends when it closes.

    Raises Room.DoesNotExist, Report.DoesNotExist, Refused.
    """
    with viewer(by):
        found = _open(by, room)
        one = Report.objects.get(reference=report)
        if one.organisation_id != by.organisation:
            raise Refused(_("Only the organisation that reported it can share it. Ask them, or name it in a thread."))
        if TLP_ORDER.index(one.tlp) > TLP_ORDER.index(found.ceiling):
            said = _("The report is TLP:%(tlp)s; into this room comes nothing stricter than TLP:%(ceiling)s.")
            raise Refused(said % {"tlp": one.tlp, "ceiling": found.ceiling})
    try:  # a transaction of its own, by its own rules; should what follows fail, sharing again goes on from here
        actions_report.grant(by=by, report=one.pk, principals=[found.principal], reason=_("shared into a case room"))
    except ReportRefused as refusal:
        raise Refused(refusal.reason) from None
    with viewer(by):
        _tie(by, _open(by, room), ("report", str(report)), "shares")
        note(by, found, "shared")
        audit.record(by=by, verb="share", kind="room", thing=found.pk, detail={"report": one.pk})


def take_back(*, by: Viewer, room: UUID, report: UUID) -> None:
    """Take a report of one's own back out of the room. Raises Room.DoesNotExist, Report.DoesNotExist, Refused."""
    with viewer(by):
        found, one = _inside(by, room), Report.objects.get(reference=report)
    try:
        actions_report.take_back(
            by=by, report=one.pk, principal=found.principal, reason=_("taken back out of a case room")
        )
    except ReportRefused as refusal:
        raise Refused(refusal.reason) from None
    with viewer(by):
        ends = {"from_kind": "room", "from_reference": str(room), "to_kind": "report", "to_reference": str(report)}
        Link.objects.filter(**ends, relation="shares", organisation=by.organisation or 0).delete()
        note(by, found, "took back")
        audit.record(by=by, verb="take back", kind="room", thing=found.pk, detail={"report": one.pk})


def note(by: Viewer, room: Room, act: str) -> None:
    """One line of the room's activity; inside the viewer."""
    RoomEvent.objects.create(
        room=room, audience=room.audience, organisation=by.organisation or 0, person=by.person or 0, act=act
    )


def _tell(title: str, room: Room, *, organisations: Iterable[int] = (), people: Sequence[int] = ()) -> None:
    """Tell of the room without its name: a letter goes outside."""
    tell(kind="room", title=title, link=_link(room), organisations=organisations, people=people, roles=ROLES)


def vetted_organisations(by: Viewer, room: Room) -> list[tuple[int, str]]:
    """Whom the room can ask in: members in good standing that are not in it and not asked; inside the viewer."""
    waiting = (RoomOrganisation.State.JOINED, RoomOrganisation.State.INVITED)
    held = RoomOrganisation.objects.filter(room=room, state__in=waiting).values_list("organisation", flat=True)
    vetted = Organisation.objects.filter(state=Organisation.State.VETTED).exclude(pk__in=list(held)).order_by("name")
    return list(vetted.values_list("pk", "name"))
