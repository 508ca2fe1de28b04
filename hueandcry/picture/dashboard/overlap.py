"""Which kinds of source tell of the same crimes, as cells that disclosure control can judge: for the UpSet chart."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.cells import Counted, Shown
from hueandcry.picture.disclosure import adhoc
from hueandcry.picture.expressions import figures, told
from hueandcry.picture.expressions.asking import Asking
from hueandcry.picture.question import SOURCES, Question

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen


def shown(frozen: Frozen, question: Question) -> list[Shown]:
    """Crimes by the set of kinds that told of them, as far as they may be shown; the key is the set's bits."""
    cells = counted(frozen, question)
    whole = figures.counted(frozen, question, ("total",)) if cells else []
    return adhoc.shown(cells, partition=(0,), whole=whole[0] if whole else None)


def counted(frozen: Frozen, question: Question) -> list[Counted]:
    """The same, exact. ``question`` counts crimes (number "distinct")."""
    held: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    with Asking(frozen, question) as asking:
        for bits, one, rows, keys in asking.rows_of(_sums(asking.rows)):
            held[int(bits)].append((int(one), int(rows), int(keys or 0)))
    return [_cell(bits, told_by) for bits, told_by in sorted(held.items()) if bits]


def _cell(bits: int, told_by: list[tuple[int, int, int]]) -> Counted:
    by_size = sorted((rows for _one, rows, _keys in told_by), reverse=True)
    return Counted(
        (str(bits),),
        sum(one for one, _rows, _keys in told_by),
        len(told_by),
        by_size[0],
        by_size[1] if len(by_size) > 1 else 0,
        sum(keys for _one, _rows, keys in told_by) % 256,
    )


@cache
def _sums(rows: str) -> Table:
    """Sums by set and organisation: a row for each organisation that told of crimes of a set."""
    each = figures.by_codes(told.table(rows), ("sources",))
    return each.select("sources", "one", "rows", "keys")


def kinds(bits: int) -> list[int]:
    """Which of question.SOURCES are in a set."""
    return [at for at in range(len(SOURCES)) if bits >> at & 1]
