"""Values that mean little: MISP warning lists."""

from __future__ import annotations


def listed(type: str, value: str) -> tuple[str, ...]:  # noqa: A002
    """Names of the warning lists that hold the canonical ``value``."""
    return ()


def weight(type: str, value: str) -> float:  # noqa: A002
    """How telling a shared value is, 0 to 1: its type's weight, lowered where a warning list holds it."""
    return 0.0
