"""Codes of IATI 2.03: the table ``codes.csv``, and which attribute takes its codes from which list. Pure.

Countries, currencies and languages are those of ISO 3166-1, 4217 and 639 (pycountry), with what IATI has beside them.
A list whose codes depend on a vocabulary is asked only for the vocabulary it belongs to; of other vocabularies nothing
is known here. Lists that are not in the table are not asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import pycountry

from hueandcry.capacity.register.iati_xml import Node
from hueandcry.programmes.iati.finding import Finding
from hueandcry.programmes.iati.place import At

# What IATI's lists have beside ISO's: Kosovo; currencies that ISO has withdrawn since the list was made, and "bh".
_BESIDE = {
    "Country": ({"XK"}, {"AN"}),
    "Currency": (
        {"ANG", "BGN", "CUC", "HRK", "SLL", "XBT", "ZWL"},
        {"BYR", "EEK", "LTL", "LVL", "MRO", "STD", "USS", "VEF", "ZMK"},
    ),
    "Language": ({"bh"}, set()),
}


class Codes(NamedTuple):
    """One list: codes in use, and those withdrawn, which older files still hold."""

    used: frozenset[str]
    withdrawn: frozenset[str]


@cache
def lists() -> dict[str, Codes]:
    """The lists by name."""
    found = {
        "Country": _iso("Country", {each.alpha_2 for each in pycountry.countries}),
        "Currency": _iso("Currency", {each.alpha_3 for each in pycountry.currencies}),
        "Language": _iso("Language", {each.alpha_2 for each in pycountry.languages if hasattr(each, "alpha_2")}),
    }
    for line in (files(__package__) / "codes.csv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, used, withdrawn = line.split("|")
            found[name] = Codes(frozenset(used.split()), frozenset(withdrawn.split()))
    sectors = found["Sector"]
    found["SectorCategory"] = Codes(frozenset(each[:3] for each in sectors.used | sectors.withdrawn), frozenset())
    return found


def _iso(name: str, codes: set[str]) -> Codes:
    beside, withdrawn = _BESIDE[name]
    return Codes(frozenset((codes | beside) - withdrawn), frozenset(withdrawn))


def _of_dac(name: str) -> Callable[[Node], str]:
    return lambda node: name if node.get("vocabulary") in ("", "1") else ""


def _sector(node: Node) -> str:
    return {"": "Sector", "1": "Sector", "2": "SectorCategory"}.get(node.get("vocabulary"), "")


# By element and attribute: a list, or how the element itself tells which (IATI 2.03, "codelist mapping").
_TAKES: dict[tuple[str, str], str | Callable[[Node], str]] = {
    ("activity-date", "type"): "ActivityDateType",
    ("activity-scope", "code"): "ActivityScope",
    ("activity-status", "code"): "ActivityStatus",
    ("aid-type", "code"): _of_dac("AidType"),
    ("budget", "status"): "BudgetStatus",
    ("budget", "type"): "BudgetType",
    ("collaboration-type", "code"): "CollaborationType",
    ("condition", "type"): "ConditionType",
    ("contact-info", "type"): "ContactType",
    ("default-aid-type", "code"): _of_dac("AidType"),
    ("default-finance-type", "code"): "FinanceType",
    ("default-flow-type", "code"): "FlowType",
    ("default-tied-status", "code"): "TiedStatus",
    ("disbursement-channel", "code"): "DisbursementChannel",
    ("finance-type", "code"): "FinanceType",
    ("flow-type", "code"): "FlowType",
    ("forecast", "currency"): "Currency",
    ("iati-activity", "default-currency"): "Currency",
    ("iati-organisation", "default-currency"): "Currency",
    ("indicator", "measure"): "IndicatorMeasure",
    ("language", "code"): "Language",
    ("loan-status", "currency"): "Currency",
    ("participating-org", "role"): "OrganisationRole",
    ("participating-org", "type"): "OrganisationType",
    ("planned-disbursement", "type"): "BudgetType",
    ("policy-marker", "code"): _of_dac("PolicyMarker"),
    ("provider-org", "type"): "OrganisationType",
    ("receiver-org", "type"): "OrganisationType",
    ("recipient-country", "code"): "Country",
    ("recipient-country-budget", "status"): "BudgetStatus",
    ("recipient-org-budget", "status"): "BudgetStatus",
    ("recipient-region", "code"): _of_dac("Region"),
    ("recipient-region-budget", "status"): "BudgetStatus",
    ("reporting-org", "type"): "OrganisationType",
    ("result", "type"): "ResultType",
    ("sector", "code"): _sector,
    ("sector", "vocabulary"): "SectorVocabulary",
    ("tied-status", "code"): "TiedStatus",
    ("total-budget", "status"): "BudgetStatus",
    ("transaction-type", "code"): "TransactionType",
    ("value", "currency"): "Currency",
}


def taken_from(node: Node, attribute: str) -> str:
    """The list that an attribute takes its codes from; "" where none is known."""
    if attribute == "xml:lang":
        return "Language"
    told = _TAKES.get((node.tag, attribute), "")
    return told if isinstance(told, str) else told(node)


def findings(record: At) -> Iterator[Finding]:
    """Codes of an activity or an organisation that are on no list, or withdrawn (a warning)."""
    for at in record.walk():
        for attribute, value in at.node.attributes.items():
            name = taken_from(at.node, attribute)
            if name:
                yield from _code(at, attribute, value, name)


def _code(at: At, attribute: str, value: str, name: str) -> Iterator[Finding]:
    codes = lists()[name]
    if value in codes.used:
        return
    where = at.attribute(attribute)
    said = value.strip()[:60]
    if value in codes.withdrawn:
        yield Finding(where, "code", f'"{said}" is withdrawn from the list {name}', warning=True)
    elif name == "Language" and _meant(said):
        yield Finding(where, "code", f'"{said}" is told, and the list {name} has "{_meant(said)}"', warning=True)
    else:
        yield Finding(where, "code", f'"{said}" is not on the list {name}')


def _meant(told: str) -> str:
    """The language of two letters that stands before what some add: "en" of "en-GB" or "EN"; "" for none."""
    first = told.replace("_", "-").split("-")[0].lower()
    return first if first in lists()["Language"].used else ""
