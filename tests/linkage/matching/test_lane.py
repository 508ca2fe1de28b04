"""One lasting thread of a process computes with an engine, whoever asks."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from hueandcry.linkage.matching import lane


def _where() -> int:
    return threading.get_ident()


def test_all_callers_meet_on_one_thread() -> None:
    with ThreadPoolExecutor(4) as callers:
        threads = list(callers.map(lambda _n: lane.run(_where), range(20)))
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def test_what_runs_there_may_ask_for_more() -> None:
    assert lane.run(lambda: lane.run(_where) == threading.get_ident())


def test_its_errors_are_the_callers() -> None:
    with pytest.raises(ZeroDivisionError):
        lane.run(lambda: 1 / 0)


ENDS = """
import duckdb, os, threading
from hueandcry.linkage.matching import lane

def compute():
    with duckdb.connect() as connection:
        return connection.execute("SELECT 42").fetchall()

def ask():
    assert lane.run(compute) == [(42,)]

lane.run(threading.get_ident)
if child := os.fork():
    assert os.waitpid(child, 0)[1] == 0
else:
    ask()  # on a lane of its own: the parent's thread is not here
    os._exit(0)
for _ in range(3):
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
print("ended")
"""


def test_a_process_ends_well_after_its_threads_and_its_fork() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", ENDS], capture_output=True, text=True, timeout=120
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "ended\n", "")
