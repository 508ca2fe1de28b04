"""The web form as a format: what a person typed, as JSON, into one report. It takes the way of every other file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import msgspec

from hueandcry.exchange import dates, money, observation, victims
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.drafts import MAX_TEXT, Draft, Loss, ObjectDraft, Observation, Options, ReportDraft, Unreadable
from hueandcry.exchange.text import clean, title_of


class Choice(NamedTuple):
    """One answer to "what was it?": in plain words, and the classes of the Common Taxonomy that it means."""

    words: str
    classes: tuple[tuple[str, str], ...]


_POSED = ("fraud", "false-representation")
# Phishing is gathering of information in the Common Taxonomy and fraud in RSIT; a report carries both.
KINDS: dict[str, Choice] = {
    "phishing": Choice(
        "A message, site or call that wanted passwords, cards or codes", (("information-gathering", "phishing"), _POSED)
    ),
    "invoice": Choice("A false invoice, or bank details that somebody changed", (_POSED,)),
    "impostor": Choice("Somebody posed as a bank, the police, a supplier or the boss", (_POSED,)),
    "shop": Choice("Paid for something that never came", (_POSED,)),
    "investment": Choice("A false investment or crypto offer", (_POSED,)),
    "ransom": Choice("Files were locked and money demanded", (("malware", "infection"), ("availability", "sabotage"))),
    "virus": Choice("A harmful program on a computer or telephone", (("malware", "infection"),)),
    "account": Choice("Somebody got into an account or a mailbox", (("intrusion", "account-compromise"),)),
    "data": Choice("Data was taken or published", (("information-security", "unauthorised-access"),)),
    "down": Choice("A site or system was flooded or put out of action", (("availability", "dos-ddos"),)),
    "other": Choice("Something else, or I am not sure", (("other", "undetermined-incident"),)),
}
SIZES = ("", "person", "micro", "small", "medium", "large")


class Form(msgspec.Struct, forbid_unknown_fields=True):
    """The form as it was sent; dates as 2026-01-31, the amount with a point."""

    what: str
    kind: str = "other"
    when: str = ""
    until: str = ""
    country: str = ""
    size: str = ""
    area: str = ""
    reference: str = ""
    lost: str = ""
    currency: str = ""
    known: str = ""
    contact: str = ""


def write(form: Form) -> bytes:
    """The bytes of a submission in this format."""
    return msgspec.json.encode({"hueandcry-form": 1, **msgspec.to_builtins(form)})


def is_form(raw: bytes) -> bool:
    """Whether these bytes are a form of ours; for the detection of formats."""
    return raw[:40].lstrip().startswith(b'{"hueandcry-form":')


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read a form as one report with one element. Raises ``Unreadable``."""
    form = _decoded(raw)
    key = "form:" + hashlib.sha256(raw).hexdigest()
    report = ReportDraft(
        key=key,
        title=title_of(form.what),
        account=clean("\n\n".join(filter(None, (form.what.strip(), form.known.strip()))), MAX_TEXT),
        classes=KINDS[form.kind].classes,
        labels=(KINDS[form.kind].words,),
        victim_countries=(form.country.upper(),) if is_code(form.country.upper()) else (),
        victim_size=form.size if form.size in SIZES else "",
        victim_area=victims.area(form.area, form.country.upper()),
        victim_reference=victims.reference(form.reference),
    )
    yield from _dated(report, form, options.today or datetime.now(UTC))
    yield from _lost(report, form)
    found, left_out = _values(form)
    yield report
    if form.area and not report.victim_area:
        yield Loss("postal code", "what was written there is no postal code")
    if form.reference and not report.victim_reference:
        yield Loss("reference", "a number that others hold too has six characters or more, three of them digits")
    yield from observation.told(found, "what you know of them")
    if left_out:
        yield Loss("what you know of them", f"{left_out} further values were not taken as observables")
    # What the report keeps as an area and a fingerprint does not show in the element either; the submission has it.
    shown = msgspec.structs.replace(form, area=report.victim_area, reference="")
    text = (write(shown) if form.area or form.reference else raw).decode("utf-8")
    yield ObjectDraft(key, "form", text, "the form", (key,), observations=found)


def _decoded(raw: bytes) -> Form:
    try:
        plain = msgspec.json.decode(raw)
        if not isinstance(plain, dict) or plain.pop("hueandcry-form", None) != 1:
            raise Unreadable("byte 0", "this is not a form of Hue & Cry")
        form = msgspec.convert(plain, Form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("the form", str(error)) from None
    if not form.what.strip():
        raise Unreadable("what happened", "nothing is written there")
    if form.kind not in KINDS:
        raise Unreadable("kind", f'"{form.kind[:40]}" is none of the answers')
    return form


def _dated(report: ReportDraft, form: Form, now: datetime) -> Iterator[Loss]:
    for field, text in (("when", form.when), ("until", form.until)):
        if not text:
            continue
        try:
            first, last = dates.read(text, "iso")
        except ValueError as error:
            yield Loss(field, str(error))
            continue
        report.occurred_from = report.occurred_from or first
        report.occurred_to = max(first, min(last, now))  # today is not over yet


def _lost(report: ReportDraft, form: Form) -> Iterator[Loss]:
    if not form.lost:
        return
    try:
        amount = Decimal(form.lost)
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and 0 <= amount < Decimal(10) ** 16 and money.is_currency(form.currency)):
        yield Loss("lost", f"{form.lost[:40]} {form.currency[:10]} is no amount of money with its currency")
        return
    report.loss_amount, report.loss_currency = amount, form.currency


def _values(form: Form) -> tuple[tuple[Observation, ...], int]:
    """What was pasted is of the criminals; what the story mentions may be anybody's. A value in both is theirs."""
    theirs, left = observation.in_prose(form.known, "attacker", form.country)
    told, more = observation.in_prose(form.what, "unknown", form.country)
    known = {(seen.type, seen.value) for seen in theirs}
    return (*theirs, *(seen for seen in told if (seen.type, seen.value) not in known)), left + more
