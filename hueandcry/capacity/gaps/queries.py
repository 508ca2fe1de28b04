"""Reads of the gap board. The caller has entered the viewer: cells are made of what this viewer sees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Q

from hueandcry.capacity.assessment import queries as assessments
from hueandcry.capacity.assessment.model import OURS, model
from hueandcry.capacity.assessment.stages import AspectStage
from hueandcry.capacity.gaps.classes import Cell, Classed, Programme, Threat, classed
from hueandcry.capacity.models import Resource, Target
from hueandcry.capacity.rates import Rate, picture_rates
from hueandcry.capacity.register.state import STANDING
from hueandcry.members.viewer import Viewer

# How many resources that are no programmes reach a country for an aspect; those that serve every country under ''.
_REACHED = """
SELECT country, aspect, count(*) FROM capacity_resource r
CROSS JOIN LATERAL unnest(CASE WHEN r.everywhere THEN ARRAY[''] ELSE r.countries END) country
CROSS JOIN LATERAL unnest(r.aspects) aspect
WHERE r.state IN ('listed', 'fading') AND r.kind <> 'programme'
    AND (%(countries)s::text[] IS NULL OR r.everywhere OR r.countries && %(countries)s::varchar[]) GROUP BY 1, 2
"""


Work = Callable[[Viewer, Sequence[str] | None], Mapping[tuple[str, str], list[Programme]]]
WORKING: list[Work] = []  # desks above this one add whom they know to work on an aspect in a country


@dataclass(frozen=True, slots=True)
class Board:
    """Every cell that can be said something about, by country and aspect, and what it was made of."""

    cells: Mapping[tuple[str, str], Classed]
    countries: tuple[str, ...]
    day: date
    aims: Mapping[tuple[str, str], Target]
    stages: Mapping[str, Mapping[str, AspectStage]]  # by country and aspect, of those of which there is evidence
    rates: Mapping[str, Rate]  # of the picture, by country
    as_of: str = ""  # the freeze that rates come from

    def aim(self, country: str, aspect: str) -> Target | None:
        """What is aimed at in a country: its own target, else that of all."""
        return self.aims.get((country, aspect)) or self.aims.get(("", aspect))


def targets(viewer: Viewer, *, of: str = OURS) -> dict[tuple[str, str], Target]:
    """By (country, aspect) the newest target; country '' is that of all."""
    return {(row.country, row.aspect): row for row in Target.objects.filter(model=of).order_by("pk")}


def threats(rates: Mapping[str, Rate]) -> dict[str, Threat]:
    """How much cybercrime hits each country of which the picture can give a rate: the upper third of rates for 100,000
    inhabitants is high, the lower third low. Of all others it is unknown; of all, where fewer than three have one."""
    order = sorted(rates, key=lambda country: (-rates[country][0], country))
    third = len(order) / 3
    made: dict[str, Threat] = {
        country: "high" if n < third else "low" if n >= 2 * third else "medium" for n, country in enumerate(order)
    }
    return made if len(order) >= 3 else {}


def programmes(viewer: Viewer, countries: Sequence[str] | None = None) -> dict[tuple[str, str], list[Programme]]:
    """Programmes of the register and of other desks by (country, aspect); those for every country under ''.

    One without aspects is in none: nobody can say what it covers. Related are those that one names by their IATI
    identifier."""
    rows = Resource.objects.filter(~Q(aspects=[]), kind=Resource.Kind.PROGRAMME, state__in=STANDING)
    if countries is not None:
        rows = rows.filter(Q(everywhere=True) | Q(countries__overlap=list(countries)))
    columns = ("reference", "identifier", "provider", "starts", "ends", "details", "countries", "everywhere", "aspects")
    held = list(rows.only(*columns))
    named = {row.identifier: str(row.reference) for row in held if row.identifier}
    made: dict[tuple[str, str], list[Programme]] = defaultdict(list)
    for row in held:
        related = frozenset(named[other] for _kind, other in row.details.get("related", ()) if other in named)
        one = Programme(str(row.reference), row.provider, row.starts, row.ends, related)
        for country in [""] if row.everywhere else row.countries:
            for aspect in row.aspects:
                made[country, aspect].append(one)
    for told in WORKING:
        for place, ones in told(viewer, countries).items():
            made[place] += ones
    return dict(made)


def reached(viewer: Viewer, countries: Sequence[str] | None = None) -> dict[tuple[str, str], int]:
    """How many resources reach a country for an aspect; under '' those that serve every country."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHED, {"countries": None if countries is None else list(countries)})
        return {(country, aspect): count for country, aspect, count in cursor.fetchall()}


def board(viewer: Viewer, *, countries: Sequence[str] | None = None, day: date | None = None, of: str = OURS) -> Board:
    """The board of the countries named, or of every country of which there is evidence or a target of its own."""
    on = day or assessments.today()
    stages = assessments.stages(viewer, countries=countries, day=day, of=of)
    aims, working, helps = targets(viewer, of=of), programmes(viewer, countries), reached(viewer, countries)
    rates, as_of = picture_rates(viewer)
    hit = threats(rates)
    named = sorted(set(countries) if countries is not None else set(stages) | {c for c, _a in aims if c})
    cells: dict[tuple[str, str], Classed] = {}
    made = Board(cells, tuple(named), on, aims, stages, rates, as_of)
    for country in named:
        for aspect in model(of).aspects:
            aim = made.aim(country, aspect)
            found = stages.get(country, {}).get(aspect)
            cell = Cell(
                country,
                aspect,
                aim.stage if aim else None,
                found.stage if found else None,
                (*working.get((country, aspect), ()), *working.get(("", aspect), ())),
                helps.get((country, aspect), 0) + helps.get(("", aspect), 0),
                hit.get(country, "unknown"),
            )
            cells[country, aspect] = classed(cell, day=on)
    return made
