"""``hueandcry picture estimate``: multiple-systems estimation on any table, without a database."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hueandcry.project.commands.no_table import NoTable

if TYPE_CHECKING:
    from hueandcry.picture.mse.estimate import Estimate


@click.command()
@click.argument("table", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**63), help="Of the bootstrap.")
@click.option(
    "--bootstrap", "replicates", metavar="N", default=400, show_default=True, type=click.IntRange(20, 20_000),
    help="Replicates; fewer are drawn where the lists are many.",
)  # fmt: skip
@click.option(
    "--feeds", "feeds", metavar="GIVER:RECEIVER", multiple=True, help="A list that passes what it knows to another."
)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def estimate(table: Path, seed: int, replicates: int, feeds: tuple[str, ...], as_json: bool) -> None:
    """Estimate how many there are from a TABLE of overlapping lists, or say why that cannot be done.

    TABLE is CSV or JSON with a column of 0 and 1 per list, and a column count, freq or frequency; without one each row
    is one individual. "-" reads from standard input. Nothing is kept and no database is asked. A refusal is an answer
    too; the command ends with 2 only where the file is no such table.
    """
    # Thousands of small systems of equations: threads within one cost more than they give, above all on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from hueandcry.picture.mse.estimate import estimate as estimated
    from hueandcry.picture.mse.table import MAX_BYTES, BadTable, read

    try:
        with click.open_file(str(table), "rb") as opened:
            held = read(opened.read(MAX_BYTES + 1))
        if not held.observed:
            raise BadTable("nobody is on any list")
        pairs = [_pair(feed, held.lists) for feed in feeds]
    except BadTable as error:
        raise NoTable(f"{table}: {error}") from error
    except OSError as error:
        raise NoTable(f"{table}: {error.strerror or error}") from error
    found = estimated(held, seed=seed, replicates=replicates, feeds=pairs)
    click.echo(json.dumps(found.to_json(), ensure_ascii=False, allow_nan=False) if as_json else _words(found))


def _pair(feed: str, lists: tuple[str, ...]) -> tuple[str, str]:
    giver, colon, receiver = feed.partition(":")
    for name in (giver, receiver):
        if not colon or name not in lists:
            raise click.UsageError(f"--feeds takes two of the lists as GIVER:RECEIVER; {feed!r} is not")
    return giver, receiver


def _words(found: Estimate) -> str:
    lines = [f"{found.observed:,} told of by {len(found.lists)} lists: {', '.join(found.lists)}.", *found.notes]
    if found.refused or found.estimate is None or found.low is None or found.high is None:
        lines.append(f"No estimate. {found.reason}")
    else:
        lines.append(f"Estimate: {found.estimate:,.0f} in all, between {found.low:,.0f} and {found.high:,.0f} (95 %).")
    lines.append(f"At least {found.lower_bound:,.0f}.")
    if found.models:
        lines += ["", f"{'weight':>6}  {'estimate':>11}  {'95 % from':>11}  {'to':>11}  {'BIC':>8}  model"]
    for told in found.models:
        weight = f"{told.weight:.3f}" if told.method == "log-linear" else ""
        low, high = (_number(value) for value in (told.low, told.high))
        bic = "" if told.bic is None else f"{told.bic:.1f}"
        lines.append(
            f"{weight:>6}  {_number(told.estimate):>11}  {low:>11}  {high:>11}  {bic:>8}  {told.method}: {told.model}"
        )
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value < 1e9 else f"{value:.2e}"
