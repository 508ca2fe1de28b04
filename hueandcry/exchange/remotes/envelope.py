"""The envelope: one change of one report, as one node tells it to another. Pure; docs/federation.md describes it.

An envelope says what a report says now, with its handling and the elements it is made of, exactly as they were
received where the report came in. ``write`` makes the text that is signed; ``read`` is the reader of a page of them,
so that what another node tells goes in by the same way as every file.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from hueandcry.exchange import observables, victims
from hueandcry.exchange.drafts import (
    MAX_ELEMENTS,
    MAX_OBSERVATIONS,
    MAX_TEXT,
    Draft,
    ObjectDraft,
    Observation,
    Options,
    Refusal,
    ReportDraft,
    Role,
    Unreadable,
)

KIND = "envelope"  # of the object that holds what the envelope says of the report itself
VERSION = 1
START = b'{"hueandcry-envelopes":1,'
_ROLES = ("attacker", "victim", "mule", "unknown")


class Told(msgspec.Struct, array_like=True):
    """One value as one element tells it."""

    type: str
    value: str
    role: str = "unknown"
    first: datetime | None = None
    last: datetime | None = None
    claimed: str = ""


class Element(msgspec.Struct, omit_defaults=True):
    """One object as received."""

    key: str
    kind: str
    text: str
    place: str = ""
    version: datetime | None = None
    revoked: bool = False
    told: list[Told] = []


class Reporter(msgspec.Struct):
    """Who reported it at the origin."""

    name: str
    kind: str
    country: str


class Said(msgspec.Struct, omit_defaults=True):
    """What the report says now."""

    title: str
    reported_at: datetime
    state: str = "current"
    kind: str = "incident"
    version: datetime | None = None
    account: str = ""
    language: str = ""
    classes: list[str] = []
    techniques: list[str] = []
    labels: list[str] = []
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    victim_countries: list[str] = []
    victim_sector: str = ""
    victim_size: str = ""
    victim_area: str = ""
    loss_amount: str = ""
    loss_currency: str = ""


class Handled(msgspec.Struct, omit_defaults=True):
    """How it may be treated; whom it is for is the receiving node's circle."""

    tlp: str
    pap: str = ""
    codes: list[str] = []
    source_grade: str = ""
    information_grade: str = ""
    discoverability: str = "anonymous"
    purpose: list[str] = []
    legal_basis: str = ""
    review_on: str = ""
    restriction: str = ""


class Envelope(msgspec.Struct, omit_defaults=True):
    """One change of one report. ``kind``: added, corrected, withdrawn, restored, superseded, handled, again; gone (no
    longer shared with the circle) and erased, which have nothing but the report's reference."""

    v: int
    origin: uuid.UUID
    number: int
    kind: str
    report: uuid.UUID
    at: datetime
    reporter: Reporter | None = None
    said: Said | None = None
    handling: Handled | None = None
    head: bool = False  # whether what the report says came anew with this change
    objects: list[Element] = []
    told: list[Told] = []  # values told by the report itself
    successor: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """The report's key at every node but its own."""
        return f"node:{self.origin}:{self.report}"


class _Page(msgspec.Struct):
    version: int = msgspec.field(name="hueandcry-envelopes")
    envelopes: list[msgspec.Raw]


def write(envelope: Envelope) -> str:
    """The text of an envelope: what is signed, passed on and read."""
    return msgspec.json.encode(envelope).decode()


def parse(text: str | bytes) -> Envelope:
    """One envelope. Raises Unreadable."""
    try:
        found = msgspec.json.decode(text, type=Envelope)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise Unreadable("the envelope", str(error)[:300]) from None
    if found.v != VERSION:
        raise Unreadable(
            "v", f"version {found.v} of envelopes is not known here; this node has to be brought up to date"
        )
    if found.said is None and found.kind not in ("gone", "erased"):
        raise Unreadable("said", "an envelope without a report")
    return found


def page(texts: Iterable[str]) -> bytes:
    """The bytes of a submission that holds these envelopes."""
    return START + b'"envelopes":[' + ",".join(texts).encode() + b"]}"


def is_page(raw: bytes) -> bool:
    """Whether these bytes are such a submission; for the detection of formats."""
    return raw.startswith(START)


def read(raw: bytes, options: Options) -> Iterator[Draft]:
    """Read a page of envelopes as reports with the elements they are made of. Raises ``Unreadable``."""
    try:
        found = msgspec.json.decode(raw, type=_Page)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("the page", str(error)[:300]) from None
    elements = 0
    for number, text in enumerate(found.envelopes):
        one = parse(bytes(text))
        elements += 1 + len(one.objects)
        if elements > MAX_ELEMENTS:
            raise Unreadable(f"envelopes[{number}]", f"more than {MAX_ELEMENTS:,} elements in one page")
        yield from _drafts(number, one)


def _drafts(number: int, one: Envelope) -> Iterator[Draft]:
    place = f"envelopes[{number}]"
    said = one.said
    if said is None:
        yield Refusal(place, "it tells of a report that is gone, and nothing more")
        return
    yield ReportDraft(
        key=one.key,
        title=said.title,
        account=said.account[:MAX_TEXT],
        language=said.language[:8],
        kind="intelligence" if said.kind == "intelligence" else "incident",
        version=said.version,
        classes=tuple((name.partition("/")[0], name.partition("/")[2]) for name in said.classes),
        techniques=tuple(said.techniques),
        labels=labels(one),
        occurred_from=said.occurred_from,
        occurred_to=said.occurred_to,
        reported_at=said.reported_at,
        victim_countries=tuple(code for code in said.victim_countries if len(code) == 2),
        victim_sector=said.victim_sector[:1],
        victim_size=said.victim_size,
        victim_area=victims.area(said.victim_area, next(iter(said.victim_countries), "")),
        loss_amount=amount(said),
        loss_currency=said.loss_currency[:3],
    )
    if one.head:
        # The number makes each of them another, also where the report says again what it said before
        told = {"number": one.number, "reporter": one.reporter, "said": said}
        text = msgspec.json.encode(told).decode()
        yield ObjectDraft(one.key, KIND, text, place, (one.key,), observations=values(one.told))
    for index, element in enumerate(one.objects):
        at = f"{place}.{element.place}" if element.place else f"{place}.objects[{index}]"
        if len(element.text) > MAX_TEXT or not element.key or element.kind == KIND:
            yield Refusal(at, f"an element longer than {MAX_TEXT:,} characters, or none that a report is made of")
            continue
        yield ObjectDraft(
            element.key, element.kind, element.text, at, (one.key,), element.version, element.revoked,
            values(element.told),
        )  # fmt: skip


def labels(one: Envelope) -> tuple[str, ...]:
    """The report's labels, with who reported it at its own node."""
    said = one.said.labels if one.said else []
    by = one.reporter
    return (*said, f"reported by: {by.name} ({by.country})") if by else tuple(said)


def amount(said: Said) -> Decimal | None:
    """The loss as a number."""
    try:
        found = Decimal(said.loss_amount) if said.loss_amount else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and 0 <= found < Decimal(10) ** 16 else None


def values(told: Sequence[Told]) -> tuple[Observation, ...]:
    """Values as another node tells them; each is made canonical anew, since it decides what is linked with what."""
    found: list[Observation] = []
    for one in told[:MAX_OBSERVATIONS]:
        role: Any = one.role if one.role in _ROLES else "unknown"
        found.append(_value(one, role))
    return tuple(found)


def _value(one: Told, role: Role) -> Observation:
    if one.type == "text":
        return Observation(
            "text", observables.clean(one.value), role, one.first, one.last, not one.claimed, one.claimed
        )
    value = observables.canonical(one.type, one.value)
    return Observation(value.type, value.value, role, one.first, one.last, value.valid, value.claimed)
