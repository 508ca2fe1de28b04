"""What trends let other desks link to: signals, which horizon and guidance take up."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy

from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.members.viewer import Viewer
from hueandcry.picture.models import Signal
from hueandcry.picture.trends import words


def register() -> None:
    """Make signals known; called when Django is ready."""
    things.register("signal", Thing(gettext_lazy("signal"), "trending-up", _signal))


def _signal(viewer: Viewer, reference: str) -> Shown | None:
    try:
        found = Signal.objects.filter(reference=UUID(reference)).first()
    except ValueError:
        return None
    return Shown(words.line(found), reverse("picture:signals") + f"#{found.reference}") if found else None
