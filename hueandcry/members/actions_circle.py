"""Every write about circles: made, filled, closed. Only the secretariat's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.actions import Refused, free_slug, require_secretariat
from hueandcry.members.models import Circle, CircleMember, Principal
from hueandcry.members.viewer import Viewer, viewer


def add_circle(
    *, by: Viewer, name: str, purpose: str = "", organisations: Sequence[int] = (), slug: str = ""
) -> Circle:
    """Make a circle of organisations."""
    require_secretariat(by)
    with viewer(by):
        try:
            with transaction.atomic():
                principal = Principal.objects.create(kind=Principal.Kind.CIRCLE)
                made = Circle.objects.create(
                    principal=principal, name=name, purpose=purpose, slug=slug or free_slug(Circle, name, "circle")
                )
        except IntegrityError:
            raise Refused(_("There is a circle called “%(name)s” already.") % {"name": name}) from None
        CircleMember.objects.bulk_create(
            CircleMember(circle=made, organisation_id=o) for o in dict.fromkeys(organisations)
        )
        audit.record(by=by, verb="add", kind="circle", thing=made.pk, count=len(organisations))
        return made


def set_circle_members(*, by: Viewer, circle: int, organisations: Sequence[int]) -> None:
    """Make a circle consist of exactly these organisations."""
    require_secretariat(by)
    with viewer(by):
        found = Circle.objects.get(pk=circle)
        CircleMember.objects.filter(circle=found).exclude(organisation__in=organisations).delete()
        held = set(CircleMember.objects.filter(circle=found).values_list("organisation", flat=True))
        CircleMember.objects.bulk_create(
            CircleMember(circle=found, organisation_id=o) for o in dict.fromkeys(organisations) if o not in held
        )
        audit.record(by=by, verb="set members", kind="circle", thing=circle, count=len(organisations))


def close_circle(*, by: Viewer, circle: int) -> None:
    """Close a circle: what was shared with it is from then on seen by its owners only."""
    require_secretariat(by)
    with viewer(by):
        Circle.objects.filter(pk=circle, closed_at=None).update(closed_at=datetime.now(UTC))
        audit.record(by=by, verb="close", kind="circle", thing=circle)
