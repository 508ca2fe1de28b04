"""Sightings that MISP keeps with an attribute: when its value was met, told in the observation's two moments.

Source: MISP core format, Internet-Draft draft-dulaunoy-misp-core-format, section 2.8: type 0 is a sighting, 1 a false
positive, 2 an expiration.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

_TYPES = {"1": "false positives", "2": "expirations"}
MOST = 10_000  # sightings of one attribute that are looked at


def seen(
    attribute: dict[str, Any], first: datetime | None, last: datetime | None
) -> tuple[datetime | None, datetime | None, list[str]]:
    """Stretch an attribute's first and last moment to its sightings, and tell what could not be carried.

    A sighting alone gives both moments; false positives and expirations move neither.
    """
    listed = attribute.get("Sighting")
    entries = [one for one in listed[:MOST] if isinstance(one, dict)] if isinstance(listed, list) else []
    met = [when for one in entries if _kind(one) == "0" and (when := moment(one.get("date_sighting")))]
    if met:
        first = min([*([first] if first else []), *met])
        last = max([*([last] if last else []), *met])
    told = []
    for kind, name in _TYPES.items():
        count = sum(_kind(one) == kind for one in entries)
        if count:
            told.append(f"{count} {name} of this value, said in MISP's sightings")
    if len(met) > 1:
        told.append(f"{len(met)} sightings of this value: the first and the last moment are kept, and not who saw it")
    return first, last, told


def _kind(sighting: dict[str, Any]) -> str:
    return str(sighting.get("type") or "0")


def moment(value: object) -> datetime | None:
    """Read MISP's timestamps: seconds since 1970, as a number or as text; 0 stands for never."""
    try:
        seconds = int(str(value)[:20])
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
