"""Crimes out of a million reports: seconds and memory of a night's run, and how long a new report takes.

    uv run python -m bench.linkage [1000000] [--live 300]

Bars: 30 s and 2 GiB for 1,000,000 reports on two cores, reading and writing PostgreSQL included; a new report linked to
its neighbours, crime and operation in under 100 ms at the 95th percentile. Memory is the most that this process had,
the most that PostgreSQL had (its shared memory counted once), and the most that both had at one moment, read five times
a second; CPU seconds are without what that reading takes. Facts are
kept up as reports come, so their making is told apart from the run: it is what the first run of an old installation
costs. Durable settings, as in production.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.installation import machine, scratch


def main(reports: int, live: int) -> None:
    """Print the tables."""
    with scratch() as folder:
        by = _fill(reports)
        watch = _Watch(folder)
        print(f"{machine()}; {reports:,} reports\n")
        from hueandcry.linkage.crimes import facts, rebuild

        seconds, made = _timed(facts.refresh_all)
        print(
            f"facts made, once: {made:,} in {seconds:.1f} s ({1e6 * seconds / max(made, 1):.0f} us each), {_disk()}\n"
        )
        print(
            "run                    seconds   CPU s here, there   MiB here, there, at once    pairs     crimes"
            "    rows written"
        )
        _set_looked()
        for name, learn in (("first, model learnt", True), ("again, same model", False), ("again, model learnt", True)):
            if learn:
                _forget_model()
            with watch:
                seconds, run = _timed(rebuild.rebuild)
            f = run.figures
            written = f["joined"] + f["moved"] + f["founded"]
            cpu = f"{watch.here:8.1f} {watch.there:8.1f}"
            memory = f"{f['peak_mib']:10,} {watch.most:7,} {watch.together:8,}"
            print(f"{name:22} {seconds:7.1f} {cpu} {memory} {f['pairs']:10,} {f['crimes']:10,} {written:12,}")
            print("    " + ", ".join(f"{step} {s:.1f}" for step, s in f["seconds"].items()), flush=True)
        if live:
            _live(live, by)


def _fill(reports: int) -> Any:
    from hueandcry.members.models import Person
    from hueandcry.members.viewer import identify

    by = identify(Person.objects.get(email="operator@localhost").pk)
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "hueandcry.project.settings", "HUEANDCRY_OWNER": "1"}
    command = [sys.executable, "-m", "bench.linkage_filled", str(reports), str(by.organisation), str(by.person)]
    seconds, _done = _timed(lambda: subprocess.run(command, env=env, check=True))
    print(f"filled in {seconds:.0f} s", file=sys.stderr)
    return by


def _live(count: int, by: Any) -> None:
    """Reports drawn at random are taken out of everything and come in again, one by one."""
    from hueandcry.linkage import queries
    from hueandcry.linkage.crimes import live, writing
    from hueandcry.linkage.linker import linker
    from hueandcry.members.viewer import viewer

    with linker() as cursor:
        cursor.execute("SELECT report, crime FROM linkage_crimereport")
        was = dict(cursor.fetchall())
    drawn = random.Random(1).sample(sorted(was), count + 20)
    crime, near, same = [], [], 0
    for at, report in enumerate(drawn):
        with linker() as cursor:
            cursor.execute("DELETE FROM linkage_fact WHERE report = %s", [report])
            cursor.execute("DELETE FROM linkage_crimereport WHERE report = %s RETURNING crime", [report])
        seconds, _changed = _timed(lambda report=report: _attach(live, writing, linker, report))
        if at >= 20:  # the first ones warm it up, as a worker is after its first seconds
            crime.append(seconds)
            with viewer(by):
                near.append(_timed(lambda report=report: queries.neighbours(by, report))[0])
        with linker() as cursor:
            cursor.execute("SELECT crime FROM linkage_crimereport WHERE report = %s", [report])
            found = cursor.fetchone()[0]
            cursor.execute("SELECT count(*) FROM linkage_crimereport WHERE crime = %s", [found])
            same += found == was[report] or cursor.fetchone()[0] == 1
    print(f"\nnew report, {count} drawn        p50 ms   p95 ms   max ms")
    both = [a + b for a, b in zip(crime, near, strict=True)]
    for name, times in (("crime and operation", crime), ("neighbours", near), ("both", both)):
        ms = sorted(1000 * t for t in times)
        print(f"{name:30} {ms[len(ms) // 2]:8.1f} {ms[int(len(ms) * 0.95)]:8.1f} {ms[-1]:8.1f}")
    print(f"in the crime of before, or alone: {same} of {len(drawn)}")


def _attach(live: Any, writing: Any, linker: Any, report: int) -> Any:
    with linker() as cursor:
        writing.lock(cursor)
        return live.attach(cursor, [report])


def _set_looked() -> None:
    """As after a first estimation: facts are there."""
    from hueandcry.linkage.crimes import facts
    from hueandcry.linkage.linker import linker

    with linker() as cursor:
        facts.looked(cursor, 0)
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE linkage_fact")


def _forget_model() -> None:
    from hueandcry.linkage.linker import linker

    with linker() as cursor:
        cursor.execute("DELETE FROM linkage_model")


def _disk() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('linkage_fact'))")
        return f"{cursor.fetchone()[0]} on disk"


def _timed(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


class _Watch:
    """The most memory (MiB) that the server's processes had at once while inside, their own and what they share; and
    the CPU seconds of this process and of the server, which say what a machine without other work would take."""

    def __init__(self, folder: Path) -> None:
        found = next(folder.rglob("postmaster.pid"))
        self.server = int(found.read_text().split("\n")[0])
        self.most, self.together, self.own, self.ended = 0, 0, 0.0, threading.Event()
        self.here, self.there = 0.0, 0.0

    def __enter__(self) -> None:
        self.most, self.together, self.own, self.ended = 0, 0, 0.0, threading.Event()
        self.here, self.there = -time.process_time(), -self._spent()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def __exit__(self, *fault: object) -> None:
        self.here += time.process_time()
        self.there += self._spent()
        self.ended.set()
        self.thread.join()
        self.here -= self.own

    def _spent(self) -> float:
        """CPU seconds of the server and of its processes, those that ended included."""
        ticks = sum(sum(_times(pid, ended=pid == self.server)) for pid in self._processes())
        return ticks / os.sysconf("SC_CLK_TCK")

    def _look(self) -> None:
        while not self.ended.wait(0.2):
            there = sum(_proportional(pid) for pid in self._processes()) // 1024
            self.most = max(self.most, there)
            self.together = max(self.together, there + _resident() // 1024)
        self.own = time.thread_time()

    def _processes(self) -> Iterator[int]:
        yield self.server
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(
                    self.server
                ):
                    yield int(entry.name)
            except OSError:
                continue


def _times(pid: int, *, ended: bool) -> list[int]:
    """User and system time of a process, in ticks; with those of its children that ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []
    return [int(word) for word in fields[11 : 15 if ended else 13]]


def _proportional(pid: int) -> int:
    """KiB of a process, pages that several share divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _resident() -> int:
    """KiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("reports", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--live", type=int, default=300)
    asked = parser.parse_args()
    main(asked.reports, asked.live)
