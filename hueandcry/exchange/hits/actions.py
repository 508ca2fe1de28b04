"""Writes of this part."""


def forget_due() -> None:
    """Not there yet."""
