"""From who gave money to what it moved, and back: each disbursement with every step that can be walked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from hueandcry.academy.models import Course, Scheme
from hueandcry.academy.picture import queries as training
from hueandcry.capacity.needs import queries as needs
from hueandcry.members.viewer import Viewer
from hueandcry.programmes.models import Component, Indicator, Programme, Reading
from hueandcry.programmes.plan import queries
from hueandcry.programmes.plan.queries import Money


@dataclass(frozen=True, slots=True)
class Moved:
    """An indicator with what was read of it, the oldest first."""

    indicator: Indicator
    readings: tuple[Reading, ...] = ()

    @property
    def last(self) -> Reading | None:
        """What was read last."""
        return self.readings[-1] if self.readings else None

    @property
    def share(self) -> float | None:
        """How much of the way from baseline to target was gone, 0 to 1 and beyond; None: it cannot be told."""
        start, aim = self.indicator.baseline, self.indicator.target
        if self.last is None or start is None or aim is None or start == aim:
            return None
        return (self.last.value - start) / (aim - start)

    @property
    def percent(self) -> int | None:
        """The same in whole percent."""
        return None if self.share is None else round(100 * self.share)


@dataclass(frozen=True, slots=True)
class Step:
    """What one fund paid one component, and what that leads to. ``certified``: by scheme, how many people of the
    programme's countries hold its certificate (fewer than five are not told)."""

    money: Money
    component: Component
    course: Course | None
    certified: dict[str, int] = field(default_factory=dict)
    moved: tuple[Moved, ...] = ()
    needs: tuple[str, ...] = ()  # countries of which a need is on record

    @property
    def broken(self) -> tuple[str, ...]:
        """Links that ought to be there and are not."""
        wanted = (
            ("course", self.component.kind == "course" and self.component.course is not None and self.course is None),
            ("indicator", self.component.kind != "overhead" and not self.moved),
        )
        return tuple(word for word, missing in wanted if missing)


def moved(programme: Programme) -> list[Moved]:
    """The indicators of a programme. The caller has entered the viewer."""
    rows = programme.indicators.order_by("pk").prefetch_related(Prefetch("readings", Reading.objects.order_by("day")))
    return [Moved(row, tuple(row.readings.all())) for row in rows]


def walk(viewer: Viewer, programme: Programme, results: Sequence[Moved]) -> list[Step]:
    """Every step of a programme's money, by fund and component, with those of ``results`` that it leads to. The caller
    has entered the viewer."""
    paid = queries.money(viewer, [programme.pk]).get(programme.pk, [])
    parts = {part.pk: part for part in programme.components.all()}
    courses = {
        row.reference: row
        for row in Course.objects.filter(reference__in=[p.course for p in parts.values() if p.course])
    }
    people: dict[str, int] = defaultdict(int)
    if viewer.vetted and paid:
        for row in training.trained():
            if row.country in programme.countries:
                people[row.scheme] += row.people
    schemes: dict[str, set[str]] = defaultdict(set)
    for scheme in Scheme.objects.filter(code__in=people) if people else ():
        schemes[scheme.role].add(scheme.code)
    known = needs.needs(needs.newest(viewer)) if viewer.vetted else {}
    steps = []
    for one in paid:
        part = parts.get(one.component or 0)
        if part is None:
            continue
        course = courses.get(part.course) if part.course else None
        codes = {part.scheme} - {""} or {code for role in (course.roles if course else ()) for code in schemes[role]}
        steps.append(
            Step(
                one,
                part,
                course,
                {code: people[code] for code in sorted(codes) if code in people},
                tuple(each for each in results if _of(each.indicator, part)),
                tuple(code for code in programme.countries if code in known),
            )
        )
    return steps


def _of(indicator: Indicator, part: Component) -> bool:
    """Whether an indicator shows what a component moves: its own, or one of the same aspect, or of the whole."""
    if indicator.component_id:
        return indicator.component_id == part.pk
    return not (indicator.aspect and part.aspect) or indicator.aspect == part.aspect
