"""Evidence out of a table: country, indicator, holds, kind, source, dated, url, quote. Errors name the place."""

from __future__ import annotations

from datetime import date

from hueandcry.capacity.assessment.actions import MOST_AT_ONCE, Told
from hueandcry.capacity.columns import rows
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.drafts import Unreadable

LARGEST = 4 * 2**20  # bytes
NEEDED = ("country", "indicator", "kind", "source", "dated")
YES, NO = frozenset({"yes", "true", "1", ""}), frozenset({"no", "false", "0"})


class BadEvidenceError(ValueError):
    """The table cannot be read; the message names the line and the column."""


def read(raw: bytes) -> list[Told]:
    """The evidence of a table; ``holds`` empty means yes. Raises BadEvidenceError."""
    made = []
    try:
        for place, row in rows(raw, NEEDED, largest=LARGEST, fold=True):
            made.append(_told(row, place))
            if len(made) > MOST_AT_ONCE:
                raise Unreadable(place, f"more than {MOST_AT_ONCE} rows")
    except Unreadable as error:
        raise BadEvidenceError(f"{error.place}: {error.reason}") from error
    if not made:
        raise BadEvidenceError("there is no evidence in it")
    return made


def _told(row: dict[str, str], place: str) -> Told:
    holds, code, dated = row.get("holds", "").lower(), row["country"].upper(), row["dated"]
    if holds not in YES | NO:
        raise Unreadable(f"{place}, column holds", f"{holds[:20]!r} is neither yes nor no")
    if not is_code(code):
        raise Unreadable(f"{place}, column country", f"{row['country'][:20]!r} is no code of ISO 3166-1")
    try:
        day = date.fromisoformat(dated)
    except ValueError as error:
        raise Unreadable(f"{place}, column dated", f"{dated[:20]!r} is no day as 2026-03-01") from error
    return Told(
        code, row["indicator"], holds in YES, row["kind"], row["source"], day, row.get("url", ""),
        row.get("quote", ""), row.get("tlp", "").upper().removeprefix("TLP:") in ("AMBER", "AMBER+STRICT", "RED"),
    )  # fmt: skip
