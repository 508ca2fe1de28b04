"""Writes of courses: a course and its life, sessions, enrolment, evaluation. Triggers decide once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.academy.deciding import change, decided
from hueandcry.academy.frameworks import queries as frameworks
from hueandcry.academy.frameworks.model import LEVELS
from hueandcry.academy.models import Course, Enrolment, Evaluation, FrameworkVersion, Session
from hueandcry.audit import actions as audit
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

SHORT, LONG = 300, 20_000  # characters
HOME = ("officer", "administrator")


@dataclass(frozen=True, slots=True)
class Described:
    """A course in the standard form. ``teaches``, ``requires``: competence of the framework -> EQF level; ``hours``:
    workload of who takes part, preparation and examination included."""

    title: str
    country: str
    hours: int
    languages: Sequence[str] = ()
    mode: str = "classroom"
    about: str = ""
    framework: str = "hueandcry-le"
    roles: Sequence[str] = ()
    teaches: Mapping[str, int] = field(default_factory=dict)
    requires: Mapping[str, int] = field(default_factory=dict)
    outcomes: str = ""
    trainer_material: str = ""
    student_material: str = ""
    assessment: str = ""
    marking: str = ""
    pilot: str = ""


def _values(by: Viewer, told: Described) -> dict[str, object]:
    title = line(told.title, SHORT)
    if len(title) < 5:
        raise Refused(_("Give the course a title."))
    if not is_code(told.country):
        raise Refused(_("Choose a country."))
    if not 1 <= told.hours <= 5_000:
        raise Refused(_("The workload is from 1 to 5,000 hours."))
    if told.mode not in Course.Mode.values:
        raise Refused(_("Choose how it is given."))
    try:
        known = frameworks.framework(by, told.framework)
    except FrameworkVersion.DoesNotExist:
        raise Refused(_("There is no framework %(code)s.") % {"code": told.framework[:40]}) from None
    for code, level in (*told.teaches.items(), *told.requires.items()):
        if code not in known.by_code or level not in LEVELS:
            raise Refused(
                _("There is no competence %(code)s at level %(level)s in the framework.")
                % {"code": str(code)[:40], "level": level}
            )
    if unknown := [role for role in told.roles if role not in known.by_code]:
        raise Refused(_("There is no role %(code)s in the framework.") % {"code": unknown[0][:40]})
    texts = ("about", "outcomes", "trainer_material", "student_material", "assessment", "marking", "pilot")
    return {
        "title": title,
        "country": told.country,
        "hours": told.hours,
        "languages": sorted(set(told.languages)),
        "mode": told.mode,
        "framework": told.framework,
        "roles": sorted(set(told.roles)),
        "teaches": dict(told.teaches),
        "requires": dict(told.requires),
        **{name: clean(getattr(told, name), LONG).strip() for name in texts},
    }


def draft(*, by: Viewer, told: Described, follows: int | None = None, version: int = 1) -> UUID:
    """Begin a course that its provider alone sees; gives its reference. Raises Refused."""
    with viewer(by):
        values = _values(by, told)
        with decided():
            made = Course.objects.create(
                **values,
                audience=_own(by),
                organisation=by.organisation or 0,
                person=by.person or 0,
                follows=follows,
                version=version,
            )
        audit.record(by=by, verb="draft", kind="course", thing=made.pk)
    return made.reference


def edit(*, by: Viewer, course: UUID, told: Described) -> None:
    """Change a draft. Raises Course.DoesNotExist, Refused."""
    with viewer(by):
        values = _values(by, told)
        found = Course.objects.get(reference=course, organisation=by.organisation or 0)
        with decided():
            Course.objects.filter(pk=found.pk).update(**values)
        audit.record(by=by, verb="edit", kind="course", thing=found.pk)


def renew(*, by: Viewer, course: UUID) -> UUID:
    """A draft of the next version of one's own course, as it stands. Raises Course.DoesNotExist, Refused."""
    with viewer(by):
        found = Course.objects.get(reference=course, organisation=by.organisation or 0)
    told = Described(**{name: getattr(found, name) for name in Described.__dataclass_fields__})
    return draft(by=by, told=told, follows=found.pk, version=found.version + 1)


def move(*, by: Viewer, course: UUID, state: str) -> None:
    """Publish or retire a course. Raises Course.DoesNotExist, Refused."""
    with viewer(by):
        found = Course.objects.get(reference=course)
        values: dict[str, object] = {"state": state}
        if state == "published":
            values |= {"audience": intern([ALLIANCE]), "published_at": datetime.now(UTC)}
        change(Course.objects.filter(pk=found.pk), **values)
        audit.record(by=by, verb=state, kind="course", thing=found.pk)


@dataclass(frozen=True, slots=True)
class Planned:
    """A session. ``cost`` in minor units of ``currency``; ``trainers``: e-mail addresses of members' people."""

    starts: date
    ends: date
    country: str
    language: str
    places: int
    place: str = ""
    cost: int = 0
    currency: str = "EUR"
    trainers: Sequence[str] = ()


def plan(*, by: Viewer, course: UUID, told: Planned) -> UUID:
    """Plan a session of one's own published course; gives its reference. Raises Refused, DoesNotExist."""
    if not is_code(told.country) or told.starts > told.ends:
        raise Refused(_("Choose a country, and a last day that does not come before the first."))
    if not 1 <= told.places <= 1_000 or told.cost < 0:
        raise Refused(_("From 1 to 1,000 places, at a cost of 0 or more."))
    with viewer(by):
        found = Course.objects.get(reference=course)
        teaching = _people(told.trainers)
        with decided():
            made = Session.objects.create(
                course=found,
                audience=found.audience,
                organisation=by.organisation or 0,
                starts=told.starts,
                ends=told.ends,
                country=told.country,
                place=line(told.place, SHORT),
                language=told.language,
                places=told.places,
                cost=told.cost,
                currency=told.currency,
                trainers=teaching,
            )
        audit.record(by=by, verb="plan", kind="session", thing=made.pk)
    return made.reference


def teach(*, by: Viewer, session: UUID, trainers: Sequence[str]) -> None:
    """Say by e-mail address who teaches a session. Who does neither marks nor decides on those who sit in it.

    Raises Session.DoesNotExist, Refused."""
    with viewer(by):
        found = Session.objects.get(reference=session)
        change(Session.objects.filter(pk=found.pk), trainers=_people(trainers))
        audit.record(by=by, verb="name trainers", kind="session", thing=found.pk)


def move_session(*, by: Viewer, session: UUID, state: str) -> None:
    """Open, hold or cancel a session; whoever is enrolled hears of a cancellation. Raises Refused, DoesNotExist."""
    with viewer(by):
        found = Session.objects.select_related("course").get(reference=session)
        change(Session.objects.filter(pk=found.pk), state=state)
        if state == "cancelled":
            held = Enrolment.objects.filter(session=found, state__in=["asked", "approved", "placed", "waiting"])
            tell(
                kind="course",
                title=_("A session is cancelled"),
                link=_link(found),
                people=list(held.values_list("person", flat=True)),
            )
        audit.record(by=by, verb=state, kind="session", thing=found.pk)


def enrol(*, by: Viewer, session: UUID, reason: str = "") -> int:
    """Ask to take part; the own agency is told. Gives the enrolment's number. Raises Refused, DoesNotExist."""
    with viewer(by):
        found = Session.objects.select_related("course").get(reference=session)
        with decided():
            made = Enrolment.objects.create(
                session=found,
                person=by.person or 0,
                organisation=by.organisation or 0,
                provider=found.organisation,
                reason=clean(reason, 2_000).strip(),
            )
        tell(
            kind="course",
            title=_("Somebody of yours asks to take part in a course"),
            link=_link(found),
            organisations=[by.organisation or 0],
            roles=HOME,
        )
        audit.record(by=by, verb="enrol", kind="enrolment", thing=made.pk)
    return made.pk


def answer(*, by: Viewer, enrolment: int, state: str, reason: str = "") -> str:
    """Move an enrolment on; one that is approved gets a place where one is free, else waits. A place that gets free is
    given by the provider. Gives the state it ends in. Raises Refused, DoesNotExist."""
    with viewer(by):
        found = Enrolment.objects.select_related("session__course").get(pk=enrolment)
        after = state
        values: dict[str, object] = {"state": state}
        if state == "approved":
            values["approved_at"] = datetime.now(UTC)
        if reason:
            values["reason"] = clean(reason, 2_000).strip()
        with decided():
            Enrolment.objects.filter(pk=found.pk).update(**values)
            if state == "approved":
                after = _placed_or_waiting(found)
        names = dict(Enrolment.State.choices)
        if found.person != by.person:
            tell(
                kind="course",
                title=_("Your place in a course: %(state)s") % {"state": names[after]},
                link=_link(found.session),
                people=[found.person],
            )
        audit.record(by=by, verb=after, kind="enrolment", thing=found.pk)
    return after


def _placed_or_waiting(found: Enrolment) -> str:
    try:
        with decided():
            Enrolment.objects.filter(pk=found.pk).update(state="placed")
    except Refused:
        Enrolment.objects.filter(pk=found.pk).update(state="waiting")
        return "waiting"
    return "placed"


def evaluate(*, by: Viewer, enrolment: int, level: int, score: int, text: str = "") -> None:
    """Say what came of it, at a level from 1 (what they thought) to 4 (what it changed). Raises Refused."""
    if level not in Evaluation.Level.values or not 1 <= score <= 5:
        raise Refused(_("Choose a level, and a score from 1 to 5."))
    with viewer(by):
        found = Enrolment.objects.get(pk=enrolment)
        with decided():
            Evaluation.objects.create(
                enrolment=found, level=level, score=score, text=clean(text, 4_000).strip(), person=by.person or 0
            )
        audit.record(by=by, verb="evaluate", kind="enrolment", thing=found.pk, detail={"level": level})


def _link(session: Session) -> str:
    return reverse("academy:session", args=[session.reference])


def _own(by: Viewer) -> int:
    return intern([Organisation.objects.values_list("principal_id", flat=True).get(pk=by.organisation or 0)])


def _people(emails: Sequence[str]) -> list[int]:
    wanted = sorted({each.strip().lower() for each in emails if each.strip()})
    found = dict(Person.objects.filter(email__in=wanted).values_list("email", "pk"))
    if missing := [each for each in wanted if each not in found]:
        raise Refused(_("There is nobody here with the address %(email)s.") % {"email": missing[0][:80]})
    return sorted(found.values())
