"""What this desk lets others link to. Each is found by its reference under row-level security."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from hueandcry.capacity.models import Call, Priority, Proposal, Resource
from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.linkage import asked
from hueandcry.members.viewer import Viewer


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
    things.register("resource", Thing(gettext_lazy("resource"), "books", _resource))
    things.register("call", Thing(gettext_lazy("call for help"), "heart-handshake", _call))
    things.register("priority", Thing(gettext_lazy("common priority"), "list-numbers", _priority))
    things.register("proposal", Thing(gettext_lazy("proposed priority"), "list-numbers", _proposal))


def _resource(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Resource.objects.filter(reference=key).only("title", "reference").first() if key else None
    return Shown(found.title, f"/resources/{found.reference}/") if found else None


def _call(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Call.objects.filter(reference=key).only("title", "reference").first() if key else None
    return Shown(found.title, f"/clearing/{found.reference}/") if found else None


def _priority(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Priority.objects.filter(reference=key).select_related("proposal").first() if key else None
    return Shown(found.proposal.title, f"/priorities/{found.reference}/") if found else None


def _proposal(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Proposal.objects.filter(reference=key).only("title", "reference").first() if key else None
    return Shown(found.title, f"/priorities/proposals/{found.reference}/") if found else None
