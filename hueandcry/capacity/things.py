"""What this desk lets others link to. Each is found by its reference under row-level security."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from hueandcry.capacity.models import Call, Resource
from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.linkage import asked
from hueandcry.members.viewer import Viewer


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
    things.register("resource", Thing(gettext_lazy("resource"), "books", _resource))
    things.register("call", Thing(gettext_lazy("call for help"), "heart-handshake", _call))


def _resource(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Resource.objects.filter(reference=key).only("title", "reference").first() if key else None
    return Shown(found.title, f"/resources/{found.reference}/") if found else None


def _call(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Call.objects.filter(reference=key).only("title", "reference").first() if key else None
    return Shown(found.title, f"/clearing/{found.reference}/") if found else None
