"""What day it is: one clock for pages, forms and rules. In UTC, as everything is that is compared with it."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """The day now."""
    return datetime.now(UTC).date()
