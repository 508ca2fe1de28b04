"""Who tells of the same crimes: crimes by the set of source kinds that told of them. For UpSet plots and estimation."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.expressions import told
from hueandcry.picture.expressions.asking import Asking

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question


def lists(frozen: Frozen, question: Question) -> dict[int, int]:
    """Crimes by the bits of question.SOURCES that told of them (bit 0 business, 1 law enforcement, ...), of those that
    the filters leave. The number asked for does not matter: it is always crimes. Sets of none are left out."""
    crimes = replace(question, number="distinct")
    with Asking(frozen, crimes) as asking:
        return {int(bits): int(count) for bits, count in asking.rows_of(_sets(asking.rows))}


@cache
def _sets(rows: str) -> Table:
    return sets(told.table(rows))


def sets(rows: Table) -> Table:
    """Crimes by source bits, over the rows of told_crimes."""
    return rows.filter(rows.one == 1).group_by(rows.sources).aggregate(count=rows.one.sum()).order_by("sources")
