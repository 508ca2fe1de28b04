"""Reads of publication. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from hueandcry.exchange.models import Change
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Followed:
    """A collection that the viewer may read. ``principal`` is whose it is, ``alert`` the saved search it is of."""

    id: int
    reference: UUID
    kind: str
    principal: int | None
    alert: int | None


def collections(viewer: Viewer) -> list[Followed]:
    """The collections that the viewer may read; those of its principals are made where they are not there yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference, kind, principal, alert FROM hueandcry_collections()")
        return [Followed(*row) for row in cursor.fetchall()]


def changes(viewer: Viewer, after: int = 0, most: int = 1_000) -> list[Change]:
    """What happened to reports that the viewer may see, after the change of that number, in order."""
    return list(Change.objects.filter(number__gt=after).order_by("number")[:most])


def last_change(viewer: Viewer) -> int:
    """The number of the latest change that the viewer may see; 0 where there is none."""
    return Change.objects.filter(number__isnull=False).order_by("-number").values_list("number", flat=True).first() or 0
