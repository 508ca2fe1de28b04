"""What this desk lets others link to. Each is found by its reference under row-level security."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy

from hueandcry.capacity.models import Call, Priority, Proposal, Resource
from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.members.viewer import Viewer


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
    things.register("resource", Thing(gettext_lazy("resource"), "books", _resource))
    things.register("call", Thing(gettext_lazy("call"), "heart-handshake", _call))
    things.register("proposal", Thing(gettext_lazy("proposal"), "bulb", _proposal))
    things.register("priority", Thing(gettext_lazy("priority"), "flag", _priority))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # the reference of no thing


def _resource(viewer: Viewer, reference: str) -> Shown | None:
    found = Resource.objects.filter(reference=_uuid(reference)).only("title", "reference").first()
    return Shown(found.title, f"/resources/{found.reference}/") if found else None


def _call(viewer: Viewer, reference: str) -> Shown | None:
    found = Call.objects.filter(reference=_uuid(reference)).only("title", "reference").first()
    return Shown(found.title, f"/clearing/{found.reference}/") if found else None


def _proposal(viewer: Viewer, reference: str) -> Shown | None:
    found = Proposal.objects.filter(reference=_uuid(reference)).select_related("round").first()
    return Shown(found.title, f"/priorities/{found.round.reference}/{found.number}/") if found else None


def _priority(viewer: Viewer, reference: str) -> Shown | None:
    found = Priority.objects.filter(reference=_uuid(reference)).select_related("proposal__round").first()
    if found is None:
        return None
    return Shown(found.proposal.title, f"/priorities/{found.proposal.round.reference}/{found.proposal.number}/")
