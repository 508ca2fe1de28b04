"""``hueandcry picture load``: exchange rates and denominators out of files that the operator has."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.installation import installation


class NotTaken(click.ClickException):
    """A file that was not taken; each problem stands on a line of its own."""

    exit_code = 2


@click.command()
@click.argument("kind", type=click.Choice(["rates", "denominators"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--source", default="", help="Whose figures these are, where the file does not show it.")
@click.option("--dry-run", is_flag=True, help="Say what would become of the file, and keep nothing.")
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--json", "as_json", is_flag=True, help="What became of the file as one JSON object.")
def load(kind: str, file: Path, source: str, dry_run: bool, email: str | None, as_json: bool) -> None:
    """Load exchange rates, or inhabitants and enterprises of countries, from a CSV FILE (or a ZIP with one in it).

    Rates: the European Central Bank's eurofxref-hist.csv, SDMX-CSV of the bank or Eurostat, or columns currency, day,
    per_euro, source. Denominators: SDMX-CSV of Eurostat (demo_pjan, sbs_sc_ovw), or columns kind, country, year,
    value, sector, size, source. A file is taken whole or not at all; loading it again changes nothing. Ends with 2
    where a file is not taken, and says which row and column.
    """
    with installation():
        from hueandcry.members.actions import Refused
        from hueandcry.picture.reference import actions
        from hueandcry.picture.reference.csv_file import BadFile

        try:
            done = actions.load(
                by=viewer_named(email), kind=kind, raw=file.read_bytes(), source=source, dry_run=dry_run
            )
        except BadFile as error:
            raise NotTaken("\n  ".join([f"{file}: nothing of it was taken.", *error.problems])) from error
        except Refused as error:
            raise click.ClickException(error.reason) from error
    if as_json:
        click.echo(json.dumps(asdict(done), ensure_ascii=False))
        return
    would = "would be " if dry_run else ""
    click.echo(
        f"{file}: {done.read:,} {kind} from {done.first} to {done.last}; {done.new:,} {would}new,"
        f" {done.changed:,} {would}changed, {done.same:,} the same as before."
    )
    for reason, count in sorted(done.passed.items()):
        click.echo(f"  passed over: {count:,} ({reason})")
