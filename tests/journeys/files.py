"""Files that members send in these journeys: MISP events made here, and the real ones where they are."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

REAL = Path(__file__).resolve().parents[3] / "shared/data/misp"
REAL_EVENTS = ("misp-turla-comrat-v4-event.json", "misp-turla-powershell-event.json")
BROKEN = b'{"Event": {"info": "cut in the middle", "Attribute": [{"type": "domain", "value":'


def misp_event(info: str, values: Sequence[tuple[str, str]], *, day: str = "2026-10-02") -> bytes:
    """A MISP event with these values (type, value) as attributes; every call makes another one."""
    attributes = [
        {"uuid": str(uuid.uuid4()), "type": kind, "category": "Network activity", "value": value, "to_ids": True}
        for kind, value in values
    ]
    event = {"uuid": str(uuid.uuid4()), "info": info, "date": day, "threat_level_id": "1", "analysis": "2"}
    return json.dumps({"Event": event | {"Attribute": attributes}}).encode()


def fresh_values(count: int = 3) -> list[tuple[str, str]]:
    """Values that nobody has reported: hashes of a program, and the address it called."""
    made = [("sha256", uuid.uuid4().hex * 2) for _ in range(count - 1)]
    return [*made, ("domain", f"collect-{uuid.uuid4().hex[:12]}.com")]


def event_in(raw: bytes) -> dict[str, Any]:
    """The event of a file: bare, or as a MISP server answers."""
    whole = json.loads(raw)
    event: dict[str, Any] = (whole if "Event" in whole else whole["response"][0])["Event"]
    return event


def values_of(raw: bytes) -> list[tuple[str, str]]:
    """The attributes of a MISP event, as (type, value)."""
    inner = event_in(raw)
    found = [*inner.get("Attribute", []), *(a for o in inner.get("Object", []) for a in o["Attribute"])]
    return [(a["type"], a["value"]) for a in found]


def real_events() -> list[object]:
    """Parameters for tests on real files; each is skipped by name where it is not."""
    return [
        pytest.param(
            REAL / name,
            id=name,
            marks=pytest.mark.skipif(not (REAL / name).exists(), reason=f"no ../shared/data/misp/{name}"),
        )
        for name in REAL_EVENTS
    ]
