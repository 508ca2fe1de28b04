"""Which collections there are for somebody, and what may be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.exchange.actions import SUBMITTERS
from hueandcry.exchange.models import Alert
from hueandcry.exchange.models import Collection as Stored
from hueandcry.members.models import Circle, Organisation
from hueandcry.members.viewer import Viewer

MEDIA_TYPES: Final = ["application/stix+json;version=2.1", "application/stix+json;version=2.0"]
PUBLISHERS: Final = ("analyst", "administrator")  # who may give something to everybody
_ORDER: Final = ("everyone", "alliance", "circle", "organisation", "search")


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection as one viewer has it."""

    id: int
    reference: UUID
    kind: str
    principal: int | None
    title: str
    description: str
    alias: str
    can_read: bool
    can_write: bool

    def resource(self) -> dict[str, Any]:
        """The collection resource of section 5.2.1."""
        shown: dict[str, Any] = {
            "id": str(self.reference),
            "title": self.title,
            "description": self.description,
            "can_read": self.can_read,
            "can_write": self.can_write,
            "media_types": MEDIA_TYPES,
        }
        return shown | ({"alias": self.alias} if self.alias else {})


def visible(viewer: Viewer, scopes: frozenset[str]) -> list[Collection]:
    """The collections that the viewer may see, in an order that does not change; inside ``with viewer(...)``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, reference, kind, principal, alert FROM hueandcry_collections()")
        rows = cursor.fetchall()
    rows.sort(key=lambda row: (_ORDER.index(row[2]), row[0]))
    named = _names(viewer, rows)
    return [
        Collection(
            number, reference, kind, principal, *named[number],
            can_read="read" in scopes,
            can_write=may_write(viewer, kind, scopes),
        )
        for number, reference, kind, principal, _alert in rows
        if number in named
    ]  # fmt: skip


def may_write(viewer: Viewer, kind: str, scopes: frozenset[str]) -> bool:
    """Whether the viewer may send objects into a collection of this kind. A saved search fills itself."""
    if "submit" not in scopes or not viewer.vetted or kind == Stored.Kind.SEARCH:
        return False
    return viewer.may(*(PUBLISHERS if kind == Stored.Kind.EVERYONE else SUBMITTERS))


def one(viewer: Viewer, scopes: frozenset[str], name: str) -> Collection | None:
    """The collection with this id or alias; None where there is none that the viewer may see."""
    wanted = as_identifier(name)
    for found in visible(viewer, scopes):
        if found.reference == wanted or (wanted is None and found.alias == name):
            return found
    return None


def as_identifier(name: str) -> UUID | None:
    """The UUID that a name is, in the form the standard knows; None for an alias."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name.lower() else None


def _names(viewer: Viewer, rows: list[tuple[Any, ...]]) -> dict[int, tuple[str, str, str]]:
    """(title, description, alias) of each."""
    circles = {
        one.principal_id: one for one in Circle.objects.filter(principal__in=[r[3] for r in rows if r[2] == "circle"])
    }
    alerts = {one.pk: one for one in Alert.objects.filter(pk__in=[r[4] for r in rows if r[2] == "search"])}
    inboxes = {
        one.principal_id: one
        for one in Organisation.objects.filter(principal__in=[r[3] for r in rows if r[2] == "organisation"])
    }
    told: dict[int, tuple[str, str, str]] = {}
    for number, _reference, kind, principal, alert in rows:
        if kind == "everyone":
            told[number] = (_("Public"), _("What members share with everybody."), "public")
        elif kind == "alliance":
            told[number] = (_("The alliance"), _("What members share with the whole alliance."), "alliance")
        elif kind == "circle" and principal in circles:
            circle = circles[principal]
            said = _("What members share with the circle %(name)s.") % {"name": circle.name}
            told[number] = (circle.name, said, f"circle-{circle.slug}")
        elif kind == "organisation" and principal in inboxes:
            body = inboxes[principal]
            title = _("Inbox of %(name)s") % {"name": body.name}
            said = _(
                "What was sent to your organisation itself. What you post here is shared as your organisation's default"
                " handling has it."
            )
            told[number] = (title, said, f"inbox-{body.slug}")
        elif kind == "search" and alert in alerts:
            said = _("What your organisation's saved search finds.")
            told[number] = (alerts[alert].name, said, "")
    return told
