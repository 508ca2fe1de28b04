"""``hueandcry programmes allocate``: what is funded out of which funds, from a file, without a database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hueandcry.project.commands.no_table import NoTable

if TYPE_CHECKING:
    from hueandcry.programmes.allocation.choice import Choice
    from hueandcry.programmes.allocation.model import Portfolio

LARGEST = 50_000_000  # bytes


@click.command()
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.1, 3_600), help="For the choice.")
@click.option("--more", metavar="AMOUNT", default=10_000_000, show_default=True, type=click.IntRange(1, 10**13),
              help="What so much more in each fund would buy, in the currency's smallest unit.")  # fmt: skip
@click.option(
    "--explain/--no-explain", default=True, show_default=True, help="Why not, what more buys, what rules cost."
)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def allocate(file: Path, seconds: float, more: int, explain: bool, as_json: bool) -> None:
    """Choose what is funded from FILE (JSON): the greatest reduction of gaps, weighted by need and priority.

    Funds pay only what they may; floors, caps, capacities and what builds on what are kept. "-" reads from standard
    input. Nothing is kept and no database is asked.
    """
    from hueandcry.programmes.allocation import model
    from hueandcry.programmes.allocation.choice import choose

    try:
        with click.open_file(str(file), "rb") as opened:
            content = opened.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise NoTable(f"{file}: more than {LARGEST:,} bytes")
        portfolio = model.read(content)
    except model.BadPortfolio as error:
        raise NoTable(f"{file}: {error}") from error
    except OSError as error:
        raise NoTable(f"{file}: {error.strerror or error}") from error
    choice = choose(portfolio, seconds=seconds)
    if not choice.found:
        raise click.ClickException("time was up before any choice was found: give more --seconds")
    told = _told(portfolio, choice, more if explain else 0)
    click.echo(json.dumps(told, ensure_ascii=False, allow_nan=False) if as_json else _words(told))


def _told(portfolio: Portfolio, choice: Choice, more: int) -> dict[str, Any]:
    from hueandcry.programmes.allocation import reasons
    from hueandcry.programmes.allocation.model import EXACT

    told: dict[str, Any] = {
        "worth": choice.worth / EXACT,
        "proven": choice.proven,
        "at_most": choice.bound / EXACT,
        "spent": choice.spent,
        "short": dict(choice.short),
        "funded": [
            {"programme": p, "component": c, "paid": dict(paid)} for (p, c), paid in sorted(choice.paid.items())
        ],
        "left": [asdict(each) for each in reasons.leftovers(portfolio, choice)],
    }
    if more:
        told["not_funded"] = [asdict(each) for each in reasons.refused(portfolio, choice)]
        told["more"] = {"amount": more, "buys": [asdict(c) for c in reasons.more_money(portfolio, choice, more)]}
        told["restrictions"] = [asdict(each) for each in reasons.without(portfolio, choice)]
        for each in (*told["more"]["buys"], *told["restrictions"]):
            each["worth"] /= EXACT
        for each in told["not_funded"]:
            each["loses"] = None if each["loses"] is None else each["loses"] / EXACT
    return told


def _words(told: dict[str, Any]) -> str:
    sure = (
        "no choice is better" if told["proven"] else f"time was up; no choice is worth more than {told['at_most']:.3f}"
    )
    lines = [f"Worth {told['worth']:.3f} weighted stages for {told['spent']:,}: {sure}."]
    lines += [f"Short of floor {key}: {value:,}" for key, value in told["short"].items()]
    programmes: dict[str, list[str]] = {}
    for each in told["funded"]:
        paid = ", ".join(f"{fund} {value:,}" for fund, value in each["paid"].items()) or "free"
        programmes.setdefault(each["programme"], []).append(f"  {each['component']}: {paid}")
    for key, parts in programmes.items():
        lines += [f"Funded: {key}", *parts]
    for each in told.get("not_funded", []):
        more = f" ({', '.join(each['restrictions'])})" if each["restrictions"] else ""
        loses = f"; with it the rest is worth {each['loses']:.3f} less" if each["loses"] is not None else ""
        lines.append(f"Not funded: {each['programme']}: {each['why']}{more}{loses}")
    lines += [f"Left in {each['fund']}: {each['left']:,}: {each['why']}" for each in told["left"]]
    for each in told.get("more", {}).get("buys", []):
        gained = f"{each['worth']:+.3f}" if each["proven"] else f"{each['worth']:+.3f} or more"
        lines.append(f"{told['more']['amount']:,} more in {each['what']}: {gained}{_moved(each)}")
    lines += [f"Without {each['what']}: {each['worth']:+.3f}{_moved(each)}" for each in told.get("restrictions", [])]
    return "\n".join(lines)


def _moved(change: dict[str, Any]) -> str:
    comes = f"; comes: {', '.join(change['comes'])}" if change["comes"] else ""
    return comes + (f"; goes: {', '.join(change['goes'])}" if change["goes"] else "")
