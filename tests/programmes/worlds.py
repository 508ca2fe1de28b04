"""A small alliance with a treasurer, a board, programmes and funds, for tests of this desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import connections

from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.programmes.ledger import actions as ledger
from hueandcry.programmes.ledger.entries import Sum
from hueandcry.programmes.models import Component, Fund, Indicator, Milestone, Programme, Risk, Seat
from tests import factory

TODAY = datetime.now(UTC).date()
SAFEGUARDS = ("human-rights", "data-protection", "corruption", "conflict-of-interest")
_numbers = count(1)


def office() -> Person:
    """Treasurer and secretary of the alliance's office, in one person."""
    return factory.person(factory.office(), roles=("treasurer", "secretary"))


def officer(name: str = "Police of Kenya", country: str = "KE", kind: str = "law-enforcement") -> Person:
    return factory.person(factory.organisation(name, country=country, kind=kind), roles=("officer",))


def fund(by: Viewer, code: str = "", **told: object) -> Fund:
    """A fund in euro that has been open for years."""
    code = code or f"F{next(_numbers)}"
    given = {"name": code, "giver": "Giver", "currency": "EUR", "opens": TODAY - timedelta(days=2000)} | told
    reference = ledger.open_fund(by=by, code=code, **given)  # type: ignore[arg-type]
    with viewer(by):
        return Fund.objects.get(reference=reference)


def programme(
    by: Viewer,
    country: str = "KE",
    *,
    full: bool = True,
    currency: str = "EUR",
    costs: tuple[int, ...] = (50000, 30000),
) -> Programme:
    """A draft with components of these costs; with all that an appraisal asks for."""
    with viewer(by):
        made = Programme.objects.create(
            code=f"NCAP-{country}-{next(_numbers)}",
            kind="NCAP",
            title="Forensics",
            state="draft",
            countries=[country],
            currency=currency,
            organisation=by.organisation or 0,
            person=by.person or 0,
            objective="Examine telephones.",
            theory="Who can examine a telephone finds more.",
            starts=TODAY - timedelta(days=30),
            ends=TODAY + timedelta(days=300),
        )
        for n, cost in enumerate(costs):
            Component.objects.create(
                programme=made, kind="course", title=f"Course {n}", aspect="1.1.a", reduces=0.5, cost=cost, people=10
            )
        if full:
            Milestone.objects.create(programme=made, title="Course held", due=TODAY + timedelta(days=60))
            Indicator.objects.create(
                programme=made,
                source="stage",
                title="Stage",
                aspect="1.1.a",
                country=country,
                baseline=1,
                target=2,
                baseline_day=TODAY,
                target_day=TODAY + timedelta(days=300),
            )
            for kind in SAFEGUARDS:
                Risk.objects.create(programme=made, kind=kind, words="It could.", likelihood=2, harm=3, answer="So.")
    return made


def in_state(made: Programme, state: str) -> Programme:
    """The same in another state, as if it had gone there."""
    past_the_rules("UPDATE programmes_programme SET state = %s WHERE id = %s", [state, made.pk])
    made.state = state
    return made


def past_the_rules(statement: str, values: list[object]) -> None:
    """Write to programmes as the owner of the tables, with nobody asking whether that may be."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE programmes_programme DISABLE TRIGGER programme_moves")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE programmes_programme ENABLE TRIGGER programme_moves")


def euro(held: Fund, amount: int) -> Sum:
    return Sum(held.pk, amount, held.currency, amount, held.currency)


def seat(office: Viewer, body: Organisation) -> None:
    with viewer(office):
        Seat.objects.create(organisation=body.pk, since=TODAY - timedelta(days=10), person=office.person or 0)
