"""``hueandcry picture``: how much cybercrime there is, as far as it was reported and can be estimated."""

from __future__ import annotations

import json

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.commands.picture_estimate import estimate
from hueandcry.project.commands.picture_load import load
from hueandcry.project.commands.picture_release import release, reproduce
from hueandcry.project.installation import installation


@click.group()
def picture() -> None:
    """How much there is: reported, distinct, estimated."""


@picture.command()
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--json", "as_json", is_flag=True, help="The freeze with its manifest as one JSON object.")
def freeze(email: str | None, as_json: bool) -> None:
    """Freeze what counts at this moment: all figures come from a freeze. One is taken each night by itself."""
    with installation():
        from hueandcry.picture.freezes import actions

        by = viewer_named(email)
        try:
            made = actions.take(by=by)
        except actions.Busy as error:
            raise click.ClickException(str(error)) from error
        told = {"freeze": made.pk, "sha256": made.sha256, "reason": made.reason, "manifest": made.manifest}
        if as_json:
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        out = ", ".join(f"{reason} {count:,}" for reason, count in made.manifest["left_out"].items()) or "nothing"
        click.echo(
            f"Freeze {made.pk}: {made.reports:,} reports tell of {made.crimes:,} crimes. Left out: {out}."
            f"\nSHA-256 of its manifest: {made.sha256}"
        )


# Subcommands of others stand in files of their own (picture_<noun>.py); each is registered by one line here.
picture.add_command(load)
picture.add_command(estimate)
picture.add_command(release)
picture.add_command(reproduce)
