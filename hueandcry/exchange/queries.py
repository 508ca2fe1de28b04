"""Every read of the exchange. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

from hueandcry.exchange.handling import Handling, from_json
from hueandcry.members.models import ALLIANCE, Organisation
from hueandcry.members.viewer import Viewer

# What an organisation sends goes to the alliance unless it decides otherwise: sharing is why it joined.
DEFAULT_HANDLING = Handling(tlp="GREEN", recipients=(ALLIANCE,))


def default_handling(viewer: Viewer) -> Handling:
    """The handling that the viewer's organisation gives to what it sends."""
    content = Organisation.objects.values_list("handling", flat=True).get(pk=viewer.organisation)
    return from_json(content, fallback=DEFAULT_HANDLING)
