"""Cells: what a freeze counts, and what of it may be shown. Pure.

``Counted`` never leaves the picture's own code; ``Shown`` is what pages, files and charts get. Between the two stands
disclosure control (disclosure/), and nothing else makes a ``Shown``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

# Why a cell shows no number. "few": under the thresholds on cases or contributing organisations; "dominance": one or
# two organisations make up most of a sum; "secondary": held back so that the others cannot be subtracted.
Withheld = Literal["", "few", "dominance", "secondary"]


@dataclass(frozen=True, slots=True)
class Counted:
    """One cell of one freeze, exact. Sums of losses are in cents of the euro."""

    key: tuple[str, ...]  # one value for each dimension asked for; "" where it is not told
    count: int  # reports, or crimes
    organisations: int  # how many contributed
    largest: int  # reports of the organisation with most of them (of crimes: crimes it told of)
    record_key: int  # sum of the record keys of what is counted, modulo 256 (cell-key method)
    loss: int | None = None  # sum of known losses; None: none is known
    loss_count: int = 0  # of how many it is known
    loss_largest: int = 0  # the largest contributing organisation's part of it
    loss_second: int = 0
    loss_organisations: int = 0


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as it may be shown: a value, or why not. Protection may have moved it within ``low`` and ``high``."""

    key: tuple[str, ...]
    value: float | None
    withheld: Withheld = ""
    low: float | None = None
    high: float | None = None
    organisations: int = 0  # at least so many (rounded down to 3, 5, 10, 15, ...)


Cell = TypeVar("Cell", Counted, Shown)


def only(cells: Sequence[Cell]) -> Cell | None:
    """The one cell of a table of totals; None where nothing is counted."""
    return cells[0] if cells else None


def brought_down(crimes: Shown, reports: Shown | None) -> Shown:
    """A number of crimes beside that of the reports that tell of them, where both are shown: the value brought down to
    theirs, the upper limit to their upper limit, and the lower limit as far as still holds the value.

    There never are more crimes told of than reports, but noise is drawn for each apart and linkage's errors are taken
    out of crimes alone. The interval holds what it held before, less what cannot be. Made of shown values, it tells
    nothing more."""
    if crimes.value is None or reports is None or reports.value is None:
        return crimes
    value, low, high = min(crimes.value, reports.value), crimes.low, crimes.high
    if high is not None and reports.high is not None:
        high = max(value, min(high, reports.high))
    return replace(crimes, value=value, low=None if low is None else min(low, value), high=high)
