"""What is told of operations: plain rows for pages, exports and programs. All of it is from what the viewer sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

NodeKind = Literal["crime", "value", "organisation"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which operations a list shows. Empty fields leave nothing out."""

    country: str = ""  # ISO 3166-1 alpha-2 of a victim
    cls: str = ""  # main class, with or without its type ("fraud" or "fraud/false-representation")
    since: date | None = None  # active on that day or later
    least: int = 1  # crimes that the viewer sees
    mine: bool = False  # the viewer's organisation reported one of its crimes
    value: int | None = None  # holds this observable


@dataclass(frozen=True, slots=True)
class Loss:
    """What the crimes cost in one currency; each crime counts once."""

    currency: str
    amount: Decimal
    crimes: int


@dataclass(frozen=True, slots=True)
class Part:
    """One reason for a rank: ``share`` 0 to 1 of what it could give, ``weight`` its part of its side."""

    side: Literal["harm", "acting"]
    name: str
    share: float
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One operation. ``classes`` and ``countries`` are (code, crimes), the commonest first; ``parts`` say why something
    can be done about it now."""

    id: int
    reference: UUID
    formed_at: datetime
    crimes: int
    reports: int
    organisations: int
    first: datetime
    last: datetime
    mine: bool
    acting: float  # 0 to 1: whether something can be done now
    parts: Sequence[Part]
    losses: Sequence[Loss] = field(default_factory=tuple)
    classes: Sequence[tuple[str, int]] = field(default_factory=tuple)
    countries: Sequence[tuple[str, int]] = field(default_factory=tuple)

    @property
    def told_losses(self) -> list[Loss]:
        """Losses, the currency first that most crimes tell theirs in: the largest number is not the largest loss."""
        return sorted(self.losses, key=lambda loss: (-loss.crimes, -loss.amount, loss.currency))

    @property
    def speciality(self) -> str:
        """The class of more than half of its crimes; "" where it does several things."""
        known = sum(n for _, n in self.classes)
        return self.classes[0][0] if self.classes and 2 * self.classes[0][1] > known else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked(Line):
    """One operation beside all others that the viewer sees; ``parts`` say why it is harmful as well."""

    harm: float  # 0 to 1
    score: Decimal  # 0 to 100: harm, halved where nothing can be done


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page begins: after this score and operation."""

    score: Decimal
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the ranked list; ``count`` is of all that were asked for."""

    lines: Sequence[Ranked]
    count: int
    next: Place | None = None


@dataclass(frozen=True, slots=True)
class CrimeLine:
    """A crime of an operation. ``live``: attached as it came, not yet looked at by the nightly run."""

    id: int
    reference: UUID
    live: bool
    reports: int
    day: date
    main_class: str
    organisations: Sequence[int]
    title: str  # of its first report
    report: UUID  # that report


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in the graph. ``number`` is the crime, observable or organisation; ``weight`` how much it ties."""

    key: str  # unique in the graph
    kind: NodeKind
    number: int
    label: str
    type: str  # of a value: its type; of a crime: its main class; of an organisation: its kind
    weight: float
    reference: UUID | None = None  # of a crime
    day: date | None = None  # of a crime: when; of a value: last use


@dataclass(frozen=True, slots=True)
class Edge:
    """Source and target are keys of nodes; ``weight`` 0 to 1, how telling the tie is."""

    source: str
    target: str
    weight: float


@dataclass(frozen=True, slots=True)
class Graph:
    """What is drawn, and how many of each kind were folded away (those that tie least)."""

    nodes: Sequence[Node]
    edges: Sequence[Edge]
    folded: Mapping[NodeKind, int]


@dataclass(frozen=True, slots=True)
class Means:
    """A value that an operation uses. ``pause``: days of the longest rest between two uses."""

    id: int
    type: str
    value: str
    weight: float  # of the type, warning lists counted in
    warnings: Sequence[str]
    role: str
    first: date
    last: date
    crimes: int
    reports: int
    organisations: int
    pause: int

    @property
    def returned(self) -> bool:
        """It came back after a rest long enough to be no accident."""
        return self.pause >= RETURN


RETURN = 60  # days


@dataclass(frozen=True, slots=True)
class Timeline:
    """Crimes by the week (its Monday) in which they began, weeks without one included, and when each value was used."""

    weeks: Sequence[tuple[date, int]]
    values: Sequence[Means]


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation whose reports of the operation the viewer sees."""

    id: int
    name: str
    slug: str
    kind: str
    country: str
    crimes: int
    reports: int
    values: int
    last: datetime
    own: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What a run did: ``other`` (None: not seen) went into or came out of the operation; ``crimes`` seen moved."""

    kind: Literal["merged", "split"]
    at: datetime
    into: UUID | None
    other: UUID | None
    crimes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One value on a path of evidence, and the crime that it leads to, with all that are reached by it."""

    value: Means
    crime: CrimeLine
    also: int  # other crimes of the operation that hold the same value


@dataclass(frozen=True, slots=True)
class Others:
    """What others hold of the operation that the viewer may not see, as far as its owners let it be discovered."""

    crimes: int
    reports: int
    organisations: int
    names: Sequence[str]
    again_at: datetime | None = None  # not counted: the budget for looking is used up until then


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another operation that a new crime points to as well: perhaps they are one. The nightly run decides."""

    operation: UUID
    crime: UUID
    values: int
