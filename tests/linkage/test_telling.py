"""Told once a day that reports of others share telling values with one's own, and never of what may not be seen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Look
from hueandcry.exchange.publication.actions import publish
from hueandcry.linkage import telling
from hueandcry.members.models import Organisation, Person
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
WALLET = "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"
IBAN = "PT50000201231234567890154"
HIDDEN = Handling(tlp="AMBER+STRICT", recipients=())


@pytest.fixture
def bank() -> Person:
    telling.tell_linked_due()  # the installation begins
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


def next_day() -> None:
    publish()
    Look.objects.using("owner").update(at=datetime.now(UTC) - timedelta(days=1, minutes=1))
    telling.tell_linked_due()


def told(person: Person) -> list[str]:
    return list(Notice.objects.using("owner").filter(person=person.pk).order_by("pk").values_list("title", flat=True))


def test_one_notice_a_day_with_the_number(bank: Person, other: Person) -> None:
    mine = send.form(bank, "Mine", known=WALLET)
    next_day()
    assert told(bank) == []
    send.form(other, "Theirs", known=WALLET)
    publish()
    telling.tell_linked_due()
    assert told(bank) == [], "the day is not over"
    next_day()
    assert told(bank) == ["1 of your reports shares telling values with new reports of others"]
    one = Notice.objects.using("owner").get(person=bank.pk)
    assert (one.kind, one.link) == ("linked", f"/reports/{mine.reference}/?part=links")
    next_day()
    assert len(told(bank)) == 1
    send.form(bank, "Mine too", known=IBAN)
    next_day()
    send.form(other, "Both", known=f"{WALLET} {IBAN}")
    next_day()
    assert told(bank)[1:] == ["2 of your reports share telling values with new reports of others"]


def test_who_reports_second_tells_the_first_and_is_told_by_the_page(bank: Person, other: Person) -> None:
    send.form(bank, "First", known=WALLET)
    send.form(other, "Second", known=WALLET)
    next_day()
    assert len(told(bank)) == len(told(other)) == 1


def test_what_may_not_be_seen_is_not_told(bank: Person, other: Person) -> None:
    send.form(bank, "Mine", known=WALLET)
    send.form(other, "Theirs, hidden", known=WALLET, handling=HIDDEN)
    next_day()
    assert (told(bank), told(other)) == ([], ["1 of your reports shares telling values with new reports of others"])


def test_values_that_tell_nothing_and_colleagues_are_no_news(bank: Person, other: Person) -> None:
    send.form(bank, "Mine", known="8.8.8.8")
    send.form(other, "Theirs", known="8.8.8.8")
    send.form(bank, "Again mine", known=WALLET)
    send.form(factory.person(bank.organisation), "A colleague's", known=WALLET)
    next_day()
    assert (told(bank), told(other)) == ([], [])


def test_a_report_for_one_person_is_not_counted_to_all(bank: Person, other: Person) -> None:
    own = Handling(tlp="RED", recipients=())
    send.form(bank, "For my eyes", known=WALLET, handling=own)
    send.form(other, "Theirs", known=WALLET)
    next_day()
    colleague = factory.person(bank.organisation)
    assert told(colleague) == []


def test_who_is_suspended_is_not_told(bank: Person, other: Person) -> None:
    send.form(bank, "Mine", known=WALLET)
    send.form(other, "Theirs", known=WALLET)
    publish()
    Organisation.objects.using("owner").filter(pk=bank.organisation_id).update(state="suspended")
    next_day()
    assert told(bank) == []


def test_chunks_are_counted_together(bank: Person, other: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "CHUNK", 3)
    send.form(bank, "Mine", known=WALLET)
    next_day()
    for number in range(5):
        send.form(other, f"Theirs {number}", known=WALLET)
    next_day()
    assert told(bank) == ["1 of your reports shares telling values with new reports of others"]


def test_another_process_at_it_leaves_it_alone(bank: Person, other: Person) -> None:
    send.form(bank, "Mine", known=WALLET)
    send.form(other, "Theirs", known=WALLET)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(4, 0)")
        next_day()
        assert told(bank) == []
        cursor.execute("SELECT pg_advisory_unlock(4, 0)")
    telling.tell_linked_due()
    assert len(told(bank)) == 1
