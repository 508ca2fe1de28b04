"""``hueandcry lake``: what linkage compares, as Parquet, for engines beside the database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.installation import installation


@click.group()
def lake() -> None:
    """Parquet files for engines that work beside the database."""


@lake.command("export")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder (default: lake in the data folder)."
)
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--json", "as_json", is_flag=True)
def export_(out: Path | None, email: str | None, as_json: bool) -> None:
    """Write facts, judgements and crimes as they are at this moment.

    The files cross audiences as the linker does: keep the folder to those who run the installation.
    """
    with installation() as data:
        from hueandcry.linkage import lake as files

        folder = out or data / "lake"
        try:
            held = files.export(viewer_named(email), folder)
        except OSError as error:
            raise click.ClickException(f"{folder} could not be written: {error.strerror or error}") from error
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "tables": {name: vars(one) for name, one in held.items()}}))
        return
    for name, one in held.items():
        click.echo(f"{name}: {one.rows:,} rows in {folder / one.file}")
