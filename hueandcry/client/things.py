"""What the client gives: frozen dataclasses, made from the JSON of an answer. Fields that a newer server adds are
passed over, so that a client outlives the server it was written against."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object of a file that was refused: where it stands and why."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a file that could not be carried over; the object itself is kept whole."""

    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a submission: read = stored + known + refused, each counting objects."""

    submission: UUID
    state: str
    repeat: bool = False
    format: str = ""
    filename: str = ""
    sha256: str = ""
    size: int = 0
    received_at: datetime | None = None
    finished_at: datetime | None = None
    read: int = 0
    stored: int = 0
    known: int = 0
    refused: int = 0
    reports: int = 0
    place: str = ""
    reason: str = ""
    refusals: tuple[Refusal, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether it has been read to its end, one way or the other."""
        return self.state not in ("received", "reading")


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission, as a list shows it."""

    submission: UUID
    state: str
    format: str
    filename: str
    channel: str
    received_at: datetime
    read: int
    stored: int
    known: int
    refused: int
    reports: int


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of a report."""

    type: str
    value: str
    role: str
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """How a report may be treated. ``recipients`` and ``granted`` are its owner's to read."""

    tlp: str
    pap: str = ""
    codes: tuple[str, ...] = ()
    source_grade: str = ""
    information_grade: str = ""
    purpose: tuple[str, ...] = ()
    legal_basis: str = ""
    review_on: date | None = None
    discoverability: str = ""
    restriction: str = ""
    recipients: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One report; ``account``, ``handling`` and ``observations`` come with the report itself, not with lists."""

    reference: UUID
    title: str
    state: str
    kind: str
    organisation: str
    source_kind: str
    classes: tuple[str, ...]
    labels: tuple[str, ...]
    techniques: tuple[str, ...]
    reported_at: datetime
    changed_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    victim_countries: tuple[str, ...]
    victim_sector: str
    victim_size: str
    victim_area: str
    loss_amount: Decimal | None
    loss_currency: str
    tlp: str
    pap: str
    codes: tuple[str, ...]
    account: str = ""
    language: str = ""
    superseded_by: UUID | None = None
    objects: int = 0
    handling: Handling | None = None
    observations: tuple[Observation, ...] = ()


@dataclass(frozen=True, slots=True)
class Object:
    """One element of a report; ``text`` is empty in lists."""

    number: int
    key: str
    kind: str
    version: datetime | None
    revoked: bool
    place: str
    ours: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """That somebody saw it too."""

    id: str
    of: str
    report: UUID
    organisation: str
    own: bool
    count: int
    first_seen: datetime | None
    last_seen: datetime | None
    where: str
    words: str
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member, as the directory shows it."""

    slug: str
    name: str
    kind: str
    country: str
    sector: str
    tier: str
    state: str
    about: str
    contact: str


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle that one's organisation is in."""

    slug: str
    name: str
    purpose: str
    closed: bool
    members: int
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """What was learnt of one value: how many organisations hold something on it, of which kinds, and whom to ask."""

    type: str
    value: str
    organisations: int
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    last_seen: str
    seen: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question whether others hold values, with its answers."""

    reference: UUID
    at: datetime
    purpose: str
    asked: int
    hits: int
    flagged: bool
    answers: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One owner's part of a request."""

    reference: UUID
    state: str
    owner: str = ""
    conditions: str = ""
    until: date | None = None
    question: str = ""
    reply: str = ""
    reports: tuple[UUID, ...] = ()
    granted: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request to see what others hold; ``who`` and ``states`` come with lists, ``parts`` with the request itself."""

    reference: UUID
    purpose: str
    at: datetime
    answer_by: date
    overdue: bool
    who: str = ""
    states: tuple[str, ...] = ()
    asker: str = ""
    mine: bool = False
    words: str = ""
    case: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing the token's person was told."""

    reference: UUID
    kind: str
    title: str
    text: str
    link: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Who:
    """Who the token acts for, and what it may do."""

    email: str
    name: str
    organisation: str
    roles: tuple[str, ...]
    scopes: tuple[str, ...]
    use: str
    expires_at: datetime


def made(kind: type[T], content: Mapping[str, Any]) -> T:
    """A thing of this kind out of the JSON of an answer. Raises TypeError where a field that it needs is missing."""
    hints = _hints(cast(Any, kind))
    return kind(**{name: _value(hints[name], content[name]) for name in hints if name in content})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        return tuple(_value(get_args(hint)[0], one) for one in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return made(hint, value)
    return _SIMPLE[hint](value) if hint in _SIMPLE else value


_SIMPLE: dict[Any, Any] = {
    UUID: UUID, Decimal: Decimal, datetime: datetime.fromisoformat, date: date.fromisoformat,
}  # fmt: skip
