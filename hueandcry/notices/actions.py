"""Writes of this desk."""


def call_due() -> None:
    """Not there yet."""


def mail_due() -> None:
    """Not there yet."""
