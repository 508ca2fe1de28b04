"""How far a country's need for one aspect of capacity is met: from gap to covered, or unknown. Pure.

A cell is classed by what evidence shows (the stage), what is aimed at (the target) and who works on it (programmes). A
threat changes no class: it says which gaps come first. An unknown stage is unknown whatever is done about it, for
nobody can say that it is met; and it is never taken for the lowest stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Class = Literal["gap", "partly covered", "covered", "duplicated effort", "unknown"]
CLASSES: tuple[Class, ...] = ("gap", "partly covered", "duplicated effort", "covered", "unknown")
OPEN: tuple[Class, ...] = ("gap", "partly covered", "duplicated effort")  # something is left to do
Threat = Literal["high", "medium", "low", "unknown"]
THREATS: tuple[Threat, ...] = ("high", "medium", "low", "unknown")


@dataclass(frozen=True, slots=True)
class Programme:
    """Somebody works on an aspect in a country: who, from when to when (None: not told), and the references of other
    programmes with which it says that it belongs together."""

    reference: str
    provider: str
    starts: date | None = None
    ends: date | None = None
    related: frozenset[str] = frozenset()

    def active(self, day: date) -> bool:
        """Whether it runs, or will run: one without an end goes on, one without a beginning has begun."""
        return self.ends is None or self.ends >= day


@dataclass(frozen=True, slots=True)
class Cell:
    """One country and aspect as the board knows it: stages from 1 to 5, ``stage`` 0 where evidence shows not even the
    first, None where there is no evidence at all; ``resources`` counts what is reachable."""

    country: str
    aspect: str
    target: int | None
    stage: int | None
    programmes: tuple[Programme, ...] = ()
    resources: int = 0
    threat: Threat = "unknown"


@dataclass(frozen=True, slots=True)
class Classed:
    """A cell with its class, the stages that are missing (None: unknown), those nobody works on, and why: ``reason`` is
    one of ``no evidence``, ``no target``, ``reached``, ``nobody works on it``, ``somebody works on it``, ``several work
    apart``."""

    cell: Cell
    kind: Class
    missing: int | None
    open: int | None
    reason: str


def overlapping(programmes: Sequence[Programme], day: date) -> list[tuple[Programme, Programme]]:
    """Pairs of programmes that run at the same time from ``day`` on, of different providers, neither of which names the
    other as related: effort that is duplicated, as far as anybody told."""
    running = sorted((p for p in programmes if p.active(day)), key=lambda p: p.reference)
    return [
        (one, other)
        for place, one in enumerate(running)
        for other in running[place + 1 :]
        if _apart(one, other) and _meet(one, other)
    ]


def _apart(one: Programme, other: Programme) -> bool:
    named = other.reference in one.related or one.reference in other.related
    return not named and one.provider.casefold().strip() != other.provider.casefold().strip()


def _meet(one: Programme, other: Programme) -> bool:
    starts = max(one.starts or date.min, other.starts or date.min)
    return starts <= min(one.ends or date.max, other.ends or date.max)


def classed(cell: Cell, *, day: date) -> Classed:
    """The class of one cell on a day.

    unknown: no evidence, or no target. duplicated effort: two programmes work apart at one time. Of the rest, covered
    where the stage aimed at is shown, partly covered where one programme works or several together, else a gap. One
    more programme therefore never makes a gap wider: what is missing stays, what nobody works on can only fall.
    """
    if cell.stage is None:
        return Classed(cell, "unknown", None, None, "no evidence")
    if cell.target is None:
        return Classed(cell, "unknown", None, None, "no target")
    missing = max(0, cell.target - cell.stage)
    if overlapping(cell.programmes, day):
        return Classed(cell, "duplicated effort", missing, 0, "several work apart")
    if missing == 0:
        return Classed(cell, "covered", 0, 0, "reached")
    if any(programme.active(day) for programme in cell.programmes):
        return Classed(cell, "partly covered", missing, 0, "somebody works on it")
    return Classed(cell, "gap", missing, missing, "nobody works on it")


def first_things_first(cells: Sequence[Classed]) -> list[Classed]:
    """Cells in the order in which somebody should look at them: gaps, under the highest threat and widest first; then
    what is partly covered, duplicated, unknown, covered. Ties by country and aspect."""
    order = {"gap": 0, "partly covered": 1, "duplicated effort": 2, "unknown": 3, "covered": 4}
    return sorted(
        cells,
        key=lambda each: (order[each.kind], THREATS.index(each.cell.threat), -(each.missing or 0),
                          each.cell.resources, each.cell.country, each.cell.aspect),
    )  # fmt: skip
