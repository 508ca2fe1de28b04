"""What pages show of crimes, as plain data, and what a list of them is asked for. No Django here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from hueandcry.linkage.matching.evidence import Step

ORDERS = ("-last", "last", "-reports", "-organisations", "-loss")  # the first is the default; "-loss" wants a currency


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of crimes is narrowed to; as it stands, nothing."""

    country: str = ""  # of a victim, ISO 3166-1 alpha-2
    cls: str = ""  # class of the Common Taxonomy, with what is below it
    sector: str = ""  # of a victim, NACE section
    least: int = 1  # reports
    several: bool = False  # of more than one organisation
    since: datetime | None = None  # the last was reported then or later
    until: datetime | None = None  # the first happened before
    currency: str = ""
    loss: Decimal = Decimal(0)  # at least, in that currency
    disputed: bool = False  # people judge a pair of its reports differently
    order: str = ORDERS[0]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the order's value of the last crime before it, and its number."""

    value: Decimal
    id: int


@dataclass(frozen=True, slots=True)
class CrimeReportLine:
    """A report of a crime, as a list shows it."""

    id: int
    reference: UUID
    title: str
    tlp: str
    organisation: int
    organisation_name: str
    organisation_country: str
    reported_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    main_class: str
    countries: list[str]
    sector: str
    loss_amount: Decimal | None
    loss_currency: str
    source_kind: str

    @property
    def day(self) -> datetime:
        """When it happened, or else when it was reported."""
        return self.occurred_from or self.reported_at


@dataclass(frozen=True, slots=True)
class Loss:
    """What a crime cost, in one currency."""

    currency: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class CrimeLine:
    """One crime, of the reports that the viewer sees, the oldest first."""

    id: int
    reference: UUID
    reports: list[CrimeReportLine]
    disputed: bool = False

    @property
    def title(self) -> str:
        """What the first of its reports is called, without a full stop at its end: words follow it on pages."""
        title = self.reports[0].title.rstrip()
        return title if title.endswith("..") else title.removesuffix(".") or title

    @property
    def size(self) -> int:
        """How many reports tell of it."""
        return len(self.reports)

    @property
    def organisations(self) -> list[str]:
        """Names of who reported it."""
        return sorted({one.organisation_name for one in self.reports})

    @property
    def first(self) -> datetime:
        """When it began, as the earliest report says."""
        return min(one.day for one in self.reports)

    @property
    def last(self) -> datetime:
        """When it was last reported."""
        return max(one.reported_at for one in self.reports)

    @property
    def countries(self) -> list[str]:
        """Of the victims."""
        return sorted({country for one in self.reports for country in one.countries})

    @property
    def sectors(self) -> list[str]:
        """Of the victims."""
        return sorted({one.sector for one in self.reports if one.sector})

    @property
    def classes(self) -> list[str]:
        """What its reports call it, what most say first."""
        counted = Counter(one.main_class for one in self.reports if one.main_class)
        return sorted(counted, key=lambda name: (-counted[name], name))

    @property
    def losses(self) -> list[Loss]:
        """By currency, of the first report that tells one: two that tell of the same loss do not double it."""
        told: dict[str, Decimal] = {}
        for one in sorted(self.reports, key=lambda report: report.id):
            if one.loss_amount and one.loss_currency:
                told.setdefault(one.loss_currency, one.loss_amount)
        return [Loss(currency, amount) for currency, amount in sorted(told.items())]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of crimes, how many there are in all, and where the next page begins. ``more``: they were not counted
    to the end."""

    crimes: list[CrimeLine]
    count: int
    next: Place | None = None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Others:
    """Reports of a crime that the viewer may not see, as far as their owners let them be discovered."""

    reports: int
    organisations: int
    names: list[str]
    again_at: datetime | None = None  # not counted: the budget is used up until then


@dataclass(frozen=True, slots=True)
class Event:
    """Reports came from one crime into another. ``crime`` and ``other`` are None where the viewer cannot open them."""

    id: int
    at: datetime
    kind: str  # merged, split, moved
    crime: UUID | None
    other: UUID | None
    reports: list[int]
    judgement: int | None
    run: int | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two reports tell of one crime or not: steps from the prior to the sum, in bits."""

    steps: list[Step]
    weight: float
    probability: float
    threshold: float  # bits from which on a pair is claimed
    model: int  # the number of the model; 0: what people wrote


def lines(rows: Sequence[tuple[object, ...]], references: dict[int, UUID], disputed: set[int]) -> dict[int, CrimeLine]:
    """Rows of reports, sorted by crime, as crimes."""
    return {
        crime: CrimeLine(crime, references[crime], [CrimeReportLine(*row[1:]) for row in group], crime in disputed)  # type: ignore[arg-type]
        for crime, group in groupby(rows, key=lambda row: row[0])
        if isinstance(crime, int) and crime in references
    }
