"""Whom a MISP event says it hit: country, branch, kind, postal area, the number of the case, the sum that was paid.

Where communities write it: objects of the templates "victim" (reference, regions, sectors, classification,
description), "report" (case-number), "transaction" (amount) and "geolocation" (zipcode, where a comment says that it is
the victim's), attributes "target-location" with the postal code in the comment, and comments. The category "Internal
reference" is by its definition the publisher's own number (a ticket of its own): it counts only where its comment or
its text names a number that others give, such as a police's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from hueandcry.exchange import countries, money, sectors, victims, victims_words
from hueandcry.exchange.drafts import ReportDraft
from hueandcry.exchange.json_text import Refused, members

MOST = 2_000  # attributes of one event that are looked at for this
_OBJECTS = frozenset({"victim", "report", "transaction", "bank-account", "geolocation", "annotation"})
_WORTH = re.compile(rb'"(?:target-location|Internal reference)"|"type"\s{0,9}:\s{0,9}"comment"')
_VICTIM = re.compile(
    r"(?<!\w)(?:victim|opfer|geschädigt|victime|víctima|ofiar|pokrzywdz|poszkod|slachtoffer|benadeelde|vittima|vítima)",
    re.IGNORECASE,
)


class Attribute(NamedTuple):
    """One attribute as it stands in the event, with the name and the number of the object around it."""

    raw: bytes
    object_name: str
    object_number: int


@dataclass(slots=True)
class _Found:
    """What is said so far; a set holds more than one thing where an event contradicts itself."""

    countries: dict[str, None] = field(default_factory=dict)
    sectors: set[str] = field(default_factory=set)
    person: set[bool] = field(default_factory=set)
    codes: list[str] = field(default_factory=list)  # postal codes as written
    words: list[str] = field(default_factory=list)  # in which a postal code may stand
    references: set[str] = field(default_factory=set)  # in the places made for them
    told: list[str] = field(default_factory=list)  # prose
    amounts: dict[int, set[str]] = field(default_factory=dict)  # by transaction
    currencies: set[str] = field(default_factory=set)


def add(report: ReportDraft, attributes: Iterable[Attribute]) -> list[str]:
    """Add to a report what its event's attributes say of the victim, where its tags did not. Gives what contradicts
    itself and is left out, in plain words."""
    found = _Found(told=[report.account])
    for attribute in _opened(attributes):
        _look(found, *attribute)
    losses: list[str] = []
    report.victim_countries = report.victim_countries or tuple(found.countries)[:50]
    if not report.victim_sector and len(found.sectors) == 1:
        report.victim_sector = found.sectors.pop()
    if not report.victim_size and found.person == {True}:
        report.victim_size = "person"
    country = report.victim_countries[0] if len(report.victim_countries) == 1 else ""
    prose = victims_words.of("\n".join(found.told), country)
    if not report.victim_area:
        report.victim_area = _area(found, prose.area, country)
    if not report.victim_reference:
        numbers = found.references or ({prose.reference} - {""})
        if len(numbers) == 1:
            report.victim_reference = numbers.pop()
        elif numbers:
            losses.append(f"{len(numbers)} numbers of cases: none is taken for this one's")
        losses += prose.losses
    if report.loss_amount is None:
        _sum(report, found)
    return losses


def _opened(attributes: Iterable[Attribute]) -> Iterator[tuple[dict[str, Any], str, int]]:
    looked_at = 0
    for raw, name, number in attributes:
        if looked_at >= MOST:
            return
        if name not in _OBJECTS and not _WORTH.search(raw):
            continue
        looked_at += 1
        try:
            content = members(raw)
        except Refused:
            continue  # refused in its own place
        if content.get("deleted") not in (True, 1, "1"):
            yield content, name, number


def _look(found: _Found, content: dict[str, Any], name: str, number: int) -> None:
    value, comment = _text(content, "value"), _text(content, "comment")
    if not value:
        return
    relation, kind = _text(content, "object_relation"), _text(content, "type")
    if kind == "target-location":
        _place(found, value, comment)
    elif name == "victim":
        _of_victim(found, relation, value, comment)
    elif (name, relation) == ("report", "case-number"):
        found.references |= {victims.reference(value)} - {""}
    elif (name, relation) == ("transaction", "amount"):
        found.amounts.setdefault(number, set()).add(value)
    elif (name, relation) == ("bank-account", "currency-code"):
        found.currencies.add(value.strip().upper())
    elif (name, relation) == ("geolocation", "zipcode"):
        if _VICTIM.search(comment):
            found.codes.append(value)
    elif _text(content, "category") == "Internal reference" and kind in ("text", "other"):
        number_there = victims_words.labelled(comment, value)
        if number_there:
            found.references.add(number_there)
        else:
            found.told.append(value)
    elif kind == "comment" or (name, relation) in (
        ("annotation", "text"),
        ("report", "summary"),
        ("transaction", "text"),
    ):
        found.told.append(value)


def _of_victim(found: _Found, relation: str, value: str, comment: str) -> None:
    if relation == "reference":
        found.references |= {victims.reference(value)} - {""}
    elif relation == "sectors":
        found.sectors |= {sectors.section_of_words(value)} - {""}
    elif relation == "classification":
        found.person.add(value.strip().lower() == "individual")
    elif relation == "description":
        found.words += [value, comment]


def _place(found: _Found, value: str, comment: str) -> None:
    """A country by name or code, alone or after a place ("28195 Bremen, DE"), and a code that a word announces."""
    code = countries.alpha_2(value) or countries.alpha_2(value.rpartition(",")[2])
    if code:
        found.countries[code] = None
    found.words += [value, comment]


def _area(found: _Found, told: str, country: str) -> str:
    """The one area that is named; of several victims, no one's."""
    areas = {victims.area(code, country) for code in found.codes}
    areas |= {victims_words.code_after(words, country) for words in found.words}
    areas = areas - {""} or {told} - {""}
    return areas.pop() if len(areas) == 1 else ""


def _sum(report: ReportDraft, found: _Found) -> None:
    """What was paid, where the event tells of one transaction: a bank's list of an account's movements is no loss."""
    amounts = {amount for told in found.amounts.values() for amount in told}
    if len(found.amounts) != 1 or len(amounts) != 1:
        return
    try:
        paid = money.read(amounts.pop())
    except ValueError:
        return
    account = found.currencies.pop() if len(found.currencies) == 1 else ""
    currency = paid.currency or (account if money.is_currency(account) else "")
    if currency and paid.sure and paid.amount > 0:
        report.loss_amount, report.loss_currency = paid.amount.quantize(Decimal("0.01")), currency


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name)
    return value[:4_000] if isinstance(value, str) else str(value) if isinstance(value, int) else ""
