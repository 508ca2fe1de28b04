"""What expressions stand on: the narrow tables of an opened freeze, and what a question chooses of them.

``told_reports`` and ``told_crimes`` have a row for each report or crime and organisation that tells of it. ``one`` is 1
in one row of each, so that its sum counts them. All else is codes, whose values stand in ``value_<dimension>`` (a code
of several countries has several). So one scan by code and organisation counts every dimension of that code, exactly.

Expressions keep to what DuckDB and PostgreSQL both run: filters, joins by equality, IN with a subquery, grouping, sums,
counts, extremes, row_number over a partition. tests/picture/expressions runs each on both.
"""

from __future__ import annotations

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
    """What the codes of a dimension mean."""
    import ibis

    return ibis.table({"code": "int32", "value": "string"}, name=f"value_{dimension}")


def chosen(question: Question) -> Table:
    """The rows that the question's filters leave: those of one filter are alternatives, different ones must all hold. A
    crime holds where any of its countries, techniques or sources does."""
    rows = table(told(question))
    held = _within(rows[question.time], question)
    for name, wanted in question.filters.items():
        held += _holding(rows, name, wanted)
    return rows.filter(held) if held else rows


def _within(month: object, question: Question) -> list[BooleanValue]:
    found: list[BooleanValue] = []
    if question.first or question.last:
        found.append(month >= (number(question.first) if question.first else 0))  # type: ignore[operator]
    if question.last:
        found.append(month <= number(question.last))  # type: ignore[operator]
    return found


def _holding(rows: Table, name: str, wanted: tuple[str, ...]) -> list[BooleanValue]:
    dimension: Dimension = "offence" if name == "law" else name  # type: ignore[assignment]
    if name == "region":
        dimension = "country"
        wanted = tuple(sorted(countries_of(*(key for key in wanted if key in REGIONS))))
    meant = values(dimension)
    return [rows[CODES[dimension]].isin(meant.filter(meant.value.isin(wanted)).code)]


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
