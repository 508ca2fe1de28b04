"""Writes of programmes. Who may do what, and when, is decided by the database; here is what belongs to each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.deciding import change, decided
from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import model
from hueandcry.exchange.money import is_currency
from hueandcry.exchange.text import clean
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell
from hueandcry.programmes.models import (
    Appraisal,
    Component,
    Evaluation,
    Indicator,
    Lesson,
    Milestone,
    Move,
    Overlap,
    Partner,
    Programme,
    Reading,
    Risk,
)
from hueandcry.programmes.plan import outlines, queries, readings
from hueandcry.web import countries as names
from hueandcry.web.clock import today

LONG = 8_000  # characters
SHORT = 300


@dataclass(frozen=True, slots=True)
class Begun:
    """What a draft is begun with. ``courses`` and ``resources``: references of what it is to be made of."""

    kind: str
    countries: tuple[str, ...]
    aspect: str
    currency: str = "EUR"
    months: int = 18
    courses: tuple[UUID, ...] = ()
    resources: tuple[UUID, ...] = ()
    priority: UUID | None = None
    request: UUID | None = None


def begin(*, by: Viewer, told: Begun) -> UUID:
    """A draft out of a gap: outline, milestones, safeguards, components of the courses and resources chosen, and the
    indicators that it will be judged by, with where they stand today. Raises Refused."""
    aspects = model().aspects
    if told.aspect not in aspects:
        raise Refused(_("Choose the aspect of capacity that it is for."))
    if not is_currency(told.currency):
        raise Refused(_("Give the currency by its code of three letters."))
    if told.kind == "NCAP" and len(told.countries) != 1:
        raise Refused(_("A national programme is for one country; take an international one for several."))
    if told.kind == "ICAP" and len(told.countries) < 2:
        raise Refused(_("An international programme is for two countries or more."))
    aspect, starts = aspects[told.aspect], today() + timedelta(days=90)
    ends = starts + timedelta(days=30 * told.months)
    with viewer(by):
        cells = queries.gaps_of(by, told.countries, told.aspect)
        called = [names.country_name(code, "en") for code in told.countries]
        outline = outlines.outline(told.kind)
        title, objective, theory = outline.filled(
            country=called[0],
            countries=", ".join(called),
            aspect=aspect.name,
            now="; ".join(queries.standing(cell) for cell in cells),
        )
        with decided():
            made = Programme.objects.create(
                code=_code(told, starts),
                kind=told.kind,
                title=title,
                state="draft",
                objective=objective,
                theory=theory,
                countries=list(told.countries),
                aspect=told.aspect,
                priority=told.priority,
                request=told.request,
                starts=starts,
                ends=ends,
                currency=told.currency,
                organisation=by.organisation or 0,
                person=by.person or 0,
            )
            for title, at in outline.milestones:
                Milestone.objects.create(programme=made, title=title, due=starts + (ends - starts) * at)
            Risk.objects.bulk_create(Risk(programme=made, **each) for each in outline.risks)
            Partner.objects.create(
                programme=made, role="accountable", name=by.name or "?", organisation=by.organisation
            )
            _components(by, made, told)
            for cell in cells:
                Indicator.objects.create(
                    programme=made,
                    source="stage",
                    title=_("Stage of %(aspect)s") % {"aspect": aspect.name},
                    unit=_("stage 1 to 5"),
                    country=cell.country,
                    aspect=told.aspect,
                    baseline=cell.stage,  # not known is not nought
                    baseline_day=today() if cell.stage is not None else None,
                    target=cell.target or (None if cell.stage is None else min(5, cell.stage + 1)),
                    target_day=ends,
                )
        audit.record(by=by, verb="begin", kind="programme", thing=made.pk)
    return made.reference


def _code(told: Begun, starts: date) -> str:
    """``NCAP-KE-2026-1``. Two who begin at once wait for each other."""
    stem = f"{told.kind}-{told.countries[0] if told.kind == 'NCAP' else 'INT'}-{starts.year}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_next_code(%s)", [stem])
        return str(cursor.fetchone()[0])


def _components(by: Viewer, made: Programme, told: Begun) -> None:
    for course in queries.courses_by_reference(by, told.courses):
        Component.objects.create(
            programme=made, kind="course", title=course.title, aspect=told.aspect, reduces=0.5, people=20, cost=0,
            course=course.reference, starts=made.starts, ends=made.ends,
        )  # fmt: skip
    for resource in queries.resources_by_reference(by, told.resources):
        kind = {"expert": "expert", "tool": "equipment", "laboratory": "equipment"}.get(resource.kind, "resource")
        Component.objects.create(
            programme=made, kind=kind, title=resource.title[:SHORT], aspect=told.aspect, reduces=0.25, cost=0,
            resource=resource.reference, starts=made.starts, ends=made.ends,
        )  # fmt: skip


def edit(*, by: Viewer, programme: UUID, values: Mapping[str, Any]) -> None:
    """Write what the plan says: title, objective, theory, days, currency. Raises Refused, Programme.DoesNotExist."""
    told = {key: clean(str(values[key]), LONG).strip() for key in ("title", "objective", "theory") if key in values}
    told |= {key: values[key] for key in ("starts", "ends") if values.get(key)}
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        change(Programme.objects.filter(pk=found.pk), **told)
        audit.record(by=by, verb="edit", kind="programme", thing=found.pk)


PARTS: dict[str, Any] = {
    "component": Component,
    "partner": Partner,
    "milestone": Milestone,
    "risk": Risk,
    "indicator": Indicator,
}


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: clean(value, LONG).strip() if isinstance(value, str) else value for name, value in values.items()}


def add(*, by: Viewer, programme: UUID, part: str, values: Mapping[str, Any]) -> int:
    """Put a component, partner, milestone, risk or indicator into the plan. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        told = _cleaned(values)
        if part == "indicator" and told.get("source") != "told" and told.get("baseline") is None:
            now = readings.take(by, Indicator(programme=found, **told))
            if now is not None:
                told |= {"baseline": now.value, "baseline_day": now.day}
        with decided():
            made = PARTS[part].objects.create(programme=found, **told)
        audit.record(by=by, verb=f"add {part}", kind="programme", thing=found.pk)
    return int(made.pk)


def alter(*, by: Viewer, programme: UUID, part: str, key: int, values: Mapping[str, Any]) -> None:
    """Change a part of the plan. Raises Refused, Programme.DoesNotExist."""
    told = _cleaned(values)
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        change(PARTS[part].objects.filter(programme=found, pk=key), **told)
        audit.record(by=by, verb=f"change {part}", kind="programme", thing=found.pk)


def remove(*, by: Viewer, programme: UUID, part: str, key: int) -> None:
    """Take a part out of the plan. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        with decided():
            if not PARTS[part].objects.filter(programme=found, pk=key).delete()[0]:
                raise Refused(_("It is not in the plan, or the plan does not change any more."))
        audit.record(by=by, verb=f"remove {part}", kind="programme", thing=found.pk)


def move(*, by: Viewer, programme: UUID, state: str, reason: str = "") -> None:
    """Move a programme on. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        if state == "appraisal" and (open_ones := queries.unjudged(by, found)):
            words = _("Say first how it stands to %(title)s, which works on the same: see overlaps.")
            raise Refused(words % {"title": open_ones[0].title})
        values = {"state": state} | ({"reason": clean(reason, LONG).strip()} if reason.strip() else {})
        change(Programme.objects.filter(pk=found.pk), **values)
        _told(by, found, state)
        audit.record(by=by, verb=state, kind="programme", thing=found.pk)


def agree(*, by: Viewer, programme: UUID, name: str, words: str) -> None:
    """Agree for the country, with what was agreed. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        told = {"name": clean(name, SHORT).strip(), "office": by.name, "day": today().isoformat()}
        told["words"] = clean(words, LONG).strip()
        change(Programme.objects.filter(pk=found.pk), state="agreed", agreed=told)
        _told(by, found, "agreed")
        audit.record(by=by, verb="agreed", kind="programme", thing=found.pk)


def _told(by: Viewer, found: Programme, state: str) -> None:
    people = {found.person, *Appraisal.objects.filter(programme=found).values_list("person", flat=True)}
    tell(
        kind="programme",
        title=_("%(code)s is now: %(state)s") % {"code": found.code, "state": dict(Programme.State.choices)[state]},
        link=reverse("programmes:programme", args=[found.reference]),
        people=sorted(people - {by.person or 0}),
    )


def appraise(*, by: Viewer, programme: UUID, verdict: str, words: str, answers: Mapping[str, str]) -> None:
    """Say whether a plan is sound. The second of two organisations that find it so makes it appraised; one that does
    not sends it back. Raises Refused, Programme.DoesNotExist."""
    told = {key: clean(answers.get(key, ""), LONG).strip() for key in outlines.questions()}
    if missing := next((key for key, text in told.items() if not text), None):
        raise Refused(_("Answer this too: %(question)s") % {"question": outlines.questions()[missing]})
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        turn = Move.objects.filter(programme=found, after="appraisal").count()
        with decided():
            Appraisal.objects.create(
                programme=found,
                round=turn,
                organisation=by.organisation or 0,
                person=by.person or 0,
                verdict=verdict,
                answers=told,
                words=clean(words, LONG).strip(),
            )
        sound = Appraisal.objects.filter(programme=found, round=turn, verdict="sound").count()
        if verdict == "returned":
            change(Programme.objects.filter(pk=found.pk), state="draft", reason=clean(words, LONG).strip())
            _told(by, found, "draft")
        elif sound >= 2:
            change(Programme.objects.filter(pk=found.pk), state="appraised")
            _told(by, found, "appraised")
        audit.record(by=by, verb="appraise", kind="programme", thing=found.pk)


def judge(*, by: Viewer, programme: UUID, resource: UUID, verdict: str, words: str) -> None:
    """Say how a programme of others at the same thing stands to this one. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        with decided():
            Overlap.objects.update_or_create(
                programme=found,
                resource=resource,
                defaults={"verdict": verdict, "words": clean(words, LONG).strip(), "person": by.person or 0},
            )
        audit.record(by=by, verb="judge overlap", kind="programme", thing=found.pk)


def done(*, by: Viewer, programme: UUID, milestone: int, day: date, evidence: str) -> None:
    """Say that a milestone is reached, with its evidence. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        rows = Milestone.objects.filter(programme=found, pk=milestone)
        change(rows, done=day, evidence=clean(evidence, LONG).strip(), told_by=by.person)
        audit.record(by=by, verb="milestone reached", kind="programme", thing=found.pk)


def seen(*, by: Viewer, programme: UUID, milestone: int) -> None:
    """Say, being of another organisation, that a milestone was reached. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        change(Milestone.objects.filter(programme=found, pk=milestone), seen_by=by.person, seen_at=Now())
        audit.record(by=by, verb="milestone seen", kind="programme", thing=found.pk)


def read(*, by: Viewer, programme: UUID) -> int:
    """Read every indicator that can be read of the alliance's own data; how many were. Raises Refused."""
    count = 0
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        with decided():
            for indicator in found.indicators.exclude(source="told"):
                now = readings.take(by, indicator)
                if now is None or Reading.objects.filter(indicator=indicator, day=now.day).exists():
                    continue
                Reading.objects.create(indicator=indicator, person=by.person or 0, **now._asdict())
                count += 1
        audit.record(by=by, verb="read indicators", kind="programme", thing=found.pk, count=count)
    return count


def tell_reading(
    *, by: Viewer, programme: UUID, indicator: int, day: date, value: float, words: str, low: float | None = None,
    high: float | None = None, link: str = "",
) -> None:  # fmt: skip
    """Tell what an indicator says that nothing here can read. Raises Refused."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        row = Indicator.objects.filter(programme=found, pk=indicator, source="told").first()
        if row is None:
            raise Refused(_("This indicator is read, not told."))
        with decided():
            Reading.objects.create(
                indicator=row, day=day, value=value, low=low, high=high, words=clean(words, LONG).strip(),
                link=clean(link, SHORT).strip(), person=by.person or 0,
            )  # fmt: skip
        audit.record(by=by, verb="tell indicator", kind="programme", thing=found.pk)


def learn(*, by: Viewer, programme: UUID, words: str) -> None:
    """Keep a lesson. Raises Refused, Programme.DoesNotExist."""
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        with decided():
            Lesson.objects.create(
                programme=found, words=clean(words, LONG).strip(), aspect=found.aspect, person=by.person or 0
            )
        audit.record(by=by, verb="lesson", kind="programme", thing=found.pk)


def evaluate(*, by: Viewer, programme: UUID, grades: Mapping[str, int], words: str, advice: str = "") -> None:
    """Evaluate a programme a year after its end, having had no part in it. Raises Refused, Programme.DoesNotExist."""
    told = {key: int(grades[key]) for key in outlines.criteria() if grades.get(key) in (1, 2, 3, 4)}
    if len(told) < len(outlines.criteria()):
        raise Refused(_("Give each criterion a grade from 1 to 4."))
    with viewer(by):
        found = Programme.objects.get(reference=programme)
        with decided():
            Evaluation.objects.create(
                programme=found,
                grades=told,
                words=clean(words, LONG).strip(),
                advice=clean(advice, LONG).strip(),
                organisation=by.organisation or 0,
                person=by.person or 0,
            )
        change(Programme.objects.filter(pk=found.pk), state="evaluated")
        _told(by, found, "evaluated")
        audit.record(by=by, verb="evaluated", kind="programme", thing=found.pk)
