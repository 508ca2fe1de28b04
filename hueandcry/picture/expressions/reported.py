"""How often crimes were told of: by their number of reports, and by their reports from each source kind. For what
errors of linkage do to counts, and for estimation."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.expressions import told
from hueandcry.picture.expressions.asking import Asking
from hueandcry.picture.question import SOURCES, Question

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen


def sizes(frozen: Frozen, question: Question) -> dict[int, int]:
    """Crimes that the filters leave, by their number of reports (all of them, whatever the filters)."""
    with Asking(frozen, replace(question, number="distinct")) as asking:
        return {int(size): int(count) for size, count in asking.rows_of(_sizes(asking.rows))}


@cache
def _sizes(rows: str) -> Table:
    return by_size(told.table(rows))


def by_size(crimes: Table) -> Table:
    """Crimes by their number of reports, over rows of told_crimes."""
    held = crimes.filter(crimes.one == 1)
    return held.group_by("reports").aggregate(count=held.count()).order_by("reports")


def compositions(frozen: Frozen, question: Question) -> dict[tuple[int, ...], int]:
    """Crimes that the filters leave, by how many reports each kind of question.SOURCES has of them."""
    with Asking(frozen, replace(question, number="distinct")) as asking:
        rows = asking.rows_of(_compositions(asking.rows))
    return {tuple(int(n) for n in row[:-1]): int(row[-1]) for row in rows}


@cache
def _compositions(rows: str) -> Table:
    return by_composition(told.table(rows))


def by_composition(crimes: Table) -> Table:
    """Crimes by their reports of each kind, over rows of told_crimes."""
    reports = told.table("told_reports")
    held = reports.filter(reports.crime.isin(crimes.crime))
    names = [f"n{at}" for at in range(len(SOURCES))]
    each = held.group_by("crime").aggregate(
        **{name: (held.sources == 1 << at).ifelse(1, 0).sum() for at, name in enumerate(names)}
    )
    return each.group_by(names).aggregate(count=each.count()).order_by(names)
