"""What links lead to: each thing found by its reference, under row-level security, titled by what its reader sees."""

from __future__ import annotations

import pytest

from hueandcry.chain import things
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Observable, Report
from hueandcry.linkage.models import Crime, CrimeReport, Operation, OperationCrime
from hueandcry.linkage.things import pointed_at
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
OWN = Handling(tlp="AMBER+STRICT", recipients=())


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def title(person: Person | None, kind: str, reference: object) -> str | None:
    with viewer(factory.as_viewer(person)) as who:
        shown = things.find(who, kind, str(reference))
    return shown.title if shown else None


def crime_of(*reports: Report) -> tuple[Crime, Operation]:
    crime, operation = Crime(), Operation()
    crime.save(using="owner")
    operation.save(using="owner")
    for report in reports:
        CrimeReport(report=report.pk, crime=crime.pk).save(using="owner")
    OperationCrime(crime=crime.pk, operation=operation.pk, weight=1.0).save(using="owner")
    return crime, operation


def test_a_crime_and_an_operation_are_titled_by_what_is_seen(bank: Person, police: Person) -> None:
    hidden, shared = send.form(bank, "Ours alone", handling=OWN), send.form(bank, "A false invoice")
    crime, operation = crime_of(hidden, shared)
    assert title(bank, "crime", crime.reference) == "Ours alone"
    assert title(police, "crime", crime.reference) == "A false invoice"
    assert title(police, "operation", operation.reference) == "the one around “A false invoice”"
    assert "Ours" not in str(title(police, "operation", operation.reference))
    only, behind = crime_of(send.form(bank, "Another of ours", handling=OWN))
    assert title(police, "crime", only.reference) is None and title(police, "operation", behind.reference) is None
    assert title(None, "crime", crime.reference) is None


def test_a_value_is_found_where_an_observation_of_it_is(bank: Person, police: Person) -> None:
    send.rows(bank, "x,2026-01-01,203.0.113.77,phishing", handling=OWN)
    number = Observable.objects.using("owner").get(value="203.0.113.77").pk
    assert title(bank, "value", number) == "203.0.113.77"
    assert title(police, "value", number) is None


@pytest.mark.parametrize("kind", ["report", "crime", "operation", "value", "room", "thread", "nothing"])
@pytest.mark.parametrize(
    "reference", ["", "nonsense", "-", "9" * 30, "--5", "0", "5f0c8a52-6c1e-4d0b-9a53-0b1f3c6f7a11", "\0", "²"]
)
def test_nothing_is_found_by_nonsense(kind: str, reference: str, bank: Person) -> None:
    assert title(bank, kind, reference) is None


def test_an_address_points_at_its_thing(bank: Person, police: Person) -> None:
    report = send.form(bank, "Ours alone", handling=OWN)
    ways = (f"/reports/{report.reference}/", f" https://h.example/reports/{report.reference}/?part=links ",
            f"reports/{report.reference}")  # fmt: skip
    for written in ways:
        with viewer(factory.as_viewer(bank)) as who:
            assert pointed_at(who, written) == ("report", str(report.reference))
        with viewer(factory.as_viewer(police)) as who:
            assert pointed_at(who, written) is None
    with viewer(factory.as_viewer(bank)) as who:
        for nonsense in ("", "   ", "/reports/", "/reports/x/", f"/crimes/{report.reference}/", "hello", "/" * 5_000):
            assert pointed_at(who, nonsense) is None
