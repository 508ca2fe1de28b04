"""Short builders: reports of crimes that took the real way in, and which crime each ended up in."""

from __future__ import annotations

from typing import Any

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.linkage.models import CrimeReport, Fact
from hueandcry.members.models import ALLIANCE, Person
from tests.exchange import send

IBANS = (
    "PT50000201231234567890154",
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "ES9121000418450200051332",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "AT611904300234573201",
)
OPEN = Handling(tlp="GREEN", recipients=(ALLIANCE,), discoverability="named")
HIDDEN = Handling(tlp="GREEN", recipients=(ALLIANCE,), discoverability="hidden")
CLOSED = Handling(tlp="AMBER+STRICT", recipients=(), discoverability="anonymous")


def fraud(person: Person, number: int = 0, *, handling: Handling = OPEN, **more: Any) -> Report:
    """A report of the ``number``-th fraud, as whoever reports it would tell it: account, day, sum, place, reference."""
    said = {
        "what": f"A false invoice, number {number}",
        "kind": "invoice",
        "known": IBANS[number % len(IBANS)],
        "when": f"2026-10-{1 + number * 9 % 27:02d}",
        "country": "PT",
        "lost": f"{1250 + 977 * number}.00",
        "currency": "EUR",
        "reference": f"CASE-2026-{number:05d}",
    }
    return send.form(person, handling=handling, **(said | more))


def crime(report: Report) -> int | None:
    """The number of the crime that a report is in."""
    return CrimeReport.objects.using("owner").filter(report=report.pk).values_list("crime", flat=True).first()


def crimes(*reports: Report) -> list[int]:
    """By report which crime it is in, as 0, 1, ... in the order in which they come up."""
    found = [crime(report) for report in reports]
    return [list(dict.fromkeys(found)).index(one) for one in found]


def fact(report: Report) -> Fact | None:
    """What is compared of a report."""
    return Fact.objects.using("owner").filter(report=report.pk).first()
