"""Who tells of the same crimes: crimes by the set of source kinds that told of them, for UpSet plots."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.cells import Counted
from hueandcry.picture.expressions import figures, told
from hueandcry.picture.expressions.asking import Asking

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question


def counted(frozen: Frozen, question: Question) -> list[Counted]:
    """Crimes that the filters leave, by the set of kinds that told of them; a cell's key is the set's bits of
    question.SOURCES (bit 0 business, 1 law enforcement, ...). The number asked for does not matter: it is always
    crimes. The set of none is left out."""
    held: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    with Asking(frozen, replace(question, number="distinct")) as asking:
        for bits, one, rows, keys in asking.rows_of(_sums(asking.rows)):
            held[int(bits)].append((int(one), int(rows), int(keys or 0)))
    return [_cell(bits, told_by) for bits, told_by in sorted(held.items()) if bits]


def _cell(bits: int, told_by: list[tuple[int, int, int]]) -> Counted:
    return Counted(
        (str(bits),),
        sum(one for one, _rows, _keys in told_by),
        len(told_by),
        max(rows for _one, rows, _keys in told_by),
        sum(keys for _one, _rows, keys in told_by) % 256,
    )


@cache
def _sums(rows: str) -> Table:
    return sums(told.table(rows))


def sums(crimes: Table) -> Table:
    """By set and organisation, over rows of told_crimes: crimes counted once, those it told of, and record keys."""
    return figures.by_codes(crimes, ("sources",), losses=False).select("sources", "one", "rows", "keys")
