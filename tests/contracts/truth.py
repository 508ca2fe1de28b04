"""The written truth table of docs/handling.md, read: who sees which report."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).parents[2] / "docs" / "handling.md"
LABELS = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
CHOICES = ("none", "organisation", "circle", "alliance", "everyone", "person", "grant")


class Row(NamedTuple):
    """One label with one choice of recipient, and who of the viewers sees it."""

    tlp: str
    choice: str
    seen_by: set[str]


def _table(first: str) -> list[list[str]]:
    """The table whose head begins with these cells: its lines, head first, without the rule under it."""
    lines = PAGE.read_text("utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(first))
    cells = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        cells.append([cell.strip() for cell in line.strip("|").split("|")])
    return [cells[0], *cells[2:]]


def _truth() -> tuple[list[str], list[Row]]:
    head, *rows = _table("| label | recipient |")
    viewers = head[2:]
    assert all(len(row) == len(head) and set(row[2:]) <= {"yes", "-"} for row in rows), "a cell is neither yes nor -"
    read = [Row(r[0], r[1], {v for v, cell in zip(viewers, r[2:], strict=True) if cell == "yes"}) for r in rows]
    assert [(r.tlp, r.choice) for r in read] == [(t, c) for t in LABELS for c in CHOICES], "a row is missing"
    return viewers, read


VIEWERS, TRUTH = _truth()
_GATES = _table("| code | page |")
GATES = {(row[0], door): word for row in _GATES[1:] for door, word in zip(_GATES[0][1:], row[1:], strict=True)}
_CLOSED = _table("| door |")
DOORS = {row[0]: dict(zip(_CLOSED[0][1:], row[1:], strict=True)) for row in _CLOSED[1:]}


def gate(code: str, door: str) -> str:
    """What a handling code does at a way out, in the word of the table of codes."""
    return GATES[code, door]


def door(name: str, viewer: str) -> str:
    """Whether a door is open to a viewer: "open", "closed", "sign in" or "no such person"."""
    return DOORS[name].get(viewer, DOORS[name]["every other viewer"])
