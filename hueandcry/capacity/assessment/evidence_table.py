"""Evidence out of a table: country, indicator, holds, kind, source, dated, url, quote. Errors name the place."""

from __future__ import annotations

import csv
import io
from datetime import date

from hueandcry.capacity.assessment.actions import MOST_AT_ONCE, Told
from hueandcry.exchange.countries import is_code

LARGEST = 4 * 2**20  # bytes
NEEDED = ("country", "indicator", "kind", "source", "dated")
YES, NO = frozenset({"yes", "true", "1", ""}), frozenset({"no", "false", "0"})


class BadEvidenceError(ValueError):
    """The table cannot be read; the message names the line and the column."""


def read(raw: bytes) -> list[Told]:
    """The evidence of a table; ``holds`` empty means yes. Raises BadEvidenceError."""
    if len(raw) > LARGEST:
        raise BadEvidenceError(f"larger than {LARGEST:,} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadEvidenceError(f"byte {error.start}: not UTF-8") from error
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    made = []
    try:
        header = [each.strip().lower() for each in next(reader, [])]
        if missing := [each for each in NEEDED if each not in header]:
            raise BadEvidenceError(f"line 1: there is no column {missing[0]!r}")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
                made.append(_told(row, reader.line_num))
            if len(made) > MOST_AT_ONCE:
                raise BadEvidenceError(f"line {reader.line_num}: more than {MOST_AT_ONCE} rows")
    except csv.Error as error:
        raise BadEvidenceError(f"line {reader.line_num}: {error}") from error
    if not made:
        raise BadEvidenceError("there is no evidence in it")
    return made


def _told(row: dict[str, str], line: int) -> Told:
    holds = row.get("holds", "").lower()
    if holds not in YES | NO:
        raise BadEvidenceError(f"line {line}, column holds: {holds[:20]!r} is neither yes nor no")
    if not is_code(row.get("country", "").upper()):
        raise BadEvidenceError(f"line {line}, column country: {row.get('country', '')[:20]!r} is no code of ISO 3166-1")
    try:
        dated = date.fromisoformat(row.get("dated", ""))
    except ValueError as error:
        raise BadEvidenceError(
            f"line {line}, column dated: {row.get('dated', '')[:20]!r} is no day as 2026-03-01"
        ) from error
    return Told(
        row["country"].upper(), row["indicator"], holds in YES, row["kind"], row["source"], dated, row.get("url", ""),
        row.get("quote", ""), row.get("tlp", "").upper().removeprefix("TLP:") in ("AMBER", "AMBER+STRICT", "RED"),
    )  # fmt: skip
