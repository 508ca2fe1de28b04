"""Short builders: crimes and operations as a run would have found them, of reports that took the real way in."""

from __future__ import annotations

from collections.abc import Sequence

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.linkage.models import Crime, CrimeReport, Operation, OperationCrime
from hueandcry.members.models import Person
from tests.exchange import send

IBAN = "PT50000201231234567890154"


def crime(*reports: Report) -> Crime:
    """One crime that these reports tell of."""
    made = Crime()
    made.save(using="owner")
    CrimeReport.objects.using("owner").filter(report__in=[one.pk for one in reports]).delete()
    for one in reports:
        CrimeReport(report=one.pk, crime=made.pk).save(using="owner")
    return made


def operation(*crimes: Crime) -> Operation:
    """One operation of these crimes."""
    made = Operation()
    made.save(using="owner")
    for one in crimes:
        OperationCrime(crime=one.pk, operation=made.pk, weight=1.0).save(using="owner")
    return made


def of_reports(*reports: Report) -> Operation:
    """One operation, in which each report tells of a crime of its own."""
    return operation(*(crime(one) for one in reports))


def told(person: Person, what: str = "A false invoice", handling: Handling | None = None, **more: str) -> Report:
    """A report that names an account."""
    given = {"kind": "invoice", "known": IBAN, "country": "PT", "lost": "1200", "currency": "EUR"} | more
    return send.form(person, what, handling, **given)


def hidden(person: Person, others: Sequence[int] = (), discoverability: str = "") -> Handling:
    """A handling that keeps a report with its own organisation and these principals."""
    return Handling(tlp="AMBER+STRICT", recipients=tuple(others), discoverability=discoverability)
