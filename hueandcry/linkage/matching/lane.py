"""The one thread of a web process on which an engine computes: what DuckDB keeps for a thread lives and ends here.

    found = lane.run(score, table)

A web server ends its threads when they were idle for half a minute, and threads of other languages than Python end
after their last Python object is no longer safe to free. What DuckDB had kept for such a thread took the whole process
with it ("double free or corruption"). This thread ends with the process.

What is run must not touch Django's connections, which belong to the thread that opened them: read first, compute here.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

NAME = "lane"

_executor: ThreadPoolExecutor | None = None
_making = threading.Lock()


def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` gives, or its error, done on the lane; callers wait for each other. On the lane itself: at once."""
    if on_lane():
        return work(*args, **kwargs)
    return _lane().submit(work, *args, **kwargs).result()


def on_lane() -> bool:
    """Whether this is the lane's thread."""
    return threading.current_thread().name.startswith(f"{NAME}_")


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
