"""The trust bundle as this node hands it out: made anew when what it says has changed, or half of its time is over."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection

from hueandcry.academy.credentials import bundles, trust
from hueandcry.members.viewer import ANYONE, viewer

KEPT = int(bundles.HOLDS.total_seconds() / 2)  # seconds


def bundle_now() -> bytes:
    """The bundle's file. Opens a viewer of its own."""
    key = f"academy-bundle-{_state()}"
    held: bytes | None = cache.get(key)
    if held is None:
        held = trust.written(bundles.current(datetime.now(UTC)))
        cache.set(key, held, KEPT)
    return held


def _state() -> str:
    """What the bundle depends on, in short: keys, accreditations, what is revoked."""
    with viewer(ANYONE), connection.cursor() as cursor:
        cursor.execute("SELECT did, state, ended_at, name FROM hueandcry_signing_keys()")
        rows: list[object] = cursor.fetchall()
        cursor.execute("SELECT * FROM hueandcry_trust_state() ORDER BY 1, 2, 3")
        rows += cursor.fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()
