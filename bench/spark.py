"""The same crimes on Apache Spark as on DuckDB: pairs and clusters of one world by both engines, and where they differ.

    python -m bench.spark                # 100,000 reports of the second world, on a master and two workers here
    python -m bench.spark --lake FOLDER  # the facts that `hueandcry lake export --out FOLDER` wrote
    python -m bench.spark --reports 20000 --master spark://head:7077 --folder /shared/lake

Without ``--master`` it starts a cluster of its own: a master and two workers as processes on this machine. Processor
time is that of this process and of those it started (of a cluster elsewhere: the driver's alone), memory the most that
they held, added up.
Measures issue 4, scale, 7.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

WORKERS = 2
LOCAL = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.cores.max": str(WORKERS)}


@contextmanager
def cluster(folder: Path, memory_mib: int = 512, java: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """A master and two workers of one core each, as processes on the loopback; its address, and what drivers must say.

    ``java``: options for each of its processes of Java.
    """
    import pyspark

    run = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    master = f"spark://127.0.0.1:{port}"
    deploy = "org.apache.spark.deploy"
    here = ["--host", "127.0.0.1", "--webui-port", "0"]
    commands = [[run, f"{deploy}.master.Master", *here, "--port", str(port)]]
    for number in range(WORKERS):
        room = ["--cores", "1", "--memory", f"{memory_mib + 256}m", "--work-dir", str(folder / f"worker{number}")]
        commands.append([run, f"{deploy}.worker.Worker", *here, *room, master])
    environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_DAEMON_MEMORY": "192m", "SPARK_NO_DAEMONIZE": "1"}
    environment["SPARK_DAEMON_JAVA_OPTS"] = java
    log = (folder / "cluster.log").open("wb")
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            if len(started) == 1:
                _answers(started[0], port)
        memory = {"spark.executor.memory": f"{memory_mib}m", "spark.driver.memory": f"{memory_mib * 2}m"}
        options = {f"spark.{who}.extraJavaOptions": java for who in ("driver", "executor")} if java else {}
        yield master, LOCAL | memory | options | {"spark.executor.cores": "1"}
    finally:
        for process in started[::-1]:
            process.terminate()
        for process in started:
            process.wait(30)
        log.close()


def _answers(master: subprocess.Popen[bytes], port: int, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and master.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("The master did not come up; see cluster.log.")


def labels(pairs: pa.Table, prepared: pa.Table) -> Any:
    """Crimes out of pairs, as the nightly run makes them."""
    from hueandcry.linkage.matching.clusters import clusters
    from hueandcry.linkage.matching.reports import SETTINGS

    ids, leaf, source = (prepared[name].to_numpy() for name in (SETTINGS.unique_id, SETTINGS.leaf, SETTINGS.source))
    sides = (pairs[name].to_numpy() for name in ("id_l", "id_r", "match_weight"))
    return clusters(ids, *sides, threshold=SETTINGS.threshold, leaves=leaf, sources=source)


def compared(duck: pa.Table, spark: pa.Table) -> tuple[int, float]:
    """How many pairs one of the two has and the other has not, and the largest difference of weight of the others."""
    one, other = (
        {(row["id_l"], row["id_r"]): row["match_weight"] for row in found.to_pylist()} for found in (duck, spark)
    )
    apart = max((abs(one[pair] - other[pair]) for pair in one.keys() & other.keys()), default=0.0)
    return len(one.keys() ^ other.keys()), apart


def main() -> None:
    """Print one table."""
    from bench.installation import machine
    from hueandcry.linkage.matching.engine import Duck
    from hueandcry.linkage.matching.prepared import prepare
    from hueandcry.linkage.matching.reports import SETTINGS
    from hueandcry.linkage.matching.spark import Spark

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--lake", type=Path)
    parser.add_argument("--master")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--memory", type=int, default=1024, help="MiB for each executor of the cluster started here")
    asked = parser.parse_args()
    prepared = prepare(_facts(asked.lake, asked.reports))
    print(f"{prepared.num_rows:,} reports; {machine()}; load {os.getloadavg()[0]:.1f}")
    least = SETTINGS.threshold - 10
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        path = folder / "prepared.parquet"
        pq.write_table(prepared, path)
        watch = Watch("DuckDB")
        model = Duck().learn(prepared, SETTINGS)
        watch.lap("learn")
        duck = Duck().pairs(prepared, SETTINGS, model, least=least)
        watch.lap(f"{duck.num_rows:,} pairs")
        watch = Watch(f"Spark at {asked.master or 'a master and two workers here'}")
        with (
            _cluster(asked.master, folder, asked.memory) as (master, config),
            Spark(master, folder, config=config) as engine,
        ):
            again = engine.learn(path, SETTINGS)
            watch.lap("start and learn")
            spark = engine.pairs(path, SETTINGS, again, least=least)
            watch.lap(f"{spark.num_rows:,} pairs")
    missing, apart = compared(duck, spark)
    print(f"the same model: {again == model}")
    print(f"pairs of one engine only: {missing}; largest difference of weight: {apart:.2g} bits")
    others = int(np.sum(labels(duck, prepared) != labels(spark, prepared)))
    print(f"reports in other crimes: {others:,} of {prepared.num_rows:,}")


def _facts(lake: Path | None, reports: int) -> pa.Table:
    if lake is None:
        from bench.worlds import second

        return second(1, reports).facts
    manifest = json.loads((lake / "manifest.json").read_text(encoding="utf-8"))
    return pq.read_table(lake / Path(manifest["tables"]["facts"]["file"]).name)


class Watch:
    """Seconds by the clock and of processors, and memory, of this process and of those below it."""

    def __init__(self, what: str) -> None:
        self._what, self._began, self._spent = what, time.monotonic(), _spent()[0]

    def lap(self, done: str) -> None:
        """Print what this took, since the beginning or the last lap."""
        now, (spent, held) = time.monotonic(), _spent()
        print(
            f"{self._what}: {done}: {now - self._began:.1f} s, {spent - self._spent:.1f} s of processors,"
            f" {held:,.0f} MiB at most",
            flush=True,
        )
        self._began, self._spent = now, spent


def _spent() -> tuple[float, float]:
    """Processor seconds, and MiB at most, of this process and all below it that still run (proc(5))."""
    parents: dict[int, int] = {}
    seconds: dict[int, float] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = stat.read_text().partition(" ")
        except OSError:  # gone meanwhile
            continue
        fields = rest.rpartition(")")[2].split()
        parents[int(pid)] = int(fields[1])
        seconds[int(pid)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    spent = held = 0.0
    for process, used in seconds.items():
        above = process
        while above in parents and above != os.getpid():
            above = parents[above]
        if above == os.getpid():
            spent += used
            held += _held(process)
    return spent, held


def _held(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    said = {name: value.split()[0] for name, _, value in (line.partition(":") for line in lines) if value.split()}
    return float(said.get("VmHWM", said.get("VmRSS", "0"))) / 1024


@contextmanager
def _cluster(master: str | None, folder: Path, memory_mib: int) -> Iterator[tuple[str, dict[str, str]]]:
    if master is not None:
        yield master, {}
        return
    with cluster(folder, memory_mib) as made:
        yield made


if __name__ == "__main__":
    main()
