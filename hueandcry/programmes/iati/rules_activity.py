"""The standard's ruleset for an activity as a whole: identifiers, language, currency, days, places, sectors. Pure.

Not asked: whether a reporting organisation's id begins with an approved agency's code (1.14.8, 1.18.8, warnings), for
which a register that changes each week would have to be at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hueandcry.programmes.iati import rule
from hueandcry.programmes.iati.place import At
from hueandcry.programmes.iati.rule import Broken, Rule

DAC = ("", "1")


def _own_identifier(at: At, _now: datetime) -> Broken:
    told, reporter = at.first("iati-identifier"), at.first("reporting-org")
    if told and reporter and told.node.words.strip() and told.node.words.strip() == reporter.get("ref"):
        yield f"{told}", ""


def _begins_with_reporter(at: At, _now: datetime) -> Broken:
    told = at.first("iati-identifier")
    owners = [*at.each("reporting-org"), *(each for each in at.each("other-identifier") if each.get("type") == "B1")]
    starts = [f"{each.node.attributes['ref']}-" for each in owners if each.get("ref")]
    if told and starts and not told.node.words.startswith(tuple(starts)):
        yield f"{told}", f'"{told.node.words.strip()[:60]}"'


def _starts(at: At, _now: datetime) -> Broken:
    if not any(each.get("type") in ("1", "2") for each in at.each("activity-date")):
        yield f"{at}", ""


def _sector_somewhere(at: At, _now: datetime) -> Broken:
    if not at.first("sector") and not at.first("transaction", "sector"):
        yield f"{at}", ""


def _sector_everywhere(at: At, _now: datetime) -> Broken:
    if not at.first("sector") and at.first("transaction", "sector"):
        yield from ((f"{each}", "") for each in at.each("transaction") if not each.first("sector"))


def _sector_once(at: At, _now: datetime) -> Broken:
    if at.first("sector"):
        yield from ((f"{each}", "") for each in at.each("transaction", "sector"))


def _sector_of_dac(at: At, _now: datetime) -> Broken:
    told = list(at.each("sector"))
    if told and not any(each.get("vocabulary") in DAC for each in told):
        yield f"{told[0]}", ""


def _sector_of_own_is_named(at: At, _now: datetime) -> Broken:
    own = [each for each in at.each("sector") if each.get("vocabulary") in ("98", "99")]
    if sum(len(list(each.each("narrative"))) for each in own) < len(own):
        yield from ((f"{each}", "") for each in own if not each.first("narrative"))


def _by_vocabulary(at: At, tag: str) -> dict[str, list[At]]:
    """Elements by vocabulary; DAC's, which is meant where none is told, under "1"."""
    found: dict[str, list[At]] = {}
    for each in at.each(tag):
        told = each.get("vocabulary")
        found.setdefault("1" if told in DAC else told, []).append(each)
    return found


def _sector_sum(at: At, _now: datetime) -> Broken:
    for vocabulary, each in _by_vocabulary(at, "sector").items():
        if len(rule.percentages(each) if vocabulary == "1" else each) > 1:
            yield from rule.sums_to_hundred(each)


def _sector_each(at: At, _now: datetime) -> Broken:
    for each in _by_vocabulary(at, "sector").values():
        if len(each) > 1:
            yield from rule.each_has_one(each)


def _sector_alone(at: At, _now: datetime) -> Broken:
    for each in _by_vocabulary(at, "sector").values():
        if len(each) == 1:
            yield from rule.alone_has_all(each[0])


def _regions(at: At) -> Iterator[list[At]]:
    """Regions by vocabulary, of those that tell one."""
    told: dict[str, list[At]] = {}
    for each in at.each("recipient-region"):
        if each.has("vocabulary"):
            told.setdefault(each.get("vocabulary"), []).append(each)
    yield from told.values()


def _region_each(at: At, _now: datetime) -> Broken:
    for each in _regions(at):
        if len(each) > 1:
            yield from rule.each_has_one(each)


def _region_alone(at: At, _now: datetime) -> Broken:
    for each in _regions(at):
        if len(each) == 1 and not at.first("recipient-country"):
            yield from rule.alone_has_all(each[0])


def _region_sum(at: At, _now: datetime) -> Broken:
    countries = list(at.each("recipient-country"))
    for each in _regions(at):
        if len(each) + len(countries) > 1:
            yield from rule.sums_to_hundred(each + countries)


def _countries(at: At) -> list[At]:
    """The countries, where no region stands beside them."""
    return [] if at.first("recipient-region") else list(at.each("recipient-country"))


def _country_sum(at: At, _now: datetime) -> Broken:
    each = _countries(at)
    if len(each) > 1:
        yield from rule.sums_to_hundred(each)


def _country_each(at: At, _now: datetime) -> Broken:
    each = _countries(at)
    if len(each) > 1:
        yield from rule.each_has_one(each)


def _country_alone(at: At, _now: datetime) -> Broken:
    each = _countries(at)
    if len(each) == 1:
        yield from rule.alone_has_all(each[0])


def _placed(at: At) -> At | None:
    return at.first("recipient-country") or at.first("recipient-region")


def _place_once(at: At, _now: datetime) -> Broken:
    if _placed(at):
        yield from ((f"{found}", "") for each in at.each("transaction") if (found := _placed(each)))


def _place_somewhere(at: At, _now: datetime) -> Broken:
    if not _placed(at) and not any(_placed(each) for each in at.each("transaction")):
        yield f"{at}", ""


def _place_everywhere(at: At, _now: datetime) -> Broken:
    if not _placed(at):
        yield from ((f"{each}", "") for each in at.each("transaction") if not _placed(each))


def _aid_types(way: tuple[str, ...]) -> rule.Asked:
    def asked(at: At, _now: datetime) -> Broken:
        told = list(at.each(*way))
        if told and not any(each.get("vocabulary") in DAC for each in told):
            yield f"{told[0]}", ""

    return asked


def aid_type_once(tag: str) -> rule.Asked:
    """no_more_than_one: one aid type of each vocabulary."""

    def asked(at: At, _now: datetime) -> Broken:
        yield from ((f"{each[1]}", "") for each in _by_vocabulary(at, tag).values() if len(each) > 1)

    return asked


_ITEMS = ("country-budget-items", "budget-item")


def _item_sum(at: At, _now: datetime) -> Broken:
    each = list(at.each("budget-item"))
    if len(each) > 1 and at.has("vocabulary"):
        yield from rule.sums_to_hundred(each)


def _item_some(at: At, _now: datetime) -> Broken:
    each = list(at.each("budget-item"))
    if len(each) > 1 and at.has("vocabulary") and not any(one.has("percentage") for one in each):
        yield f"{each[0]}", ""


def _item_alone(at: At, _now: datetime) -> Broken:
    each = list(at.each("budget-item"))
    if len(each) == 1 and at.has("vocabulary"):
        yield from rule.alone_has_all(each[0])


_SECTORS = "the percentages of sectors of one vocabulary add up to 100"
_SHARES = "the percentages of countries and regions add up to 100"
_LANGUAGE = "an activity tells its language, or each narrative does"
_OWN = (("country-budget-items",),)

RULES = (
    Rule("1.1.3", "unique", "an activity's identifier is not the reporting organisation's own", _own_identifier),
    Rule("1.1.21", "startswith", "an activity's identifier begins with the reporting organisation's and a hyphen",
         _begins_with_reporter, warning=True),
    Rule("6.11.1", "atleast_one", "an activity has a planned or an actual start", _starts),
    Rule("6.2.2", "atleast_one", "an activity or its transactions have a sector", _sector_somewhere),
    Rule("4.1.1", "one_or_all", _LANGUAGE, rule.tells_language),
    Rule("6.7.2", "one_or_all", "where sectors stand in transactions, each transaction has one", _sector_everywhere),
    Rule("7.8.1", "one_or_all", "an activity tells its currency, or each value does", rule.tells_currency),
    Rule("11.1.1", "date_now", "the moment of the last change does not lie ahead",
         rule.not_ahead("last-updated-datetime")),
    Rule("11.1.2", "date_order", "the planned start is not after the planned end", rule.typed_in_order("1", "3")),
    Rule("11.1.3", "date_order", "the actual start is not after the actual end", rule.typed_in_order("2", "4")),
    Rule("11.1.4", "date_order", "the actual start does not lie ahead", rule.day_not_ahead("iso-date", "2"),
         (("activity-date",),)),
    Rule("11.1.5", "date_order", "the actual end does not lie ahead", rule.day_not_ahead("iso-date", "4"),
         (("activity-date",),)),
    Rule("2.1.1", "if_then", "of several sectors of one vocabulary each has a percentage", _sector_each),
    Rule("2.1.2", "strict_sum", _SECTORS, _sector_sum),
    Rule("2.1.4", "if_then", "a single sector of a vocabulary has no percentage, or 100", _sector_alone),
    Rule("2.2.1", "if_then", "a sector of the reporting organisation's own vocabulary has a narrative",
         _sector_of_own_is_named),
    Rule("102.1.1", "if_then", "beside sectors of other vocabularies stands one of the OECD DAC", _sector_of_dac,
         warning=True),
    Rule("6.6.2", "if_then", "sectors stand in the activity or in its transactions, not in both", _sector_once),
    Rule("12.3.1", "range", "the percentage of a sector is from 0 to 100", rule.within_hundred, (("sector",),)),
    Rule("3.1.1", "if_then", "of several countries each has a percentage", _country_each),
    Rule("3.1.2", "strict_sum", "the percentages of countries add up to 100", _country_sum),
    Rule("3.1.4", "if_then", "a single country has no percentage, or 100", _country_alone),
    Rule("3.4.1", "if_then", "of several regions of one vocabulary each has a percentage", _region_each),
    Rule("3.4.2", "strict_sum", _SHARES, _region_sum),
    Rule("3.4.4", "if_then", "a single region of a vocabulary has no percentage, or 100", _region_alone),
    Rule("3.6.2", "if_then", "countries and regions stand in the activity or in its transactions, not in both",
         _place_once),
    Rule("3.7.1", "if_then", "an activity or its transactions have a country or a region", _place_somewhere),
    Rule("3.7.2", "if_then", "where the activity has neither country nor region, each transaction has one",
         _place_everywhere),
    Rule("12.1.1", "range", "the percentage of a country or region is from 0 to 100", rule.within_hundred,
         (("recipient-country",), ("recipient-region",))),
    Rule("12.2.1", "range", "a percentage is from 0 to 100", rule.within_hundred, (("capital-spend",), _ITEMS)),
    Rule("7.9.1", "atleast_one", "of several budget items each has a percentage", _item_some, _OWN, warning=True),
    Rule("7.9.2", "strict_sum", "the percentages of budget items add up to 100", _item_sum, _OWN, warning=True),
    Rule("7.9.4", "if_then", "a single budget item has no percentage, or 100", _item_alone, _OWN, warning=True),
    Rule("107.1.1", "if_then", "beside aid types of other vocabularies stands one of the OECD DAC",
         _aid_types(("default-aid-type",)), warning=True),
    Rule("107.2.1", "if_then", "beside aid types of other vocabularies a transaction has one of the OECD DAC",
         _aid_types(("transaction", "aid-type")), warning=True),
    Rule("107.1.2", "no_more_than_one", "an activity has one default aid type of each vocabulary",
         aid_type_once("default-aid-type"), warning=True),
)  # fmt: skip
