"""``hueandcry demo``: fills the data folder with the demonstration alliance."""

from __future__ import annotations

import click


@click.command()
@click.option("--json", "as_json", is_flag=True)
def demo(as_json: bool) -> None:
    """Fill the data folder with the demonstration alliance."""
