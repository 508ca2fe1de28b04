"""What a question holds in all with some of its filters taken off: any sets of them, by one scan.

Each row is marked by which of the filters hold for it; what holds of a question is what has at least its marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.cells import Counted
from hueandcry.picture.expressions import figures, told
from hueandcry.picture.expressions.asking import Asking

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Question, Time

MOST = 5  # filters at once: twice as many marks with each more


def wholes(
    frozen: Frozen, question: Question, wider: Sequence[Question], *, losses: bool = True
) -> dict[Question, list[Counted]]:
    """Of each of these questions, which are the first with filters less, what ``figures.counted`` with no dimension
    gives. Raises ValueError where there are more than ``MOST`` filters."""
    names = tuple(told.wanted(question))
    if len(names) > MOST:
        raise ValueError(f"At most {MOST} filters.")
    marks = {sum(1 << names.index(name) for name in told.wanted(one)): one for one in wider}
    with Asking(frozen, question, whole=True) as asking:
        asking.give("sets", sorted(marks))
        asking.keep("marks", _marked(told.told(question), names, told.time_of(names, question.time), losses))
        rows = asking.rows_of(_wholes(losses))
    return {one: [] for one in wider} | {marks[mark]: [figures.cell(tuple(row), 0)] for mark, *row in rows}


@cache
def _marked(rows: str, names: tuple[str, ...], time: Time, losses: bool) -> Table:
    return marked(told.table(rows), names, time, losses)


def marked(rows: Table, names: tuple[str, ...], time: Time, losses: bool = True) -> Table:
    """Sums by organisation and by which of these filters hold: a bit for each, the first the lowest."""
    import ibis

    mark = ibis.literal(0, "int32")
    for place, name in enumerate(names):
        mark = mark + told.holds(rows, name, time).cast("int32") * ibis.literal(1 << place, "int32")
    return figures.by_codes(rows.mutate(mark=mark), ("mark",), losses)


@cache
def _marks(losses: bool) -> Table:
    import ibis

    columns = {"organisation": "int32", "mark": "int32"} | dict.fromkeys(figures.summed(losses), "int64")
    return ibis.table(columns, name="marks")


@cache
def _wholes(losses: bool) -> Table:
    return wholes_of(_marks(losses), losses)


def wholes_of(marks: Table, losses: bool = True) -> Table:
    """Out of ``marked``, a row for each set of marks in wanted_sets: what has all of them."""
    import ibis

    sets = ibis.table({"value": "int32"}, name="wanted_sets")
    held = marks.cross_join(sets)
    held = held.filter((held.mark & held.value) == held.value)
    sums = {name: held[name].sum().cast("int64") for name in figures.summed(losses)}
    each = held.group_by([held.value, held.organisation]).aggregate(**sums)
    return figures.ranked(each, ["value"], losses)
