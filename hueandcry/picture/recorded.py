"""Where the things are that acts of this desk name by a number in the audit record."""

from __future__ import annotations

from django.urls import reverse

from hueandcry.audit.things import Place, nowhere, one_page
from hueandcry.audit.things import register as say
from hueandcry.picture.models import Release


def register() -> None:
    """Make them known; called when Django is ready."""
    say("release", _releases)
    say("signal", one_page("picture:signals"))
    say("freeze", nowhere("its figures show on the picture's page, its files nowhere"))
    say("picture", nowhere("what was asked stands in the details"))
    for table in ("rates", "denominators", "reference"):
        say(f"picture {table}", nowhere("a table of the operator's"))


def _releases(numbers: set[int]) -> dict[int, Place]:
    """Published ones by the number that everybody knows, drafts by their reference; what was dropped has no page."""
    found = {}
    for one in Release.objects.filter(pk__in=numbers).exclude(state=Release.State.DROPPED):
        if one.number is None:
            found[one.pk] = Place(reverse("picture:release-draft", args=[one.reference]), one.title)
        else:
            found[one.pk] = Place(reverse("picture:release", args=[one.number]), one.title)
    return found
