"""``hueandcry psi``: a blind match with another node, by files that are sent in any way."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from hueandcry.project.commands.exchange import viewer_named
from hueandcry.project.installation import installation


@click.group()
def psi() -> None:
    """Blind match: which values two nodes share, without showing the rest (needs hueandcry[psi])."""


@psi.command()
@click.argument("values", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--output", required=True, type=click.Path(path_type=Path), help="The request, to send to the other side."
)
@click.option(
    "--secret", required=True, type=click.Path(path_type=Path), help="What to keep until the answer is there."
)
@click.option("--mode", type=click.Choice(["cardinality", "elements"]), default="cardinality", show_default=True)
def request(values: Path, output: Path, secret: Path, mode: str) -> None:
    """Ask about the VALUES of a file, one a line."""
    from hueandcry.exchange.hits import blind_match
    from hueandcry.exchange.hits import values as reading

    asked = reading.asked(reading.lines(reading.decoded(values.read_bytes())))
    for line, text, _reason in asked.unread:
        click.echo(f"line {line} is no value and is left out: {text}", err=True)
    try:
        made, kept = blind_match.request(asked.values, mode=mode)
    except blind_match.BlindMatchError as error:
        raise click.ClickException(str(error)) from error
    output.write_bytes(made)
    with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(kept)
    click.echo(f"{len(asked.values):,} values asked about, {mode}. Send {output}; keep {secret} to yourself.")


@psi.command()
@click.argument("asked", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="The answer, to send back.")
@click.option("--as", "email", metavar="EMAIL", required=True, help="Whose organisation's values it is answered over.")
@click.option("--purpose", type=click.Choice(["investigation", "prevention"]), required=True)
def answer(asked: Path, output: Path, email: str, purpose: str) -> None:
    """Answer the request ASKED over the values of one's own reports that let themselves be found."""
    with installation():
        from hueandcry.exchange.actions import Refused
        from hueandcry.exchange.hits import actions_match
        from hueandcry.exchange.hits.blind_match import BlindMatchError

        try:
            made = actions_match.answer(by=viewer_named(email), raw=asked.read_bytes(), purpose=purpose)
        except Refused as error:
            raise click.ClickException(error.reason) from error
        except BlindMatchError as error:
            raise click.ClickException(str(error)) from error
    output.write_bytes(made)
    click.echo(f"Answered. Send {output} back.")


@psi.command()
@click.argument("answered", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--secret", required=True, type=click.Path(path_type=Path, exists=True), help="What `request` kept.")
@click.option("--json", "as_json", is_flag=True)
def finish(answered: Path, secret: Path, as_json: bool) -> None:
    """Say what the answer ANSWERED means."""
    from hueandcry.exchange.hits import blind_match

    try:
        outcome = blind_match.finish(answered.read_bytes(), secret.read_bytes())
    except blind_match.BlindMatchError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        told = None if outcome.values is None else [{"type": t, "value": v} for t, v in outcome.values]
        click.echo(json.dumps({"count": outcome.count, "values": told}))
        return
    click.echo(f"The other side holds {outcome.count:,} of the values.")
    for type_, value in outcome.values or ():
        click.echo(f"  {type_} {value}")
