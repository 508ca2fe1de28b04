"""Worlds whose truth is known, as linkage sees them: facts, and which crime and operation each report truly tells of.

    made = worlds.world(1)                   # the simulated world through the real intake: minutes the first time
    made = worlds.world(1, noise=2.0)        # with twice the errors and omissions
    made = worlds.second(1)                  # the second world, straight into facts: seconds

Facts come out of the tables by linkage's own statement, read as the linker reads them. Each world is made in a process
of its own with an installation of its own, and kept as Parquet under ``FOLDER``: by seed, size, noise and the sources of
world and facts, so that a change of these makes it anew (after a change of the intake, remove the folder).
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

UNTIL = date(2026, 11, 15)
ROOT = Path(__file__).parent.parent
SOURCES = ("hueandcry/world/**/*.py", "hueandcry/linkage/crimes/sql/facts.sql")
FOLDER = Path(
    os.environ.get("HUEANDCRY_WORLDS", "/var/lib/hueandcry-worlds" if os.geteuid() == 0 else tempfile.gettempdir())
)


@dataclass(frozen=True)
class Known:
    """``facts``: as in linkage_fact, by report. ``truth``: report, crime, operation ("" where nobody organised)."""

    facts: pa.Table
    truth: pa.Table


def world(seed: int, size: str = "demo", noise: float = 1.0) -> Known:
    """The simulated world of a seed, made where it is not kept."""
    folder = FOLDER / f"{size}-{seed}-{noise:g}-{_digest()}"
    if not (folder / "truth.parquet").exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "bench.worlds", str(seed), size, str(noise), str(folder)]
        subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return Known(pq.read_table(folder / "facts.parquet"), pq.read_table(folder / "truth.parquet"))


def second(seed: int, reports: int = 20_000, noise: float = 1.0) -> Known:
    """The second simulated world, which shares nothing with the first and on which nobody of linkage tuned."""
    from hueandcry.world import second as other

    made = other.generate(seed, reports, noise=noise)
    return Known(made.facts, made.truth)


def _digest() -> str:
    digest = hashlib.sha256()
    for source in SOURCES:
        for path in sorted(ROOT.glob(source)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _make(seed: int, size: str, noise: float, folder: Path) -> None:
    from bench.installation import scratch

    with scratch() as data:
        from hueandcry.linkage.crimes import facts
        from hueandcry.members.actions import OPERATOR_EMAIL
        from hueandcry.members.models import Person
        from hueandcry.members.viewer import identify
        from hueandcry.world import alliance

        operator = identify(Person.objects.values_list("pk", flat=True).get(email=OPERATOR_EMAIL))
        alliance.load(
            data, operator=operator, seed=seed, size=size, until=UNTIL, noise=noise, told=lambda _done, _all: None,
        )  # type: ignore[arg-type]  # fmt: skip
        facts.refresh_all()
        pq.write_table(_facts(), folder / "facts.parquet")
        pq.write_table(_truth(seed, size, noise), folder / "truth.parquet")


def _facts() -> pa.Table:
    from hueandcry.linkage.linker import snapshot

    with snapshot() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM linkage_fact ORDER BY report")
        return cursor.fetch_arrow_table()


def _truth(seed: int, size: str, noise: float) -> pa.Table:
    """By report. A row's key has its mapping's name before the case number that the truth names."""
    from django.db import connections

    from hueandcry.world import simulation

    lines = simulation.truth(simulation.generate(seed, size, UNTIL, noise))  # type: ignore[arg-type]
    known = {(line.reporter, line.key): line for line in lines}
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT r.id, o.slug, regexp_replace(r.key, '^row:[^:]*:', '') FROM exchange_report r"
            " JOIN members_organisation o ON o.id = r.organisation_id ORDER BY r.id"
        )
        found = [(report, known.get((slug, key))) for report, slug, key in cursor.fetchall()]
    told = [(report, line.crime, line.operation) for report, line in found if line is not None]
    return pa.table({name: [row[at] for row in told] for at, name in enumerate(("report", "crime", "operation"))})


if __name__ == "__main__":
    _make(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))
