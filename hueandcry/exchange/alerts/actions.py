"""Writes of this part."""


def look_due() -> None:
    """Not there yet."""
