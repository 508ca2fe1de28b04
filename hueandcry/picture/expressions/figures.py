"""Counts of reports or crimes by any dimensions, with what disclosure control needs to know of each cell.

Two steps. By codes and organisation: one scan for all dimensions of the same codes. Then by what the codes mean: small.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.cells import Counted
from hueandcry.picture.expressions import told
from hueandcry.picture.expressions.asking import Asking
from hueandcry.picture.question import Dimension, Question, Time

if TYPE_CHECKING:
    from ibis.expr.types import IntegerColumn, Table

    from hueandcry.picture.freezes.reader import Frozen

Dimensions = tuple[Dimension, ...]
SUMS = ("one", "rows", "keys", "loss", "losses", "loss_once", "losses_once")


def counted(frozen: Frozen, question: Question, dimensions: Dimensions) -> list[Counted]:
    """The cells of one table, sorted by key: of reports where the question's number is "reported", else of crimes. With
    no dimension, the one cell of all.

    Each report or crime counts once in each value that it has: one of two countries counts in both, so that cells may
    sum to more than ("total",). ``organisations`` told of what is in the cell; ``largest`` and ``second`` are how many
    reports or crimes of it the two told of that told of most. Of losses, likewise, the sums that they told of.
    """
    return several(frozen, question, [dimensions])[dimensions]


def several(
    frozen: Frozen, question: Question, tables: Sequence[Dimensions], *, losses: bool = True
) -> dict[Dimensions, list[Counted]]:
    """The cells of several tables of one question, for little more than those of one. Without ``losses`` none are
    summed, which takes half the time."""
    found: dict[Dimensions, list[Counted]] = {}
    with Asking(frozen, question, aside=len(set(tables)) > 1) as asking:
        for dimensions in dict.fromkeys(tables):
            codes = codes_of(dimensions, question.time)
            asking.keep(_held(codes), _by_codes(asking.rows, codes, losses))
            rows = asking.rows_of(
                _cells(dimensions or ("total",), told.time_of(dimensions, question.time), _held(codes), losses)
            )
            made = [cell(row[0 if dimensions else 1 :], len(dimensions)) for row in rows]
            found[dimensions] = sorted(made, key=lambda one: one.key)
    return found


def codes_of(dimensions: Dimensions, time: Time) -> tuple[str, ...]:
    """The columns of codes that these dimensions go by, each once."""
    return tuple(sorted({told.code_of(one, time) for one in dimensions if one != "total"}))


def _held(codes: tuple[str, ...]) -> str:
    return "_".join(("sums", *codes))


def by_codes(rows: Table, codes: tuple[str, ...], losses: bool = True) -> Table:
    """Sums by codes and organisation over the rows of a told table."""
    sums = {"one": rows.one.sum(), "rows": rows.count(), "keys": rows.record_key.sum()}
    if losses:
        sums |= {"loss": rows.loss.sum(), "losses": rows.loss.count(), "loss_once": rows.loss_once.sum()}
        sums |= {"losses_once": rows.loss_once.count()}
    return rows.group_by([rows.organisation, *(rows[code] for code in codes)]).aggregate(**sums)


@cache
def _by_codes(rows: str, codes: tuple[str, ...], losses: bool) -> Table:
    return by_codes(told.table(rows), codes, losses)


@cache
def _cells(dimensions: Dimensions, time: Time, name: str, losses: bool) -> Table:
    """The cells over a table kept of ``by_codes``."""
    import ibis

    codes = codes_of(dimensions, time)
    columns = {"organisation": "int32"} | {code: told.COLUMNS[code] for code in codes}
    return cells(ibis.table(columns | dict.fromkeys(_sums(losses), "int64"), name=name), dimensions, time, losses)


def _sums(losses: bool) -> tuple[str, ...]:
    return SUMS if losses else SUMS[:3]


def cells(kept: Table, dimensions: Dimensions, time: Time, losses: bool = True) -> Table:
    """Out of sums by codes and organisation, a row for each cell: the dimensions' values (d0, d1, ...) and
    the fields of ``Counted``, those of losses only with ``losses``."""
    import ibis

    joined, keys = kept, []
    for place, dimension in enumerate(dimensions):
        if dimension == "total":
            joined = joined.mutate(**{f"d{place}": ibis.literal("")})
        else:
            meant = told.values(dimension).rename({f"code{place}": "code", f"d{place}": "value"})
            joined = joined.join(meant, joined[told.code_of(dimension, time)] == meant[f"code{place}"])
        keys.append(f"d{place}")
    sums = {name: joined[name].sum() for name in _sums(losses)}
    each = joined.group_by([*keys, "organisation"]).aggregate(**sums)
    places = {"place": _place(keys, each, each.rows)}
    if losses:
        places["loss_place"] = _place(keys, each, each.loss.fill_null(0))
    ranked = each.mutate(**places)
    fields = {
        "count": ranked.one.sum(), "organisations": ranked.count(), "largest": ranked.rows.max(),
        "second": ranked.rows.max(where=ranked.place == 1), "record_key": ranked["keys"].sum(),
    }  # fmt: skip
    if losses:
        fields |= {
            "loss": ranked.loss_once.sum(), "loss_count": ranked.losses_once.sum(), "loss_largest": ranked.loss.max(),
            "loss_second": ranked.loss.max(where=ranked.loss_place == 1),
            "loss_organisations": ranked.losses.count(where=ranked.losses > 0),
        }  # fmt: skip
    return ranked.group_by(keys).aggregate(**fields)


def _place(keys: list[str], each: Table, by: IntegerColumn) -> IntegerColumn:
    """The place of each organisation in its cell, from 0, the largest first."""
    import ibis

    return ibis.row_number().over(group_by=keys, order_by=[ibis.desc(by), ibis.asc(each.organisation)])


def cell(row: tuple[object, ...], width: int) -> Counted:
    """A row of ``cells`` with so many dimensions."""
    numbers = [int(n) if n is not None else 0 for n in row[width:]]  # type: ignore[call-overload]
    count, organisations, largest, second, key = numbers[:5]
    loss, known, loss_largest, loss_second, loss_organisations = numbers[5:] or [0] * 5
    return Counted(
        tuple(str(value) for value in row[:width]), count, organisations, largest, second, key % 256,
        loss if known else None, known, loss_largest, loss_second, loss_organisations,
    )  # fmt: skip
