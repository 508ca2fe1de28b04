"""What an organisation tells of itself in IATI 2.03 ("organisation standard"), and files as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from hueandcry.programmes.iati.model import Activity, Country, Document, Money, ReportingOrg, Text
from hueandcry.programmes.iati.shape import attribute, many, money, on, one, texts, word


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """budget-line."""

    ref: Annotated[str, attribute("ref")] = ""
    value: Annotated[Money | None, money()] = None
    texts: Annotated[tuple[Text, ...], texts()] = ()


@dataclass(frozen=True, slots=True)
class TotalBudget:
    """total-budget: status 1 indicative, 2 committed."""

    status: Annotated[str, attribute("status")] = ""
    start: Annotated[date | None, on("period-start")] = None
    end: Annotated[date | None, on("period-end")] = None
    value: Annotated[Money | None, money()] = None
    lines: Annotated[tuple[BudgetLine, ...], many("budget-line", BudgetLine)] = ()


@dataclass(frozen=True, slots=True)
class CountryBudget:
    """recipient-country-budget."""

    status: Annotated[str, attribute("status")] = ""
    country: Annotated[Country | None, one("recipient-country", Country)] = None
    start: Annotated[date | None, on("period-start")] = None
    end: Annotated[date | None, on("period-end")] = None
    value: Annotated[Money | None, money()] = None
    lines: Annotated[tuple[BudgetLine, ...], many("budget-line", BudgetLine)] = ()


@dataclass(frozen=True, slots=True)
class Organisation:
    """iati-organisation."""

    updated: Annotated[datetime | None, attribute("last-updated-datetime", "moment")] = None
    language: Annotated[str, attribute("xml:lang")] = ""
    currency: Annotated[str, attribute("default-currency")] = ""
    identifier: Annotated[str, word("organisation-identifier", must=True)] = ""
    names: Annotated[tuple[Text, ...], texts("name")] = ()
    reporting: Annotated[ReportingOrg | None, one("reporting-org", ReportingOrg)] = None
    total_budgets: Annotated[tuple[TotalBudget, ...], many("total-budget", TotalBudget)] = ()
    country_budgets: Annotated[tuple[CountryBudget, ...], many("recipient-country-budget", CountryBudget)] = ()
    documents: Annotated[tuple[Document, ...], many("document-link", Document)] = ()


@dataclass(frozen=True, slots=True)
class Activities:
    """iati-activities: a file of activities."""

    version: Annotated[str, attribute("version")] = ""
    generated: Annotated[datetime | None, attribute("generated-datetime", "moment")] = None
    linked_data: Annotated[str, attribute("linked-data-default")] = ""
    activities: Annotated[tuple[Activity, ...], many("iati-activity", Activity)] = ()


@dataclass(frozen=True, slots=True)
class Organisations:
    """iati-organisations: a file of organisations."""

    version: Annotated[str, attribute("version")] = ""
    generated: Annotated[datetime | None, attribute("generated-datetime", "moment")] = None
    organisations: Annotated[tuple[Organisation, ...], many("iati-organisation", Organisation)] = ()


File = Activities | Organisations
FILES: dict[str, type[Activities] | type[Organisations]] = {
    "iati-activities": Activities,
    "iati-organisations": Organisations,
}
