"""Writes of this part."""


def tell_due() -> None:
    """Not there yet."""
