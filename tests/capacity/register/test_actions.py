"""Proposals, review, objections, confirmations, the calendar; and who sees what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, connections
from django.utils.timezone import now

from hueandcry.capacity.models import (
    Objection,
    Resource,
    ResourceDuplicate,
    ResourceEvent,
    ResourceImport,
    ResourceShown,
)
from hueandcry.capacity.register import actions, importing, queries
from hueandcry.capacity.register.drafts import ResourceDraft, Unfit
from hueandcry.capacity.register.queries import Wanted
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.notices.models import Notice
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
DATA = Path(__file__).parents[4] / "shared" / "data" / "iati"
COURSE = ResourceDraft(
    "course",
    "Digital forensics for first responders",
    about="Seizing phones and computers.",
    language="en",
    provider="Academy of the coast",
    url="https://academy.example/dffr",
    countries=("AO", "MZ"),
    languages=("pt", "en"),
    aspects=("4.1.a",),
    cost="free",
    evidence="https://academy.example/evaluation",
)


def somebody(*roles: str, **more: object) -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(**more), roles or ("officer",)))  # type: ignore[arg-type]


def state(reference: UUID) -> str:
    return Resource.objects.using("owner").get(reference=reference).state


def later(reference: UUID, **change: object) -> None:
    Resource.objects.using("owner").filter(reference=reference).update(**change)


def listed(by: Viewer, draft: ResourceDraft = COURSE) -> UUID:
    made = actions.propose(by=by, draft=draft, another=True)
    later(made, state="listed", listed_at=now(), confirmed_at=now())
    return made


def sees(who: Viewer, reference: UUID) -> bool:
    with viewer(who):
        return Resource.objects.filter(reference=reference).exists()


def test_a_proposal_is_before_the_alliance_and_listed_when_nobody_objects() -> None:
    one, other = somebody(), somebody()
    made = actions.propose(by=one, draft=COURSE)
    assert state(made) == "review"
    assert sees(other, made)
    assert actions.calendar_due() == 0
    later(made, review_until=now() - timedelta(minutes=1))
    assert actions.calendar_due() == 1
    assert state(made) == "listed"
    assert actions.calendar_due() == 0
    assert Notice.objects.using("owner").filter(person=one.person, kind="resource").count() == 1


def test_nobody_else_sees_or_writes() -> None:
    made = actions.propose(by=somebody(), draft=COURSE)
    for who in (ANYONE, somebody(state="applicant"), somebody(state="suspended"), somebody(state="left")):
        assert not sees(who, made)
        with pytest.raises(Refused):
            actions.propose(by=who, draft=COURSE)
    reader = somebody("reader")
    assert sees(reader, made)
    with pytest.raises(Refused):
        actions.confirm(by=reader, resource=made)
    with pytest.raises(Unfit, match="no country"):
        actions.propose(by=somebody(), draft=ResourceDraft("course", "A", countries=("ZZ",)))


def test_only_who_proposed_it_or_the_office_changes_it() -> None:
    one, other = somebody(), somebody()
    office = factory.as_viewer(factory.person(factory.office(), ("secretary", "officer")))
    made = listed(one)
    for act in (actions.withdraw, actions.send):
        with pytest.raises(Refused):
            act(by=other, resource=made)
    with pytest.raises(Refused):
        actions.edit(by=other, resource=made, draft=COURSE)
    changed = ResourceDraft("course", "Digital forensics, revised", countries=("AO",))
    actions.edit(by=one, resource=made, draft=changed)
    event = ResourceEvent.objects.using("owner").filter(kind="edited").get()
    assert event.before["title"] == COURSE.title
    with viewer(other):
        assert Resource.objects.filter(reference=made).update(title="Taken over") == 0
        assert ResourceShown.objects.count() == 0
    actions.withdraw(by=office, resource=made)
    assert state(made) == "withdrawn"
    with viewer(other):
        assert queries.search(other, Wanted("forensics")).count == 0


def test_an_objection_stops_the_listing_until_the_office_decides() -> None:
    one, other = somebody(), somebody()
    office = factory.as_viewer(factory.person(factory.office(), ("secretary",)))
    made = actions.propose(by=one, draft=COURSE)
    with pytest.raises(Refused):
        actions.object_to(by=one, resource=made, reason="My own.")
    with pytest.raises(Refused):
        actions.object_to(by=other, resource=made, reason=" ")
    actions.object_to(by=other, resource=made, reason="It ended last year.")
    with pytest.raises(Refused):
        actions.object_to(by=other, resource=made, reason="Again.")
    later(made, review_until=now() - timedelta(days=1))
    assert actions.calendar_due() == 0
    assert state(made) == "review"
    objection = Objection.objects.using("owner").get()
    with pytest.raises(Refused):
        actions.answer_objection(by=other, objection=objection.pk, upheld=True, words="Mine.")
    actions.answer_objection(by=office, objection=objection.pk, upheld=False, words="It goes on.")
    assert actions.calendar_due() == 1
    assert state(made) == "listed"
    with pytest.raises(Refused):
        actions.object_to(by=somebody(), resource=made, reason="Too late.")


def test_an_objection_upheld_withdraws() -> None:
    office = factory.as_viewer(factory.person(factory.office(), ("secretary",)))
    made = actions.propose(by=somebody(), draft=COURSE)
    actions.object_to(by=somebody(), resource=made, reason="It ended last year.")
    actions.answer_objection(
        by=office, objection=Objection.objects.using("owner").get().pk, upheld=True, words="So it did."
    )
    assert state(made) == "withdrawn"


def test_a_year_without_confirmation_fades_after_a_reminder_and_a_confirmation_refreshes() -> None:
    one, other = somebody(), somebody()
    made = listed(one)
    later(made, confirmed_at=now() - timedelta(days=340))
    assert actions.calendar_due() == 1
    assert actions.calendar_due() == 0
    assert Notice.objects.using("owner").filter(person=one.person, title__contains="thirty days").count() == 1
    later(made, confirmed_at=now() - timedelta(days=366))
    assert actions.calendar_due() == 1
    assert state(made) == "fading"
    actions.confirm(by=other, resource=made, words="Attended it in May.")
    assert state(made) == "listed"
    found = Resource.objects.using("owner").get(reference=made)
    assert found.confirmed_at is not None and found.confirmed_at > now() - timedelta(minutes=1)
    assert found.reminded_at is None


def test_what_is_presumably_there_already_waits_for_its_proposer() -> None:
    one, other = somebody(), somebody()
    first = listed(one)
    again = ResourceDraft(
        "course", "DIGITAL FORENSICS FOR FIRST RESPONDERS", provider="Academy of the Coast", countries=("AO", "MZ")
    )
    second = actions.propose(by=other, draft=again)
    assert state(second) == "proposed"
    assert not sees(one, second)
    assert sees(other, second)
    with viewer(other):
        (pair,) = queries.twins(other, queries.one(other, second))
        assert pair[1].reference == first
    actions.send(by=other, resource=second)
    assert state(second) == "review"
    assert sees(one, second)
    with viewer(other):
        assert queries.twins(other, queries.one(other, second)) == []


def test_who_says_that_it_is_the_same_withdraws_their_own() -> None:
    one, other = somebody(), somebody()
    first = listed(one)
    second = actions.propose(by=other, draft=COURSE)
    pair = ResourceDuplicate.objects.using("owner").get()
    with pytest.raises(ResourceDuplicate.DoesNotExist):
        actions.say_same(by=somebody(), duplicate=pair.pk, same=True)
    actions.say_same(by=other, duplicate=pair.pk, same=True)
    assert (state(first), state(second)) == ("listed", "withdrawn")


def test_search_is_in_the_language_of_the_resource_and_says_why() -> None:
    one = somebody()
    made = listed(
        one,
        ResourceDraft(
            "course",
            "Formações em perícia digital",
            about="Investigação de telemóveis.",
            language="pt",
            countries=("CV",),
            languages=("pt",),
        ),
    )
    listed(one, ResourceDraft("tool", "Log collector", countries=("FR",), languages=("fr",)))
    with viewer(one):
        for words in ("Perícias", "pericia", "investigações", "perícia telemóveis", '"perícia digital"'):
            answer = queries.search(one, Wanted(words))
            found = queries.results(one, answer.ranked, first=1)
            assert [each.resource.reference for each in found] == [made], words
            assert answer.ranked[0].reasons[0].kind == "words"
        assert queries.search(
            one, Wanted("formação")
        ).near  # which the dictionary takes for another word than its plural
        assert queries.search(one, Wanted("perícia -digital")).count == 0
        told = queries.search(one, Wanted("perícia or pericia or training -medicine")).ranked[0].reasons[0]
        assert told.data == {"words": ["pericia"]}
        answer = queries.search(one, Wanted(facets={"country": ("CV",), "language": ("pt",)}))
        assert answer.facets["language"] == {"pt": 1}
        assert [reason.kind for reason in answer.ranked[0].reasons][:2] == ["country", "language"]
        assert queries.search(one, Wanted(facets={"kind": ("fund",)})).count == 0
        assert queries.search(one, Wanted("'; DROP TABLE capacity_resource; --")).count == 0
        assert queries.search(one, Wanted("the \0 & | ! ( :*")).count == 0


def test_words_that_are_nearly_so_are_found_and_said_to_be_near() -> None:
    one = somebody()
    listed(one)
    with viewer(one):
        answer = queries.search(one, Wanted("digitall forensik"))
    assert answer.near
    assert answer.count == 1
    assert answer.ranked[0].reasons[0].kind == "near"


def test_near_words_tell_nothing_of_what_is_hidden() -> None:
    one, other = somebody(), somebody()
    listed(one)
    hidden = actions.propose(by=one, draft=COURSE)
    assert state(hidden) == "proposed"
    later(hidden, title="Zanzibarometer")
    with viewer(other):
        assert queries.search(other, Wanted("zanzibarometre")).count == 0


def test_being_shown_and_opened_is_counted_and_moves_the_order() -> None:
    one = somebody()
    first, second = listed(one), listed(one, ResourceDraft("course", "Digital forensics for first responders II"))
    with viewer(one):
        answer = queries.search(one, Wanted("forensics"))
        shown = queries.results(one, answer.ranked, first=1)
        assert len(shown) == 2
        for _again in range(40):
            queries.note_shown(one, shown[:1])
        top = shown[0].resource
        assert ResourceShown.objects.get(resource=top).times == 40
        moved = queries.results(one, queries.search(one, Wanted("forensics")).ranked, first=1)
        assert moved[0].resource != top
        for _again in range(30):
            queries.note_asked(one, top)
        assert queries.results(one, queries.search(one, Wanted("forensics")).ranked, first=1)[0].resource == top
    assert {first, second} == {each.resource.reference for each in shown}


def test_nobody_counts_what_they_do_not_see() -> None:
    one, other = somebody(), somebody()
    listed(one)
    hidden = actions.propose(by=one, draft=COURSE)
    key = Resource.objects.using("owner").get(reference=hidden).pk
    with viewer(other), connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_resources_shown(%s, %s)", [[key], [1.0]])
        cursor.execute("SELECT hueandcry_resource_asked(%s)", [key])
    assert ResourceShown.objects.using("owner").count() == 0


def test_what_reaches_a_country_for_an_aspect() -> None:
    one = somebody()
    made = listed(one)
    world = listed(one, ResourceDraft("tool", "Reference set", everywhere=True, aspects=("4.1.a", "4.1.b")))
    listed(one, ResourceDraft("course", "Elsewhere", countries=("FR",), aspects=("4.1.a",)))
    actions.propose(by=one, draft=ResourceDraft("course", "Not yet", countries=("AO",), aspects=("4.1.a",)))
    with viewer(one):
        found = queries.for_aspects(one, "AO", ["4.1.a", "4.1.b", "9.9.z"])
        assert {aspect: {row.reference for row in rows} for aspect, rows in found.items()} == {
            "4.1.a": {made, world},
            "4.1.b": {world},
            "9.9.z": set(),
        }
        assert queries.counts_for(one, "AO", ["4.1.a"]) == {"4.1.a": {"course": 1, "tool": 1}}


CSV = "title,kind,countries,url,id\nCoast course,course,AO,https://c.example,1\n"
CSV += "Bad,course,Atlantis,,2\nTool of the coast,tool,,,3\n"


def test_a_file_is_taken_with_a_receipt_and_again_it_is_known() -> None:
    one = somebody()
    receipt = importing.take(by=one, raw=CSV.encode(), filename="list.csv")
    told = ResourceImport.objects.using("owner").get(reference=receipt)
    assert (told.stored, told.known, told.refused) == (2, 0, 1)
    assert told.remarks[0][0] == 'line 3, column "countries"'
    again = ResourceImport.objects.using("owner").get(
        reference=importing.take(by=one, raw=CSV.encode(), filename="list.csv")
    )
    assert (again.stored, again.known, again.refused) == (0, 2, 1)
    with viewer(somebody()):
        assert ResourceImport.objects.count() == 0
    with pytest.raises(Refused, match="line 1"):
        importing.take(by=one, raw=b"<html/>", filename="a.xml")
    with pytest.raises(Refused):
        importing.take(by=somebody("reader"), raw=CSV.encode(), filename="list.csv")


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: a World Bank file")
def test_a_real_iati_file_becomes_programmes() -> None:
    one = somebody()
    raw = (DATA / "worldbank-activities.xml").read_bytes()
    told = ResourceImport.objects.using("owner").get(reference=importing.take(by=one, raw=raw, filename="wb.xml"))
    assert (told.format, told.stored, told.known, told.refused) == ("iati", 16, 0, 0)
    with viewer(one):
        assert queries.search(one, Wanted("water", {"country": ("MW",)})).count >= 2


def test_the_register_stands_on_constraints() -> None:
    made = listed(somebody())
    with pytest.raises(Exception, match="resource_ends_after_start"):
        later(made, starts="2026-02-02", ends="2026-01-01")
    connections["owner"].close()
