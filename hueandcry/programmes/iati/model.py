"""What a programme tells of itself in IATI 2.03: an activity, and an organisation. Frozen, compared by value.

``activity standard`` and ``organisation standard`` of IATI 2.03; each class is the element it is named after. Not held,
and told by ``read`` where a file has it: contacts, locations, humanitarian scope, country budget items, capital spend,
legacy data, and what the CRS and the forward spending survey ask for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from hueandcry.programmes.iati.shape import attribute, code, codes, many, money, on, one, texts, word

PLANNED_START, ACTUAL_START, PLANNED_END, ACTUAL_END = "1", "2", "3", "4"


@dataclass(frozen=True, slots=True)
class Text:
    """narrative: words, and their language where it is not the activity's."""

    words: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """value: whole numbers of the currency's smallest unit; ``currency`` "" is the activity's own."""

    minor: int
    on: date | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True)
class ReportingOrg:
    """reporting-org."""

    ref: Annotated[str, attribute("ref")] = ""
    type: Annotated[str, attribute("type")] = ""
    secondary: Annotated[bool | None, attribute("secondary-reporter", "flag")] = None
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class ParticipatingOrg:
    """participating-org: role 1 funding, 2 accountable, 3 extending, 4 implementing."""

    ref: Annotated[str, attribute("ref")] = ""
    type: Annotated[str, attribute("type")] = ""
    role: Annotated[str, attribute("role")] = ""
    activity: Annotated[str, attribute("activity-id")] = ""
    channel: Annotated[str, attribute("crs-channel-code")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class OwnerOrg:
    """other-identifier/owner-org."""

    ref: Annotated[str, attribute("ref")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class OtherIdentifier:
    """other-identifier."""

    ref: Annotated[str, attribute("ref")] = ""
    type: Annotated[str, attribute("type")] = ""
    owner: Annotated[OwnerOrg | None, one("owner-org", OwnerOrg)] = None


@dataclass(frozen=True, slots=True)
class Description:
    """description of an activity: type 1 general, 2 objectives, 3 target groups, 4 other."""

    type: Annotated[str, attribute("type")] = ""
    texts: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class ActivityDate:
    """activity-date: type 1 planned start, 2 actual start, 3 planned end, 4 actual end."""

    type: Annotated[str, attribute("type")] = ""
    on: Annotated[date | None, attribute("iso-date", "date")] = None
    texts: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """recipient-country."""

    code: Annotated[str, attribute("code")] = ""
    percentage: Annotated[Decimal | None, attribute("percentage", "number")] = None
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """recipient-region."""

    code: Annotated[str, attribute("code")] = ""
    vocabulary: Annotated[str, attribute("vocabulary")] = ""
    vocabulary_uri: Annotated[str, attribute("vocabulary-uri")] = ""
    percentage: Annotated[Decimal | None, attribute("percentage", "number")] = None
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Sector:
    """sector: vocabulary "" or 1 is the OECD DAC's, 99 the reporting organisation's own with its uri."""

    vocabulary: Annotated[str, attribute("vocabulary")] = ""
    vocabulary_uri: Annotated[str, attribute("vocabulary-uri")] = ""
    code: Annotated[str, attribute("code")] = ""
    percentage: Annotated[Decimal | None, attribute("percentage", "number")] = None
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """tag."""

    code: Annotated[str, attribute("code")] = ""
    vocabulary: Annotated[str, attribute("vocabulary")] = ""
    vocabulary_uri: Annotated[str, attribute("vocabulary-uri")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class PolicyMarker:
    """policy-marker."""

    vocabulary: Annotated[str, attribute("vocabulary")] = ""
    vocabulary_uri: Annotated[str, attribute("vocabulary-uri")] = ""
    code: Annotated[str, attribute("code")] = ""
    significance: Annotated[str, attribute("significance")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class AidType:
    """default-aid-type, transaction/aid-type."""

    code: Annotated[str, attribute("code")] = ""
    vocabulary: Annotated[str, attribute("vocabulary")] = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """provider-org."""

    ref: Annotated[str, attribute("ref")] = ""
    activity: Annotated[str, attribute("provider-activity-id")] = ""
    type: Annotated[str, attribute("type")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Receiver:
    """receiver-org."""

    ref: Annotated[str, attribute("ref")] = ""
    activity: Annotated[str, attribute("receiver-activity-id")] = ""
    type: Annotated[str, attribute("type")] = ""
    names: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """budget: type 1 original, 2 revised; status 1 indicative, 2 committed."""

    type: Annotated[str, attribute("type")] = ""
    status: Annotated[str, attribute("status")] = ""
    start: Annotated[date | None, on("period-start")] = None
    end: Annotated[date | None, on("period-end")] = None
    value: Annotated[Money | None, money()] = None


@dataclass(frozen=True, slots=True)
class PlannedDisbursement:
    """planned-disbursement."""

    type: Annotated[str, attribute("type")] = ""
    start: Annotated[date | None, on("period-start")] = None
    end: Annotated[date | None, on("period-end")] = None
    value: Annotated[Money | None, money()] = None
    provider: Annotated[Provider | None, one("provider-org", Provider)] = None
    receiver: Annotated[Receiver | None, one("receiver-org", Receiver)] = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """transaction: type 1 incoming funds, 2 commitment, 3 disbursement, 4 expenditure, ..."""

    ref: Annotated[str, attribute("ref")] = ""
    humanitarian: Annotated[bool | None, attribute("humanitarian", "flag")] = None
    type: Annotated[str, code("transaction-type")] = ""
    on: Annotated[date | None, on("transaction-date")] = None
    value: Annotated[Money | None, money()] = None
    description: Annotated[tuple[Text, ...], texts("description")] = ()
    provider: Annotated[Provider | None, one("provider-org", Provider)] = None
    receiver: Annotated[Receiver | None, one("receiver-org", Receiver)] = None
    channel: Annotated[str, code("disbursement-channel")] = ""
    sectors: Annotated[tuple[Sector, ...], many("sector", Sector)] = ()
    country: Annotated[Country | None, one("recipient-country", Country)] = None
    region: Annotated[Region | None, one("recipient-region", Region)] = None
    flow: Annotated[str, code("flow-type")] = ""
    finance: Annotated[str, code("finance-type")] = ""
    aid: Annotated[tuple[AidType, ...], many("aid-type", AidType)] = ()
    tied: Annotated[str, code("tied-status")] = ""


@dataclass(frozen=True, slots=True)
class Document:
    """document-link; ``countries`` in files of organisations alone."""

    url: Annotated[str, attribute("url")] = ""
    format: Annotated[str, attribute("format")] = ""
    titles: Annotated[tuple[Text, ...], texts("title")] = ()
    description: Annotated[tuple[Text, ...], texts("description")] = ()
    categories: Annotated[tuple[str, ...], codes("category")] = ()
    languages: Annotated[tuple[str, ...], codes("language")] = ()
    on: Annotated[date | None, on("document-date")] = None
    countries: Annotated[tuple[Country, ...], many("recipient-country", Country)] = ()


@dataclass(frozen=True, slots=True)
class RelatedActivity:
    """related-activity: type 1 parent, 2 child, 3 sibling, 4 co-funded, 5 third party."""

    ref: Annotated[str, attribute("ref")] = ""
    type: Annotated[str, attribute("type")] = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """conditions/condition."""

    type: Annotated[str, attribute("type")] = ""
    texts: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class Conditions:
    """conditions."""

    attached: Annotated[bool | None, attribute("attached", "flag")] = None
    conditions: Annotated[tuple[Condition, ...], many("condition", Condition)] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """reference of a result or an indicator."""

    vocabulary: Annotated[str, attribute("vocabulary")] = ""
    code: Annotated[str, attribute("code")] = ""
    vocabulary_uri: Annotated[str, attribute("vocabulary-uri")] = ""  # of a result's
    indicator_uri: Annotated[str, attribute("indicator-uri")] = ""  # of an indicator's


@dataclass(frozen=True, slots=True)
class ResultLocation:
    """location of a baseline, a target or an actual."""

    ref: Annotated[str, attribute("ref")] = ""


@dataclass(frozen=True, slots=True)
class Dimension:
    """dimension: what a figure is broken down by."""

    name: Annotated[str, attribute("name")] = ""
    value: Annotated[str, attribute("value")] = ""


@dataclass(frozen=True, slots=True)
class Baseline:
    """result/indicator/baseline."""

    on: Annotated[date | None, attribute("iso-date", "date")] = None
    year: Annotated[int | None, attribute("year", "whole")] = None
    value: Annotated[str, attribute("value")] = ""
    locations: Annotated[tuple[ResultLocation, ...], many("location", ResultLocation)] = ()
    dimensions: Annotated[tuple[Dimension, ...], many("dimension", Dimension)] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()
    comment: Annotated[tuple[Text, ...], texts("comment")] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """target or actual of a period; ``value`` is a text in IATI, and a number where the measure is a quantity."""

    value: Annotated[str, attribute("value")] = ""
    locations: Annotated[tuple[ResultLocation, ...], many("location", ResultLocation)] = ()
    dimensions: Annotated[tuple[Dimension, ...], many("dimension", Dimension)] = ()
    comment: Annotated[tuple[Text, ...], texts("comment")] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """result/indicator/period."""

    start: Annotated[date | None, on("period-start")] = None
    end: Annotated[date | None, on("period-end")] = None
    targets: Annotated[tuple[Figure, ...], many("target", Figure)] = ()
    actuals: Annotated[tuple[Figure, ...], many("actual", Figure)] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """result/indicator: measure 1 unit, 2 percentage, 3 nominal, 4 ordinal, 5 qualitative."""

    measure: Annotated[str, attribute("measure")] = ""
    ascending: Annotated[bool | None, attribute("ascending", "flag")] = None
    aggregates: Annotated[bool | None, attribute("aggregation-status", "flag")] = None
    titles: Annotated[tuple[Text, ...], texts("title")] = ()
    description: Annotated[tuple[Text, ...], texts("description")] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()
    references: Annotated[tuple[Reference, ...], many("reference", Reference)] = ()
    baselines: Annotated[tuple[Baseline, ...], many("baseline", Baseline)] = ()
    periods: Annotated[tuple[Period, ...], many("period", Period)] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """result: type 1 output, 2 outcome, 3 impact, 9 other."""

    type: Annotated[str, attribute("type")] = ""
    aggregates: Annotated[bool | None, attribute("aggregation-status", "flag")] = None
    titles: Annotated[tuple[Text, ...], texts("title")] = ()
    description: Annotated[tuple[Text, ...], texts("description")] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()
    references: Annotated[tuple[Reference, ...], many("reference", Reference)] = ()
    indicators: Annotated[tuple[Indicator, ...], many("indicator", Indicator)] = ()


@dataclass(frozen=True, slots=True)
class Activity:
    """iati-activity."""

    updated: Annotated[datetime | None, attribute("last-updated-datetime", "moment")] = None
    language: Annotated[str, attribute("xml:lang")] = ""
    currency: Annotated[str, attribute("default-currency")] = ""
    humanitarian: Annotated[bool | None, attribute("humanitarian", "flag")] = None
    hierarchy: Annotated[int | None, attribute("hierarchy", "whole")] = None
    linked_data: Annotated[str, attribute("linked-data-uri")] = ""
    budget_not_provided: Annotated[str, attribute("budget-not-provided")] = ""
    identifier: Annotated[str, word("iati-identifier", must=True)] = ""
    reporting: Annotated[ReportingOrg | None, one("reporting-org", ReportingOrg)] = None
    titles: Annotated[tuple[Text, ...], texts("title")] = ()
    descriptions: Annotated[tuple[Description, ...], many("description", Description)] = ()
    participants: Annotated[tuple[ParticipatingOrg, ...], many("participating-org", ParticipatingOrg)] = ()
    other_identifiers: Annotated[tuple[OtherIdentifier, ...], many("other-identifier", OtherIdentifier)] = ()
    status: Annotated[str, code("activity-status")] = ""
    dates: Annotated[tuple[ActivityDate, ...], many("activity-date", ActivityDate)] = ()
    scope: Annotated[str, code("activity-scope")] = ""
    countries: Annotated[tuple[Country, ...], many("recipient-country", Country)] = ()
    regions: Annotated[tuple[Region, ...], many("recipient-region", Region)] = ()
    sectors: Annotated[tuple[Sector, ...], many("sector", Sector)] = ()
    tags: Annotated[tuple[Tag, ...], many("tag", Tag)] = ()
    markers: Annotated[tuple[PolicyMarker, ...], many("policy-marker", PolicyMarker)] = ()
    collaboration: Annotated[str, code("collaboration-type")] = ""
    flow: Annotated[str, code("default-flow-type")] = ""
    finance: Annotated[str, code("default-finance-type")] = ""
    aid: Annotated[tuple[AidType, ...], many("default-aid-type", AidType)] = ()
    tied: Annotated[str, code("default-tied-status")] = ""
    budgets: Annotated[tuple[Budget, ...], many("budget", Budget)] = ()
    planned: Annotated[tuple[PlannedDisbursement, ...], many("planned-disbursement", PlannedDisbursement)] = ()
    transactions: Annotated[tuple[Transaction, ...], many("transaction", Transaction)] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()
    related: Annotated[tuple[RelatedActivity, ...], many("related-activity", RelatedActivity)] = ()
    conditions: Annotated[Conditions | None, one("conditions", Conditions)] = None
    results: Annotated[tuple[Result, ...], many("result", Result)] = ()

    def day(self, kind: str) -> date | None:
        """The first day of a type: PLANNED_START and so on."""
        return next((each.on for each in self.dates if each.type == kind), None)
