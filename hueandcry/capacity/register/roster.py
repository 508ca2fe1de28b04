"""Reads of experts: who has a skill, speaks a language, goes to a country, is free then, and has no conflict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from hueandcry.capacity.models import Availability, Conflict, Expert
from hueandcry.capacity.register.drafts import LEVELS
from hueandcry.capacity.register.state import STANDING
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom one looks for; empty is any. ``level``: at least this in each language; ``free_from`` to ``free_until`` in
    one piece; ``without_country`` and ``without``: no conflict with that country, with that organisation or name."""

    skill: str = ""
    languages: tuple[str, ...] = ()
    level: str = ""
    country: str = ""
    free_from: date | None = None
    free_until: date | None = None
    without_country: str = ""
    without: str = ""
    without_organisation: int | None = None


def experts(viewer: Viewer, sought: Sought) -> QuerySet[Expert]:
    """The experts whom the viewer may see and who fit, with their resource. Row-level security goes by consent."""
    found = Expert.objects.select_related("resource").filter(resource__state__in=STANDING)
    if sought.skill:
        found = found.filter(
            Q(skills__contains=[sought.skill.casefold()])
            | Q(resource__title__icontains=sought.skill)
            | Q(resource__about__icontains=sought.skill)
        )
    for code in sought.languages:
        held = [one for one in LEVELS if not sought.level or LEVELS.index(one) >= LEVELS.index(sought.level)]
        found = found.filter(**{f"speaks__{code}__in": held})
    if sought.country:
        found = found.filter(Q(resource__countries__contains=[sought.country]) | Q(resource__everywhere=True))
    return _unhindered(_free(found, sought), sought).order_by("-resource__confirmed_at", "-pk")


def _free(found: QuerySet[Expert], sought: Sought) -> QuerySet[Expert]:
    if sought.free_from is None:
        return found
    until = sought.free_until or sought.free_from
    times = Availability.objects.filter(resource=OuterRef("pk"), starts__lte=sought.free_from, ends__gte=until)
    return found.filter(Exists(times))


def _unhindered(found: QuerySet[Expert], sought: Sought) -> QuerySet[Expert]:
    """Without those who have a conflict that lasts into the time asked for."""
    on = sought.free_from or date.today()  # noqa: DTZ011 - a conflict is told by days
    lasting = Conflict.objects.filter(resource=OuterRef("pk")).filter(Q(until=None) | Q(until__gte=on))
    against = Q(pk=None)
    if sought.without_country:
        against |= Q(country=sought.without_country)
    if sought.without:
        against |= Q(party__icontains=sought.without)
    if sought.without_organisation is not None:
        against |= Q(organisation=sought.without_organisation)
        found = found.exclude(employer=sought.without_organisation)
    return found.exclude(Exists(lasting.filter(against)))
