"""Writes of this part."""


def read_due() -> None:
    """Not there yet."""
