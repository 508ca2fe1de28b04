"""What is known of one country: its numbers, its rate against its region, who reports there, signals and releases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hueandcry.members.viewer import Viewer
from hueandcry.picture import queries
from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard.answers import Answer, answer, asking
from hueandcry.picture.dashboard.rates import PER, denominators, rates
from hueandcry.picture.models import Release, Signal
from hueandcry.picture.question import Question, addressed
from hueandcry.picture.reference import regions
from hueandcry.picture.trends import queries as trends

LATEST = 5  # releases named


class Against(NamedTuple):
    """A rate for so many of a kind, of the country and of its region, each with bounds; whose counts these are."""

    kind: str
    per: int
    own: tuple[float, float, float]
    region: tuple[float, float, float] | None
    sources: list[str]


@dataclass(frozen=True, slots=True)
class Country:
    """All that the page and the briefing of a country say."""

    code: str
    answer: Answer
    region: str  # key of reference/regions.py; "" none
    against: Sequence[Against]
    silent: Sequence[str]  # NACE sections of which nothing may be shown here, though some is elsewhere
    signals: Sequence[Signal]
    releases: Sequence[Release]
    estimate: dict[str, Any] | None  # what the page offers where its estimate was not asked for


def gathered(viewer: Viewer, code: str) -> Country | None:
    """What the last freeze tells of a country; None where there is no freeze. Inside the viewer."""
    question = Question(country=(code,))
    found = answer(viewer, question)
    if found is None:
        return None
    region = regions.subregion_of(code)
    whole = queries.figures(viewer, Question(), [("country",), ("sector",)], frozen=found.frozen)
    here = {cell.key[0] for cell in found.table("sector") if cell.value is not None}
    silent = [
        cell.key[0] for cell in whole[("sector",)] if cell.key[0] and cell.value is not None and cell.key[0] not in here
    ]
    return Country(
        code,
        found,
        region,
        against(found, whole[("country",)], code, region) if found.told else [],
        silent,
        [signal for signal in trends.open_signals(viewer) if code in addressed(signal.series).country],
        list(
            Release.objects.filter(state=Release.State.PUBLISHED)
            .order_by("-number")
            .defer("manifest", "settings")[:LATEST]
        ),
        asking(viewer, found),
    )


def against(found: Answer, cells: Sequence[Shown], code: str, region: str) -> list[Against]:
    """The country's rates and those of its region: the sum of what is shown of the region's countries that have a
    denominator, over the sum of theirs. What is held back stays out of both."""
    table = rates(found.frozen, cells)
    counts = denominators(found.frozen)
    lands = regions.countries_of(region) if region else frozenset()
    made = []
    for kind, per in PER.items():
        own = next((getattr(row, kind) for row in table.rows if row.country == code), None)
        if own is None:
            continue
        inside = [
            cell for cell in cells if cell.key[0] in lands and cell.value is not None and (kind, cell.key[0]) in counts
        ]
        people = sum(counts[(kind, cell.key[0])].value for cell in inside)
        others: tuple[float, float, float] | None = None
        if len(inside) > 1 and people:
            sums = [sum(_bound(cell, at) for cell in inside) for at in ("value", "low", "high")]
            others = (per * sums[0] / people, per * sums[1] / people, per * sums[2] / people)
        sources = sorted(
            {f"{counts[(kind, cell.key[0])].source} ({counts[(kind, cell.key[0])].year})" for cell in inside}
        )
        made.append(Against(kind, per, own, others, sources))
    return made


def _bound(cell: Shown, name: str) -> float:
    held = getattr(cell, name)
    return float(cell.value or 0 if held is None else held)
