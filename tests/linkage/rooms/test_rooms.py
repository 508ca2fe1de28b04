"""Case rooms: who is in one decides what they see, at once and by name; the database keeps it, not the page."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection

from hueandcry.audit.models import Act
from hueandcry.chain import queries as chain
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.exchange.remotes import queries as remotes
from hueandcry.linkage.models import Room, RoomEvent, RoomOrganisation, RoomPerson
from hueandcry.linkage.rooms import actions, queries
from hueandcry.members.actions import Refused, change_state
from hueandcry.members.actions_circle import add_circle, set_circle_members
from hueandcry.members.models import Circle, Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
OWN = Handling(tlp="AMBER+STRICT", recipients=())


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"), name="Ana Costa")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"), name="Rui Lima")


@pytest.fixture
def stranger() -> Person:
    return factory.person(factory.organisation("Other Bank"), ["analyst", "administrator"], name="Eva Ross")


def opened(by: Person, **more: str) -> UUID:
    facts = {"name": "Fish", "purpose": "Stop it.", "legal_basis": "Art. 1", "ceiling": "AMBER+STRICT"} | more
    return actions.open_room(by=factory.as_viewer(by), **facts)


def joined(lead: Person, *others: Person) -> UUID:
    room = opened(lead)
    for each in others:
        asked(lead, room, each)
        actions.answer(by=factory.as_viewer(each), room=room, accept=True)
    return room


def asked(lead: Person, room: UUID, whom: Person, **more: Any) -> None:
    actions.invite(by=factory.as_viewer(lead), room=room, organisation=whom.organisation_id or 0, **more)


def sees(person: Person, room: UUID) -> bool:
    """As a page does, and by the rows themselves."""
    status = factory.signed_in(person).get(f"/rooms/{room}/").status_code
    with viewer(factory.as_viewer(person)) as who:
        rows = RoomPerson.objects.count() + RoomEvent.objects.count()
        named = queries.rooms(who).filter(reference=room).exists()
    assert (status == 200) == named == bool(rows), (status, named, rows)
    return named


def events(person: Person, room: UUID) -> list[str]:
    with viewer(factory.as_viewer(person)) as who:
        return [e.act for e in queries.events(who, queries.room(who, room)).order_by("pk")]


def test_who_opens_it_is_in_it_and_leads_and_nobody_else_learns_of_it(police: Person, stranger: Person) -> None:
    colleague = factory.person(police.organisation, ["analyst", "administrator"])
    office = factory.person(factory.office(), ["secretary", "administrator"])
    room = opened(police)
    assert sees(police, room)
    with viewer(factory.as_viewer(police)) as who:
        one = queries.room(who, room)
        assert queries.role(who, one) == "lead"
        assert {one.principal, one.record} <= set(who.principals)
    for person in (colleague, stranger, office):
        assert not sees(person, room)
        with viewer(factory.as_viewer(person)):
            assert not Room.objects.exists() and not Circle.objects.exists() and not RoomOrganisation.objects.exists()
    page = factory.signed_in(office).get("/circles/").content
    assert b"Fish" not in page
    assert b"Fish" not in factory.signed_in(police).get("/circles/").content  # a room is no circle of organisations


def test_an_invitation_shows_what_for_and_nothing_else(police: Person, bank: Person, stranger: Person) -> None:
    room = opened(police, purpose="Stop <b>Fish</b>.")
    asked(police, room, bank, words="We need your mules.")
    told = Notice.objects.using("owner").get(kind="room")
    assert told.person == bank.pk and "Fish" not in told.title + told.text
    page = factory.signed_in(bank).get(told.link).content.decode()
    assert (
        "Stop &lt;b&gt;Fish" in page and "We need your mules." in page and "Art. 1" in page and "Example Police" in page
    )
    assert "Ana Costa" not in page
    with viewer(factory.as_viewer(bank)) as who:
        assert not RoomPerson.objects.exists() and not RoomEvent.objects.exists()
        assert [part.organisation for part in RoomOrganisation.objects.all()] == [bank.organisation_id]
        assert queries.rooms(who).count() == 0 and not Circle.objects.exists()
    reader = factory.person(bank.organisation, ["reader"])
    assert factory.signed_in(reader).get(told.link).status_code == 404
    assert factory.signed_in(stranger).get(told.link).status_code == 404
    assert "You are asked in" in factory.signed_in(bank).get("/rooms/").content.decode()
    asks = [told.link in factory.signed_in(each).get("/").content.decode() for each in (bank, reader, stranger)]
    assert asks == [True, False, False], "it waits at home for who may answer"


def test_accepting_lets_in_who_accepts_and_whom_they_name(police: Person, bank: Person) -> None:
    room = joined(police, bank)
    colleague = factory.person(bank.organisation, name="Zoe Pinto")
    assert sees(bank, room) and not sees(colleague, room)
    actions.name_person(by=factory.as_viewer(bank), room=room, person=colleague.pk)
    assert sees(colleague, room)
    page = factory.signed_in(police).get(f"/rooms/{room}/?part=people").content.decode()
    assert "Zoe Pinto" in page and "Rui Lima" in page and "Example Bank" in page
    assert events(police, room) == ["opened", "invited", "joined", "named"]
    actions.take_out(by=factory.as_viewer(bank), room=room, person=colleague.pk)
    assert not sees(colleague, room) and sees(bank, room)
    with viewer(factory.as_viewer(police)) as who:
        said = [h.said + " " + h.whom for h in queries.happened(who, queries.events(who, queries.room(who, room)))]
    assert "took out: Zoe Pinto" in said and "asked in: Example Bank" in said


def test_declined_over_and_taken_back_invitations_open_nothing(police: Person, bank: Person, stranger: Person) -> None:
    room = opened(police)
    asked(police, room, bank)
    actions.answer(by=factory.as_viewer(bank), room=room, accept=False)
    asked(police, room, stranger)
    RoomOrganisation.objects.using("owner").filter(organisation=stranger.organisation_id).update(
        expires_at="2026-01-01T00:00Z"
    )
    for person in (bank, stranger):
        assert not sees(person, room)
        with pytest.raises((Refused, Room.DoesNotExist)):
            actions.answer(by=factory.as_viewer(person), room=room, accept=True)
        assert factory.signed_in(person).post(f"/rooms/{room}/answer/", {"accept": "1"}).status_code == 404
        assert not sees(person, room)
    asked(police, room, bank)  # asked again
    actions.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    with pytest.raises(Room.DoesNotExist):
        actions.answer(by=factory.as_viewer(bank), room=room, accept=True)
    assert not sees(bank, room)
    assert events(police, room) == ["opened", "invited", "declined", "invited", "invited", "uninvited"]


def test_leaving_removal_and_suspension_take_sight_away_at_once(police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank, stranger)
    held = factory.as_viewer(bank)  # what they held before
    actions.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    assert not sees(bank, room) and sees(stranger, room)
    with pytest.raises(Refused):  # with what they held before they can do nothing either
        actions.name_person(by=held, room=room, person=bank.pk)
    actions.end_part(by=factory.as_viewer(stranger), room=room, organisation=stranger.organisation_id or 0)
    assert not sees(stranger, room)
    asked(police, room, bank)
    actions.answer(by=factory.as_viewer(bank), room=room, accept=True)
    assert sees(bank, room)
    office = factory.person(factory.office(), ["secretary"])
    change_state(by=factory.as_viewer(office), organisation=bank.organisation_id or 0, state="suspended", reason="x")
    with viewer(factory.as_viewer(bank)):
        assert not Room.objects.exists()
    assert factory.signed_in(bank).get(f"/rooms/{room}/").status_code == 302


def test_who_changes_the_organisation_or_is_closed_is_out(police: Person, bank: Person) -> None:
    room = joined(police, bank)
    other = factory.organisation("Third Bank")
    Person.objects.using("owner").filter(pk=bank.pk).update(organisation=other)
    bank.refresh_from_db()
    assert not sees(bank, room)
    asked(police, room, bank)  # their new organisation is asked in: the old part does not count for it
    assert not sees_rows(bank)
    Person.objects.using("owner").filter(pk=police.pk).update(is_active=False)
    assert not sees_rows(police)


def sees_rows(person: Person) -> bool:
    with viewer(factory.as_viewer(person)):
        return RoomPerson.objects.exists()


def test_a_room_keeps_a_lead(police: Person, bank: Person) -> None:
    room = joined(police, bank)
    by, body = factory.as_viewer(police), police.organisation_id or 0
    for act in (
        lambda: actions.take_out(by=by, room=room, person=police.pk),
        lambda: actions.end_part(by=by, room=room, organisation=body),
    ):
        with pytest.raises(Refused):
            act()
    with pytest.raises(Refused):  # a member makes no lead, not even of themselves
        actions.make_lead(by=factory.as_viewer(bank), room=room, person=bank.pk)
    actions.make_lead(by=by, room=room, person=bank.pk)
    actions.end_part(by=by, room=room, organisation=body)
    assert not sees(police, room) and sees(bank, room)


def test_members_do_not_what_leads_do(police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank)
    by = factory.as_viewer(bank)
    for act in (
        lambda: actions.invite(by=by, room=room, organisation=stranger.organisation_id or 0),
        lambda: actions.end_part(by=by, room=room, organisation=police.organisation_id or 0),
        lambda: actions.take_out(by=by, room=room, person=police.pk),
        lambda: actions.close(by=by, room=room),
        lambda: actions.name_person(by=by, room=room, person=stranger.pk),  # nobody of another organisation
    ):
        with pytest.raises(Refused):
            act()
    assert sees(police, room) and not sees(stranger, room)


def test_the_tables_themselves_let_nobody_in(police: Person, bank: Person) -> None:
    """What an injected filter or a mistake of ours could try: the database refuses."""
    room = opened(police)
    one = Room.objects.using("owner").get(reference=room)
    for statement, given in (
        ("INSERT INTO linkage_roomperson (room_id, audience, organisation, person, role, named_by)"
         " VALUES (%s, %s, %s, %s, 'lead', 1)",
         [one.pk, one.audience, bank.organisation_id, bank.pk]),
        ("UPDATE linkage_roomorganisation SET state = 'joined'", []),
        ("UPDATE linkage_room SET audience = 1", []),
        ("SELECT hueandcry_room_note(%s, 'opened', NULL)", [one.pk]),
        ("SELECT hueandcry_room_entered(%s, %s)", [one.principal, one.record]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), viewer(factory.as_viewer(bank)), connection.cursor() as cursor:
            cursor.execute(statement, given)
    with viewer(factory.as_viewer(bank)), connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_room_name(%s, %s, 'member'), hueandcry_room_answer(%s, true),"
                       " hueandcry_room_invite(%s, %s, '', 5), hueandcry_room_close(%s, '')",
                       [one.pk, bank.pk, one.pk, one.pk, bank.organisation_id, one.pk])  # fmt: skip
        assert cursor.fetchone() == (False, None, False, False)
    assert not sees(bank, room)


def test_the_secretariat_cannot_join_a_rooms_circle(police: Person) -> None:
    office = factory.person(factory.office(), ["secretary", "administrator"])
    by = factory.as_viewer(office)
    room = opened(police)
    circle = Room.objects.using("owner").get(reference=room).circle
    with pytest.raises(Circle.DoesNotExist):
        set_circle_members(by=by, circle=circle, organisations=[office.organisation_id or 0])
    with pytest.raises(DatabaseError), viewer(by), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_circlemember (circle_id, organisation_id) VALUES (%s, %s)",
            [circle, office.organisation_id],
        )
    with pytest.raises(DatabaseError):
        add_circle(by=by, name="Looks like one", slug="_room-x")
    assert add_circle(by=by, name="Room of banks").slug == "room-of-banks"


def test_sharing_is_the_owners_act_and_ends(police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank)
    mine = send.form(bank, "Mules of ours", handling=OWN)
    with viewer(factory.as_viewer(police)):
        assert not Report.objects.exists()
    actions.share(by=factory.as_viewer(bank), room=room, report=mine.reference)
    colleague = factory.person(police.organisation)
    assert readable(police) == 1 and readable(stranger) == 0 and readable(colleague) == 0
    page = factory.signed_in(police).get(f"/rooms/{room}/?part=shared").content.decode()
    assert "Mules of ours" in page and "Take it back" not in page
    with pytest.raises(Refused):
        actions.share(by=factory.as_viewer(police), room=room, report=mine.reference)
    actions.take_back(by=factory.as_viewer(bank), room=room, report=mine.reference)
    assert readable(police) == 0 and readable(bank) == 1
    assert "Mules of ours" not in factory.signed_in(police).get(f"/rooms/{room}/?part=shared").content.decode()
    actions.share(by=factory.as_viewer(bank), room=room, report=mine.reference)
    actions.end_part(by=factory.as_viewer(bank), room=room, organisation=bank.organisation_id or 0)
    assert readable(police) == 0 and readable(bank) == 1  # who leaves takes it along


def readable(person: Person) -> int:
    with viewer(factory.as_viewer(person)):
        return Report.objects.count()


def chain_of(person: Person, report: Report) -> list[str]:
    with viewer(factory.as_viewer(person)) as who:
        return [f"{each.words} {each.shown.title}" for each in chain.links(who, "report", str(report.reference))]


def test_a_report_leads_to_its_room_for_those_in_it_alone(police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank)
    mine = send.form(bank, "Mules of ours")
    actions.share(by=factory.as_viewer(bank), room=room, report=mine.reference)
    assert chain_of(police, mine) == ["Shared in Fish"]
    assert readable(stranger) == 1 and chain_of(stranger, mine) == []


def test_what_is_stricter_than_the_ceiling_stays_out(police: Person) -> None:
    room = opened(police, ceiling="GREEN")
    mine = send.form(police, "For few", handling=OWN)
    with pytest.raises(Refused, match="AMBER"):
        actions.share(by=factory.as_viewer(police), room=room, report=mine.reference)


def test_closing_ends_the_circle_and_keeps_the_record(police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank)
    asked(police, room, stranger)
    mine = send.form(bank, "Mules of ours", handling=OWN)
    actions.share(by=factory.as_viewer(bank), room=room, report=mine.reference)
    actions.close(by=factory.as_viewer(police), room=room, words="Done.")
    assert readable(police) == 0 and readable(bank) == 1
    assert sees(bank, room) and sees(police, room) and not sees(stranger, room)
    page = factory.signed_in(bank).get(f"/rooms/{room}/?part=activity").content.decode()
    assert "closed the room" in page and "Done." in page and "Open a thread" not in page
    by = factory.as_viewer(police)
    for act in (
        lambda: actions.invite(by=by, room=room, organisation=stranger.organisation_id or 0),
        lambda: actions.share(by=by, room=room, report=mine.reference),
        lambda: actions.name_person(by=by, room=room, person=factory.person(police.organisation).pk),
        lambda: actions.put_in(by=by, room=room, about=f"/reports/{mine.reference}/"),
        lambda: actions.close(by=by, room=room),
    ):
        with pytest.raises(Refused):
            act()
    assert events(bank, room)[-1] == "closed"
    # after it is closed somebody can still be taken out
    actions.take_out(by=by, room=room, person=bank.pk)
    assert not sees(bank, room)


def test_two_rooms_may_have_one_name_and_nobody_learns_of_it(police: Person, bank: Person) -> None:
    assert opened(police) != opened(bank)


def test_what_a_room_needs(police: Person, bank: Person) -> None:
    report = send.form(bank, "Not shown", handling=OWN)
    for wrong in (
        {"name": " "},
        {"purpose": ""},
        {"legal_basis": "\0"},
        {"ceiling": "CLEAR"},
        {"about": f"/reports/{report.reference}/"},
    ):
        with pytest.raises(Refused):
            opened(police, **wrong)
    reader = factory.person(police.organisation, ["reader"])
    with pytest.raises(Refused):
        opened(reader)
    assert Room.objects.using("owner").count() == 0 and Circle.objects.using("owner").count() == 0
    room = opened(bank, about=f"http://x.example/reports/{report.reference}/?part=links")
    with viewer(factory.as_viewer(bank)) as who:
        assert [each.words for each in chain.links(who, "report", str(report.reference))] == ["Worked on in"]
        assert chain.both_ways(who, "room", str(room))["before"][0]["text"] == "Not shown"


def test_every_change_is_in_the_audit_record(police: Person, bank: Person) -> None:
    room = joined(police, bank)
    factory.signed_in(bank).get(f"/rooms/{room}/")
    actions.close(by=factory.as_viewer(police), room=room)
    verbs = list(Act.objects.using("owner").filter(kind="room").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["open", "invite", "accept invitation", "read", "close"]


POSTS = ("answer", "invite", "end", "people", "share", "take-back", "about", "file", "close")


@pytest.mark.parametrize("act", POSTS)
def test_outsiders_find_no_address_of_a_room(act: str, police: Person, bank: Person, stranger: Person) -> None:
    room = joined(police, bank)
    actions.end_part(by=factory.as_viewer(police), room=room, organisation=bank.organisation_id or 0)
    given = {"act": "name", "person": str(stranger.pk), "organisation": str(stranger.organisation_id), "accept": "1",
             "report": str(uuid4()), "about": "203.0.113.9", "words": "x"}  # fmt: skip
    from django.test import Client

    assert Client().post(f"/rooms/{room}/{act}/", given).status_code == 302
    colleague = factory.person(police.organisation, ["analyst", "administrator"])
    for person in (stranger, bank, colleague):
        response = factory.signed_in(person).post(f"/rooms/{room}/{act}/", given)
        assert response.status_code == 404 or response["Location"] == f"/rooms/{room}/?part=shared" or act == "file"
        assert not sees(person, room)
    assert len(events(police, room)) == 4


def test_pages_of_a_room_by_hand(police: Person, bank: Person) -> None:
    client = factory.signed_in(police)
    assert client.post("/rooms/new/", {"name": "Fish"}).status_code == 422
    made = client.post("/rooms/new/", {"name": "<i>Fish</i>", "purpose": "p", "legal_basis": "l", "ceiling": "AMBER"})
    where = made["Location"]
    client.post(f"{where}invite/", {"organisation": str(bank.organisation_id), "words": "w", "days": "3"})
    for part in ("threads", "shared", "files", "people", "activity", "nonsense"):
        page = client.get(f"{where}?part={part}")
        assert page.status_code == 200 and b"<i>Fish" not in page.content
    answered = factory.signed_in(bank).post(f"{where}answer/", {"accept": "1"}, follow=True)
    assert "Name a colleague" in answered.content.decode()
    assert client.get(f"{where}close/").status_code == 200
    assert factory.signed_in(bank).get(f"{where}close/").status_code == 404
    assert client.get("/rooms/?state=open&q=Fish").content.count(b"data-row") == 1
    assert client.get("/rooms/?state=closed").content.count(b"data-row") == 0


def holder(person: Person) -> Viewer:
    return factory.as_viewer(person)


def test_law_enforcement_is_a_principal_of_its_people_alone(police: Person, bank: Person) -> None:
    applicant = factory.person(factory.organisation("New Police", kind="law-enforcement", state="applicant"))
    suspended = factory.person(factory.organisation("Old Police", kind="law-enforcement", state="suspended"))
    assert 3 in holder(police).principals
    assert all(3 not in holder(person).principals for person in (bank, applicant, suspended))
    with pytest.raises(DatabaseError), viewer(holder(bank)):  # nobody becomes police by a change of their own page
        Organisation.objects.filter(pk=bank.organisation_id).update(kind="law-enforcement")


def test_a_room_is_not_carried_to_other_nodes(police: Person) -> None:
    """Whoever is in a room holds its circle; a connection of their organisation's does not go by it."""
    assert police.organisation
    circle = factory.circle("Card fraud", [police.organisation])
    opened(police)
    with viewer(factory.as_viewer(police)) as who:
        assert Circle.objects.count() == 2
        assert remotes.circles(who) == [(circle.principal_id, "Card fraud")]
