"""Rows of a small table by the names of its columns, for whoever reads it whole or not at all. Pure.

Delimiters, quotes and places are those of tables of reports (``exchange.table``); what is not UTF-8 is not guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hueandcry.exchange.drafts import Unreadable
from hueandcry.exchange.table import open_table

MOST_COLUMNS = 1_000
UNKNOWN = frozenset({"", "na", "nan", "n/a", "null", "none", ".."})  # an unknown number, in small letters; never nought


def rows(
    raw: bytes, needed: Sequence[str], *, largest: int, fold: bool = False
) -> Iterator[tuple[str, dict[str, str]]]:
    """(place, cells by column) of each row that is not blank; ``fold``: names of columns in small letters.

    Raises Unreadable for a file of more than ``largest`` bytes, one without a ``needed`` column or with a column twice,
    and for a row that is broken or has not one cell for each column.
    """
    if len(raw) > largest:
        raise Unreadable("the file", f"larger than {largest:,} bytes")
    if not raw.strip():
        raise Unreadable("line 1", f"there is no column {needed[0]!r}")
    table = open_table(raw)
    if not table.encoding.startswith("utf-8"):
        raise Unreadable("line 1", "not UTF-8")
    header = [cell.strip().lower() if fold else cell.strip() for cell in table.first_cells]
    if missing := [each for each in needed if each not in header]:
        raise Unreadable("line 1", f"there is no column {missing[0]!r}")
    if len(header) > MOST_COLUMNS or len(set(header)) < len(header):
        raise Unreadable("line 1", f"a column stands there twice, or there are more than {MOST_COLUMNS}")
    for row in table.rows:
        cells = [cell.strip() for cell in row.cells]
        if row.problem:
            raise Unreadable(row.place, row.problem)
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise Unreadable(row.place, f"{len(cells)} cells where the header has {len(header)}")
        yield row.place, dict(zip(header, cells, strict=True))
