"""The picture at scale: a freeze, the page of figures with any filter, a release; seconds, MiB, and how they grow.

    uv run python -m bench.picture [100000 1000000] [--pages 200] [--no-release]

Bars, at 1,000,000 reports on two cores: a freeze in 30 s with reading and writing PostgreSQL, a release in 60 s, the
figures of a page in 200 ms at the 95th percentile with any filter. A page here is its fourteen tables with disclosure
control, by one to three filters drawn at random with the number, measure and time, each question new and no answer
kept; no HTML. Questions that single out a small group are refused after the same checks and told apart. Memory is the
most that this process had (the second figure: PostgreSQL, shared memory counted once). Durable settings. Each size is
measured in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from bench.installation import machine, scratch


def main(sizes: list[int], pages: int, release: bool) -> None:
    """Print the tables."""
    print(machine(), flush=True)
    apart = get_context("spawn")  # an installation is a process's for good
    found: list[dict[str, float]] = []
    for size in sizes:
        ours, theirs = apart.Pipe()
        one = apart.Process(target=measure, args=(size, pages, release, theirs))
        one.start()
        one.join()
        if one.exitcode:
            raise SystemExit(f"{size:,} reports: failed")
        found.append(ours.recv())
    print(f"\n{'':34}" + "".join(f"{size:>14,}" for size in sizes) + ("        growth" if len(sizes) > 1 else ""))
    for name in found[0]:
        values = [one[name] for one in found]
        grown = f"{values[-1] / values[0]:13.1f}x" if len(values) > 1 and values[0] else ""
        print(f"{name:34}" + "".join(f"{value:14,.1f}" for value in values) + grown)


def measure(size: int, pages: int, release: bool, told: Any) -> None:
    """Measure one size and send what was found."""
    with scratch() as folder:
        by = _fill(size)
        from bench.linkage import _Watch
        from hueandcry.picture.freezes import actions, reader

        found: dict[str, float] = {}
        with (watch := _Watch(folder)):
            own = time.process_time()
            found["freeze, s"], freeze = _timed(actions.take)
            found["freeze, CPU s here"] = time.process_time() - own
        found["freeze, MiB here"] = _peak()
        found["freeze, MiB PostgreSQL"] = watch.most
        bytes_ = sum(file["bytes"] for file in freeze.manifest["files"].values())
        found["Parquet, bytes a report"] = bytes_ / freeze.reports
        frozen = reader.of(freeze)
        found["opening, s (first use)"], _ = _timed(lambda: reader.opened(frozen))
        found["opening, s (file at hand)"], _ = _timed(lambda: (reader.forget(), reader.opened(frozen)))
        found["open, MiB more"] = _held() - _without(frozen)
        found |= _pages(by, frozen, pages)
        found["all, MiB here"] = _peak()
        if release:
            found["release, s"] = _release(by, freeze.pk)
        told.send(found)


def _fill(size: int) -> Any:
    from hueandcry.members import queries
    from hueandcry.members.actions import OPERATOR_EMAIL
    from hueandcry.members.viewer import identify

    person = queries.person_by_email(OPERATOR_EMAIL)
    assert person is not None
    by = identify(person.pk, channel="command line")
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bench.picture_filled", str(size), str(by.organisation), str(by.person)],
        check=True, env=os.environ | {"HUEANDCRY_OWNER": "1"}, cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    print(f"{size:,} reports filled in {time.perf_counter() - start:.0f} s", flush=True)
    return by


def _pages(by: Any, frozen: Any, pages: int) -> dict[str, float]:
    """Milliseconds of the figures of pages; answers are forgotten before each."""
    from hueandcry.members.viewer import viewer
    from hueandcry.picture import queries
    from hueandcry.picture.dashboard.answers import TABLES
    from hueandcry.picture.question import Question

    rng = random.Random(5)
    shown, refused, spent = [], [], []
    with viewer(by) as who:
        queries.figures(who, Question(), TABLES)  # what is compiled once for each process
        queries.figures(who, Question(number="reported", measure="loss"), TABLES)
        queries.forget()
        whole, _ = _timed(lambda: queries.figures(who, Question(), TABLES))
        for _ in range(pages):
            question = _question(rng)
            queries.forget()
            own = time.process_time()
            seconds, _found = _timed(lambda asked=question: queries.figures(who, asked, TABLES))
            spent.append(1000 * (time.process_time() - own))
            (refused if queries.narrow(who, question) else shown).append(1000 * seconds)
    each = sorted(shown + refused)
    return {
        "page without filter, ms": 1000 * whole, "page, p50 ms": _at(each, 0.5), "page, p95 ms": _at(each, 0.95),
        "page, p50 CPU ms": _at(sorted(spent), 0.5), "page, p95 CPU ms": _at(sorted(spent), 0.95),
        "shown, of all %": 100 * len(shown) / pages, "shown, p50 ms": _at(sorted(shown), 0.5),
        "shown, p95 ms": _at(sorted(shown), 0.95),
    }  # fmt: skip


def _question(rng: random.Random) -> Any:
    from hueandcry.exchange.classification import CLASSES, TYPES
    from hueandcry.picture.question import SIZES, SOURCES, Question

    drawn: dict[str, Any] = {
        "country": lambda: _some(rng, [f"{a}{b}" for a in "AB" for b in "RSTUVWXYZ"], 4),
        "region": lambda: _some(rng, ["eu", "m49:150", "m49:019"], 2),
        "sector": lambda: _some(rng, list("CGIJKLMQ"), 4), "size": lambda: _some(rng, SIZES, 2),
        "cls": lambda: _some(rng, [c.code for c in CLASSES], 4),
        "type": lambda: _some(rng, [f"{t.cls}/{t.code}" for t in TYPES], 4),
        "nature": lambda: _some(rng, ["cyber-dependent", "cyber-enabled"], 1),
        "technique": lambda: _some(rng, ["T1566", *(f"T{n}" for n in range(1001, 1020))], 3),
        "source": lambda: _some(rng, SOURCES[:4], 2), "offence": lambda: _some(rng, ["budapest:2", "budapest:8"], 1),
        "first": lambda: rng.choice(["2024-01", "2024-07", "2025-01"]), "last": lambda: rng.choice(["2025-06", "2026-03"]),
    }  # fmt: skip
    names = rng.sample(sorted(drawn), rng.choice([1, 2, 3]))
    return Question(
        number=rng.choice(["reported", "distinct"]), measure=rng.choice(["count", "count", "loss"]),
        time=rng.choice(["occurred", "reported", "arrived"]), **{name: drawn[name]() for name in names},
    )  # fmt: skip


def _some(rng: random.Random, values: Any, most: int) -> tuple[str, ...]:
    return tuple(sorted(rng.sample(list(values), rng.randint(1, min(most, len(values))))))


def _release(by: Any, freeze: int) -> float:
    from hueandcry.picture.releases import actions

    draft = actions.draft(by=by, title="Bench", first="2024-01", last="2025-12", freeze=freeze)
    seconds, _ = _timed(lambda: actions.make(by=by, reference=draft.reference))
    return seconds


def _timed(work: Any) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _at(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _held() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def _without(frozen: Any) -> float:
    """Memory with the freeze closed; it is open again afterwards."""
    import gc

    from hueandcry.picture.freezes import reader

    reader.forget()
    gc.collect()
    held = _held()
    reader.opened(frozen)
    return held


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--no-release", action="store_true")
    asked = parser.parse_args()
    main(asked.sizes, asked.pages, not asked.no_release)
