"""Competing hypotheses side by side: what each report or value says of each of them. Pure.

After R. J. Heuer, Psychology of Intelligence Analysis (CIA, 1999), chapter 8: what fits every hypothesis tells nothing,
and the hypothesis to hold is the one with the least against it, not the one with the most for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Bearing = Literal["for", "against", "neither"]
Thing = tuple[str, int]  # ("report" or "value", its id)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One organisation says what one thing means for one hypothesis."""

    hypothesis: int
    thing: Thing
    bearing: Bearing


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of one thing for one hypothesis: how many say each."""

    for_: int = 0
    against: int = 0
    neither: int = 0

    @property
    def verdict(self) -> str:
        """``for``, ``against``, ``neither``; ``disputed`` where some say for and some against; "" where nobody says."""
        if self.for_ and self.against:
            return "disputed"
        return "for" if self.for_ else "against" if self.against else "neither" if self.neither else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing across all hypotheses. ``telling``: it does not say the same of each of them."""

    thing: Thing
    cells: Sequence[Cell]

    @property
    def telling(self) -> bool:
        """Whether it tells hypotheses apart; what is weighed against one alone does not yet."""
        said = [cell.verdict for cell in self.cells]
        return len(set(said)) > 1


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows with those that tell hypotheses apart first; ``against`` counts, by hypothesis, the things against it."""

    hypotheses: Sequence[int]
    rows: Sequence[Row]
    against: Sequence[int]
    for_: Sequence[int]


def matrix(hypotheses: Sequence[int], weighed: Sequence[Weighed]) -> Matrix:
    """The matrix of these hypotheses; what is weighed for others is left out."""
    at = {key: number for number, key in enumerate(hypotheses)}
    counted: dict[Thing, list[dict[str, int]]] = {}
    for one in weighed:
        if one.hypothesis in at:
            row = counted.setdefault(one.thing, [{} for _ in hypotheses])
            cell = row[at[one.hypothesis]]
            cell[one.bearing] = cell.get(one.bearing, 0) + 1
    rows = [
        Row(thing, [Cell(c.get("for", 0), c.get("against", 0), c.get("neither", 0)) for c in cells])
        for thing, cells in counted.items()
    ]
    rows.sort(key=lambda row: (not row.telling, -sum(c.against for c in row.cells), row.thing))
    columns = range(len(hypotheses))
    return Matrix(
        list(hypotheses),
        rows,
        [sum(row.cells[i].verdict == "against" for row in rows) for i in columns],
        [sum(row.cells[i].verdict == "for" for row in rows) for i in columns],
    )
