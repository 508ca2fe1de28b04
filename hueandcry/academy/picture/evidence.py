"""What the picture of training shows of a country's capacity: indicators of the maturity model that it is evidence for.
It is told as evidence like any other, and counts once two others have accepted it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from hueandcry.academy.models import Scheme
from hueandcry.academy.picture import queries
from hueandcry.academy.picture.queries import Trained
from hueandcry.capacity.assessment import actions as assessments
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import IndicatorEvidence
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

SOURCE = "Hue & Cry, picture of training"
COUNTED, ACCREDITED = "3.3.b-3-1", "3.3.a-4-2"
# Role -> the indicators that five people certified for it show.
SHOWN_BY: Mapping[str, tuple[str, ...]] = {
    "CCI": ("4.3.a-4-2",), "ONI": ("4.3.a-4-2",), "GCI": ("4.3.a-4-2",),
    "DFE": ("4.3.a-2-2",), "PRO": ("4.3.b-2-2",), "JUD": ("4.3.c-2-1",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """An indicator that the picture shows to hold in a country, and by which numbers."""

    country: str
    indicator: str
    words: str


def shown(rows: Iterable[Trained], roles: Mapping[str, str], accredited: Iterable[str]) -> list[Shown]:
    """What is shown, a line for each country and indicator. ``roles``: role of each scheme; ``accredited``: countries
    whose providers are accredited. Pure."""
    numbers: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        words = f"{row.people} people certified for {row.scheme}"
        for indicator in (COUNTED, *SHOWN_BY.get(roles.get(row.scheme, ""), ())):
            numbers.setdefault((row.country, indicator), []).append(words)
    for country in accredited:
        numbers.setdefault((country, ACCREDITED), ["a provider accredited by the alliance's published standard"])
    return [Shown(country, indicator, ", ".join(words)) for (country, indicator), words in sorted(numbers.items())]


def untold(by: Viewer, country: str = "") -> list[Shown]:
    """What the picture shows and no evidence of it says yet. The caller has entered the viewer."""
    roles = dict(Scheme.objects.values_list("code", "role"))
    found = shown(queries.trained(), roles, queries.accredited_countries())
    today = datetime.now(UTC).date()
    held = set(
        IndicatorEvidence.objects.filter(
            source__startswith=SOURCE,
            withdrawn_at=None,
            expires__gt=today,
            indicator__in={one.indicator for one in found},
        ).values_list("country", "indicator")
    )
    return [one for one in found if country in ("", one.country) and (one.country, one.indicator) not in held]


def tell(*, by: Viewer, country: str) -> int:
    """Tell what the picture shows of a country as evidence; gives of how many indicators. Raises Refused."""
    with viewer(by):
        found = untold(by, country)
    if not found:
        raise Refused(_("The picture shows nothing of this country that is not told already."))
    today = datetime.now(UTC).date()
    indicators = model().indicators
    assessments.add_all(by=by, told=[
        assessments.Told(
            one.country, one.indicator, True, _kind(indicators[one.indicator].evidence),
            f"{SOURCE}, {today:%Y-%m-%d}: {one.words}", today,
        )
        for one in found
    ])  # fmt: skip
    return len(found)


def _kind(kinds: tuple[str, ...]) -> str:
    return "official-statistic" if "official-statistic" in kinds else "record"
