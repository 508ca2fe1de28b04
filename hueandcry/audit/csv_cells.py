"""Cells of a CSV that a spreadsheet will open. No Django here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

# What makes Excel, LibreOffice or Google Sheets take a cell for a formula (OWASP, "CSV injection").
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defuse(cell: object) -> str:
    """The cell as text that no spreadsheet computes: an apostrophe goes before what would start a formula."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return text
    return "'" + text if text.startswith(STARTS_FORMULA) else text


def lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV (RFC 4180), each cell defused; the first is the header."""
    yield line(header)
    for row in rows:
        yield line(row)


def line(cells: Sequence[object]) -> str:
    """One line, with its end."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow([defuse(cell) for cell in cells])
    return buffer.getvalue()
