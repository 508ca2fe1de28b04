"""``hueandcry capacity index``: a composite index with rank intervals on any table, without a database."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hueandcry.project.commands.no_table import NoTable

if TYPE_CHECKING:
    from hueandcry.capacity.index.computed import Computed


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("meta", type=click.Path(path_type=Path))
@click.option(
    "--normalise", type=click.Choice(["minmax", "zscore", "rank", "goalposts"]), default="minmax", show_default=True
)
@click.option("--aggregate", type=click.Choice(["arithmetic", "geometric"]), default="arithmetic", show_default=True)
@click.option(
    "--missing", type=click.Choice(["exclude", "mean"]), default="exclude", show_default=True,
    help="Leave what is unknown out of a group's mean, or take the indicator's mean for it. It is never nought.",
)  # fmt: skip
@click.option("--treat/--no-treat", default=True, show_default=True, help="Treat outliers (winsorise, else logarithm).")
@click.option(
    "--draws", default=10_000, show_default=True, type=click.IntRange(100, 200_000), help="Of the Monte Carlo."
)
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0, 2**31))
@click.option(
    "--top",
    metavar="K",
    default=10,
    show_default=True,
    type=click.IntRange(1, 1_000),
    help="Most in need: the first K ...",
)
@click.option(
    "--share", default=0.9, show_default=True, type=click.FloatRange(0.5, 1), help="... in this share of draws."
)
@click.option("--json", "as_json", is_flag=True, help="The answer as one JSON object.")
def index(data: Path, meta: Path, as_json: bool, **chosen: Any) -> None:
    """Compute a composite index of need from DATA and META, two CSV files as the R package COINr lays them out.

    DATA: uCode, uName and a column for each indicator. META: iCode, Type, Parent, Direction, Weight, Denominator. The
    lowest score is the greatest need; ranks have intervals over weights, methods and missing data.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")
    from hueandcry.capacity.index.computed import Choices, computed, told
    from hueandcry.capacity.index.definition import BadIndexError
    from hueandcry.capacity.index.table import read

    try:
        definition, table = read(data.read_bytes(), meta.read_bytes())
        made = computed(definition, table, Choices(**chosen))
    except BadIndexError as error:
        raise NoTable(str(error)) from error
    except OSError as error:
        raise NoTable(f"{error.filename}: {error.strerror}") from error
    click.echo(json.dumps(told(made), ensure_ascii=False, allow_nan=False) if as_json else _words(made))


def _words(made: Computed) -> str:
    from hueandcry.capacity.index.computed import told

    read = told(made)
    lines = [f"{'need':>5} {'90 % of draws':>14} {'in top':>7} {'score':>7}  unit"]
    for each in read["units"]:
        if each["score"] is None:
            lines.append(f"{'–':>5} {'':>14} {'':>7} {'':>7}  {each['name']}: too little is known")
            continue
        low, high = each["rank_interval"]
        mark = "  most in need" if each["most_in_need"] else ""
        lines.append(
            f"{each['need_rank']:>5.0f} {f'{low:.0f} to {high:.0f}':>14} {each['share_in_top']:>7.0%}"
            f" {each['score']:>7.2f}  {each['name']}{mark}"
        )
    refused = [f"{each['code']} ({each['refused']})" for each in read["indicators"] if each["refused"]]
    done = [f"{each['code']} ({each['treatment']})" for each in read["indicators"] if each["treatment"] != "none"]
    lines.append(f"Not used: {', '.join(refused) or 'none'}. Treated: {', '.join(done) or 'none'}.")
    return "\n".join(lines)
