"""DELETE: the organisation's own copies of an object go, as when what brought them is erased.

Only where nobody else's copy would still show: the standard wants an object that was deleted to be gone, and nobody
deletes what others reported.
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import removal
from hueandcry.exchange.models import Object
from hueandcry.exchange.taxii import pages
from hueandcry.exchange.taxii.parameters import Wanted
from hueandcry.exchange.taxii.problems import Problem, absent
from hueandcry.members.viewer import Viewer, viewer


def delete(*, by: Viewer, collection: UUID, object_id: str, wanted: Wanted) -> int:
    """Delete the versions asked for of one object; gives how many copies went. Raises Problem (403, 404)."""
    with viewer(by):
        shown = pages.copies(by, collection, object_id, wanted)
        if not shown:
            raise absent()
        versions = [version for version, _organisation in shown]
        held = Object.objects.filter(hash=pages.hashed(object_id), key=object_id, version__in=versions)
        if None in versions:
            held |= Object.objects.filter(hash=pages.hashed(object_id), key=object_id, version=None)
        same = list(held.values_list("pk", "organisation", "ours"))
        if any(organisation != by.organisation for _id, organisation, _ours in same):
            raise Problem(
                403,
                "others",
                _("You cannot delete this object."),
                _("Another organisation reported it as well, or alone. What others reported is theirs to take back."),
            )
        if any(ours for _id, _organisation, ours in same):
            raise Problem(
                403,
                "written",
                _("You cannot delete this object."),
                _("It was written from a report that did not come as STIX. Withdraw that, or erase what it came in."),
            )
        removal.remove_objects([one[0] for one in same], person=by.person)
        audit.record(by=by, verb="delete", kind="object", count=len(same), detail={"ids": [one[0] for one in same]})
    return len(same)
