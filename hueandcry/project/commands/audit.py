"""``hueandcry audit``: the record, checked."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from hueandcry.project.installation import installation


@click.group()
def audit() -> None:
    """The audit record."""


@audit.command()
@click.option("--json", "as_json", is_flag=True)
def verify(as_json: bool) -> int:
    """Walk the chain over the record and compare it with the heads kept outside the database.

    Ends with 0 where the record is sound and 1 where it is not; each fault is named.
    """
    from hueandcry.audit import chain

    with installation() as folder:
        chain.seal(folder)
        verdict = chain.verify(folder)
    if as_json:
        click.echo(json.dumps(asdict(verdict) | {"sound": not verdict.faults}))
    else:
        click.echo(f"{verdict.sealed:,} acts sealed, {verdict.unsealed:,} not yet, {verdict.heads:,} heads outside.")
        for fault in verdict.faults:
            click.echo(f"  {fault}")
        click.echo("The record is sound." if not verdict.faults else "The record is NOT sound.")
    return 1 if verdict.faults else 0
