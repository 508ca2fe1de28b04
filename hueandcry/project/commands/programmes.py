"""``hueandcry programmes``: which programmes are funded, and IATI files; on any file, without a database."""

from __future__ import annotations

import click

from hueandcry.project.commands.programmes_allocate import allocate
from hueandcry.project.commands.programmes_iati import iati


@click.group()
def programmes() -> None:
    """Programmes and their money."""


# Subcommands stand in files of their own (programmes_<noun>.py); each is registered by one line here.
programmes.add_command(allocate)
programmes.add_command(iati)
