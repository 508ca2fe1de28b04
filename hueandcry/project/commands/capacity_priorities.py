"""``hueandcry capacity priorities``: what chambers agree comes first, from a table of ballots, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hueandcry.project.commands.no_table import NoTable

if TYPE_CHECKING:
    from hueandcry.capacity.priorities.ballots import Ballots
    from hueandcry.capacity.priorities.chambers import Leaving, Result


@click.command()
@click.argument("ballots", type=click.Path(path_type=Path, allow_dash=True))
@click.option(
    "--top", metavar="N", default=5, show_default=True, type=click.IntRange(1, 200), help="How many come first."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31), help="Of the opinion groups.")
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def priorities(ballots: Path, top: int, seed: int, as_json: bool) -> None:
    """Say what the chambers agree comes first, from BALLOTS: a CSV with the columns voter, chamber, option and rank.

    Each chamber has one voice however many its voters. An empty rank means "not ranked", equal ranks are ties. "-"
    reads from standard input. Nothing is kept and no database is asked.
    """
    from hueandcry.capacity.priorities.ballots import LARGEST, BadBallotsError, read
    from hueandcry.capacity.priorities.chambers import agreed, leaving

    try:
        with click.open_file(str(ballots), "rb") as opened:
            held = read(opened.read(LARGEST + 1))
    except BadBallotsError as error:
        raise NoTable(f"{ballots}: {error}") from error
    except OSError as error:
        raise NoTable(f"{ballots}: {error.strerror or error}") from error
    found = agreed(held.ballots, len(held.options), seed=seed)
    gone = leaving(held.ballots, len(held.options), top=top, seed=seed)
    if as_json:
        click.echo(json.dumps(_told(held, found, gone, top), ensure_ascii=False, allow_nan=False))
    else:
        click.echo(_words(held, found, gone, top))


def _told(held: Ballots, found: Result, gone: list[Leaving], top: int) -> dict[str, Any]:
    def named(levels: Any) -> list[list[str]]:
        return [[held.options[option] for option in level] for level in levels]

    return {
        "order": named(found.levels),
        "top": sorted(held.options[option] for option in found.top(top)),
        "chambers": [
            {
                "chamber": each.name,
                "voted": each.voted,
                "order": named(each.order.levels),
                "places": dict(zip(held.options, found.places[each.name], strict=True)),
            }
            for each in found.chambers
        ],
        "consensus": dict(zip(held.options, map(float, found.opinions.consensus), strict=True))
        if found.opinions
        else {},
        "groups": found.opinions.number if found.opinions else 0,
        "dissent": [
            {"chamber": each.chamber, "option": held.options[each.option], "place": each.place}
            for each in found.dissent
        ],
        "sensitivity": [
            {
                "without": each.voter,
                "first_changes": each.first_changes,
                "came": [held.options[option] for option in each.came],
                "went": [held.options[option] for option in each.went],
            }
            for each in gone
        ],
    }


def _words(held: Ballots, found: Result, gone: list[Leaving], top: int) -> str:
    lines = [f"{len(held.ballots):,} ballots of {len(found.chambers)} chambers on {len(held.options)} options."]
    for number, level in enumerate(found.levels, start=1):
        said = " = ".join(held.options[option] for option in level)
        places = "; ".join(
            f"{each.name} {sum(found.places[each.name][o] for o in level) / len(level):.2f}" for each in found.chambers
        )
        lines.append(f"{number:>3}. {said}  ({places})")
    lines += [f"Dissent: {d.chamber} puts {held.options[d.option]} at {d.place:.2f} of 1." for d in found.dissent]
    lines.append(f"Without one voter the first {top} would be others in {len(gone)} of {len(held.ballots)} cases.")
    return "\n".join(lines)
