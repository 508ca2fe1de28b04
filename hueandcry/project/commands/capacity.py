"""``hueandcry capacity``: what each country needs, and what comes first; on any table, without a database."""

from __future__ import annotations

import click

from hueandcry.project.commands.capacity_index import index
from hueandcry.project.commands.capacity_priorities import priorities


@click.group()
def capacity() -> None:
    """Needs of countries, and common priorities."""


# Subcommands stand in files of their own (capacity_<noun>.py); each is registered by one line here.
capacity.add_command(index)
capacity.add_command(priorities)
