"""Counts of reports or crimes by any dimensions, with what disclosure control needs to know of each cell.

Two steps. By codes and organisation: one scan for all dimensions of the same codes, none where the sums of more codes
are at hand. Then by what the codes mean, in numbers, whose text is put on last: one statement for all tables, since
planning one costs more than counting does. Where nearly each row has codes of its own the first step is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from hueandcry.picture.cells import Counted
from hueandcry.picture.expressions import told
from hueandcry.picture.expressions.asking import Asking
from hueandcry.picture.freezes.reader import opened
from hueandcry.picture.question import Dimension, Question, Time

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen

Dimensions = tuple[Dimension, ...]
SUMS = ("one", "rows", "keys", "loss", "losses", "loss_once", "losses_once")
LOSSES = ("loss", "loss_once")  # columns
SHARED = 1000  # of more codes, hardly two rows of an organisation have the same: summing them first saves nothing


def counted(frozen: Frozen, question: Question, dimensions: Dimensions) -> list[Counted]:
    """The cells of one table, sorted by key: of reports where the question's number is "reported", else of crimes. With
    no dimension, the one cell of all.

    Each report or crime counts once in each value that it has: one of two countries counts in both, so that cells may
    sum to more than ("total",). ``organisations`` told of what is in the cell; ``largest`` is how many reports or
    crimes of it the one told of that told of most. Of losses, the sums that the two told of that told of most.
    """
    return several(frozen, question, [dimensions])[dimensions]


def several(
    frozen: Frozen, question: Question, tables: Sequence[Dimensions], *, losses: bool = True
) -> dict[Dimensions, list[Counted]]:
    """The cells of several tables of one question, for little more than those of one. Without ``losses`` none are
    summed, which takes half the time."""
    found: dict[Dimensions, list[Counted]] = {dimensions: [] for dimensions in tables}
    if not found:
        return found
    held, width = opened(frozen), max(len(dimensions) for dimensions in found)
    codes = {dimensions: codes_of(dimensions, question.time) for dimensions in found}
    summed = [each for each in codes.values() if _shared(each, held.codes) <= SHARED]
    summed = [each for each in summed if not any({*each} < {*other} for other in summed)]
    columns = dict.fromkeys(["organisation", *sorted(set().union(*codes.values())), "one", "record_key"])
    with Asking(frozen, question, aside=[*columns, *LOSSES[: 2 * losses]] if len(found) > 1 else ()) as asking:
        each = []
        for dimensions, own in codes.items():
            wider = min((c for c in summed if {*own} <= {*c}), key=lambda c: (_shared(c, held.codes), c), default=None)
            if wider is not None:
                asking.keep(_held(wider), _by_codes(asking.rows, wider, losses))
            time = told.time_of(dimensions, question.time)
            each.append(_each(dimensions, time, asking.rows if wider is None else _held(wider), wider, losses, width))
        asking.beside("each", each)
        rows = asking.rows_of(_ranked(width, losses))
    asked = list(found)
    for place, *row in rows:
        dimensions = asked[place]
        key = said(row, dimensions, held.values)
        found[dimensions].append(cell((*key, *row[width:]), len(dimensions)))
    return {dimensions: sorted(made, key=lambda one: one.key) for dimensions, made in found.items()}


def said(row: Sequence[int], dimensions: Dimensions, values: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The values that the numbers at the beginning of a row stand for."""
    return tuple(values[dimension][number] for dimension, number in zip(dimensions, row, strict=False))


def codes_of(dimensions: Dimensions, time: Time) -> tuple[str, ...]:
    """The columns of codes that these dimensions go by, each once."""
    return tuple(sorted({told.code_of(one, time) for one in dimensions if one != "total"}))


def _held(codes: tuple[str, ...]) -> str:
    return "_".join(("sums", *codes))


def _shared(codes: tuple[str, ...], held: Mapping[str, int]) -> int:
    """How many different codes there can be in these columns together."""
    return math.prod(held[code] for code in codes)


def by_codes(rows: Table, codes: tuple[str, ...], losses: bool = True) -> Table:
    """Sums by codes and organisation over the rows of a told table."""
    sums = {"one": rows.one.sum(), "rows": rows.count(), "keys": rows.record_key.sum()}
    if losses:
        sums |= {"loss": rows.loss.sum(), "losses": rows.loss.count(), "loss_once": rows.loss_once.sum()}
        sums |= {"losses_once": rows.loss_once.count()}
    sums = {name: made.cast("int64") for name, made in sums.items()}
    return rows.group_by([rows.organisation, *(rows[code] for code in codes)]).aggregate(**sums)


def by_row(rows: Table, codes: tuple[str, ...], losses: bool = True) -> Table:
    """What ``by_codes`` gives where each row of a told table has codes of its own: nothing is summed yet."""
    import ibis

    sums = {"one": rows.one, "rows": ibis.literal(1, "int64"), "keys": rows.record_key}
    if losses:
        sums |= {"loss": rows.loss, "losses": rows.loss.notnull().ifelse(1, 0), "loss_once": rows.loss_once}
        sums |= {"losses_once": rows.loss_once.notnull().ifelse(1, 0)}
    return rows.select(rows.organisation, *(rows[code] for code in codes), **sums)


@cache
def _by_codes(rows: str, codes: tuple[str, ...], losses: bool) -> Table:
    return by_codes(told.table(rows), codes, losses)


@cache
def _each(
    dimensions: Dimensions, time: Time, name: str, codes: tuple[str, ...] | None, losses: bool, width: int
) -> Table:
    """The cells by organisation over a table kept of ``by_codes`` of these codes; of none, over a told table."""
    import ibis

    if codes is None:
        rows = by_row(told.table(name), codes_of(dimensions, time), losses)
        return by_cell(rows, dimensions, time, losses, width)
    columns = {"organisation": "int32"} | {code: told.COLUMNS[code] for code in codes}
    kept = ibis.table(columns | dict.fromkeys(summed(losses), "int64"), name=name)
    return by_cell(kept, dimensions, time, losses, width)


@cache
def _ranked(width: int, losses: bool) -> Table:
    """The cells of several tables, of which ``each`` holds those by organisation."""
    import ibis

    keys = ["asked", *_keys(width)]
    columns = dict.fromkeys([*keys, "organisation"], "int32") | dict.fromkeys(summed(losses), "int64")
    return ranked(ibis.table(columns, name="each"), keys, losses)


def _keys(width: int) -> list[str]:
    return [f"d{place}" for place in range(width)]


def summed(losses: bool) -> tuple[str, ...]:
    """The names of the sums."""
    return SUMS if losses else SUMS[:3]


def cells(kept: Table, dimensions: Dimensions, time: Time, losses: bool = True) -> Table:
    """Out of sums by codes and organisation, a row for each cell: the numbers of its values (d0, d1, ...) and the
    fields of ``Counted``, those of losses only with ``losses``."""
    width = len(dimensions)
    return ranked(by_cell(kept, dimensions, time, losses, width), _keys(width), losses)


def by_cell(kept: Table, dimensions: Dimensions, time: Time, losses: bool, width: int) -> Table:
    """Sums by the numbers of values, so many for each (0 beyond its dimensions), and organisation."""
    import ibis

    joined = kept
    for place, dimension in enumerate((*dimensions, *["total"] * (width - len(dimensions)))):
        if dimension == "total":
            joined = joined.mutate(**{f"d{place}": ibis.literal(0, "int32")})
        else:
            meant = told.values(dimension)
            meant = meant.select(**{f"code{place}": meant.code, f"d{place}": meant.number})
            code = told.code_of(dimension, time)  # type: ignore[arg-type]
            joined = joined.join(meant, joined[code] == meant[f"code{place}"])
    sums = {name: joined[name].sum().cast("int64") for name in summed(losses)}
    return joined.group_by([*_keys(width), "organisation"]).aggregate(**sums)


def ranked(each: Table, keys: list[str], losses: bool) -> Table:
    """A row for each cell, out of a row for each cell and organisation."""
    placed = _topped(each, keys) if losses else each
    fields = {
        "count": placed.one.sum(), "organisations": placed.count(), "largest": placed.rows.max(),
        "record_key": placed["keys"].sum(),
    }  # fmt: skip
    if losses:
        equal = placed.loss == placed.top
        below = placed.loss.max(where=~equal)
        fields |= {
            "loss": placed.loss_once.sum(), "loss_count": placed.losses_once.sum(), "loss_largest": placed.loss.max(),
            "loss_second": (equal.sum() > 1).ifelse(placed.loss.max(), below),
            "loss_organisations": placed.losses.count(where=placed.losses > 0),
        }  # fmt: skip
    return placed.group_by(keys).aggregate(**fields)


def _topped(each: Table, keys: list[str]) -> Table:
    """With the largest loss of each cell in all its rows: to sort for the second largest costs many times as much."""
    tops = each.group_by(keys).aggregate(top=each.loss.max())
    tops = tops.select(tops.top, **{f"{key}_": tops[key] for key in keys})
    return each.join(tops, [each[key] == tops[f"{key}_"] for key in keys])


def cell(row: tuple[object, ...], width: int) -> Counted:
    """A row of ``cells`` with so many dimensions."""
    numbers = [int(n) if n is not None else 0 for n in row[width:]]  # type: ignore[call-overload]
    count, organisations, largest, key = numbers[:4]
    loss, known, loss_largest, loss_second, loss_organisations = numbers[4:] or [0] * 5
    return Counted(
        tuple(str(value) for value in row[:width]), count, organisations, largest, key % 256,
        loss if known else None, known, loss_largest, loss_second, loss_organisations,
    )  # fmt: skip
