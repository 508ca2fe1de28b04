"""Writes of this part."""


def publish_due() -> None:
    """Not there yet."""
