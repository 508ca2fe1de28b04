"""``hueandcry misp``: a feed of MISP written into a folder, and one read from a folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from hueandcry.project.installation import installation

SOME_REFUSED, UNREADABLE = 3, 2


@click.group()
def misp() -> None:
    """MISP feeds in folders. Over the network they are at /misp/."""


@misp.command()
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
@click.option("--collection", default="everything", show_default=True, help="public, alliance, inbox, circle-NAME.")
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path, file_okay=False))
@click.option("--json", "as_json", is_flag=True)
def feed(email: str | None, collection: str, folder: Path, as_json: bool) -> None:
    """Write what a person may pass on to a MISP as a feed: manifest.json, hashes.csv and a file for each event."""
    with installation():
        from hueandcry.exchange.actions import Refused
        from hueandcry.exchange.misp_feed import files
        from hueandcry.project.commands.exchange import viewer_named

        try:
            done = files.write_feed(viewer_named(email), collection, folder)
        except (Refused, OSError) as error:
            raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(f"{folder}: {done.events:,} events, {done.changed:,} new or changed, {done.removed:,} removed")


@misp.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--as", "email", metavar="EMAIL", help="On whose behalf (default: the operator's organisation).")
def read(folder: Path, email: str | None) -> int:
    """Take in the events of a feed in FOLDER, as its manifest lists them; what came before is known and stays.

    Ends with 0 where all was taken, 3 where some was refused, 2 where the manifest itself could not be read.
    """
    with installation():
        from hueandcry.exchange import actions, receipts
        from hueandcry.exchange.misp_feed import reading
        from hueandcry.members.viewer import viewer
        from hueandcry.project.commands.exchange import viewer_named

        by = viewer_named(email)
        refused: list[str] = []
        totals = {"read": 0, "stored": 0, "known": 0, "refused": 0}
        fetch = reading.folder_fetch(folder)
        events = reading.read_feed(str(folder), fetch=fetch, seen={}, refused=lambda bad: refused.append(str(bad)))
        try:
            for key, _stamp, raw in events:
                got = actions.receive(by=by, raw=raw, filename=f"{key}.json", claimed="misp", at_once=True)
                with viewer(by):
                    receipt = receipts.receipt(by, got.submission)
                if receipt.state != "done":
                    refused.append(f"{folder}/{key}.json: {receipt.place} {receipt.reason}".strip())
                if not got.repeat:
                    totals = {name: count + getattr(receipt, name) for name, count in totals.items()}
        except reading.BadFeed as error:
            click.echo(f"hueandcry: {error}", err=True)
            return UNREADABLE
    click.echo(", ".join(f"{count:,} {name}" for name, count in totals.items()))
    for line in refused:
        click.echo(f"  refused: {line}")
    return SOME_REFUSED if refused or totals["refused"] else 0
