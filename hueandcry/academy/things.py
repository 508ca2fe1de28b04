"""What this desk lets others link to. Each is found by its reference under row-level security."""

from __future__ import annotations


def register() -> None:
    """Make this desk's things known; called when Django is ready."""
