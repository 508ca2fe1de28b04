"""Pages of deconfliction: from outsiders to two agencies that talk."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from hueandcry.linkage.models import Interest, OverlapSide
from hueandcry.members.models import Person
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
IBAN = "DE89370400440532013000"


def plain(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def given(**more: str) -> dict[str, str]:
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    return {
        "title": "Operation Kingfisher", "values": IBAN, "tells": "note", "contact": "Ana, +351 21 000",
        "note": "By day", "action_zone": "UTC", "until": until,
    } | more  # fmt: skip


@pytest.fixture
def ana() -> Person:
    return factory.person(factory.organisation("Lisbon Police", kind="law-enforcement"))


@pytest.fixture
def jan() -> Person:
    return factory.person(factory.organisation("Prague Police", kind="law-enforcement", country="CZ"))


def registered(person: Person, **more: str) -> Client:
    client = factory.signed_in(person)
    answer = client.post("/deconfliction/new/", given(**more))
    assert answer.status_code == 302, plain(answer.content)
    return client


def path_of(person: Person) -> str:
    found = OverlapSide.objects.using("owner").get(organisation=person.organisation_id or 0)
    return f"/deconfliction/overlaps/{found.reference}/"


def test_outsiders_learn_nothing(ana: Person, jan: Person) -> None:
    registered(ana)
    registered(jan)
    mine = Interest.objects.using("owner").get(organisation=ana.organisation_id or 0)
    paths = ["/deconfliction/", "/deconfliction/new/", f"/deconfliction/interests/{mine.reference}/", path_of(ana)]
    bank = factory.person(factory.organisation("A Bank"), ["analyst", "administrator"])
    office = factory.person(factory.office(), ["secretary", "administrator"])
    reader = factory.person(ana.organisation, ["reader", "dpo"])
    third = factory.signed_in(factory.person(factory.organisation("Rome Police", kind="law-enforcement")))
    for path in paths:
        assert Client().get(path).status_code == 302
        for person in (bank, office, reader):
            answer = factory.signed_in(person).get(path)
            assert answer.status_code == 403
            assert "Kingfisher" not in answer.content.decode()
    for path in paths[2:]:
        assert third.get(path).status_code == factory.signed_in(jan).get(path).status_code == 404
    assert third.get(f"/deconfliction/overlaps/{uuid4()}/").status_code == 404
    for act in ("stand", "write", "close"):
        assert (
            third.post(f"{path_of(ana)}{act}/", {"stand": "go on", "words": "x", "outcome": "together"}).status_code
            == 404
        )
        assert third.get(f"{path_of(ana)}{act}/").status_code == 405
    assert third.post(f"/deconfliction/interests/{mine.reference}/withdraw/").status_code == 404


def test_only_agencies_have_the_desk(ana: Person) -> None:
    bank = factory.person(factory.organisation("A Bank"))
    assert "/deconfliction/" in factory.signed_in(ana).get("/picture/").content.decode()
    assert "/deconfliction/" not in factory.signed_in(bank).get("/picture/").content.decode()


def test_empty_pages_say_the_first_step(ana: Person) -> None:
    client = factory.signed_in(ana)
    assert "You have registered nothing" in plain(client.get("/deconfliction/").content)
    registered(ana)
    assert "Nobody else is at what you work on" in plain(client.get("/deconfliction/").content)


def test_two_agencies_meet_on_their_pages(ana: Person, jan: Person) -> None:
    first = registered(ana)
    day = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    second = registered(jan, title="Operation Heron", contact="Jan", action_day=day, action_zone="Europe/Prague")
    page = plain(first.get("/deconfliction/").content)
    assert "Before an action day" in page and "Prague Police" in page
    for word in ("Heron", day):
        assert word not in page
    here, there = path_of(ana), path_of(jan)
    assert "You and Prague Police work on the same" in plain(first.get(here).content)
    assert IBAN in plain(first.get(here).content)
    mine = Interest.objects.using("owner").get(organisation=ana.organisation_id or 0)
    assert here in first.get(f"/deconfliction/interests/{mine.reference}/").content.decode()
    assert "Nowhere" not in plain(first.get(f"/deconfliction/interests/{mine.reference}/").content)
    second.post(f"{there}stand/", {"stand": "talk first"})
    first.post(f"{here}write/", {"words": "Call me <b>today</b>"})
    assert "Talk first" in plain(first.get(here).content)
    assert "Call me &lt;b&gt;today&lt;/b&gt;" in second.get(there).content.decode()
    assert "Heron" not in first.get(here).content.decode()
    second.post(f"{there}close/", {"outcome": "together"})
    assert "They closed it" in plain(first.get(here).content)
    assert first.post(f"{here}close/", {"outcome": "won"}).status_code == 422
    first.post(f"{here}close/", {"outcome": "stood back"})
    closed = plain(first.get(here).content)
    assert "We stood back" in closed and "We work together" in closed
    assert plain(first.get("/deconfliction/?state=closed").content).count("Operation Kingfisher") == 1
    assert "No overlap fits" in plain(first.get("/deconfliction/?state=open").content)


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(ana: Person) -> None:
    client = factory.signed_in(ana)
    for wrong, said in (
        ({"values": "not a value"}, "These are no values"),
        ({"values": ""}, "Name a crime, an operation or at least one value"),
        ({"thing": "somewhere"}, "no address of a crime or an operation"),
        ({"thing": f"/crimes/{uuid4()}/"}, "There is no such crime or operation that you can see"),
        ({"contact": ""}, "Say whom they can reach"),
        ({"until": "2020-01-01"}, "It would have ended already"),
        ({"values": "8.8.8.8"}, "Everybody meets these"),
    ):
        answer = client.post("/deconfliction/new/", given(**wrong))
        assert answer.status_code == 422
        assert said in plain(answer.content)
        assert "Operation Kingfisher" in answer.content.decode()
    assert Interest.objects.using("owner").count() == 0


def test_an_interest_is_changed_found_and_taken_back(ana: Person) -> None:
    day = datetime.now(UTC).date() + timedelta(days=20)
    client = registered(
        ana, case="PT-77", action_day=day.isoformat(), action_time="06:30", action_zone="America/New_York"
    )
    mine = Interest.objects.using("owner").get()
    assert mine.action_at == datetime.combine(day, time(6, 30), ZoneInfo("America/New_York"))
    path = f"/deconfliction/interests/{mine.reference}/"
    page = client.get(path)
    assert 'value="06:30"' in page.content.decode()
    sent = {f.name: f.value() for f in page.context["form"] if f.value() not in (None, "")}
    assert client.post(path, sent | {"tells": "meeting", "contact": ""}).status_code == 302
    assert Interest.objects.using("owner").get().tells == "meeting"
    for query, rows in (("q=kingf", 1), ("q=PT-77", 1), ("q=heron", 0), ("state=open", 1), ("state=ended", 0)):
        listed = client.get(f"/deconfliction/?show=interests&{query}").content.decode()
        assert listed.count("data-row") == rows, query
    assert client.post(f"{path}withdraw/").status_code == 302
    assert "taken back" in plain(client.get(path).content)
    assert client.get("/deconfliction/?show=interests&state=ended").content.decode().count("data-row") == 1
