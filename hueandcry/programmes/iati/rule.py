"""What a rule of the standard's ruleset is, and the kinds of rule that come again. Pure.

IATI 2.03, "rulesets": each rule has an id, a kind (atleast_one, date_order, ...) and a severity. A rule is asked of
elements (``where``); it gives the places where it is broken, each with what is told there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from hueandcry.capacity.register.iati_form import day, fits
from hueandcry.programmes.iati.finding import Finding
from hueandcry.programmes.iati.place import At

Way = tuple[str, ...]
Broken = Iterator[tuple[str, str]]  # (place, what is told there)
Asked = Callable[[At, datetime], Broken]


class Rule(NamedTuple):
    """``id``, ``kind``: its number and name in the standard; ``says``: in our words; ``where``: ways to ask at."""

    id: str
    kind: str
    says: str
    asked: Asked
    where: tuple[Way, ...] = ((),)
    warning: bool = False


def findings(rules: Iterable[Rule], record: At, now: datetime) -> Iterator[Finding]:
    """Where a record breaks rules."""
    for rule in rules:
        for way in rule.where:
            for at in record.each(*way):
                for place, told in rule.asked(at, now):
                    message = f"{rule.says}{': ' if told else ''}{told} (rule {rule.id})"
                    yield Finding(place, f"ruleset:{rule.kind}", message, rule.warning)


def number(text: str) -> Decimal | None:
    """A number as XML Schema writes it."""
    return Decimal(text.strip()) if fits(text, "xsd:decimal") and text.strip() else None


def percentages(each: Iterable[At]) -> list[Decimal]:
    """The percentages that are told."""
    told = (number(at.node.attributes["percentage"]) for at in each if at.has("percentage"))
    return [value for value in told if value is not None]


def narrated(at: At) -> bool:
    """Whether it holds words in a narrative."""
    return any(each.node.words.strip() for each in at.each("narrative"))


def iso(at: At | None) -> date | None:
    """The day of a period-start, an activity-date and the like."""
    return day(at.get("iso-date")) if at else None


def moment(text: str) -> datetime | None:
    """A moment as XML Schema writes it; without a zone it is taken as UTC."""
    try:
        made = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return made if made.tzinfo else made.replace(tzinfo=UTC)


def not_ahead(attribute: str) -> Asked:
    """date_now: the moment in an attribute does not lie ahead."""

    def asked(at: At, now: datetime) -> Broken:
        told = moment(at.get(attribute))
        if told is not None and told > now:
            yield at.attribute(attribute), at.get(attribute)

    return asked


def day_not_ahead(attribute: str, kind: str = "") -> Asked:
    """date_order with now: a day does not lie ahead; ``kind``: only of elements of this type."""

    def asked(at: At, now: datetime) -> Broken:
        told = day(at.get(attribute)) if kind in ("", at.get("type")) else None
        if told is not None and told > now.date():
            yield at.attribute(attribute), f"{told}"

    return asked


def typed_in_order(first: str, last: str) -> Asked:
    """date_order: no activity-date of type ``first`` is after one of type ``last``."""

    def asked(at: At, _now: datetime) -> Broken:
        starts = (told for each in at.each("activity-date") if each.get("type") == first and (told := iso(each)))
        start = max(starts, default=date.min)
        for each in at.each("activity-date"):
            told = iso(each)
            if each.get("type") == last and told is not None and start > told:
                yield each.attribute("iso-date"), f"{start} is after {told}"

    return asked


def period_in_order(at: At, _now: datetime) -> Broken:
    """date_order: a period does not end before it starts."""
    start, end = iso(at.first("period-start")), iso(at.first("period-end"))
    if start and end and start > end:
        yield f"{at.first('period-end')}/@iso-date", f"{start} is after {end}"


def period_of_a_year(at: At, _now: datetime) -> Broken:
    """time_limit: a period is not longer than one year."""
    start, end = iso(at.first("period-start")), iso(at.first("period-end"))
    if start and end and end > _a_year_after(start):
        yield f"{at.first('period-end')}/@iso-date", f"{start} to {end}"


def _a_year_after(start: date) -> date:
    if start.year == date.max.year:
        return date.max
    leap = (start.month, start.day) == (2, 29)
    return date(start.year + 1, 3, 1) if leap else start.replace(year=start.year + 1)


def unspaced(attribute: str, kind: str = "") -> Asked:
    """no_spaces: an attribute (``text()``: the words) neither begins nor ends with a space."""

    def asked(at: At, _now: datetime) -> Broken:
        value = at.node.words if attribute == "text()" else at.node.attributes.get(attribute, "")
        if kind in ("", at.get("type")) and value != value.strip():
            yield f"{at}" if attribute == "text()" else at.attribute(attribute), ""

    return asked


_SYMBOLS = re.compile(r"[/&|?]")


def without_symbols(attribute: str) -> Asked:
    """regex_matches: an identifier (``text()``: the words) holds none of / & | ?."""

    def asked(at: At, _now: datetime) -> Broken:
        value = at.node.words if attribute == "text()" else at.node.attributes.get(attribute, "")
        if _SYMBOLS.search(value):
            yield f"{at}" if attribute == "text()" else at.attribute(attribute), f'"{value.strip()[:60]}"'

    return asked


def within_hundred(at: At, _now: datetime) -> Broken:
    """range: a percentage is from 0 to 100."""
    told = number(at.node.attributes.get("percentage", ""))
    if told is not None and not 0 <= told <= 100:
        yield at.attribute("percentage"), f"{told}"


def named(at: At, _now: datetime) -> Broken:
    """atleast_one: an organisation has a ref or a narrative."""
    if not at.get("ref") and not narrated(at):
        yield f"{at}", ""


def sums_to_hundred(each: list[At]) -> Broken:
    """strict_sum: percentages add up to 100 exactly."""
    total = sum(percentages(each), Decimal(0))
    if total != 100:
        yield f"{each[0]}", f"they add up to {total.normalize():f}"


def each_has_one(each: list[At]) -> Broken:
    """if_then: of several elements each has a percentage."""
    bare = [at for at in each if not at.has("percentage")]
    if bare:
        yield f"{bare[0]}", f"{len(bare)} of {len(each)} have none"


def alone_has_all(at: At) -> Broken:
    """if_then: one element alone has no percentage, or 100."""
    if at.has("percentage") and number(at.node.attributes["percentage"]) != 100:
        yield at.attribute("percentage"), at.get("percentage")[:40]


def tells_language(at: At, _now: datetime) -> Broken:
    """one_or_all: the record tells its language, or each narrative does."""
    if not at.has("xml:lang"):
        yield from ((f"{each}", "") for each in at.walk() if each.node.tag == "narrative" and not each.has("xml:lang"))


def tells_currency(at: At, _now: datetime) -> Broken:
    """one_or_all: the record tells its currency, or each value does."""
    if not at.has("default-currency"):
        yield from ((f"{each}", "") for each in at.walk() if each.node.tag == "value" and not each.has("currency"))
