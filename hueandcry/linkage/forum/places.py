"""Where a conversation can take place: a circle one is in, a case room one is in, or law enforcement of the alliance.

The caller has entered the viewer. The principal of law enforcement is given by the database to people of vetted
organisations of that kind (linkage/migrations/0006_rooms.sql).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from hueandcry.linkage.models import Room, RoomOrganisation, RoomPerson, Thread
from hueandcry.members.models import LAW_ENFORCEMENT, Circle, Organisation, Person
from hueandcry.members.viewer import Viewer

OF_ROOMS = "_room-"  # how the slug of a room's circle begins
MOST = 2_000  # organisations or people that are looked at for one name


@dataclass(frozen=True, slots=True)
class Place:
    """A group that can hold conversations; ``key`` names it in forms and addresses."""

    key: str
    scope: str
    principal: int
    name: str
    room: Room | None = None


def places(viewer: Viewer, *, to_write: bool = True) -> list[Place]:
    """Where the viewer can open a thread: law enforcement first, then rooms, then circles. With ``to_write`` False
    closed rooms too, whose threads are there to be read."""
    found = []
    if LAW_ENFORCEMENT in viewer.principals:
        found.append(Place("le", Thread.Scope.ENFORCEMENT, LAW_ENFORCEMENT, _("Law enforcement of the alliance")))
    rooms = Room.objects.filter(record__in=viewer.principals).order_by("name", "pk")
    if to_write:
        rooms = rooms.filter(closed_at=None)
    found += [Place(f"room-{r.reference}", Thread.Scope.ROOM, r.record, r.name, r) for r in rooms]
    circles = Circle.objects.filter(principal__in=viewer.principals, closed_at=None).exclude(slug__startswith=OF_ROOMS)
    return found + [
        Place(f"circle-{c.slug}", Thread.Scope.CIRCLE, c.principal_id, c.name) for c in circles.order_by("name")
    ]


def place(viewer: Viewer, key: str) -> Place | None:
    """The place of this key, where the viewer can open a thread there."""
    return next((each for each in places(viewer) if each.key == key), None)


def key_of_room(reference: UUID) -> str:
    """The key of a room's place."""
    return f"room-{reference}"


def names(viewer: Viewer) -> dict[int, str]:
    """The names of the places that the viewer reads in, by principal."""
    return {each.principal: each.name for each in places(viewer, to_write=False)}


@dataclass(frozen=True, slots=True)
class Company:
    """Who can be called by name in a thread: organisations and people, by id."""

    organisations: dict[int, str]
    people: dict[int, str]


def company(viewer: Viewer, thread: Thread) -> Company:
    """Who can be called in a thread: in a room the people in it; elsewhere the organisations of the group, those who
    have written in the thread, and one's own colleagues."""
    if thread.scope == Thread.Scope.ROOM:
        held = RoomPerson.objects.filter(room=thread.room or 0, left_at=None)
        joined = RoomOrganisation.objects.filter(room=thread.room or 0, state=RoomOrganisation.State.JOINED)
        bodies = Organisation.objects.filter(pk__in=list(joined.values_list("organisation", flat=True)))
        return Company(_named(bodies), _people(list(held.values_list("person", flat=True))))
    bodies = Organisation.objects.filter(state=Organisation.State.VETTED)
    if thread.scope == Thread.Scope.ENFORCEMENT:
        bodies = bodies.filter(kind=Organisation.Kind.LAW_ENFORCEMENT)
    else:
        bodies = bodies.filter(circles__circle__principal=thread.principal)
    writers = list(thread.said.order_by().values_list("person", flat=True).distinct()[:MOST])
    own = list(
        Person.objects.filter(organisation=viewer.organisation or 0, is_active=True).values_list("pk", flat=True)
    )
    return Company(_named(bodies), _people(writers + own))


def _named(bodies: object) -> dict[int, str]:
    return dict(bodies.order_by("name").values_list("pk", "name")[:MOST])  # type: ignore[attr-defined]


def _people(people: list[int]) -> dict[int, str]:
    found = Person.objects.filter(pk__in=people, is_active=True).exclude(name="")
    return dict(found.values_list("pk", "name")[:MOST])


def called(text: str, company: Company) -> tuple[set[int], set[int]]:
    """The organisations and people that a text calls by "@Name". A longer name wins over one that it begins with; two
    people of one name are both called."""
    low = text.casefold()
    bodies, people = set[int](), set[int]()
    if "@" not in low:
        return bodies, people
    named = [(name.casefold(), pk, bodies) for pk, name in company.organisations.items() if name]
    named += [(name.casefold(), pk, people) for pk, name in company.people.items()]
    taken: dict[int, int] = {}  # place of an "@" -> the length of the name that it calls
    for name, pk, into in sorted(named, key=lambda entry: -len(entry[0])):
        at = low.find("@" + name)
        while at >= 0:
            end = at + 1 + len(name)
            whole = end == len(low) or not low[end].isalnum()
            if whole and taken.get(at, len(name)) == len(name):
                taken[at] = len(name)
                into.add(pk)
            at = low.find("@" + name, at + 1)
    return bodies, people
