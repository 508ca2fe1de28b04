"""Reads of profiles and plans: whose, what they have shown, which sessions there are. The caller has entered the
viewer; row-level security decides which certificates and places in courses are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.db.models.functions import Lower

from hueandcry.academy.courses.queries import fullness
from hueandcry.academy.models import Certificate, Course, Enrolment, Recognition, Session
from hueandcry.academy.plans.plan import MOST_SESSIONS, Offered
from hueandcry.academy.plans.shown import UNSAID, Shown, attended, certified
from hueandcry.members.models import Organisation, Person
from hueandcry.members.queries import organisation_names
from hueandcry.members.queries import people as people_of
from hueandcry.members.viewer import Viewer

HOME = ("officer", "administrator")  # to whom the database shows what the people of their organisation learn
MOST_PEOPLE = 2_000


def people(viewer: Viewer) -> dict[int, str]:
    """Whose whole training the viewer may see, by name: oneself, for HOME the people of their organisation."""
    rows = people_of(viewer, viewer.organisation or 0, active=True) if viewer.may(*HOME) else Person.objects.none()
    found = {key: name or email for key, name, email in
             rows.order_by(Lower("name"), "pk").values_list("pk", "name", "email")[:MOST_PEOPLE]}  # fmt: skip
    own = Person.objects.filter(pk=viewer.person or 0).values_list("pk", "name", "email")
    return {key: name or email for key, name, email in own} | found


def shown(viewer: Viewer, persons: Collection[int], framework: str, today: date) -> dict[int, list[Shown]]:
    """By person what they have shown of the competences of a framework, as far as the viewer may see it."""
    made: dict[int, list[Shown]] = {each: [] for each in persons}
    certificates = list(
        Certificate.objects.filter(person__in=persons, scheme__framework=framework, state__in=["valid", "expired"])
        .select_related("scheme").order_by("pk")
    )  # fmt: skip
    taken = _recognised(certificates, today)
    for row in certificates:
        how, missing = taken[row.pk]
        made[row.person] += certified(
            row.scheme.blueprint, row.scheme.level, title=row.scheme.title, reference=str(row.reference),
            since=row.since, until=row.until, recognised=how, missing=missing,
        )  # fmt: skip
    places = Enrolment.objects.filter(person__in=persons, state="attended", session__course__framework=framework)
    for place in places.select_related("session__course").order_by("pk"):
        session = place.session
        made[place.person] += attended(session.course.teaches.items(), title=session.course.title,
                                       reference=str(session.reference), ended=session.ends)  # fmt: skip
    return made


def _recognised(certificates: Iterable[Certificate], today: date) -> dict[int, tuple[str, list[str]]]:
    """By certificate how the country where its holder works takes it, and what is missing from it."""
    rows = list(certificates)
    countries = dict(Organisation.objects.filter(pk__in={row.body for row in rows}).values_list("pk", "country"))
    said = {
        (each.scheme_id, each.country, each.other): (each.how, list(each.missing))
        for each in Recognition.objects.filter(
            withdrawn_at=None, until__gt=today, scheme__in={row.scheme_id for row in rows}
        )
    }
    none: list[str] = []
    return {
        row.pk: ("", none) if countries.get(row.body) == row.country
        else said.get((row.scheme_id, row.country, countries.get(row.body, "")), (UNSAID, none))
        for row in rows
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """A session that could be chosen: as the plan weighs it, and what the page says of it."""

    offered: Offered
    row: Session
    provider: str
    free: int
    place: str = ""  # how it stands with the place of whom the plan is for, where they asked for one


@dataclass(frozen=True, slots=True)
class Offers:
    """What there is to choose from: languages and currencies of the sessions to come, and the countries they are in."""

    languages: frozenset[str]
    countries: frozenset[str]
    currencies: frozenset[str]


def offers(viewer: Viewer, framework: str, today: date) -> Offers:
    """What the sessions to come of a framework's courses offer; the viewer's own country is always among them."""
    rows = list(_to_come(framework, today).values_list("language", "country", "currency", "course__mode").distinct())
    countries = {country for _language, country, _currency, mode in rows if mode != Course.Mode.ONLINE}
    return Offers(frozenset(row[0] for row in rows), frozenset({*countries, viewer.country} - {""}),
                  frozenset(row[2] for row in rows))  # fmt: skip


def _to_come(framework: str, today: date) -> QuerySet[Session]:
    return Session.objects.filter(
        state__in=["planned", "open"], starts__gte=today, course__state="published", course__framework=framework
    )


def sessions(viewer: Viewer, framework: str, today: date, person: int) -> list[Choice]:
    """The sessions that have not begun, of published courses that teach competences of a framework; for a person, or
    for a unit (0)."""
    rows = list(
        _to_come(framework, today).exclude(trainers__contains=[person])  # nobody takes part in what they teach
        .select_related("course").order_by("starts", "pk")[:MOST_SESSIONS]
    )  # fmt: skip
    full = fullness(viewer, [row.pk for row in rows])
    names = organisation_names(viewer, {row.organisation for row in rows})
    asked = Enrolment.objects.filter(person=person).exclude(state__in=["withdrawn", "refused"])
    places = {each.session_id: each for each in asked}
    made = []
    for row in rows:
        free = max(row.places - full.get(row.pk, (0, 0))[0], 0)
        place = places.get(row.pk)
        placed = place is not None and place.state == "placed"
        made.append(Choice(_offered(row, full=not free and not placed), row, names.get(row.organisation, ""), free,
                           str(place.get_state_display()) if place else ""))  # fmt: skip
    return made


def _offered(row: Session, *, full: bool) -> Offered:
    course, online = row.course, row.course.mode == Course.Mode.ONLINE
    return Offered(
        str(row.reference), str(course.reference), course.teaches, row.starts, row.ends, row.cost, row.currency,
        row.language, "" if online else row.country, course.requires, full,
    )  # fmt: skip
