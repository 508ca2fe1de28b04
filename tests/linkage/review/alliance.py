"""Two members with reports of the same frauds, put into crimes the real way: short builders for tests of this desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.linkage.crimes import rebuild
from hueandcry.linkage.models import CrimeReport, Judgement
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

STRICT = Handling(tlp="AMBER+STRICT", recipients=())
IBANS = (
    "PT50000201231234567890154", "DE89370400440532013000", "GB82WEST12345698765432", "FR1420041010050500013M02606",
    "ES9121000418450200051332", "NL91ABNA0417164300", "BE68539007547034", "AT611904300234573201",
    "IT60X0542811101000000123456", "CH9300762011623852957", "DK5000400440116243", "FI2112345600000785",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """A bank with two analysts, the police with one, and a bank that sees little."""

    bank: Person
    colleague: Person
    police: Person
    outsider: Person


def scene() -> Scene:
    bank = factory.organisation("Example Bank")
    police = factory.organisation("Example Police", kind="law-enforcement", country="ES")
    return Scene(
        factory.person(bank), factory.person(bank), factory.person(police),
        factory.person(factory.organisation("Outside Bank", country="FR")),
    )  # fmt: skip


def fraud(person: Person, title: str, number: int = 0, handling: Handling | None = None, **more: str) -> Report:
    """A report of the fraud of this number: the same account, day and sum whoever reports it."""
    said = {
        "known": IBANS[number],
        "lost": str(1200 + 371 * number),
        "currency": "EUR",
        "country": "PT",
        "when": f"2026-03-{1 + 2 * number:02}",
    }
    return send.form(person, title, handling, **(said | more))


def frauds(person: Person, where: str, count: int) -> None:
    """The frauds 0, 1, ... in one file."""
    lines = (f"Fraud {n} {where},2026-03-{1 + 2 * n:02},{IBANS[n]},{1200 + 371 * n},EUR,PT" for n in range(count))
    send.rows(person, *lines, header="title,date,iban,amount,currency,country")


def estimated() -> None:
    """Crimes estimated anew."""
    rebuild.rebuild()


def crime_of(report: Report) -> int | None:
    """The crime that this report is in, past every rule."""
    return CrimeReport.objects.using("owner").filter(report=report.pk).values_list("crime", flat=True).first()


def together(reports: Sequence[Report]) -> bool:
    """Whether all of these are in one crime."""
    found = {crime_of(report) for report in reports}
    return len(found) == 1 and None not in found


def verdicts(one: Report, other: Report) -> list[str]:
    """What is in force on a pair, past every rule."""
    left, right = sorted((one.pk, other.pk))
    held = Judgement.objects.using("owner").filter(left=left, right=right, withdrawn_at=None)
    return sorted(held.values_list("verdict", flat=True))
