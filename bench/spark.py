"""The same crimes on Apache Spark as on DuckDB: pairs and clusters of one world by both engines, and where they differ.

    python -m bench.spark                # 100,000 reports of the second world, on a master and two workers here
    python -m bench.spark --reports 20000 --master spark://head:7077 --folder /shared/lake

Without ``--master`` it starts a cluster of its own: a master and two workers as processes on this machine.
Measures issue 4, scale, 7.
"""

from __future__ import annotations

import argparse
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
    from bench.worlds import second
    from hueandcry.linkage.matching.engine import Duck
    from hueandcry.linkage.matching.prepared import prepare
    from hueandcry.linkage.matching.reports import SETTINGS
    from hueandcry.linkage.matching.spark import Spark

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--master")
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    prepared = prepare(second(1, asked.reports).facts)
    least = SETTINGS.threshold - 10
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        path = folder / "prepared.parquet"
        pq.write_table(prepared, path)
        began = time.monotonic()
        model = Duck().learn(prepared, SETTINGS)
        learnt = time.monotonic()
        duck = Duck().pairs(prepared, SETTINGS, model, least=least)
        print(f"DuckDB: learn {learnt - began:.1f} s, pairs {time.monotonic() - learnt:.1f} s, {duck.num_rows:,} pairs")
        with _cluster(asked.master, folder) as (master, config), Spark(master, folder, config=config) as engine:
            began = time.monotonic()
            again = engine.learn(path, SETTINGS)
            learnt = time.monotonic()
            spark = engine.pairs(path, SETTINGS, again, least=least)
            print(
                f"Spark ({master}): learn {learnt - began:.1f} s, pairs {time.monotonic() - learnt:.1f} s, {spark.num_rows:,} pairs"
            )
    missing, apart = compared(duck, spark)
    print(
        f"the same model: {again == model}; pairs of one engine only: {missing}; largest difference of weight: {apart:.2g} bits"
    )
    print(
        f"reports in other crimes: {int(np.sum(labels(duck, prepared) != labels(spark, prepared))):,} of {prepared.num_rows:,}"
    )


@contextmanager
def _cluster(master: str | None, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    if master is not None:
        yield master, {}
        return
    with cluster(folder, memory_mib=1024) as made:
        yield made


if __name__ == "__main__":
    main()
