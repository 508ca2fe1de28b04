"""Writes of this part."""


def run_due() -> None:
    """Not there yet."""
