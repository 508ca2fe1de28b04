"""``hueandcry demo``: fills the data folder with the demonstration alliance."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Literal, cast

import click
from rich.console import Console
from rich.progress import Progress

from hueandcry.project.folder import port
from hueandcry.project.installation import installation

Size = Literal["small", "demo", "large"]

SEED = 2026
UNTIL = date(2026, 11, 15)  # fixed, so that everybody's demonstration is the same


def _settle_tables() -> None:
    """After so many rows at once: what the planner knows, and what an index alone may answer, are up to date."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) exchange_report, exchange_object, exchange_observation, exchange_observable")


@click.command()
@click.option("--size", type=click.Choice(["small", "demo", "large"]), default="demo", show_default=True,
    help="About 600, 20,000 or 1,000,000 reports; the last is fifty times the default and takes hours.",
)  # fmt: skip
@click.option("--seed", default=SEED, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print `url` and `accounts` as JSON.")
def demo(size: str, seed: int, as_json: bool) -> None:
    """Fill the data folder with the demonstration alliance: about 20,000 reports, through the real intake.

    Safe to repeat: what is there already stays. `hueandcry up` serves it.
    """
    with installation() as folder:
        from hueandcry.project.commands.exchange import viewer_named
        from hueandcry.world import alliance

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("loading the demonstration alliance", total=None)
            accounts = alliance.load(
                folder, operator=viewer_named(None), seed=seed, size=cast(Size, size), until=UNTIL,
                told=lambda done, expected: bar.update(task, completed=done, total=max(done, expected)),
            )  # fmt: skip
        _settle_tables()
    url = f"http://127.0.0.1:{port()}/"
    if as_json:
        click.echo(json.dumps({"url": url, "accounts": [asdict(a) for a in accounts]}))
        return
    click.echo(f"The demonstration alliance is loaded. `hueandcry up` serves it at {url}; sign in as:")
    for account in accounts:
        click.echo(f"  {account.role:18} {account.email:44} {account.password:18} {account.organisation}")
