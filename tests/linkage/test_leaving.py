"""Crimes and operations as tables: only what may leave, marked by its handling, and noted as delivered."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.exchange import actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Delivery, RecallReceipt, Report
from hueandcry.exchange.publication.actions import publish
from hueandcry.exchange.recall import actions as recalls
from hueandcry.linkage.analysis import actions_note
from hueandcry.members.models import ALLIANCE, Person
from tests import factory
from tests.linkage import found

pytestmark = pytest.mark.usefixtures("database")
TABLES = ("/crimes/crimes.csv", "/operations/operations.csv")


def handled(**more: Any) -> Handling:
    return Handling(**({"tlp": "GREEN", "recipients": (ALLIANCE,)} | more))


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def amber(whom: Person, **more: Any) -> Handling:
    assert whom.organisation
    return Handling(tlp="AMBER", recipients=(whom.organisation.principal_id,), **more)


def taken(client: Client, table: str) -> tuple[list[dict[str, str]], str]:
    answer = client.get(table)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode()))), answer["X-Hueandcry-Kept-Back"]


def titles(reports: Any) -> set[str]:
    return set(Report.objects.using("owner").filter(pk__in=list(reports)).values_list("title", flat=True))


def delivered(person: Person) -> set[str]:
    noted = Delivery.objects.using("owner").filter(person=person.pk, channel="export", everything=False)
    return titles(noted.values_list("report", flat=True))


@pytest.mark.parametrize("table", TABLES)
def test_what_its_handling_keeps_here_is_counted_and_not_in_it(bank: Person, police: Person, table: str) -> None:
    found.of_reports(
        found.told(bank, "Open to all", handled(codes=("H1",))),
        found.told(bank, "For two", amber(police), country="ES"),
        found.told(bank, "Ask the bank", handled(codes=("H2",)), known="DE89370400440532013000", country="FR"),
        found.told(bank, "Read me first", handled(codes=("H3",), restriction="Only so."), lost="777"),
        found.told(bank, "For a page only", handled(pap="RED")),
        found.told(bank, "Not for them", found.hidden(bank), country="IT"),
    )
    client = factory.signed_in(police)
    rows, kept = taken(client, table)
    assert kept == ("2" if "crimes" in table else "3")  # a crime of nothing but an unread report is in no list
    said = str(rows)
    for secret in ("Ask the bank", "Read me first", "For a page only", "Not for them", "777", "FR", "IT", "H2", "H3"):
        assert secret not in said, secret
    assert {row["tlp"] for row in rows} == ({"TLP:GREEN", "TLP:AMBER"} if "crimes" in table else {"TLP:AMBER"})
    assert "H1" in {row["codes"] for row in rows}
    assert f"{kept} reports are not in the file that you took".encode() in client.get("/crimes/").content
    assert delivered(police) == {"Open to all", "For two"}
    acts = Act.objects.using("owner").filter(person=police.pk, verb="export").order_by("id")
    assert {(act.kind, act.count) for act in acts} == {
        ("report", 2),
        ("crime", 2) if "crimes" in table else ("operation", 1),
    }
    assert str(next(act for act in acts if act.kind == "report").detail["held"]) == kept


@pytest.mark.parametrize("table", TABLES)
def test_ones_own_reports_always_leave_and_are_no_delivery(bank: Person, police: Person, table: str) -> None:
    found.of_reports(
        found.told(bank, "Ask the bank", handled(codes=("H2",))), found.told(police, "Told by others", handled())
    )
    rows, kept = taken(factory.signed_in(bank), table)
    assert kept == "0"
    assert sum(int(row["reports"]) for row in rows) == 2
    assert delivered(bank) == {"Told by others"}


@pytest.mark.parametrize("table", TABLES)
def test_who_sees_nothing_takes_nothing(bank: Person, police: Person, table: str) -> None:
    found.of_reports(found.told(bank, "Secret", found.hidden(bank)), found.told(bank, "Too", found.hidden(bank)))
    rows, kept = taken(factory.signed_in(police), table)
    assert (rows, kept) == ([], "0")
    assert delivered(police) == set()
    assert Client().get(table).status_code == 302


@pytest.mark.parametrize("table", TABLES)
def test_only_what_is_filtered_is_delivered_and_counted(bank: Person, police: Person, table: str) -> None:
    found.of_reports(found.told(bank, "In Portugal", handled()), found.told(bank, "Kept", handled(codes=("H2",))))
    found.of_reports(
        found.told(bank, "In Spain", handled(), known="DE89370400440532013000", country="ES"),
        found.told(bank, "Kept too", handled(codes=("H2",)), known="DE89370400440532013000", country="ES"),
    )
    rows, kept = taken(factory.signed_in(police), f"{table}?country=ES")
    assert len(rows) == 1
    assert kept == "1"
    assert delivered(police) == {"In Spain"}


@pytest.mark.parametrize("table", TABLES)
def test_a_recall_reaches_who_took_the_table(bank: Person, police: Person, table: str) -> None:
    report = found.told(bank, "Wrong all along", handled())
    found.of_reports(report, found.told(bank, "Right", handled()))
    taken(factory.signed_in(police), table)
    publish()
    recalls.tell_due()
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="No crime at all")
    publish()
    recalls.tell_due()
    receipts = RecallReceipt.objects.using("owner").values_list("organisation", "channel")
    assert list(receipts) == [(police.organisation_id, "export")]


def test_what_analysts_called_it_makes_it_stricter(bank: Person, police: Person) -> None:
    operation = found.of_reports(found.told(bank, "One", handled()), found.told(bank, "Two", handled()))
    assert police.organisation
    principal = police.organisation.principal_id
    by = factory.as_viewer(police)
    actions_note.name(by=by, operation=operation.reference, principal=principal, words="Blue Heron")
    rows, _kept = taken(factory.signed_in(police), "/operations/operations.csv")
    assert [(row["called"], row["tlp"]) for row in rows] == [("Blue Heron", "TLP:AMBER+STRICT")]
    rows, _kept = taken(factory.signed_in(bank), "/operations/operations.csv")
    assert [(row["called"], row["tlp"]) for row in rows] == [("", "TLP:GREEN")]
