"""Writes the table of thresholds of change points anew: false alarms counted in simulated series that never change.

    uv run python -m bench.trend_thresholds [PATHS]

Deterministic: the same paths (default 8000) give the same file, hueandcry/picture/trends/thresholds.json.
"""

from __future__ import annotations

import json
import sys

from hueandcry.picture.trends import calibration, thresholds


def main(paths: int) -> None:
    """Simulate every cell and write the file."""
    rows = []
    for months in calibration.MONTHS:
        for level in calibration.LEVELS:
            rows += calibration.cell_rows(months, level, paths=paths, seed=5)
            print(*rows[-1], flush=True)
    lines = ",\n".join("  " + json.dumps(row) for row in rows)
    head = json.dumps({"paths": paths, "seed": 5})[1:-1]
    thresholds.TABLE.write_text(
        f'{{{head}, "columns": ["months", "level", "spread", "rate", "slope"], "cells": [\n{lines}\n]}}\n',
        encoding="utf-8",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
