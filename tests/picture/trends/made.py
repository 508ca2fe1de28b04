"""Cases made up for the tests of trends: reporters of given levels, late reports, seasons, one rise."""

from __future__ import annotations

from datetime import date

import numpy as np

from hueandcry.picture.trends import months

LATE = np.array([0.5, 0.2, 0.1, 0.08, 0.05, 0.04, 0.03])  # share of cases by months until arrival

Triangle = dict[tuple[str, int], int]
Panel = dict[tuple[int, str], int]


def panel_and_triangle(
    levels: list[tuple[float, int, int]], *, today: date, months_: int, rise: float = 1.0, seed: int = 1
) -> tuple[Triangle, Panel]:
    """What has arrived by ``today``. Each reporter: its level a month, its first month and the one after its last,
    counted from ``months_`` months ago; the rise came ten months ago."""
    rng = np.random.default_rng(seed)
    running = months.of(today)
    triangle: Triangle = {}
    panel: Panel = {}
    common = rng.gamma(60, 1 / 60, months_ + 1)
    for body, (level, first, end) in enumerate(levels, start=1):
        for at in range(first, min(end, months_ + 1)):
            month = running - months_ + at
            mean = level * common[at] * np.exp(0.2 * np.cos(2 * np.pi * (month % 12) / 12))
            mean *= rise if at >= months_ - 10 else 1.0
            part = today.day / months.days(running) if month == running else 1.0
            for delay in rng.choice(len(LATE), rng.poisson(mean * part), p=LATE):
                if month + delay > running or (month + delay == running > month and rng.random() > 0.7):
                    continue
                name = months.written(month)
                triangle[name, int(delay)] = triangle.get((name, int(delay)), 0) + 1
                panel[body, name] = panel.get((body, name), 0) + 1
    return triangle, panel
