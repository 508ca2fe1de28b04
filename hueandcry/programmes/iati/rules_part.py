"""The standard's ruleset for parts of an activity, and for an organisation's file. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from hueandcry.capacity.register.iati_form import day
from hueandcry.programmes.iati import rule
from hueandcry.programmes.iati.place import At
from hueandcry.programmes.iati.rule import Broken, Rule, Way
from hueandcry.programmes.iati.rules_activity import DAC, aid_type_once

_PROVIDERS: tuple[Way, ...] = (("transaction", "provider-org"), ("planned-disbursement", "provider-org"))
_RECEIVERS: tuple[Way, ...] = (("transaction", "receiver-org"), ("planned-disbursement", "receiver-org"))
_OWNER: tuple[Way, ...] = (("other-identifier", "owner-org"),)
_NUMBER = re.compile(r"-?(?:\d{1,100}(?:\.\d{0,100})?|\.\d{1,100})", re.ASCII)
_QUANTITY = ("1", "2", "3", "4")


def _significance(at: At, _now: datetime) -> Broken:
    if at.get("vocabulary") in DAC and not at.get("significance"):
        yield f"{at}", ""


def _own_marker_is_named(at: At, _now: datetime) -> Broken:
    if at.get("vocabulary") == "99" and not at.first("narrative"):
        yield f"{at}", ""


def _worded(tag: str) -> rule.Asked:
    def asked(at: At, _now: datetime) -> Broken:
        yield from ((f"{each}", "") for each in at.walk() if each.node.tag == tag and not rule.narrated(each))

    return asked


def _referred_once(at: At, _now: datetime) -> Broken:
    if at.first("reference"):
        yield from ((f"{each}", "") for each in at.each("indicator", "reference"))


def _has_value(*way: str) -> rule.Asked:
    def asked(at: At, _now: datetime) -> Broken:
        if at.get("measure") in _QUANTITY:
            yield from ((f"{each}", "") for each in at.each(*way) if not each.get("value"))

    return asked


def _is_number(*way: str) -> rule.Asked:
    def asked(at: At, _now: datetime) -> Broken:
        for each in at.each(*way) if at.get("measure") in _QUANTITY else ():
            if each.get("value") and not _NUMBER.fullmatch(each.get("value")):
                yield each.attribute("value"), f'"{each.get("value")[:40]}"'

    return asked


def _has_none(*way: str) -> rule.Asked:
    def asked(at: At, _now: datetime) -> Broken:
        if at.get("measure") == "5":
            yield from ((each.attribute("value"), "") for each in at.each(*way) if each.get("value"))

    return asked


def _values(number: str, what: str, *way: str) -> tuple[Rule, Rule, Rule]:
    """The three rules for a baseline, a target or an actual."""
    at = (("result", "indicator"),)
    return (
        Rule(f"{number}.1", "atleast_one", f"{what} of a quantity has a value", _has_value(*way), at),
        Rule(f"{number}.2", "if_then", f"{what} of a quantity is a number", _is_number(*way), at, warning=True),
        Rule(f"{number}.3", "if_then", f"{what} of a quality has no value", _has_none(*way), at, warning=True),
    )


_PERIOD = "a period does not end before it starts"
_YEAR = "a budget is for no more than one year"
_SYMBOLS = "an identifier holds none of / & | ?"
_SPACES = "an identifier neither begins nor ends with a space"


def _spaces(number: str, attribute: str, *where: Way, kind: str = "") -> Rule:
    return Rule(number, "no_spaces", _SPACES, rule.unspaced(attribute, kind), where, warning=True)


def _symbols(number: str, attribute: str, *where: Way) -> Rule:
    return Rule(number, "regex_matches", _SYMBOLS, rule.without_symbols(attribute), where, warning=True)


_WORDED = (
    Rule("4.3.1", "atleast_one", "a title holds words", _worded("title")),
    Rule("4.4.1", "atleast_one", "a description holds words", _worded("description")),
)

ACTIVITY = (
    _symbols("1.3.13", "text()", ("iati-identifier",)),
    _symbols("1.14.13", "ref", ("reporting-org",)),
    _symbols("1.11.13", "ref", *_OWNER),
    _symbols("1.10.13", "ref", *_PROVIDERS),
    _symbols("1.15.13", "ref", *_RECEIVERS),
    _symbols("1.8.13", "ref", ("participating-org",)),
    _spaces("1.3.1", "text()", ("iati-identifier",)),
    _spaces("1.14.1", "ref", ("reporting-org",)),
    _spaces("1.16.1", "ref", ("other-identifier",), kind="B1"),
    _spaces("1.6.1", "ref", ("other-identifier",), kind="A3"),
    _spaces("1.7.1", "ref", ("related-activity",)),
    _spaces("1.11.1", "ref", *_OWNER),
    _spaces("1.10.1", "ref", *_PROVIDERS),
    _spaces("1.4.1", "provider-activity-id", *_PROVIDERS),
    _spaces("1.15.1", "ref", *_RECEIVERS),
    _spaces("1.5.1", "receiver-activity-id", *_RECEIVERS),
    _spaces("1.8.1", "ref", ("participating-org",)),
    _spaces("1.9.1", "activity-id", ("participating-org",)),
    Rule("6.8.1", "atleast_one", "the owner of an identifier has a ref or a narrative", rule.named, _OWNER),
    Rule("6.9.1", "atleast_one", "who provides has a ref or a narrative", rule.named, _PROVIDERS),
    Rule("6.9.2", "atleast_one", "who receives has a ref or a narrative", rule.named, _RECEIVERS),
    Rule("6.10.1", "atleast_one", "who takes part has a ref or a narrative", rule.named, (("participating-org",),)),
    Rule("6.13.1", "atleast_one", "a policy marker of an own vocabulary has a narrative", _own_marker_is_named,
         (("policy-marker",),)),
    Rule("6.14.1", "atleast_one", "a policy marker of the OECD DAC has a significance", _significance,
         (("policy-marker",),)),
    Rule("8.6.3", "date_order", _PERIOD, rule.period_in_order, (("budget",), ("planned-disbursement",))),
    Rule("7.5.3", "time_limit", _YEAR, rule.period_of_a_year, (("budget",),)),
    Rule("11.2.1", "date_order", "the day of a transaction does not lie ahead", rule.day_not_ahead("iso-date"),
         (("transaction", "transaction-date"),)),
    Rule("11.2.2", "date_order", "the day of a transaction's value does not lie ahead",
         rule.day_not_ahead("value-date"), (("transaction", "value"),)),
    Rule("107.2.2", "no_more_than_one", "a transaction has one aid type of each vocabulary",
         aid_type_once("aid-type"), (("transaction",),), warning=True),
    Rule("8.6.1", "date_order", _PERIOD, rule.period_in_order, (("result", "indicator", "period"),)),
    Rule("8.11.1", "no_more_than_one", "references stand in a result or in its indicators, not in both",
         _referred_once, (("result",),)),
    *_values("8.8", "a baseline", "baseline"),
    *_values("8.9", "a target", "period", "target"),
    *_values("8.10", "an actual", "period", "actual"),
    *_WORDED,
)  # fmt: skip


def _lines_within(at: At, _now: datetime) -> Broken:
    start, end = rule.iso(at.first("period-start")), rule.iso(at.first("period-end"))
    for value in at.each("budget-line", "value"):
        told = day(value.get("value-date"))
        if start and end and told and not start <= told <= end:
            yield value.attribute("value-date"), f"{told} is not within {start} to {end}"


_BUDGETS: tuple[Way, ...] = tuple(
    (tag,) for tag in ("total-budget", "recipient-country-budget", "recipient-org-budget", "recipient-region-budget",
                       "total-expenditure")
)  # fmt: skip

ORGANISATION = (
    _symbols("1.12.13", "text()", ("organisation-identifier",)),
    _symbols("1.18.13", "ref", ("reporting-org",)),
    _spaces("1.12.1", "text()", ("organisation-identifier",)),
    _spaces("1.17.1", "ref", ("recipient-org-budget", "recipient-org")),
    _spaces("1.18.1", "ref", ("reporting-org",)),
    Rule("11.4.1", "date_now", "the moment of the last change does not lie ahead",
         rule.not_ahead("last-updated-datetime")),
    Rule("4.5.1", "one_or_all", "an organisation tells its language, or each narrative does", rule.tells_language),
    Rule("7.8.2", "one_or_all", "an organisation tells its currency, or each value does", rule.tells_currency),
    Rule("8.6.3", "date_order", _PERIOD, rule.period_in_order, _BUDGETS),
    Rule("7.5.3", "time_limit", _YEAR, rule.period_of_a_year, _BUDGETS),
    Rule("11.3.1", "between_dates", "the value of a budget line is of a day within the budget", _lines_within,
         (("recipient-country-budget",),)),
    *_WORDED,
)  # fmt: skip
