"""Experts: who sees one goes by consent; consent taken back empties every view; conflicts and times narrow it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import ProgrammingError, connection
from django.utils.timezone import now

from hueandcry.capacity.models import Conflict, Expert, Resource
from hueandcry.capacity.register import experts, queries, roster
from hueandcry.capacity.register.drafts import Unfit
from hueandcry.capacity.register.experts import ExpertDraft
from hueandcry.capacity.register.queries import Wanted
from hueandcry.capacity.register.roster import Sought
from hueandcry.exchange.merge import intern
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def somebody(*roles: str, **more: object) -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(**more), roles or ("officer",)))  # type: ignore[arg-type]


def draft(**more: object) -> ExpertDraft:
    told = {
        "name": "Maria Trainer",
        "skills": ("Digital forensics", "training"),
        "speaks": (("pt", "native"), ("en", "B2")),
        "countries": ("AO", "MZ"),
        "consent_by": "Maria Trainer",
        "consent_how": "letter of 3 March",
        "shown_to": "alliance",
    }
    return ExpertDraft(**told | more)  # type: ignore[arg-type]


def sees(who: Viewer, reference: UUID) -> bool:
    """By row-level security, by the roster and by search alike."""
    with viewer(who):
        row = Resource.objects.filter(reference=reference).exists()
        listed = any(one.resource.reference == reference for one in roster.experts(who, Sought()))
        found = queries.search(who, Wanted("Maria")).count > 0
    assert row == listed == found
    return row


@pytest.mark.parametrize(
    ("shown_to", "seeing"),
    [
        ("alliance", {"bank", "police", "office", "chosen"}),
        ("law-enforcement", {"police"}),
        ("secretariat", {"office"}),
        ("organisations", {"chosen"}),
    ],
)
def test_who_sees_an_expert_is_whom_they_agreed_to(shown_to: str, seeing: set[str]) -> None:
    chosen = factory.organisation()
    people = {
        "bank": somebody(),
        "police": somebody(kind="law-enforcement"),
        "chosen": factory.as_viewer(factory.person(chosen)),
        "office": factory.as_viewer(factory.person(factory.office(), ("secretary",))),
    }
    recorder = somebody()
    bodies = (chosen.pk,) if shown_to == "organisations" else ()
    made = experts.propose(by=recorder, draft=draft(shown_to=shown_to, organisations=bodies))
    assert {name for name, who in people.items() if sees(who, made)} == seeing
    assert sees(recorder, made)
    for who in (ANYONE, somebody(state="suspended"), somebody(state="applicant")):
        assert not sees(who, made)


def test_consent_taken_back_is_out_of_view_at_once() -> None:
    recorder, other = somebody(), somebody()
    made = experts.propose(by=recorder, draft=draft())
    assert sees(other, made)
    with pytest.raises(Refused):
        experts.withdraw_consent(by=other, resource=made)
    experts.withdraw_consent(by=recorder, resource=made)
    assert not sees(other, made)
    with viewer(recorder):
        assert not roster.experts(recorder, Sought()).exists()
        assert queries.for_aspects(recorder, "AO", ["4.1.a"]) == {"4.1.a": []}
    left = Expert.objects.using("owner").select_related("resource").get(resource__reference=made)
    assert (left.skills, left.speaks, left.consent_by) == ([], {}, "")
    assert "Maria" not in left.resource.title


def test_the_office_takes_consent_back_at_somebodys_word() -> None:
    made = experts.propose(by=somebody(), draft=draft())
    office = factory.as_viewer(factory.person(factory.office(), ("secretary",)))
    experts.withdraw_consent(by=office, resource=made)
    assert not sees(somebody(), made)


def test_a_person_of_the_alliance_consents_themselves() -> None:
    body = factory.organisation()
    oneself = factory.as_viewer(factory.person(body, ("reader",)))
    colleague = factory.as_viewer(factory.person(body, ("officer",)))
    made = experts.propose(
        by=oneself, draft=draft(oneself=True, shown_to="law-enforcement", consent_by="", consent_how="")
    )
    told = Expert.objects.using("owner").get()
    assert (told.person_named, told.consent_how) == (oneself.person, "themselves, on this page")
    assert sees(oneself, made)
    assert not sees(colleague, made)
    with pytest.raises(Refused):
        experts.propose(by=factory.as_viewer(factory.person(body, ("reader",))), draft=draft())


def test_nobody_widens_what_an_expert_of_the_alliance_agreed_to() -> None:
    body = factory.organisation()
    oneself = factory.as_viewer(factory.person(body, ("reader",)))
    experts.propose(by=oneself, draft=draft(oneself=True, shown_to="alliance"))
    colleague = factory.as_viewer(factory.person(body, ("officer",)))
    with pytest.raises(ProgrammingError, match="consents themselves"), viewer(colleague):
        Expert.objects.update(consent_to="organisations")
    with viewer(colleague):
        own = intern([colleague.principals[-1]])
    with pytest.raises(ProgrammingError, match="consents themselves"), viewer(colleague):
        Resource.objects.update(audience=own)
    experts.withdraw_consent(by=oneself, resource=Resource.objects.using("owner").get().reference)
    with pytest.raises(ProgrammingError, match="given anew"), viewer(oneself):
        Expert.objects.update(consent_withdrawn_at=None)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"consent_by": ""}, "consent_how"),
        ({"consent_how": " "}, "consent_how"),
        ({"shown_to": "everyone"}, "shown_to"),
        ({"shown_to": "organisations"}, "organisations"),
        ({"speaks": (("pt", "fluent"),)}, "speaks"),
        ({"free": ((date(2026, 2, 2), date(2026, 2, 1)),)}, "free"),
        ({"name": ""}, "title"),
        ({"countries": ("ZZ",)}, "countries"),
    ],
)
def test_without_consent_or_sense_nobody_is_listed(change: dict[str, object], part: str) -> None:
    with pytest.raises(Unfit) as error:
        experts.propose(by=somebody(), draft=draft(**change))
    assert error.value.part == part


def test_the_database_itself_wants_a_consent() -> None:
    who = somebody()
    made = experts.propose(by=who, draft=draft())
    Expert.objects.using("owner").all().delete()
    with pytest.raises(ProgrammingError, match="row-level security"), viewer(who):
        Expert.objects.create(resource=Resource.objects.get(reference=made), consent_to="alliance")


def test_three_portuguese_speaking_trainers_for_an_african_country_without_a_conflict() -> None:
    """The officer's journey of the issue, as the roster answers it."""
    recorder, officer = somebody(), somebody(country="AO")
    times = ((date(2026, 12, 1), date(2026, 12, 31)),)
    for n in range(5):
        experts.propose(by=recorder, draft=draft(name=f"Maria {n}", free=times))
    experts.propose(by=recorder, draft=draft(name="Maria elsewhere", countries=("FR",), free=times))
    experts.propose(by=recorder, draft=draft(name="Maria beginning", speaks=(("pt", "A2"),), free=times))
    experts.propose(by=recorder, draft=draft(name="Maria busy", free=((date(2026, 12, 1), date(2026, 12, 5)),)))
    with viewer(officer):
        first = Resource.objects.get(title="Maria 0")
        second = Resource.objects.get(title="Maria 1")
    experts.declare(by=officer, resource=first.reference, why="Sells to the ministry", country="AO")
    experts.declare(by=officer, resource=second.reference, why="Her husband's company", party="Coast Phones SA")
    sought = Sought(
        skill="digital forensics",
        languages=("pt",),
        level="C1",
        country="AO",
        free_from=date(2026, 12, 3),
        free_until=date(2026, 12, 10),
        without_country="AO",
        without="coast phones",
    )
    with viewer(officer):
        assert sorted(one.resource.title for one in roster.experts(officer, sought)) == [
            "Maria 2",
            "Maria 3",
            "Maria 4",
        ]
    Conflict.objects.using("owner").filter(country="AO").update(until=now().date().replace(year=2020))
    with viewer(officer):
        assert roster.experts(officer, sought).count() == 4


def test_only_who_sees_an_expert_declares_and_only_who_keeps_one_says_when() -> None:
    made = experts.propose(by=somebody(), draft=draft(shown_to="law-enforcement"))
    with pytest.raises(Resource.DoesNotExist):
        experts.declare(by=somebody(), resource=made, why="x", country="AO")
    police = somebody(kind="law-enforcement")
    with pytest.raises(Refused):
        experts.declare(by=police, resource=made, why="", country="AO")
    with pytest.raises(Refused):
        experts.set_free(by=police, resource=made, free=())


def test_experts_of_hidden_entries_cannot_be_counted() -> None:
    experts.propose(by=somebody(), draft=draft(shown_to="secretariat"))
    other = somebody()
    with viewer(other), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM capacity_expert")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM capacity_availability")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT count(*) FROM capacity_resourceword")
        assert cursor.fetchone() == (0,)
