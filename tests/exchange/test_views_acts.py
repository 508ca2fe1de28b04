"""What an owner can do with a report; nobody else can."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Grant, Report
from hueandcry.members.models import ALLIANCE, Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
ACTS = ("correct", "withdraw", "restore", "supersede", "handling", "grant")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank"))


@pytest.fixture
def client(bank: Person) -> Client:
    return factory.signed_in(bank)


def now(report: Report) -> Report:
    return Report.objects.using("owner").get(pk=report.pk)


def plain(page: bytes) -> str:
    """The words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def sees(person: Person, report: Report) -> bool:
    return factory.signed_in(person).get(f"/reports/{report.reference}/").status_code == 200


@pytest.mark.parametrize("act", ACTS)
def test_only_the_owner_can(bank: Person, other: Person, act: str) -> None:
    report = send.form(bank, "Shared with all")
    reader = factory.person(bank.organisation, ["reader"])
    path = f"/reports/{report.reference}/{act}/"
    before = now(report).__dict__ | {"_state": None}
    assert Client().get(path).status_code == 302
    assert factory.signed_in(reader).post(path, {"reason": "x"}).status_code == 403
    stranger = factory.signed_in(other)
    assert sees(other, report)
    assert stranger.get(path).status_code == 404
    assert stranger.post(path, {"reason": "x", "title": "Mine now", "tlp": "CLEAR"}).status_code == 404
    assert now(report).__dict__ | {"_state": None} == before
    assert factory.signed_in(bank).get(f"/reports/{uuid4()}/{act}/").status_code == 404


def form_of(client: Client, path: str) -> dict[str, object]:
    """What a browser would send back of this page's form, unchanged."""
    form = client.get(path).context["form"]
    return {f.name: f.value() for f in form if f.value() not in (None, "", [])}


def test_correcting_keeps_what_it_said(bank: Person, other: Person, client: Client) -> None:
    report = send.form(
        bank, "A false invoice", kind="invoice", country="PT", lost="12", currency="EUR", when="2026-01-02"
    )
    path = f"/reports/{report.reference}/correct/"
    sent = form_of(client, path) | {"title": "A false invoice, paid", "reason": "We paid it after all"}
    assert client.post(path, sent).status_code == 302
    found = now(report)
    assert (found.title, found.main_class, found.victim_countries) == ("A false invoice, paid", "fraud", ["PT"])
    log = plain(factory.signed_in(other).get(f"/reports/{report.reference}/?part=log").content)
    assert "We paid it after all" in log
    assert "Title A false invoice " in log
    assert "Began" not in log.split("What it said before")[1].split("Arrived")[0]  # only what was changed stands there
    assert client.post(path, sent | {"reason": ""}).status_code == 200
    assert "needs its currency" in plain(client.post(path, sent | {"loss_currency": ""}).content)


def test_withdrawing_and_restoring(bank: Person, other: Person, client: Client) -> None:
    report = send.form(bank)
    client.post(f"/reports/{report.reference}/withdraw/", {"reason": "a mistake"})
    assert now(report).state == "withdrawn"
    assert "withdrawn" in plain(factory.signed_in(other).get(f"/reports/{report.reference}/").content)
    client.post(f"/reports/{report.reference}/restore/", {"reason": "no mistake"})
    assert now(report).state == "current"


def test_replacing(bank: Person, other: Person, client: Client) -> None:
    old, new, theirs = send.form(bank, "Old"), send.form(bank, "New"), send.form(other, "Theirs")
    path = f"/reports/{old.reference}/supersede/"
    for wrong in ("nonsense", str(theirs.reference), str(uuid4()), str(old.reference)):
        assert client.post(path, {"successor": wrong, "reason": "x"}).status_code == 200
    assert now(old).state == "current"
    client.post(
        path, {"successor": f"https://example.org/reports/{new.reference}/?part=log", "reason": "more is known"}
    )
    assert (now(old).state, now(old).superseded_by_id) == ("superseded", new.pk)
    assert "New takes its place." in plain(client.get(f"/reports/{old.reference}/").content)
    assert "Takes the place of Old" in plain(client.get(f"/reports/{new.reference}/").content)


def test_changing_the_handling_changes_who_sees_it(bank: Person, other: Person, client: Client) -> None:
    report = send.form(bank)
    path = f"/reports/{report.reference}/handling/"
    assert sees(other, report)
    shown = plain(client.post(path, form_of(client, path) | {"tlp": "AMBER", "preview": "1", "reason": "x"}).content)
    assert "Cut by TLP:AMBER: the alliance." in shown
    assert sees(other, report)
    client.post(path, form_of(client, path) | {"tlp": "AMBER", "reason": "too wide"})
    assert now(report).tlp == "AMBER"
    assert not sees(other, report)


def test_no_recipient_is_lost_because_the_form_does_not_offer_them(bank: Person, other: Person, client: Client) -> None:
    far = factory.person(factory.organisation("Far Bank", state="suspended"))
    named = (ALLIANCE, other.principal_id, far.organisation.principal_id)  # type: ignore[union-attr]
    report = send.form(bank, "x", Handling(tlp="GREEN", recipients=named))
    path = f"/reports/{report.reference}/handling/"
    client.post(path, form_of(client, path) | {"pap": "GREEN", "reason": "pap"})
    assert now(report).pap == "GREEN"
    assert sorted(now(report).recipients) == sorted(named)


def test_nobody_puts_a_report_out_of_their_own_sight(bank: Person) -> None:
    report = send.form(bank)
    person = factory.person(bank.organisation)
    colleague = factory.signed_in(person)
    path = f"/reports/{report.reference}/handling/"
    red = form_of(colleague, path) | {"tlp": "RED", "reason": "x"}
    assert "out of your own sight" in plain(colleague.post(path, red).content)
    assert now(report).tlp == "GREEN"
    assert colleague.post(path, red | {"to_people": [str(person.principal_id)]}).status_code == 302
    assert now(report).tlp == "RED"
    third = factory.person(bank.organisation)
    assert [sees(p, report) for p in (bank, person, third)] == [True, True, False]


def test_letting_somebody_in_and_taking_it_back(bank: Person, other: Person, client: Client) -> None:
    report = send.form(bank, "Ours", Handling(tlp="AMBER+STRICT", recipients=()))
    path = f"/reports/{report.reference}/grant/"
    assert "Name somebody" in plain(client.post(path, {"reason": "x"}).content)
    body = other.organisation.principal_id  # type: ignore[union-attr]
    client.post(path, {"to_organisations": [str(body)], "reason": "same case"})
    assert sees(other, report)
    page = client.get(f"/reports/{report.reference}/?part=handling").content
    assert "Other Bank" in plain(page)
    assert "same case" in plain(page)
    client.post(f"/reports/{report.reference}/take-back/", {"principal": str(body)})
    assert not sees(other, report)
    assert Grant.objects.using("owner").get().revoked_at is not None
    nobody = client.post(f"/reports/{report.reference}/take-back/", {"principal": "9" * 30}, follow=True)
    assert "There is no such grant" in plain(nobody.content)
