"""How large a statistic of change has to be: read from a table that calibration.py simulated. Pure.

A cell of the table stands for series so long, of so many cases a month, whose fitted scatter is such; false alarms a
year fall off in it as exp(rate - slope * statistic). Between cells the nearest on a logarithmic scale is taken.
"""

from __future__ import annotations

import json
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Final, NamedTuple

TABLE: Final = Path(__file__).with_name("thresholds.json")


class Cell(NamedTuple):
    """How false alarms a year fall off with the statistic: exp(rate - slope * statistic)."""

    rate: float
    slope: float


@cache
def cells() -> dict[tuple[int, float, float], Cell]:
    """The table by (months, cases a month, scatter)."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))["cells"]
    return {(int(m), float(level), float(spread)): Cell(rate, slope) for m, level, spread, rate, slope in rows}


def threshold(false_alarms: float, *, months: int, level: float, spread: float) -> float:
    """The statistic that a series without change exceeds ``false_alarms`` times a year. ValueError for 0 or less."""
    if false_alarms <= 0:
        raise ValueError("some false alarms there are: the number a year is above 0")
    cell = _cell(months, level, spread)
    return max((cell.rate - log(false_alarms)) / cell.slope, 0.0)


def false_alarms(statistic: float, *, months: int, level: float, spread: float) -> float:
    """How many times a year a series without change has a statistic so large; 12 at most, once a month."""
    cell = _cell(months, level, spread)
    return min(exp(min(cell.rate - cell.slope * statistic, 5.0)), 12.0)


def _cell(months: int, level: float, spread: float) -> Cell:
    table = cells()
    return table[
        int(_nearest(sorted({float(m) for m, _level, _spread in table}), months)),
        _nearest(sorted({level for _m, level, _spread in table}), level),
        _nearest(sorted({spread for _m, _level, spread in table}), spread),
    ]


def _nearest(held: list[float], wanted: float) -> float:
    return min(held, key=lambda each: abs(log(each) - log(max(wanted, 1e-6))))
