"""The page of one report: for outsiders, with each of its parts, and what it says of others."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.linkage.views import PARTS
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
IBAN = "PT50000201231234567890154"
STRICT = Handling(tlp="AMBER+STRICT", recipients=())


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


def plain(page: bytes) -> str:
    """The words of a page, without marks and double spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def test_hidden_and_absent_answer_alike(bank: Person, other: Person) -> None:
    hidden, absent = send.form(bank, "Secret", STRICT).reference, uuid4()
    client = factory.signed_in(other)
    answers = []
    for reference in (hidden, absent):
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(f"/reports/{reference}/")
        said = answer.content.decode().replace(str(reference), "")
        answers.append((answer.status_code, said, len(caught), dict(answer.headers)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404
    assert Client().get(f"/reports/{hidden}/").status_code == 302


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows_to_owner_and_recipient(bank: Person, other: Person, part: str) -> None:
    report = send.form(bank, "Mule accounts", kind="invoice", known=IBAN, country="PT", lost="12.50", currency="EUR")
    for person in (bank, other):
        answer = factory.signed_in(person).get(f"/reports/{report.reference}/?part={part}")
        assert answer.status_code == 200
        assert "<h1>Mule accounts</h1>" in answer.content.decode()


def test_it_says_what_it_shares_and_how_many_it_cannot_show(bank: Person, other: Person) -> None:
    mine = send.form(bank, "Mine", known=IBAN)
    send.form(other, "Seen", known=IBAN)
    third = factory.person(factory.organisation("Third Bank", country="FR"))
    send.form(third, "Unseen", STRICT, known=IBAN)
    send.form(third, "Never told of", Handling(tlp="AMBER+STRICT", discoverability="hidden"), known=IBAN)
    client = factory.signed_in(bank)
    words = plain(client.get(f"/reports/{mine.reference}/").content)
    assert "Shares 1 telling value with 1 report of 1 organisation." in words
    assert "1 more report by 1 other organisation you may not see." in words
    assert "Third Bank" not in words
    links = plain(client.get(f"/reports/{mine.reference}/?part=links").content)
    assert "Seen" in links
    assert "Unseen" not in links
    assert "Never told of" not in links


def test_only_the_owner_learns_to_whom_it_goes(bank: Person, other: Person) -> None:
    third = factory.organisation("Third Bank")
    both = Handling(tlp="AMBER", recipients=(other.organisation.principal_id, third.principal_id))  # type: ignore[union-attr]
    report = send.form(bank, "Shared with two", both)
    path = f"/reports/{report.reference}/?part=handling"
    own = plain(factory.signed_in(bank).get(path).content)
    theirs = plain(factory.signed_in(other).get(path).content)
    assert "Other Bank." in own
    assert "Third Bank." in own
    assert "Other Bank." in theirs
    assert "Third Bank" not in theirs


def test_acts_are_offered_to_those_who_may(bank: Person, other: Person) -> None:
    report = send.form(bank)
    reader = factory.person(bank.organisation, ["reader"])
    offered = {
        who: f"/reports/{report.reference}/correct/" in client.get(f"/reports/{report.reference}/").content.decode()
        for who, client in (
            ("owner", factory.signed_in(bank)),
            ("reader", factory.signed_in(reader)),
            ("other", factory.signed_in(other)),
        )
    }
    assert offered == {"owner": True, "reader": False, "other": False}


def test_what_it_holds_is_never_markup(bank: Person) -> None:
    report = send.form(bank, "<script>alert(1)</script>", contact="<img src=x>", known="http://evil.example.com/<b>")
    client = factory.signed_in(bank)
    for part in PARTS:
        page = client.get(f"/reports/{report.reference}/?part={part}").content.decode()
        assert "<script>alert" not in page
        assert 'href="http://evil' not in page


def test_each_read_is_recorded(bank: Person, other: Person) -> None:
    report = send.form(bank)
    factory.signed_in(other).get(f"/reports/{report.reference}/")
    acts = Act.objects.using("owner").filter(person=other.pk, verb="read", kind="report")
    assert [a.thing for a in acts] == [str(report.pk)]


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_queries_does_not_grow_with_what_it_holds(bank: Person, other: Person, part: str) -> None:
    values = [f"198.51.100.{n}" for n in range(1, 60)]
    small = send.form(bank, "small", known=values[0])
    large = send.form(bank, "large", known=" ".join(values))
    for n in range(1, 30):
        send.form(other, f"other {n}", known=" ".join(values[:n]))
    client = factory.signed_in(bank)

    def count(reference: object) -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/reports/{reference}/?part={part}").status_code == 200
        return len(caught)

    count(small.reference)
    assert count(large.reference) == count(small.reference)
