"""The one thread of a process on which few records are compared: DuckDB's connections that are kept live and end here.

    rows = lane.run(prepare, table)

A web server ends its threads when they were idle for half a minute, and threads of other languages than Python end
after their last Python object is no longer safe to free. A DuckDB connection that such a thread kept for its next
request took the whole process with it ("double free or corruption"). This thread ends with the process, after it has
let go of what it kept.

What is run must not touch Django's connections, which belong to the thread that opened them: read first, compute here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    import duckdb

P = ParamSpec("P")
T = TypeVar("T")

NAME = "lane"

_executor: ThreadPoolExecutor | None = None
_kept = threading.local()  # freed on the lane, as it ends
_making = threading.Lock()


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives, or its error, done on the lane; callers wait for each other. On the lane itself: at once."""
    if on_lane():
        return work(*args, **kwargs)
    return _lane().submit(work, *args, **kwargs).result()


def on_lane() -> bool:
    """Whether this is the lane's thread."""
    return threading.current_thread().name.startswith(f"{NAME}_")


def connection() -> duckdb.DuckDBPyConnection:
    """The lane's connection, for few records: opening one takes as long as the work. Whoever registers a table or makes
    one takes it away again. RuntimeError on any other thread."""
    if not on_lane():
        raise RuntimeError("The lane's connection is used on the lane alone.")
    if not hasattr(_kept, "connection"):
        import duckdb  # here: a process may ask for this module and compare nothing

        _kept.connection = duckdb.connect(config={"threads": 1, "memory_limit": "256MiB"})
    kept: duckdb.DuckDBPyConnection = _kept.connection
    return kept


def _lane() -> ThreadPoolExecutor:
    """Begun at its first use: a process that is forked off has none of its parent's threads. (One that compared
    something before it forks hands on a DuckDB that is of no use: servers fork first.)"""
    global _executor  # one for each process
    with _making:
        if _executor is None:
            _executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=NAME)
        return _executor


def _forked() -> None:
    global _executor, _making  # the parent's thread is not here, and its lock may be held by nobody
    _executor, _making = None, threading.Lock()


os.register_at_fork(after_in_child=_forked)
