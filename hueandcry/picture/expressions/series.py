"""Counts by month: how late they came, and who told of them. What trends are made of.

Months are those of the question's time (of the crime, of the report, of its arrival). What has no such month is left
out. Counts are exact and may be small: they go through disclosure control before anything shows.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.expressions import told
from hueandcry.picture.expressions.asking import Asking

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question, Time


def triangle(frozen: Frozen, question: Question) -> dict[tuple[str, int], int]:
    """Reports or crimes by month and by months from then until the first report arrived (0 or more): the triangle of
    chain-ladder methods (Mack 1993, ASTIN Bull. 23:213)."""
    with Asking(frozen, question) as asking:
        rows = asking.rows_of(_triangle(asking.rows, question.time))
    return {(told.month(int(month)), int(delay)): int(count) for month, delay, count in rows}


@cache
def _triangle(rows: str, time: Time) -> Table:
    return by_delay(told.table(rows), time)


def by_delay(rows: Table, time: Time) -> Table:
    """Counts by month and months of delay."""
    import ibis

    dated = rows.filter(rows.one == 1, rows[time] >= 0)
    late = dated.arrived - dated[time]
    placed = dated.select(month=dated[time], late=ibis.ifelse(late > 0, late, 0), one=dated.one)
    return placed.group_by(["month", "late"]).aggregate(count=placed.one.sum()).order_by(["month", "late"])


def by_reporter(frozen: Frozen, question: Question) -> dict[tuple[int, str], int]:
    """By organisation (its number in this freeze) and month, how many reports or crimes it told of. A crime that
    several told of counts for each."""
    with Asking(frozen, question) as asking:
        rows = asking.rows_of(_by_reporter(asking.rows, question.time))
    return {(int(organisation), told.month(int(month))): int(count) for organisation, month, count in rows}


@cache
def _by_reporter(rows: str, time: Time) -> Table:
    return by_organisation(told.table(rows), time)


def by_organisation(rows: Table, time: Time) -> Table:
    """Rows by organisation and month."""
    dated = rows.filter(rows[time] >= 0)
    placed = dated.select(organisation=dated.organisation, month=dated[time])
    keys = ["organisation", "month"]
    return placed.group_by(keys).aggregate(count=placed.count()).order_by(keys)
