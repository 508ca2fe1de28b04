"""For whom something is written: one's own organisation, or a circle that it is in; a case room has its own circle."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.linkage.models import Room, RoomOrganisation
from hueandcry.members import queries as members
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits together: ``principal`` stands for them; ``own`` is one's own organisation alone. ``people`` are those
    of a case room, which has people for members; None: everybody of the organisations sits there."""

    principal: int
    name: str
    own: bool
    organisations: tuple[int, ...]
    people: frozenset[int] | None = None


def tables(viewer: Viewer) -> list[Table]:
    """Where the viewer may write, own organisation first. Inside a viewer; five queries at most."""
    own = members.own_organisation(viewer)
    if own is None:
        return []
    circles = members.circles(viewer).filter(closed_at=None, principal__in=viewer.principals)
    rooms = _rooms(viewer)
    found = [
        rooms.get(c.principal_id)
        or Table(c.principal_id, c.name, False, tuple(m.organisation_id for m in c.members.all()))
        for c in circles.prefetch_related("members")
    ]
    return [Table(own.principal_id, own.name, True, (own.pk,)), *found]


def _rooms(viewer: Viewer) -> dict[int, Table]:
    """The open case rooms that the viewer is in, by the principal of their circle."""
    open_now = Room.objects.filter(closed_at=None, principal__in=viewer.principals)
    found: dict[int, Table] = {}
    for room in open_now.prefetch_related("organisations", "people"):
        joined = {one.organisation for one in room.organisations.all() if one.state == RoomOrganisation.State.JOINED}
        named = frozenset(one.person for one in room.people.all() if one.left_at is None)
        found[room.principal] = Table(room.principal, room.name, False, tuple(sorted(joined)), named)
    return found


def table(viewer: Viewer, principal: int) -> Table:
    """The one of them that this principal stands for. Raises Refused."""
    for one in tables(viewer):
        if one.principal == principal:
            return one
    raise Refused(_("You can write for your own organisation and for circles that it is in, and for nobody else."))


def intern(principal: int) -> int:
    """The id of the audience that is this principal alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_intern(%s::bigint[])", [[principal]])
        return int(cursor.fetchone()[0])
