"""How good the data are: which fields are told, how soon reports come, and whom they come from.

All as cells, since a share of few reports tells of them: they go through disclosure control as any others.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hueandcry.picture.cells import Counted
from hueandcry.picture.expressions import figures, told
from hueandcry.picture.expressions.asking import Asking
from hueandcry.picture.freezes import reader

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from hueandcry.picture.freezes.reader import Frozen
    from hueandcry.picture.question import Dimension, Question

# Fields that a report may leave out, by the dimension whose empty value says so; "occurred" and "loss" are columns.
FIELDS: Final[dict[str, Dimension | None]] = {
    "occurred": None, "class": "class", "type": "type", "country": "country", "sector": "sector", "size": "size",
    "technique": "technique", "loss": None,
}  # fmt: skip
BANDS: Final = (0, 7, 30, 90, 365)  # days until arrival, at most
DELAYS: Final = (*map(str, BANDS), "more", "")  # as cells name them: later, and not known


def completeness(frozen: Frozen, question: Question) -> list[Counted]:
    """By field, how many of the reports or crimes tell it; ("total",) of figures.counted is out of how many. "other" of
    class says that nothing better is known, and counts as told."""
    found = []
    with Asking(frozen, question) as asking:
        for field in FIELDS:
            rows = asking.rows_of(_telling(asking.rows, field))
            found += [figures.cell((field, *row[1:]), 1) for row in rows]
    return found


@cache
def _telling(rows: str, field: str) -> Table:
    return telling(told.table(rows), field)


def telling(rows: Table, field: str) -> Table:
    """The one cell of those that tell a field."""
    dimension = FIELDS[field]
    if field == "occurred":
        held = rows.filter(rows.occurred >= 0)
    elif dimension is None:
        held = rows.filter(rows.loss.notnull())
    else:
        meant = told.values(dimension)
        held = rows.filter(rows[told.CODES[dimension]].isin(meant.filter(meant.value != "").code))
    return figures.cells(figures.by_codes(held, ()), ("total",), "occurred")


def timeliness(frozen: Frozen, question: Question) -> list[Counted]:
    """By band of days from the crime to the arrival of its first report: "0", "7", "30", "90", "365" (at most so many
    and more than the band before), "more", and "" where the day of the crime is not told."""
    found = []
    with Asking(frozen, question) as asking:
        for place, band in enumerate(DELAYS):
            found += [figures.cell((band, *row[1:]), 1) for row in asking.rows_of(_banded(asking.rows, place))]
    return found


@cache
def _banded(rows: str, place: int) -> Table:
    return banded(told.table(rows), place)


def banded(rows: Table, place: int) -> Table:
    """The one cell of a band of delay: places in BANDS, then "more", then unknown."""
    low = BANDS[place - 1] if 0 < place <= len(BANDS) else told.UNTOLD
    held = rows.filter(rows.delay == told.UNTOLD)
    if place <= len(BANDS):
        held = rows.filter(rows.delay > low)
    if place < len(BANDS):
        held = held.filter(held.delay <= BANDS[place])
    return figures.cells(figures.by_codes(held, ()), ("total",), "occurred")


def coverage(frozen: Frozen) -> dict[tuple[str, str], int]:
    """How many organisations there are by country and kind, whether or not they reported: known to all members."""
    held = reader.opened(frozen)
    organisations = held.table("organisations")
    rows = held.rows(
        organisations.group_by(["country", "kind"]).aggregate(count=organisations.count()).order_by(["country", "kind"])
    )
    return {(country, kind): int(count) for country, kind, count in rows}
