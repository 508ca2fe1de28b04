"""The number of the academy's own that an index of needs may hold: people certified, for the inhabitants there are."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext_lazy as _

from hueandcry.capacity.needs import queries as needs
from hueandcry.members.viewer import Viewer
from hueandcry.picture.models import Denominator

CODE, PER = "own.certified", 100_000


def register() -> None:
    """Make it known to the desk of capacity, which may not know this one; called when Django is ready."""
    name = _("People who hold a certificate in force, per 100 000 inhabitants")
    needs.OWN[CODE] = needs.Own(name, 1, certified)


def certified(viewer: Viewer) -> dict[str, float]:
    """By country; those without five people of one scheme, or without a count of inhabitants, are unknown, not none."""
    from hueandcry.academy.picture.queries import trained

    people: dict[str, int] = defaultdict(int)
    for row in trained():
        people[row.country] += row.people
    counts = Denominator.objects.filter(kind="inhabitants", sector="", size="", country__in=people)
    inhabitants = dict(counts.order_by("year").values_list("country", "value"))  # the newest year comes last
    return {country: PER * people[country] / inhabitants[country] for country in people if country in inhabitants}
