"""``hueandcry picture``: how much cybercrime there is, as far as it was reported and can be estimated."""

from __future__ import annotations

import click


@click.group()
def picture() -> None:
    """How much there is: reported, distinct, estimated."""


# Subcommands of others stand in files of their own (picture_<noun>.py); each is registered by one line here.
