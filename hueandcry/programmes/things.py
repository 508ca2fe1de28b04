"""What this desk lets others link to, and what it tells those below it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy

from hueandcry.capacity.gaps import queries as gaps
from hueandcry.capacity.gaps.classes import Programme as Working
from hueandcry.chain import things
from hueandcry.chain.things import Shown, Thing
from hueandcry.linkage import asked
from hueandcry.members.viewer import Viewer
from hueandcry.programmes.models import Programme


def register() -> None:
    """Make them known; called when Django is ready."""
    things.register("programme", Thing(gettext_lazy("programme"), "briefcase", _programme))
    gaps.WORKING.append(_working)


def _programme(viewer: Viewer, reference: str) -> Shown | None:
    key = asked.reference(reference)
    found = Programme.objects.filter(reference=key).first() if key else None
    return Shown(found.title, f"/programmes/{found.reference}/") if found else None


def _working(viewer: Viewer, countries: Sequence[str] | None) -> dict[tuple[str, str], list[Working]]:
    from hueandcry.programmes.plan import queries

    return queries.working(viewer, countries)
