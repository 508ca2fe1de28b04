"""How well tables of one's own are matched: two labelled lists, through the command, labels unread.

    python -m bench.truth_people

Prints F1, precision, recall, seconds and peak memory of each. Measures issue 4, truth, 1.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

DATA = Path(__file__).parents[2] / "shared" / "data" / "linkage"


@dataclass(frozen=True)
class Listed:
    """A labelled list: what its records' ids are called, who each is (SQL on the table), and the bar."""

    file: str
    id: str
    truth: str
    bar: float


LISTS = (
    Listed("febrl3.csv", "rec_id", "regexp_extract(rec_id, 'rec-([0-9]+)-', 1)", 0.998),
    Listed("historical_figures_with_errors_50k.parquet", "unique_id", '"cluster"', 0.85),
)


@dataclass(frozen=True)
class Result:
    """Measured on one list; ``at``: F1 of the pairs of at least this probability."""

    f1: float
    precision: float
    recall: float
    seconds: float
    peak_mib: float
    at: dict[float, float]


def measure(listed: Listed) -> Result:
    """Run the command on the list as somebody would, and hold its pairs against the truth."""
    source = DATA / listed.file
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "pairs.parquet"
        command = [sys.executable, "-c", "from hueandcry.project.cli import main; main()"]
        command += ["linkage", "match", str(source), "--settings", "people", "--out", str(out), "--json"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        said = json.loads(process.stdout.read())
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0
        found = pq.read_table(out)
    with duckdb.connect() as connection:
        connection.register("found", found)
        reader = "read_parquet" if source.suffix == ".parquet" else "read_csv"
        options = ", all_varchar = true" if reader == "read_csv" else ""
        connection.execute(
            f"CREATE TABLE truth AS SELECT trim({listed.id}) AS id, {listed.truth} AS thing FROM {reader}('{source}'{options})"
        )
        wanted = connection.execute(
            "SELECT sum(n * (n - 1) // 2) FROM (SELECT count(*) AS n FROM truth GROUP BY thing)"
        ).fetchall()[0][0]

        def held(least: float) -> tuple[float, float, float]:
            claimed, right = connection.execute(
                """SELECT count(*), count(*) FILTER (a.thing = b.thing) FROM found f
                    JOIN truth a ON a.id = f.id_l JOIN truth b ON b.id = f.id_r WHERE match_probability >= ?""",
                [least],
            ).fetchall()[0]
            return 2 * right / (claimed + wanted), right / claimed, right / wanted

        return Result(*held(0), said["seconds"], used.ru_maxrss / 1024, {least: held(least)[0] for least in (0.5, 0.9)})


def report(tell: Callable[[str], None]) -> bool:
    """Tell each list's figures; whether all bars are met (a list that is missing is told and not counted)."""
    met = True
    for listed in LISTS:
        if not (DATA / listed.file).is_file():
            tell(f"{listed.file}: missing at {DATA}")
            continue
        found = measure(listed)
        met = met and found.f1 >= listed.bar
        tell(
            f"{listed.file}: F1 {found.f1:.4f} (bar {listed.bar}), precision {found.precision:.4f}, recall {found.recall:.4f}; "
            f"F1 of pairs >= 0.5: {found.at[0.5]:.4f}, >= 0.9: {found.at[0.9]:.4f}; {found.seconds:.1f} s, {found.peak_mib:.0f} MiB"
        )
    return met


if __name__ == "__main__":
    sys.exit(0 if report(print) else 1)
