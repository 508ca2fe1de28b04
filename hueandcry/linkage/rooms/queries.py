"""Reads of case rooms. The caller has entered the viewer; a room shows to those in it, its offer to who is asked in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from hueandcry.linkage.models import Room, RoomEvent, RoomOrganisation, RoomPerson
from hueandcry.linkage.rooms.words import ABOUT_ORGANISATION, ABOUT_PERSON, ACTS
from hueandcry.members.models import Organisation, Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.viewer import Viewer

State = RoomOrganisation.State


def rooms(viewer: Viewer, *, closed: bool | None = None, words: str = "") -> QuerySet[Room]:
    """The rooms that the viewer is in, each with how many ``bodies`` and ``heads`` are in it."""
    found = Room.objects.filter(record__in=viewer.principals).annotate(
        bodies=Count("organisations", filter=Q(organisations__state=State.JOINED), distinct=True),
        heads=Count("people", filter=Q(people__left_at__isnull=True), distinct=True),
    )
    if words:
        found = found.filter(Q(name__icontains=words) | Q(purpose__icontains=words))
    return found if closed is None else found.filter(closed_at__isnull=not closed)


def room(viewer: Viewer, reference: UUID) -> Room:
    """One room that the viewer is in. Raises Room.DoesNotExist."""
    return Room.objects.get(reference=reference, record__in=viewer.principals)


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation that waits for an answer: what the room is for, and who asks."""

    room: Room
    part: RoomOrganisation
    asker: str


def offers(viewer: Viewer, reference: UUID | None = None) -> list[Offer]:
    """Invitations to the viewer's organisation that can be answered now, of all rooms or of one."""
    parts = RoomOrganisation.objects.filter(
        organisation=viewer.organisation or 0, state=State.INVITED, expires_at__gt=datetime.now(UTC)
    )
    if reference is not None:
        parts = parts.filter(room__reference=reference)
    found = list(parts.select_related("room").order_by("-invited_at"))
    names = organisation_names(viewer, [part.room.organisation for part in found])
    return [Offer(part.room, part, names.get(part.room.organisation, "")) for part in found]


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody in a room, by name: their organisation named them to it."""

    part: RoomPerson
    name: str
    body: str
    own: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One organisation's part in a room, with its people in it."""

    part: RoomOrganisation
    name: str
    kind: str
    own: bool
    people: list[Somebody]
    over: bool  # an invitation that was not answered in time


def parts(viewer: Viewer, room: Room) -> list[Part]:
    """The organisations of a room with their people; those who are asked or were in it after those who are in it."""
    rows = list(RoomOrganisation.objects.filter(room=room))
    bodies = Organisation.objects.in_bulk([row.organisation for row in rows])
    heads: dict[int, list[Somebody]] = {}
    for each in people(viewer, room):
        heads.setdefault(each.part.organisation, []).append(each)
    now = datetime.now(UTC)
    made = [
        Part(
            row,
            bodies[row.organisation].name if row.organisation in bodies else "",
            bodies[row.organisation].get_kind_display() if row.organisation in bodies else "",
            row.organisation == viewer.organisation,
            heads.get(row.organisation, []),
            row.state == State.INVITED and row.expires_at <= now,
        )
        for row in rows
    ]
    order = [State.JOINED, State.INVITED, State.DECLINED, State.UNINVITED, State.LEFT, State.REMOVED]
    return sorted(made, key=lambda one: (order.index(State(one.part.state)), one.name.casefold()))


def people(viewer: Viewer, room: Room) -> list[Somebody]:
    """Who is in a room now, leads first. Whoever is named in a room is known by name to the others in it."""
    rows = list(RoomPerson.objects.filter(room=room, left_at=None).order_by("role", "pk"))
    names, bodies = names_of(row.person for row in rows), organisation_names(viewer, [row.organisation for row in rows])
    return [
        Somebody(
            row, names.get(row.person, ""), bodies.get(row.organisation, ""), row.organisation == viewer.organisation
        )
        for row in rows
    ]


def names_of(people: Iterable[int]) -> dict[int, str]:
    """Names of people who show themselves by name: who is named in a room, who writes in a thread. No addresses."""
    return dict(Person.objects.filter(pk__in=set(people)).exclude(name="").values_list("pk", "name"))


def role(viewer: Viewer, room: Room) -> str:
    """The viewer's role in a room; "" where they are not in it any more."""
    mine = RoomPerson.objects.filter(room=room, person=viewer.person or 0, left_at=None).values_list("role", flat=True)
    return mine.first() or ""


def colleagues(viewer: Viewer, room: Room) -> list[tuple[int, str]]:
    """People of the viewer's organisation who can be named in a room: active, and not in it."""
    held = RoomPerson.objects.filter(room=room, left_at=None).values_list("person", flat=True)
    found = Person.objects.filter(organisation=viewer.organisation or 0, is_active=True).exclude(pk__in=list(held))
    return [(one.pk, str(one)) for one in found.order_by("name", "email")]


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a room's activity, in words."""

    event: RoomEvent
    who: str
    body: str
    said: str
    whom: str


def events(viewer: Viewer, room: Room) -> QuerySet[RoomEvent]:
    """What happened in a room, for a page of it."""
    return RoomEvent.objects.filter(room=room)


def happened(viewer: Viewer, rows: Iterable[RoomEvent]) -> list[Happened]:
    """Events with the names of who did what to whom."""
    listed = list(rows)
    names = names_of([e.person for e in listed] + [e.about or 0 for e in listed if e.act in ABOUT_PERSON])
    about = [e.about or 0 for e in listed if e.act in ABOUT_ORGANISATION]
    bodies = organisation_names(viewer, [e.organisation for e in listed] + about)
    return [
        Happened(
            e,
            names.get(e.person, ""),
            bodies.get(e.organisation, ""),
            str(ACTS.get(e.act, e.act)),
            (names if e.act in ABOUT_PERSON else bodies if e.act in ABOUT_ORGANISATION else {}).get(e.about or 0, ""),
        )
        for e in listed
    ]
