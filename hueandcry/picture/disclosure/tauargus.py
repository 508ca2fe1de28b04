"""Optimal secondary suppression by Tau-Argus, of one set of additive tables at a time.

Tau-Argus reads its "JJ" format: cells with value, cost, status, bounds and protection levels, and lines that sum to
nought. We write it ourselves from linked tables, because the engine's own tables give an empty cell out as a safe 0,
which tells that it is empty; here an empty cell is unsafe like any other small one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

SECONDS: Final = 600  # for one table, which takes less than one: a release has to come out the same on a slow machine


class Cell(NamedTuple):
    """A cell as the engine gets it, in whole numbers."""

    value: int
    cost: int
    unsafe: bool
    least: int  # what everybody knows it to be at least
    down: int  # protection levels: it must be possible that it is so much lower, and so much higher
    up: int


def secondary(cells: Sequence[Cell], lines: Sequence[dict[int, int]]) -> list[int] | None:
    """Which cells to withhold besides the unsafe, at the least cost; None where the engine finds no answer, as with a
    table that no pattern protects to both sides. ``lines``: coefficients by cell, each summing to nought."""
    from pytauargus._tauargus import HiTaSCtrl

    if not any(c.unsafe for c in cells):
        return []
    most = 10 * max(max(c.value + c.up for c in cells), 1)
    rows = [str(0), str(len(cells))]
    for i, c in enumerate(cells):
        status = "u" if c.unsafe else "s"
        rows.append(f"{i} {c.value} {max(c.cost, 1)} {status} {c.least} {most} {c.down} {c.up} 0")
    rows.append(str(len(lines)))
    for line in lines:
        terms = " ".join(f"{i} ({times})" for i, times in sorted(line.items()))
        rows.append(f"0 {len(line)} : {terms}")
    with tempfile.TemporaryDirectory(prefix="hueandcry-argus-") as folder:
        given, got = Path(folder, "in.jj"), Path(folder, "out.jj")
        given.write_text("\n".join(rows) + "\n", encoding="ascii")
        engine = HiTaSCtrl()
        if engine.full_jj(str(given), str(got), SECONDS, "", folder + os.sep):
            return None
        found = [int(line.split()[0]) for line in got.read_text(encoding="ascii").splitlines() if line.strip()]
    return sorted(i for i in found if not cells[i].unsafe)
