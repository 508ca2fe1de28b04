"""Writes of links. A link shows to its audience, and only to those of it who may find what stands at its other end."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.chain import things
from hueandcry.chain.models import Link
from hueandcry.chain.relations import RELATIONS
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

Ref = tuple[str, str]  # kind and reference of a thing


def link(*, by: Viewer, from_: Ref, to: Ref, relation: str, audience: Iterable[int]) -> UUID:
    """Say that two things belong together, to these principals; gives the link's reference.

    The same link said again by one's own organisation is the one that is there. Raises Refused.
    """
    with viewer(by):
        return link_within(by=by, from_=from_, to=to, relation=relation, audience=audience)


def link_within(*, by: Viewer, from_: Ref, to: Ref, relation: str, audience: Iterable[int]) -> UUID:
    """As ``link``, for an action that has entered the viewer already: both then stand or fall together."""
    if relation not in RELATIONS:
        raise Refused(_("Choose how the two belong together."))
    if from_ == to:
        raise Refused(_("A thing cannot be linked to itself."))
    principals = sorted(set(audience))
    if not set(principals) & set(by.principals):
        raise Refused(_("You can only say this to a group that you are in."))
    if by.person is None or by.organisation is None or not by.vetted:
        raise Refused(_("Only people of a member organisation in good standing link things."))
    for kind, reference in (from_, to):
        if things.find(by, kind, reference) is None:
            raise Refused(_("There is nothing here that you may see. Copy the address from its own page."))
    seen = _intern(principals)
    same = Link.objects.filter(
        from_kind=from_[0], from_reference=from_[1], to_kind=to[0], to_reference=to[1], relation=relation,
        audience=seen, organisation=by.organisation,
    )  # fmt: skip
    held = same.first()
    if held is not None:
        return held.reference
    made = Link(
        from_kind=from_[0], from_reference=from_[1], to_kind=to[0], to_reference=to[1], relation=relation,
        audience=seen, organisation=by.organisation, person=by.person,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # said twice at once by two of us
        return same.get().reference
    audit.record(
        by=by, verb="link", kind="link", thing=made.pk, detail={"relation": relation, "kinds": [from_[0], to[0]]}
    )
    return made.reference


def unlink(*, by: Viewer, reference: UUID) -> None:
    """Take back a link that one's own organisation made. Raises Link.DoesNotExist, Refused."""
    with viewer(by):
        found = Link.objects.get(reference=reference)
        if found.organisation != by.organisation or not by.vetted:
            raise Refused(_("Only the organisation that linked them can take it back."))
        audit.record(by=by, verb="unlink", kind="link", thing=found.pk)
        found.delete()


def _intern(principals: list[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_intern(%s::bigint[])", [principals])
        return int(cursor.fetchone()[0])
