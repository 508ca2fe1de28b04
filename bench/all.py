"""Every benchmark, one after the other, on one machine in one go: what each printed, and how long it took.

    .venv/bin/python -m bench.all [--only scale truth NAME ...] [--out FOLDER] [--list]

``scale`` measures seconds, bytes and memory, and wants a machine that does nothing else (about half an hour); ``truth``
measures how right answers are, which does not hang on load (about two hours; simulations at a third of the worlds that
docs/picture-estimates.md and docs/picture-trends.md report, unless --whole). What one prints goes to FOLDER/NAME.txt. A
benchmark that fails does not stop the others; the command then ends with 1.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

SCALE: Final = "scale"
TRUTH: Final = "truth"
# Kind, name, what follows `python -m bench.`; then the words that make it as long as the documents report.
RUNS: Final[tuple[tuple[str, str, str, str], ...]] = (
    (SCALE, "audit", "audit", ""),
    (SCALE, "ingest", "ingest 10000 100000 1000000", ""),
    (SCALE, "taxii", "taxii 10000 100000 1000000", ""),
    (SCALE, "neighbours", "neighbours 1000000", ""),
    (SCALE, "linkage", "linkage 1000000", ""),
    (SCALE, "operations", "operations 1000000 10000000", ""),
    (SCALE, "picture", "picture 100000 1000000", ""),
    (SCALE, "pages", "pages demo", ""),
    (SCALE, "federation", "federation 100000 10", ""),
    (SCALE, "register", "register 100000", ""),
    (SCALE, "needs", "needs", ""),
    (SCALE, "clearing", "clearing", ""),
    (SCALE, "spark", "spark", ""),
    (TRUTH, "people", "truth_people", ""),
    (TRUTH, "crimes", "truth_linkage --seeds 2", ""),
    (TRUTH, "operations-truth", "truth_operations 1 2", ""),
    (TRUTH, "review", "truth_review", ""),
    (TRUTH, "disclosure", "truth_disclosure --worlds 1", "--worlds 3"),
    (TRUTH, "trends", "truth_trends --series 40", "--series 100"),
    (TRUTH, "published", "truth_picture --only published", ""),
    (TRUTH, "estimates", "truth_picture --only worlds --worlds 40 --replicates 200", "--worlds 200"),
)


def main() -> int:
    """Run what was asked for. Gives the exit code."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--only", nargs="+", default=[SCALE, TRUTH], help="kinds or names")
    asked.add_argument("--out", type=Path)
    asked.add_argument("--whole", action="store_true", help="simulations as long as the documents report")
    asked.add_argument("--list", action="store_true", help="say the commands, run nothing")
    given = asked.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="hc-bench-", dir="/tmp"))
    failed = 0
    for kind, name, words, whole in RUNS:
        if not {kind, name} & set(given.only):
            continue
        command = ["-m", *f"bench.{words}".split(), *(whole.split() if given.whole else ())]
        if given.list:
            print("python", *command)
            continue
        failed += _run(name, command, out)
    return int(failed > 0)


def _run(name: str, command: list[str], out: Path) -> bool:
    """Whether it failed."""
    out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (out / f"{name}.txt").open("w", encoding="utf-8") as told:
        code = subprocess.run([sys.executable, *command], stdout=told, stderr=subprocess.STDOUT, check=False).returncode
    said = "done" if code == 0 else f"FAILED ({code})"
    print(f"{name:18} {time.monotonic() - began:7.0f} s  {said}  {told.name}", flush=True)
    return code != 0


if __name__ == "__main__":
    sys.exit(main())
