"""Times as TAXII writes them (section 2: microseconds, UTC, "Z") and as STIX writes versions (section 2.16)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

EPOCH: Final = "1970-01-01T00:00:00.000000Z"

# RFC 3339. The standard asks for "Z" and six digits; who sends fewer, or another offset, means one moment too.
_MOMENT = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,40}))?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,40})?Z", re.ASCII)


def written(moment: datetime) -> str:
    """A TAXII timestamp."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond:06d}Z"


def moment(text: str) -> datetime | None:
    """The moment that an RFC 3339 timestamp names, to the microsecond; None where it is none."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = (fraction or "0")[:6].ljust(6, "0")
    leap = second == "60"  # RFC 3339 has leap seconds, and no database does: the last moment before the next minute
    text = f"{year}-{month}-{day}T{hour}:{minute}:{'59' if leap else second}.{'999999' if leap else micro}"
    try:
        return datetime.fromisoformat(text + ("+00:00" if zone in "Zz" else zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def version(text: str) -> datetime | None:
    """The version that a STIX timestamp names; None where it is none."""
    return moment(text) if _VERSION.fullmatch(text) else None
