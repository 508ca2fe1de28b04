"""Facts follow what reports say: corrected, withdrawn, restored, erased, hidden; only the linker reads them."""

import pytest
from django.db import ProgrammingError, connection

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.observables import TYPES
from hueandcry.linkage.crimes import facts, live
from hueandcry.linkage.crimes.rebuild import rebuild
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Fact
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.crimes import told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    rebuild()
    return factory.person(factory.organisation("Example Bank"), roles=("analyst", "reporter", "administrator"))


def test_what_a_report_says_is_what_is_compared(bank: Person) -> None:
    one = told.fraud(bank, 0, country="PT", size="micro", area="1000", handling=told.HIDDEN)
    live.attach_due()
    fact = told.fact(one)
    assert fact is not None
    assert (fact.country, fact.amount, fact.currency, fact.size, fact.leaf) == ("PT", 1250.0, "EUR", "micro", True)
    assert (str(fact.occurred), fact.day, len(fact.money)) == ("2026-10-01", fact.occurred, 1)
    assert fact.reference not in ("", "CASE-2026-00000"), "only a keyed hash of it"


def test_a_correction_follows(bank: Person) -> None:
    one = told.fraud(bank)
    live.attach_due()
    actions_report.correct(by=factory.as_viewer(bank), report=one.pk, reason="typing", loss_amount=99)
    live.attach_due()
    fact = told.fact(one)
    assert fact is not None
    assert fact.amount == 99.0


def test_withdrawn_it_is_compared_no_longer_and_restored_again(bank: Person) -> None:
    one = told.fraud(bank)
    live.attach_due()
    by = factory.as_viewer(bank)
    actions_report.withdraw(by=by, report=one.pk, reason="no fraud")
    live.attach_due()
    assert (told.fact(one), told.crime(one)) == (None, None)
    actions_report.restore(by=by, report=one.pk, reason="it was one")
    live.attach_due()
    assert told.fact(one) is not None
    assert told.crime(one) is not None


def test_erased_it_is_gone_in_the_same_transaction(bank: Person) -> None:
    one = told.fraud(bank)
    live.attach_due()
    actions.erase(by=factory.as_viewer(bank), submission=one.submission_id, reason="asked for")
    assert (told.fact(one), told.crime(one)) == (None, None)


def test_hidden_or_not_follows_the_handling(bank: Person) -> None:
    one = told.fraud(bank)
    live.attach_due()
    actions_report.handle(by=factory.as_viewer(bank), report=one.pk, handling=told.HIDDEN, reason="quietly")
    live.attach_due()
    fact = told.fact(one)
    assert fact is not None
    assert fact.leaf


def test_going_through_all_finds_what_is_missing_and_then_nothing(bank: Person) -> None:
    told.fraud(bank, 0)
    told.fraud(bank, 1)
    live.attach_due()
    Fact.objects.using("owner").all()[:1].get().delete(using="owner")
    assert facts.refresh_all() == 1
    assert facts.refresh_all() == 0


def test_every_type_of_value_is_in_a_group_or_left_out_on_purpose() -> None:
    named = {word for word in TYPES if f"'{word}'" in facts.FACTS}
    left = {"person-name", "identity-document", "text"}
    assert left <= named
    assert {word for word, kind in TYPES.items() if not kind.means} - named == set(), "means of people are named"
    assert {"iban", "btc-address", "phone-number", "url"} <= named


def test_nobody_but_the_linker_reads_facts(bank: Person) -> None:
    told.fraud(bank)
    live.attach_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM linkage_fact")
        assert cursor.fetchone()[0] == 0
    with viewer(factory.as_viewer(bank)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM linkage_fact")
        assert cursor.fetchone()[0] == 0
    with linker() as cursor:
        cursor.execute("SELECT count(*) FROM linkage_fact")
        assert cursor.fetchone()[0] == 1


@pytest.mark.parametrize(
    "what", ["SELECT title FROM exchange_report", "SELECT content FROM exchange_submissionchunk",
             "SELECT person_id FROM exchange_report", "UPDATE exchange_report SET account = ''"],
)  # fmt: skip
def test_the_linker_reads_what_is_compared_and_changes_no_report(bank: Person, what: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), linker() as cursor:
        cursor.execute(what)
