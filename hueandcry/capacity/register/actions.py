"""Writes of the register: proposals, objections, confirmations, and the calendar. Experts and files have their own.

A proposal goes before the alliance for a time in which any member may object; then it is listed. Where it is presumably
there already it waits for who proposed it, seen by their organisation alone, until they say that it is another.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.models import Confirmation, Objection, Resource, ResourceDuplicate, ResourceEvent
from hueandcry.capacity.register.drafts import ResourceDraft, Unfit, fit
from hueandcry.capacity.register.state import FADES, FIELDS, REMINDS, REVIEW, WRITERS
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

log = logging.getLogger(__name__)
LIVE = (Resource.State.REVIEW, Resource.State.LISTED, Resource.State.FADING)
ALIKE = 5  # rows looked at for each way in which a resource may be there already


def require_writer(by: Viewer) -> None:
    """Raise Refused for who may not write in the register."""
    if not (by.vetted and by.person and by.organisation and by.may(*WRITERS)):
        raise Refused(_("Officers, assessors, analysts and administrators of members in good standing write here."))


def propose(*, by: Viewer, draft: ResourceDraft, source: str = "form", another: bool = False) -> UUID:
    """Propose a resource; gives its reference. ``another``: the proposer has seen what is alike, and it is none of it.

    Raises Refused, and Unfit where the draft cannot be stored.
    """
    require_writer(by)
    told = fit(draft)
    with viewer(by):
        found = alike(by, [told])
        waits = bool(found) and not another
        made = make(by, told, source=source, waits=waits)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise Refused(_("Your organisation has a resource of this identifier already.")) from None
        keep_alike([made], found, another=another)
        note(by, made, "proposed")
        audit.record(by=by, verb="propose", kind="resource", thing=made.pk, detail={"source": source})
    return made.reference


def make(by: Viewer, draft: ResourceDraft, *, source: str, waits: bool) -> Resource:
    """A resource out of a fit draft, not yet stored; inside a viewer."""
    now = datetime.now(UTC)
    return Resource(
        state=Resource.State.PROPOSED if waits else Resource.State.REVIEW,
        audience=seen_by(by, waits=waits),
        organisation=by.organisation or 0,
        person=by.person or 0,
        source=source,
        created_at=now,
        changed_at=now,
        review_until=None if waits else now + REVIEW,
        **values(draft),
    )


def values(draft: ResourceDraft) -> dict[str, object]:
    """A draft as columns."""
    told = {name: getattr(draft, name) for name in FIELDS}
    for name in ("countries", "languages", "aspects"):
        told[name] = list(told[name])
    return told | {"language": draft.language or "en", "details": dict(draft.details)}


def seen_by(by: Viewer, *, waits: bool) -> int:
    """The audience of a proposal: the alliance; while it waits for its proposer, their organisation."""
    if not waits:
        return intern([ALLIANCE])
    return intern([Organisation.objects.values_list("principal_id", flat=True).get(pk=by.organisation or 0)])


def alike(by: Viewer, drafts: Sequence[ResourceDraft]) -> list[tuple[int, int, float]]:
    """(place in ``drafts``, id of a stored resource, bits) of what is presumably there already; inside a viewer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource FROM hueandcry_resources_alike(%s::text[], %s::text[], %s)",
            [[one.title for one in drafts], [one.identifier for one in drafts], ALIKE],
        )
        near = [row[0] for row in cursor.fetchall()]
    columns = ("id", "kind", "title", "provider", "identifier", "url", "countries")
    old = list(Resource.objects.filter(pk__in=near).exclude(kind=Resource.Kind.EXPERT).values(*columns))
    new = [{name: getattr(one, name) for name in columns[1:]} | {"id": -n - 1} for n, one in enumerate(drafts)]
    from hueandcry.capacity.register import duplicates  # an engine: not loaded with the addresses

    return [(-key - 1, other, bits) for key, other, bits in duplicates.pairs(new, old)]


def keep_alike(made: Sequence[Resource], found: Sequence[tuple[int, int, float]], *, another: bool = False) -> None:
    """Keep what ``alike`` found of resources that were stored; inside a viewer."""
    ResourceDuplicate.objects.bulk_create(
        ResourceDuplicate(
            resource=made[place],
            other_id=other,
            bits=bits,
            same=False if another else None,
            said_by=made[place].person if another else None,
        )
        for place, other, bits in found
    )


def note(by: Viewer, resource: Resource, kind: str, before: dict[str, object] | None = None) -> None:
    """Write what happened into the history of a resource; inside a viewer."""
    ResourceEvent.objects.create(
        resource=resource, kind=kind, organisation=by.organisation, person=by.person, before=before or {}
    )


def send(*, by: Viewer, resource: UUID) -> None:
    """Send a proposal that waits before the alliance: it is another than what is alike. Raises Refused,
    Resource.DoesNotExist."""
    require_writer(by)
    with viewer(by):
        found = _own(by, resource)
        if found.state != Resource.State.PROPOSED:
            raise Refused(_("It is before the alliance already."))
        ResourceDuplicate.objects.filter(resource=found, same=None).update(same=False, said_by=by.person)
        until = datetime.now(UTC) + REVIEW
        change = {"state": Resource.State.REVIEW, "audience": intern([ALLIANCE]), "review_until": until}
        Resource.objects.filter(pk=found.pk).update(**change)
        note(by, found, "sent")
        audit.record(by=by, verb="send", kind="resource", thing=found.pk)


def _own(by: Viewer, reference: UUID) -> Resource:
    found = Resource.objects.select_for_update().filter(reference=reference).first()
    if found is None:  # row-level security gives nothing to lock to who may not change it
        Resource.objects.get(reference=reference)
        raise Refused(_("The organisation that proposed it does that, or the secretariat."))
    return found


def edit(*, by: Viewer, resource: UUID, draft: ResourceDraft) -> None:
    """Change what is told of a resource; what it said before stays in its history. Raises Refused, Unfit,
    Resource.DoesNotExist."""
    require_writer(by)
    told = values(fit(draft))
    with viewer(by):
        found = _own(by, resource)
        if found.kind == Resource.Kind.EXPERT:
            raise Refused(_("An expert's entry is changed on the expert's own form."))
        told["details"] = found.details
        before = {name: _plain(getattr(found, name)) for name, value in told.items() if getattr(found, name) != value}
        if not before:
            return
        try:
            with transaction.atomic():
                Resource.objects.filter(pk=found.pk).update(**told, changed_at=datetime.now(UTC))
        except IntegrityError:
            raise Refused(_("Your organisation has a resource of this identifier already.")) from None
        note(by, found, "edited", before)
        audit.record(by=by, verb="edit", kind="resource", thing=found.pk, count=len(before))


def _plain(value: object) -> object:
    return value if isinstance(value, str | bool | int | list | dict) or value is None else str(value)


def withdraw(*, by: Viewer, resource: UUID) -> None:
    """Take a resource out of the register; its history stays with who may see it. Raises Refused,
    Resource.DoesNotExist."""
    require_writer(by)
    with viewer(by):
        found = _own(by, resource)
        if found.state == Resource.State.WITHDRAWN:
            raise Refused(_("It is withdrawn already."))
        Resource.objects.filter(pk=found.pk).update(state=Resource.State.WITHDRAWN, changed_at=datetime.now(UTC))
        note(by, found, "withdrawn")
        audit.record(by=by, verb="withdraw", kind="resource", thing=found.pk)


def confirm(*, by: Viewer, resource: UUID, words: str = "") -> None:
    """Say that it is still so: fresh for a year. Raises Refused, Resource.DoesNotExist."""
    require_writer(by)
    with viewer(by):
        found = Resource.objects.get(reference=resource)
        if found.state not in LIVE:
            raise Refused(_("What is not before the alliance cannot be confirmed."))
        Confirmation.objects.create(
            resource=found, organisation=by.organisation or 0, person=by.person or 0, note=clean(words, 1_000)
        )
        note(by, found, "confirmed")
        audit.record(by=by, verb="confirm", kind="resource", thing=found.pk)


def object_to(*, by: Viewer, resource: UUID, reason: str) -> None:
    """Say why a resource should not be listed, while it is under review. Its proposer and the office are told.

    Raises Refused, Resource.DoesNotExist."""
    require_writer(by)
    words = clean(reason, 4_000).strip()
    if not words:
        raise Refused(_("Give your reason: who proposed it has to be able to answer."))
    with viewer(by):
        found = Resource.objects.get(reference=resource)
        if found.state != Resource.State.REVIEW:
            raise Refused(_("It is not under review."))
        if found.organisation == by.organisation:
            raise Refused(_("Your own organisation proposed it: withdraw it instead."))
        try:
            with transaction.atomic():
                made = Objection.objects.create(
                    resource=found, organisation=by.organisation or 0, person=by.person or 0, reason=words
                )
        except IntegrityError:
            raise Refused(_("Your organisation has objected already.")) from None
        note(by, found, "objected")
        audit.record(by=by, verb="object", kind="resource", thing=found.pk, detail={"objection": made.pk})
        offices = Organisation.objects.filter(secretariat=True, state="vetted").values_list("pk", flat=True)
        _tell(_("A member objects to a resource that you proposed"), found.reference, [found.organisation])
        _tell(_("A member objects to a resource: the office decides"), found.reference, list(offices))


def answer_objection(*, by: Viewer, objection: int, upheld: bool, words: str) -> None:
    """Decide on an objection, by the secretariat: upheld, the resource is withdrawn. Both sides are told.

    Raises Refused, Objection.DoesNotExist."""
    if not (by.secretariat and by.vetted and by.may("secretary", "administrator")):
        raise Refused(_("The secretariat decides on objections."))
    said = clean(words, 4_000).strip()
    if not said:
        raise Refused(_("Give the reason of the decision."))
    with viewer(by):
        found = Objection.objects.select_related("resource").get(pk=objection)
        if found.upheld is not None:
            raise Refused(_("It is decided already."))
        Objection.objects.filter(pk=found.pk).update(
            upheld=upheld, answer=said, answered_by=by.person, answered_at=datetime.now(UTC)
        )
        if upheld:
            Resource.objects.filter(pk=found.resource_id).update(state=Resource.State.WITHDRAWN)
        note(by, found.resource, "objection upheld" if upheld else "objection answered")
        audit.record(by=by, verb="decide", kind="resource", thing=found.resource_id, detail={"upheld": upheld})
        both = [found.organisation, found.resource.organisation]
        _tell(_("An objection to a resource is decided"), found.resource.reference, both)


def say_same(*, by: Viewer, duplicate: int, same: bool) -> None:
    """Say whether two resources are one: then the one of one's own organisation is withdrawn. Raises Refused,
    ResourceDuplicate.DoesNotExist."""
    require_writer(by)
    with viewer(by):
        found = ResourceDuplicate.objects.select_related("resource", "other").get(pk=duplicate)
        if not ResourceDuplicate.objects.filter(pk=duplicate).update(same=same, said_by=by.person):
            raise Refused(_("The organisations that proposed one of the two say that, or the secretariat."))
        gone = found.resource if by.secretariat or found.resource.organisation == by.organisation else found.other
        if same:
            Resource.objects.filter(pk=gone.pk).update(state=Resource.State.WITHDRAWN)
            note(by, gone, "withdrawn")
        audit.record(by=by, verb="same" if same else "not the same", kind="resource", thing=gone.pk)


def _tell(title: str, reference: UUID, organisations: Sequence[int], people: Sequence[int] = ()) -> None:
    link = reverse("capacity:resource", args=[reference])
    tell(kind="resource", title=title, link=link, organisations=organisations, people=people, roles=WRITERS)


# The calendar

SAID = {
    "listed": _("A resource that you proposed is listed: nobody objected"),
    "fading": _("A resource that you proposed fades: nobody confirmed it for a year"),
    "fades soon": _("Confirm a resource that you proposed: it fades in thirty days"),
}
OPERATOR = Viewer(principals=(), roles=frozenset({"operator"}), channel="calendar")


def calendar_due(most: int = 500) -> int:
    """What the calendar does: reviews end, what nobody confirmed fades, who said so is reminded. Gives how many."""
    with viewer(OPERATOR), connection.cursor() as cursor:
        cursor.execute(
            "SELECT resource, reference, organisation, person, what"
            " FROM hueandcry_resources_due(%s, make_interval(days => %s), make_interval(days => %s))",
            [most, FADES.days, REMINDS.days],
        )
        rows = cursor.fetchall()
        for _resource, reference, _organisation, person, what in rows:
            _tell(SAID[what], reference, [], [person])
        if rows:
            audit.record(by=OPERATOR, verb="calendar", kind="resource", count=len(rows))
    return len(rows)


__all__ = [
    "Unfit",
    "alike",
    "answer_objection",
    "calendar_due",
    "confirm",
    "edit",
    "object_to",
    "propose",
    "say_same",
    "send",
    "withdraw",
]
