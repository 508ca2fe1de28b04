"""A session on Spark, and the Java process in which its driver runs: started, heard when it fails, and ended.

    java, spark = session("spark://head:7077", Path("/shared/linkage"), 8, "10.0.0.5", {})
    ...
    spark.stop()
    java.end()

PySpark would start it too, but by running Python between fork and exec, which crashes in a process that has threads (as
DuckDB's and Arrow's), and it drops what Java says. Started here, Java's words are kept, its environment is its own, and
it is gone with the engine. As ``pyspark.java_gateway.launch_gateway`` does: spark-submit is told a file, and writes the
port and the secret of its gateway there.
"""

from __future__ import annotations

import logging
import os
import shlex
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hueandcry.linkage.matching.estimate import Failed

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SECONDS = 120.0  # for Java to come up, on a machine that has other work
GRACE = 10.0  # for it to end
WORKERS = 120.0  # for a cluster to give the first executor
LOOPBACK = "127.0.0.1"
UNKNOWN = "Say by which address the cluster reaches this machine: --driver ADDRESS, or HUEANDCRY_SPARK_DRIVER."
HINTS = {
    "UnknownHostException": UNKNOWN,
    "UnsupportedClassVersionError": "Install Java 17.",
}


def session(
    master: str, folder: Path, partitions: int, driver: str, config: Mapping[str, str]
) -> tuple[Java, SparkSession]:
    """Java and a session on the master, with Splink's functions; both are the caller's to end.

    Raises Failed where PySpark, Java or the master is missing, or no worker takes the work: with what to do.
    """
    try:
        from pyspark import SparkConf, SparkContext
        from pyspark.sql import SparkSession
        from splink.backends.spark import similarity_jar_location
    except ImportError as error:
        raise Failed("PySpark is not installed: uv sync --extra spark, and Java 17.") from error
    for talker in ("py4j", "pyspark"):
        logging.getLogger(talker).setLevel(logging.CRITICAL)
    _java()
    _reached(master)
    settings = _settings(master, folder, partitions, similarity_jar_location()) | _address(master, driver) | {**config}
    java = Java(settings, settings.get("spark.driver.host", ""))
    try:
        with surrounded(PYSPARK_PYTHON=os.environ.get("PYSPARK_PYTHON", sys.executable)):
            context = SparkContext(conf=SparkConf().setAll(list(settings.items())), gateway=java.gateway)
            made = SparkSession.builder.getOrCreate()
        context.setLogLevel("OFF")
        context.setCheckpointDir(str(folder / "checkpoints"))
        _staffed(context, master, WORKERS)
    except Exception as error:
        java.end()
        if isinstance(error, Failed):
            raise
        raise Failed(f"No Spark at {master}: {advised(said(error))}") from error
    return java, made


def _settings(master: str, folder: Path, partitions: int, jar: str) -> dict[str, str]:
    return {
        "spark.master": master,
        "spark.app.name": "hueandcry linkage",
        "spark.jars": jar,
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.default.parallelism": str(partitions),
        "spark.sql.ansi.enabled": "false",  # a division by zero says nothing, as in DuckDB; it does not end the run
        "spark.sql.session.timeZone": "UTC",
        "spark.hadoop.fs.permissions.umask-mode": "077",  # of what is written on the way: it crosses audiences
        "spark.sql.warehouse.dir": str(folder / "warehouse"),  # else where the process happens to stand
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }


def _address(master: str, driver: str) -> dict[str, str]:
    """By which address executors reach the driver; on this machine alone nobody else has to."""
    if not driver and master.startswith("local"):
        return {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK}
    return {"spark.driver.host": driver} if driver else {}


def _java() -> None:
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    if shutil.which(program) is None:
        where = f"JAVA_HOME is {home}, and there is none" if home else "JAVA_HOME is not set, and none is in PATH"
        raise Failed(f"Java was not found ({where}): install Java 17.")


def _reached(master: str) -> None:
    """That one of the masters answers; Spark itself would try for a minute, and not say."""
    if not master.startswith("spark://"):
        return
    why = ""
    for one in master.removeprefix("spark://").split(","):
        host, _, port = one.rpartition(":")
        try:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=5):
                return
        except OSError as error:
            why = error.strerror or str(error)
        except (ValueError, OverflowError):
            why = f"{one} is no host:port"
    raise Failed(f"No Spark answers at {master} ({why}). Is its master started, and is this its address?")


def _staffed(context: Any, master: str, seconds: float) -> None:
    """That a worker took the work: without any, Spark would wait for ever."""
    if not master.startswith("spark://"):
        return
    until = time.monotonic() + seconds
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the driver is one
        if time.monotonic() > until:
            asked = context.getConf().get("spark.executor.memory", "1g")
            raise Failed(
                f"No worker of {master} took this on in {seconds:.0f} s. One with {asked} of memory and a core to spare"
                f" must be there, and reach this machine as {context.getConf().get('spark.driver.host')}."
            )
        time.sleep(0.1)


def said(error: BaseException) -> str:
    """What Java said of an error that comes through PySpark, in a line."""
    thrown = getattr(error, "java_exception", None)
    text = str(thrown.toString()) if thrown is not None else str(error)
    return text.strip().split("\n")[0] or type(error).__name__


class Java:
    """A process of Java with a gateway for PySpark. Raises Failed, with Java's own words, where it does not start."""

    def __init__(self, settings: Mapping[str, str], address: str) -> None:
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        try:
            self._process, port, secret = _started(settings, _environment(address), self._words)
        except BaseException:
            self._words.close()
            raise
        with surrounded(PYSPARK_GATEWAY_PORT=str(port), PYSPARK_GATEWAY_SECRET=secret):
            from pyspark import java_gateway

            gateway: Any = java_gateway
            self.gateway: Any = gateway.launch_gateway()

    def end(self) -> None:
        """Java ends when its standard input does; what remains after a while is killed."""
        from pyspark import SparkContext

        self.gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None  # or the next session would talk to this one
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._words.close()


@contextmanager
def surrounded(**variables: str) -> Iterator[None]:
    """The environment with these variables, and afterwards without."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _environment(address: str) -> dict[str, str]:
    """Where Java is told this machine's address, it does not ask for that of a host name that nobody may know."""
    own = {"SPARK_LOCAL_IP": address} if address else {}
    return {"PYSPARK_PYTHON": sys.executable} | own | os.environ | {"SPARK_CONNECT_MODE": "0"}


def _started(
    settings: Mapping[str, str], environment: Mapping[str, str], words: Any
) -> tuple[subprocess.Popen[bytes], int, str]:
    from pyspark.find_spark_home import _find_spark_home

    submit = Path(_find_spark_home()) / "bin" / "spark-submit"
    command = [str(submit)]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    command += shlex.split(environment.get("PYSPARK_SUBMIT_ARGS", "pyspark-shell"))
    with tempfile.TemporaryDirectory(prefix="spark-") as folder:
        told = Path(folder) / "gateway"
        process = subprocess.Popen(  # noqa: S603 - PySpark's own program
            command,
            env={**environment, "_PYSPARK_DRIVER_CONN_INFO_PATH": str(told)},
            stdin=subprocess.PIPE,
            stderr=words,
            process_group=0,  # an interruption at the keyboard is Python's to handle
        )
        try:
            _await(process, told, words)
            port, secret = _read(told)
        except BaseException:
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()
            raise
    return process, port, secret


def _await(process: subprocess.Popen[bytes], told: Path, words: Any) -> None:
    until = time.monotonic() + SECONDS
    while not told.is_file():
        if process.poll() is not None:
            raise Failed(f"Java ended at once: {advised(last_words(words))}")
        if time.monotonic() > until:
            raise Failed(f"Java did not come up in {SECONDS:.0f} s: {advised(last_words(words))}")
        time.sleep(0.05)


def _read(told: Path) -> tuple[int, str]:
    """Two numbers of four bytes, and a text as long as the second says. It is there whole: Java renames it."""
    content = told.read_bytes()
    port, length = struct.unpack(">ii", content[:8])
    return port, content[8 : 8 + length].decode("utf-8")


def last_words(words: Any) -> str:
    """The last line that says something: not where in Java's code it was said."""
    words.seek(0)
    lines = [line.strip() for line in words.read().decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line and not line.startswith(("at ", "... "))]
    return said[-1] if said else "it said nothing."


def advised(said: str) -> str:
    """What Java said, and what to do where that is known."""
    hints = [hint for name, hint in HINTS.items() if name in said]
    return " ".join([said, *hints])
