"""How often crimes were told of: by their number of reports, and by their reports from each source kind. For what
errors of linkage do to counts, and for estimation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hueandcry.picture.question import SOURCES, Question
from hueandcry.picture.reference import crosswalk
from hueandcry.picture.reference.regions import REGIONS, countries_of

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

    from hueandcry.picture.freezes.reader import Frozen


def sizes(frozen: Frozen, question: Question) -> dict[int, int]:
    """Crimes that the filters leave, by their number of reports (all of them, whatever the filters)."""
    from hueandcry.picture.freezes import reader

    opened = reader.opened(frozen)
    crimes = chosen(opened.table("crimes"), question)
    rows = crimes.group_by("reports").aggregate(count=crimes.count()).order_by("reports")
    return {int(size): int(count) for size, count in opened.rows(rows)}


def compositions(frozen: Frozen, question: Question) -> dict[tuple[int, ...], int]:
    """Crimes that the filters leave, by how many reports each kind of question.SOURCES has of them."""
    from hueandcry.picture.freezes import reader

    opened = reader.opened(frozen)
    crimes = chosen(opened.table("crimes"), question)
    reports = opened.table("reports")
    told = reports.filter(reports.crime.isin(crimes.crime)) if question.filtered else reports
    each = told.group_by("crime").aggregate(
        **{f"n{at}": (told.source == kind).ifelse(1, 0).sum() for at, kind in enumerate(SOURCES)}
    )
    names = [f"n{at}" for at in range(len(SOURCES))]
    rows = each.group_by(names).aggregate(count=each.count()).order_by(names)
    return {tuple(int(n) for n in row[:-1]): int(row[-1]) for row in opened.rows(rows)}


def chosen(crimes: Table, question: Question) -> Table:
    """The rows of the table ``crimes`` of a freeze that the filters leave, as told.filtered does with codes."""
    held = _within(crimes[question.time], question)
    for name, wanted in question.filters.items():
        held.append(_any([_holds(crimes, name, value) for value in _meant(name, wanted)]))
    return crimes.filter(held) if held else crimes


def _within(day: Any, question: Question) -> list[BooleanValue]:
    import ibis

    found = []
    if question.first:
        found.append(day >= ibis.date(int(question.first[:4]), int(question.first[5:]), 1))
    if question.last:
        year, month = divmod(int(question.last[:4]) * 12 + int(question.last[5:]), 12)
        found.append(day < ibis.date(year, month + 1, 1))
    return found


def _meant(name: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The values of the column that a filter's values stand for."""
    if name == "region":
        return tuple(sorted(countries_of(*(key for key in wanted if key in REGIONS))))
    if name == "law":
        offences = crosswalk.offences()
        return tuple(sorted({kind for key in wanted for kind in offences.get(key, ())}))
    return wanted


def _holds(crimes: Table, name: str, value: str) -> BooleanValue:
    if name in ("country", "region"):
        return crimes.countries.contains(value)
    if name == "technique":
        return crimes.techniques.contains(value)
    if name == "source":
        return (crimes.sources & (1 << SOURCES.index(value))) > 0
    column = {"class": "cls", "law": "type"}.get(name, name)
    return crimes[column] == value


def _any(held: list[BooleanValue]) -> BooleanValue:
    import ibis

    found = ibis.literal(False)
    for one in held:
        found = found | one
    return found
