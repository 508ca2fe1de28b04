"""Crimes told by real reports, each a crime of its own: what operations are found in."""

from __future__ import annotations

from typing import Any

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.linkage.crimes import facts
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Crime, CrimeReport, OperationCrime
from hueandcry.members.models import ALLIANCE, Person
from tests.exchange import send

OPEN = Handling(tlp="GREEN", recipients=(ALLIANCE,), discoverability="named")
HIDDEN = Handling(tlp="GREEN", recipients=(ALLIANCE,), discoverability="hidden")
CLOSED = Handling(tlp="AMBER+STRICT", discoverability="anonymous")
CLOSED_HIDDEN = Handling(tlp="AMBER+STRICT", discoverability="hidden")
WALLETS = (
    "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
)  # fmt: skip


def crime(person: Person, *values: str, handling: Handling = OPEN, into: int | None = None, **more: Any) -> int:
    """A crime that one report tells of (``into``: one more report of that crime); gives its number."""
    return of(send.form(person, handling=handling, known=" ".join(values), **more), into)


def of(report: Report, into: int | None = None) -> int:
    """The crime of a report that is there."""
    if into is None:
        made = Crime()
        made.save(using="owner")
        into = made.pk
    CrimeReport(report=report.pk, crime=into).save(using="owner")
    with linker() as cursor:
        facts.refresh(cursor, [report.pk])
    return into


def report_of(number: int) -> int:
    """A report of this crime."""
    return CrimeReport.objects.using("owner").filter(crime=number).values_list("report", flat=True)[0]


def operation(number: int) -> int | None:
    """The operation that a crime is in."""
    return OperationCrime.objects.using("owner").filter(crime=number).values_list("operation", flat=True).first()


def member(number: int) -> OperationCrime:
    """How a crime is in its operation."""
    return OperationCrime.objects.using("owner").get(crime=number)
