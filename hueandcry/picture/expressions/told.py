"""What expressions stand on: the narrow tables of an opened freeze, and what a question chooses of them.

``told_reports`` and ``told_crimes`` have a row for each report or crime and organisation that tells of it. ``one`` is 1
in one row of each, so that its sum counts them. All else is codes, whose values stand in ``value_<dimension>`` (a code
of several countries has several). So one scan by code and organisation counts every dimension of that code, exactly.

Expressions keep to what DuckDB and PostgreSQL both run: filters, joins by equality, IN with a subquery, grouping, sums,
counts, extremes, row_number over a partition. tests/picture/expressions runs each on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from hueandcry.picture.question import Dimension, Question, Time
from hueandcry.picture.reference.regions import REGIONS, countries_of

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table

COLUMNS: Final[dict[str, str]] = {
    "organisation": "int32",  # who tells
    "one": "int8",  # 1 in one row of each report or crime, else 0
    "kind": "int32",  # of class, type and nature
    "countries": "int32",  # of the victims' countries
    "sector": "uint8",
    "size": "uint8",
    "techniques": "int32",
    "sources": "uint8",  # bits of question.SOURCES: who told of it, all of them
    "occurred": "int32",  # month: year times 12 plus month from 0; -1 where it is not told
    "reported": "int32",
    "arrived": "int32",
    "delay": "int32",  # days from occurred to arrived; UNTOLD
    "record_key": "int16",  # in the row that is ``one``, else 0
    "loss": "int64",  # cents of the euro, in each row; null
    "loss_once": "int64",  # in the row that is ``one``; null
    "crime": "int32",  # its number in this freeze
    "reports": "int32",  # how many reports tell of it; 1 of a report
}
UNTOLD: Final = -(2**31)  # a delay that is not known
# By dimension the column of codes that it goes by; "time" is the question's.
CODES: Final[dict[Dimension, str]] = {
    "month": "time", "year": "time", "country": "countries", "region": "countries", "sector": "sector", "size": "size",
    "class": "kind", "type": "kind", "nature": "kind", "technique": "techniques", "source": "sources",
    "offence": "kind",
}  # fmt: skip


def told(question: Question) -> str:
    """The table that a question counts: reports, or else crimes."""
    return "told_reports" if question.number == "reported" else "told_crimes"


@cache
def table(name: str) -> Table:
    """A table of codes by name: one of the two, or what was chosen of one."""
    import ibis

    return ibis.table(COLUMNS, name=name)


@cache
def values(dimension: Dimension) -> Table:
    """What the codes of a dimension mean: a value, and its number, from 0 in the order of the values."""
    import ibis

    return ibis.table({"code": "int32", "value": "string", "number": "int32"}, name=f"value_{dimension}")


def wanted(question: Question) -> dict[str, tuple[str | int, ...]]:
    """By filter the values that are alternatives. Regions are the countries in them; months are codes. A region that is
    none of ours is no country."""
    found: dict[str, tuple[str | int, ...]] = {}
    if question.first:
        found["from"] = (number(question.first),)
    if question.last:
        found["to"] = (number(question.last),)
    for name, values_ in question.filters.items():
        if name == "region":
            known = countries_of(*(key for key in values_ if key in REGIONS))
            found[name] = tuple(sorted(known)) or ("none",)
        else:
            found[name] = values_
    return found


@cache
def filtered(rows: str, name: str, time: Time) -> Table:
    """The rows of a told table (by name) that one filter leaves. Different filters must all hold, one after the
    other."""
    held = table(rows)
    return held.filter(holds(held, name, time))


def holds(held: Table, name: str, time: Time) -> BooleanValue:
    """Whether a filter holds for a row of a told table; its values are in ``wanted_<name>``. A crime holds where any of
    its countries, techniques or sources does."""
    import ibis

    if name in ("from", "to"):
        bound = ibis.table({"value": "int32"}, name=f"wanted_{name}").value.min().as_scalar()
        return held[time] >= bound if name == "from" else held[time].between(0, bound)
    given = ibis.table({"value": "string"}, name=f"wanted_{name}")
    dimension: Dimension = {"law": "offence", "region": "country"}.get(name, name)  # type: ignore[assignment]
    meant = values(dimension)
    return held[CODES[dimension]].isin(meant.filter(meant.value.isin(given.value)).code)


def time_of(names: Sequence[str], time: Time) -> Time:
    """The time that dimensions or filters of these names go by: the question's; where none goes by any the usual one,
    so that one form of an expression serves all."""
    return time if {"month", "year", "from", "to"} & set(names) else "occurred"


def number(month: str) -> int:
    """A month "2025-01" as codes of months are."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def month(number: int) -> str:
    """The month of a code; "" of -1."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}" if number >= 0 else ""


def code_of(dimension: Dimension, time: Time) -> str:
    """The column that a dimension goes by."""
    column = CODES[dimension]
    return time if column == "time" else column
