"""What goes in and out of REST, as OpenAPI describes it. Bounds here keep what a database cannot hold out of it.

One list, in the order of the description: what a program meets is read in one place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from hueandcry.exchange.classification import LABELS

# No zero byte: PostgreSQL holds none.
_TEXT = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(max_length=500, pattern=_TEXT)]
Words = Annotated[str, StringConstraints(max_length=2_000, pattern=_TEXT)]
Account = Annotated[str, StringConstraints(max_length=4_000_000, pattern=_TEXT)]
Slug = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-zA-Z0-9_-]*$")]
Address = Annotated[str, StringConstraints(max_length=300, pattern=_TEXT)]


def _in_our_time(moment: datetime) -> datetime:
    if not 1970 <= moment.year < 2200:
        raise ValueError("a moment from 1970 to 2199")
    return moment.astimezone(UTC)


def _known_class(code: str) -> str:
    cls, _slash, kind = code.partition("/")
    if (cls, kind) not in LABELS:
        raise ValueError("not a class of the Common Taxonomy, or class/type")
    return code


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
ClassCode = Annotated[str, AfterValidator(_known_class)]
Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
Role = Literal["attacker", "victim", "mule", "unknown"]


def example(**fields: Any) -> ConfigDict:
    """The example of a schema in the description."""
    return ConfigDict(json_schema_extra={"example": fields})


class Body(Schema):
    """The body of a call. What it does not know is refused: passed over, a word that is misspelt would seem done."""

    model_config = ConfigDict(extra="forbid")


class ErrorIn(Schema):
    """What went wrong: a code for programs, a message for people, and the part it is about."""

    code: str
    message: str
    field: str | None = None


class ErrorOut(Schema):
    """The one shape of every error."""

    error: ErrorIn
    model_config = example(error={"code": "absent", "message": "There is nothing by this name that you may see."})


class RemarkOut(Schema):
    """An object refused, with its place in the file."""

    place: str
    reason: str


class LossOut(Schema):
    """Something that could not be carried over; the object itself is kept whole."""

    place: str
    what: str


class ReceiptOut(Schema):
    """What became of a submission; read = stored + known + refused, each counting objects."""

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
    refusals: list[RemarkOut] = []
    losses: list[LossOut] = []
    model_config = example(
        submission="ff2ec278-07a2-4332-8122-38d5decd99ce", state="done", format="csv", read=2, stored=2, reports=2
    )


class SubmissionOut(Schema):
    """One submission, as a list shows it."""

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


class SubmissionsPage(Schema):
    """One page of submissions; ``next`` goes into ``after`` for the page behind it, null at the end."""

    submissions: list[SubmissionOut]
    next: str | None


class ReportOut(Schema):
    """One report, as far as a list shows it."""

    reference: UUID
    title: str
    state: str
    kind: str
    organisation: str
    source_kind: str
    classes: list[str]
    labels: list[str]
    techniques: list[str]
    reported_at: datetime
    changed_at: datetime
    occurred_from: datetime | None
    occurred_to: datetime | None
    victim_countries: list[str]
    victim_sector: str
    victim_size: str
    victim_area: str
    loss_amount: str | None
    loss_currency: str
    tlp: str
    pap: str
    codes: list[str]


class ReportsPage(Schema):
    """One page of reports; ``next`` goes into ``after`` for the page behind it, null at the end. Reports whose handling
    keeps programs out are left out, so a page may hold fewer than ``limit`` and still have a ``next``."""

    reports: list[ReportOut]
    next: str | None


class ObservationOut(Schema):
    """One value of a report."""

    type: str
    value: str
    role: str
    first_seen: datetime | None
    last_seen: datetime | None


class HandlingOut(Schema):
    """How a report may be treated."""

    tlp: str
    pap: str
    codes: list[str]
    source_grade: str
    information_grade: str
    purpose: list[str]
    legal_basis: str
    review_on: date | None


class HandlingWhole(HandlingOut):
    """How one's own report is treated, and who it is addressed to: ``alliance``, ``everyone``, ``circle:<slug>``,
    ``organisation:<slug>``, ``person:<e-mail>`` (of one's own organisation), or ``principal:<number>`` for one whose
    name is not shown."""

    discoverability: str
    restriction: str = ""
    recipients: list[str]
    granted: list[str]


class ReportWhole(ReportOut):
    """One report with its account, handling and values."""

    account: str
    language: str
    superseded_by: UUID | None
    objects: int
    handling: HandlingOut
    observations: list[ObservationOut]


class ObjectOut(Schema):
    """One element of a report as it was received; its text comes with the object itself."""

    number: int
    key: str
    kind: str
    version: datetime | None
    revoked: bool
    ours: bool = False
    place: str


class ObjectWhole(ObjectOut):
    """One element with its very text."""

    text: str


class ObjectsPage(Schema):
    """One page of a report's objects, in the order received."""

    objects: list[ObjectOut]
    next: str | None


class Reason(Body):
    """Why something is done; kept in the report's history, for everybody who sees the report."""

    reason: Words = Field(min_length=1)
    model_config = example(reason="It was a false alarm.")


class Successor(Reason):
    """Which of one's own reports takes the place of another."""

    successor: UUID
    model_config = example(reason="Told better there.", successor="8c680848-3138-4da1-a290-cb20a7983326")


class Correction(Reason):
    """What shall stand in the report instead; what is not given stays as it is."""

    title: Line | None = Field(None, min_length=1)
    account: Account | None = None
    classes: list[ClassCode] | None = Field(None, max_length=50)
    labels: list[Line] | None = Field(None, max_length=100)
    techniques: list[Annotated[str, StringConstraints(pattern=r"^T[01][0-9]{3}(\.[0-9]{3})?$")]] | None = Field(
        None, max_length=200
    )
    occurred_from: Moment | None = None
    occurred_to: Moment | None = None
    victim_countries: list[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]] | None = Field(
        None, max_length=250
    )
    victim_sector: Annotated[str, StringConstraints(pattern=r"^[A-V]?$")] | None = None
    victim_size: Literal["", "person", "micro", "small", "medium", "large"] | None = None
    victim_area: Annotated[str, StringConstraints(max_length=20)] | None = Field(
        None, description="postal code of the victim; its first characters are kept"
    )
    victim_reference: Annotated[str, StringConstraints(max_length=100)] | None = Field(
        None, description="a number that victim, bank and police share; kept as a keyed hash, and never given back"
    )
    loss_amount: Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=2)] | None = None
    loss_currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] | None = None
    model_config = example(reason="The amount was wrong.", loss_amount="1200.00", loss_currency="EUR")


class HandlingIn(Reason):
    """How one's own report shall be treated from now on; what is not given stays. ``recipients`` as they are read."""

    tlp: Tlp | None = None
    pap: Literal["", "CLEAR", "GREEN", "AMBER", "RED"] | None = None
    codes: list[Literal["H0", "H1", "H2", "H3"]] | None = Field(None, max_length=4)
    source_grade: Literal["", "A", "B", "C", "X"] | None = None
    information_grade: Literal["", "1", "2", "3", "4"] | None = None
    discoverability: Literal["hidden", "anonymous", "named"] | None = None
    purpose: list[Literal["prevention", "investigation", "statistics", "research"]] | None = Field(None, max_length=4)
    legal_basis: str | None = Field(None, max_length=100)
    restriction: Words | None = None
    review_on: date | None = Field(None, description="null takes the date away")
    recipients: list[Address] | None = Field(None, max_length=1_000)
    model_config = example(reason="Wider now.", tlp="GREEN", recipients=["alliance"])


class GrantIn(Reason):
    """Who else shall see one report."""

    to: list[Address] = Field(min_length=1, max_length=1_000)
    model_config = example(reason="They work on the same case.", to=["organisation:a-bank"])


class ActOut(Schema):
    """What was done to a report."""

    reference: UUID
    state: str
    changed_at: datetime
    revision: int


class OrganisationOut(Schema):
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


class OrganisationsPage(Schema):
    """One page of the directory."""

    organisations: list[OrganisationOut]
    next: str | None


class CircleOut(Schema):
    """A circle."""

    slug: str
    name: str
    purpose: str
    closed: bool
    members: int


class CircleWhole(CircleOut):
    """A circle with the slugs of its members that you may see."""

    organisations: list[str]


class CirclesPage(Schema):
    """One page of circles."""

    circles: list[CircleOut]
    next: str | None


class WhoOut(Schema):
    """Who the token acts for, and what it may do."""

    email: str
    name: str
    organisation: str
    roles: list[str]
    scopes: list[str]
    use: str
    expires_at: datetime


class SightingIn(Body):
    """That something was seen: name a ``report``, an ``object`` (a STIX id that you may see), or a value."""

    report: UUID | None = None
    object: (
        Annotated[str, StringConstraints(max_length=300, pattern=r"^[a-z0-9-]{3,250}--[0-9a-fA-F-]{36}$")] | None
    ) = None
    type: Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z0-9-]+$")] | None = None
    value: Annotated[str, StringConstraints(min_length=1, max_length=4_096, pattern=_TEXT)] | None = None
    count: int = Field(1, ge=1, le=999_999_999)  # STIX 2.1, section 5.2
    first_seen: Moment | None = None
    last_seen: Moment | None = None
    where: Literal["own", "victim", "other"] = "own"
    words: Words = ""
    tlp: Tlp | None = Field(None, description="by default your organisation's default handling")
    model_config = example(type="domain-name", value="evil.example", count=3, where="own")


class SightingOut(Schema):
    """One sighting. ``report`` is the report that tells it."""

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


class SightingsOut(Schema):
    """The sightings you may see, the latest first (at most 1,000), and how many organisations told them."""

    sightings: list[SightingOut]
    organisations: int


class NoticeOut(Schema):
    """One thing you were told."""

    reference: UUID
    kind: str
    title: str
    text: str
    link: str
    at: datetime
    read_at: datetime | None


class NoticesPage(Schema):
    """One page of what you were told, the latest first."""

    notices: list[NoticeOut]
    next: str | None


class AlertOut(Schema):
    """A saved search that tells."""

    reference: UUID
    name: str
    query: str
    often: str
    served: bool
    created_at: datetime


class AlertsPage(Schema):
    """One page of your saved searches."""

    alerts: list[AlertOut]
    next: str | None
