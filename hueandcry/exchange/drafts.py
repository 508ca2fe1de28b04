"""What every reader gives: drafts of reports and objects, refusals and losses; and nothing else.

A reader is a pure function of bytes. It never touches the database, never raises for a bad *element* (it yields a
``Refusal`` naming the place and goes on) and raises ``Unreadable`` only where no element can be told apart at all.

Bookkeeping that the receipt depends on: every element the file holds is yielded exactly once as an ``ObjectDraft`` or
as a ``Refusal``; so read = objects + refusals. What an element is: a STIX object; a MISP event and each of its
attributes; a CSV row; a VERIS incident; otherwise the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Role = Literal["attacker", "victim", "mule", "unknown"]
Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
Pap = Literal["CLEAR", "GREEN", "AMBER", "RED"]

# Bounds that hold for every reader. Each is generous beside the largest real file in the field and small beside memory.
MAX_DEPTH = 100  # nesting of one element; the deepest real STIX or MISP object we have seen is 9
MAX_ELEMENTS = 2_000_000  # elements in one file
MAX_TEXT = 4_000_000  # characters of one element
MAX_VALUE = 4_096  # characters of one observable's value; longer ones are kept in the element, not as an observable
MAX_OBSERVATIONS = 20_000  # observations drawn from one element


class Unreadable(Exception):
    """The bytes are not what they claim to be, so that not one element can be told apart.

    ``place`` names where reading stopped ("byte 1042", "line 3", "member 2"), ``reason`` says why in plain words.
    """

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}")
        self.place = place
        self.reason = reason


class Observation(NamedTuple):
    """One observable value, in canonical form, as one element tells it. ``type`` is one of ``observables.TYPES``."""

    type: str
    value: str
    role: Role = "unknown"
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    valid: bool = True  # False: it fails its own checksum or syntax; type is then "text", the value as received
    claimed: str = ""  # the type the sender claimed, where valid is False


@dataclass(slots=True)
class Marking:
    """Handling that the sender wrote into the file itself. Absent parts fall back to the submission's handling."""

    tlp: Tlp | None = None
    pap: Pap | None = None
    codes: tuple[str, ...] = ()  # Europol handling codes: "H0", "H1", "H2", "H3"
    source_grade: str | None = None  # 4x4: A, B, C, X
    information_grade: str | None = None  # 4x4: 1, 2, 3, 4


@dataclass(slots=True)
class ReportDraft:
    """One account of one cybercrime or piece of intelligence. ``key`` is unique within the file and stable over resends
    (STIX id, MISP event uuid, the CSV row's own id or its hash)."""

    key: str
    title: str
    account: str = ""
    language: str = ""  # ISO 639-1, "" where not known
    kind: Literal["incident", "intelligence"] = "incident"
    version: datetime | None = None
    # (class, type) codes of the Common Taxonomy, see classification.py; type may be ""
    classes: tuple[tuple[str, str], ...] = ()
    techniques: tuple[str, ...] = ()  # ATT&CK ids: "T1566", "T1566.002"
    labels: tuple[str, ...] = ()  # the sender's own words for it, as received
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    reported_at: datetime | None = None  # when the sender recorded it
    victim_countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2
    victim_sector: str = ""  # NACE Rev. 2.1 section letter
    victim_size: str = ""  # "person", "micro", "small", "medium", "large", "" unknown
    victim_area: str = ""  # postal area, see victims.py: never the full code
    victim_reference: str = ""  # canonical, of what the sender wrote; stored as a keyed hash only
    loss_amount: Decimal | None = None
    loss_currency: str = ""  # ISO 4217
    marking: Marking = field(default_factory=Marking)
    withdrawn: bool = False  # revoked (STIX) or deleted (MISP) by its sender
    observations: tuple[Observation, ...] = ()  # those told by the report itself, besides those of its objects


@dataclass(slots=True)
class ObjectDraft:
    """One element of the file, kept as the text received."""

    key: str  # STIX id, MISP uuid, row id or content hash
    kind: str  # STIX type, "misp-event", "misp-attribute", "row", "veris-incident", "text", "email", "form"
    text: str  # exactly as received (for JSON: the very characters of the element)
    place: str  # "objects[12]", "Event.Attribute[3]", "line 7"
    reports: tuple[str, ...]  # keys of the ReportDrafts of this file it belongs to; the first is its home; never empty
    version: datetime | None = None  # STIX modified, MISP timestamp; None where the format has no versions
    revoked: bool = False
    observations: tuple[Observation, ...] = ()
    written: bytes | None = None  # JSON in its sorted form, where the reader has it at hand: its digest is of that


@dataclass(slots=True)
class Refusal:
    """One element that cannot be taken, with its place and the reason in plain words. Counts as one read element."""

    place: str
    reason: str


@dataclass(slots=True)
class Loss:
    """Something that a conversion could not carry into reports and observations (the element itself is kept whole)."""

    place: str
    what: str


Draft = ReportDraft | ObjectDraft | Refusal | Loss


@dataclass(slots=True)
class Options:
    """What a reader may be told besides the bytes."""

    filename: str = ""
    mapping: Mapping[str, Any] | None = None  # CSV only, see table.py
    today: datetime | None = None
    sender: str = ""  # mail address of the person who sends the file in


# A reader yields each ReportDraft before the first ObjectDraft that names it.
Reader = Callable[[bytes, Options], Iterator[Draft]]
