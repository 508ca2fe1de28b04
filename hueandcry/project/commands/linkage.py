"""``hueandcry linkage``: match a table of somebody's own; rebuild the crimes of this installation."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from hueandcry.project.installation import installation

if TYPE_CHECKING:
    import pyarrow as pa

    from hueandcry.linkage.matching.settings import Settings
    from hueandcry.linkage.matching.tables import Found


class Refused(click.ClickException):
    """What was asked cannot be done as asked; one line says why."""

    exit_code = 2


@click.group()
def linkage() -> None:
    """Which records tell of one thing."""


@linkage.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--settings", "named", default="people", metavar="SETTINGS", help="people, reports, or a settings file.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="Pairs, as Parquet.")
@click.option("--clusters", type=click.Path(path_type=Path, dir_okay=False), help="Each id's cluster, as Parquet.")
@click.option("--id", "unique_id", metavar="COLUMN", help="The column that names each record.")
@click.option("--threshold", type=float, metavar="BITS", help="Match weight from which on a pair is claimed.")
@click.option("--memory", type=click.IntRange(min=256), default=2048, metavar="MIB", help="Memory to use at most.")
@click.option("--json", "as_json", is_flag=True, help="The counts as one JSON object.")
@click.option("--explain", is_flag=True, help="Show what was compared and how much each likeness weighs.")
def match(
    file: Path, named: str, out: Path, clusters: Path | None, unique_id: str | None, threshold: float | None,
    memory: int, as_json: bool, explain: bool,
) -> None:  # fmt: skip
    """Find which records of FILE (CSV or Parquet) are the same, and write the pairs.

    Works on the file alone: no database, no network, and no column that looks like an answer (cluster, label).
    """
    from hueandcry.linkage.matching.engine import Duck
    from hueandcry.linkage.matching.estimate import Failed
    from hueandcry.linkage.matching.settings import Unsound
    from hueandcry.linkage.matching.tables import Unusable, read, writable, write
    from hueandcry.linkage.matching.tables import match as matched

    started = time.monotonic()
    if threshold is not None and not math.isfinite(threshold):
        raise Refused("--threshold must be a number of bits.")
    try:
        writable(file, out, clusters)
        settings = _settings(named)
        table = _reports(read(file)) if named == "reports" else read(file)
        found = matched(table, settings, unique_id=unique_id, threshold=threshold, engine=Duck(memory_mib=memory))
        write(found, out, clusters)
    except (Unusable, Unsound, Failed) as error:
        told = " ".join(str(error).split())
        placed = isinstance(error, Unsound) or any(str(path) in told for path in (file, out, clusters) if path)
        raise Refused(told if placed else f"{file}: {told}") from error
    _tell(found, time.monotonic() - started, out, as_json=as_json, explain=explain)


def _reports(table: pa.Table) -> pa.Table:
    """Facts made ready for comparing, as the nightly run does."""
    import duckdb

    from hueandcry.linkage.matching.prepared import prepare
    from hueandcry.linkage.matching.tables import Unusable

    try:
        return prepare(table)
    except duckdb.Error as error:
        told = str(error).splitlines()[0]
        raise Unusable(f"This is no table of facts, as `hueandcry lake export` writes them: {told}") from error


def _settings(named: str) -> str | Settings:
    """``people`` adapts to the table; ``reports`` is ours; anything else is a file."""
    from hueandcry.linkage.matching.files import settings_from

    if named == "people":
        return named
    if named == "reports":
        from hueandcry.linkage.matching.reports import SETTINGS

        return SETTINGS
    return settings_from(Path(named))


def _tell(found: Found, seconds: float, out: Path, *, as_json: bool, explain: bool) -> None:
    from hueandcry.linkage.matching.model import probability

    counts = {
        "records": found.records,
        "pairs": found.pairs.num_rows,
        "clusters": found.groups,
        "threshold": found.settings.threshold,
        "threshold_probability": probability(found.settings.threshold),
        "seconds": round(seconds, 2),
        "settings": found.settings.name,
        "columns": found.traits,
        "out": str(out),
    }
    if as_json:
        click.echo(json.dumps(counts, ensure_ascii=False))
        return
    click.echo(
        f"{found.records:,} records: {found.pairs.num_rows:,} pairs are the same, in {found.groups:,} clusters "
        f"({seconds:.1f} s). They are in {out}."
    )
    for trait, held in found.traits.items():
        click.echo(f"  compared: {trait} ({held})")
    if explain:
        Console().print(_weights(found))


def _weights(found: Found) -> Table:
    """The model as a table."""
    table = Table("What", "Likeness", "among matches", "among others", "bits")
    for what, level, m, u, weight in found.model.rows(found.settings):
        shares = [f"{share:.3g}" if share is not None else "" for share in (m, u)]
        table.add_row(what, level, *shares, f"{weight:+.1f}")
    return table


@linkage.command()
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="What computes pairs.")
@click.option("--master", metavar="URL", help="With spark: the cluster, as spark://host:7077 (default: this machine).")
@click.option(
    "--lake", type=click.Path(path_type=Path, file_okay=False), help="With spark: a folder all machines share."
)
@click.option("--driver", metavar="ADDRESS", help="With spark: by which address the cluster reaches this machine.")
@click.option("--json", "as_json", is_flag=True)
def rebuild(engine: str, master: str | None, lake: Path | None, driver: str | None, as_json: bool) -> None:
    """Estimate all crimes and operations anew, as each night. Judgements bind; what did not change is not written."""
    if engine == "duckdb" and (master or lake or driver):
        raise click.UsageError("--master, --lake and --driver go with --engine spark.")
    given = {"HUEANDCRY_SPARK": master, "HUEANDCRY_LAKE": lake and lake.resolve(), "HUEANDCRY_SPARK_DRIVER": driver}
    os.environ.update({name: str(value) for name, value in given.items() if value})
    with installation() as folder:
        os.environ.setdefault("HUEANDCRY_LAKE", str(folder / "lake"))
        from hueandcry.linkage import runs
        from hueandcry.linkage.crimes.rebuild import rebuild as crimes
        from hueandcry.linkage.matching.estimate import Failed
        from hueandcry.linkage.operations.rebuild import rebuild as operations

        try:
            done = [crimes(engine=engine), operations()]
        except (Failed, runs.Busy) as error:
            raise Refused(" ".join(str(error).split())) from error
        told = [{"kind": run.kind, "engine": run.engine} | run.figures for run in done]
    for one in told:
        click.echo(json.dumps(one) if as_json else f"{one['kind']}: " + _figures(one))


def _figures(told: dict[str, object]) -> str:
    return ", ".join(f"{key} {value:,}" for key, value in told.items() if isinstance(value, int) and value)
