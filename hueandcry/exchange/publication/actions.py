"""Publishing: numbering changes and entering objects into collections, after what they tell of was committed."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from django.db import connection, connections

from hueandcry.exchange.publication import rendering

log = logging.getLogger(__name__)

TURN = 20_000  # objects entered in one transaction
AT_ONCE = 3.0  # seconds that an act spends on publishing; what is left is the worker's
ROUND = 60.0  # seconds that one round of the worker lasts at most


def publish(*, within: float | None = None) -> int:
    """Write as STIX what did not come as STIX, then number changes and enter their objects; gives how many changes.

    Goes on until nothing waits, or for about ``within`` seconds. To be called outside any transaction: raises
    RuntimeError inside one, for what that has not committed would not be seen.
    """
    if connection.in_atomic_block:
        raise RuntimeError("publish() inside a transaction would publish nothing of it; call it after the commit")
    until = None if within is None else time.monotonic() + within
    changes = 0
    while True:
        written = rendering.render()
        taken = _turn()
        changes += taken
        if not (written or taken) or (until is not None and time.monotonic() > until):
            return changes


def _turn() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_publish(%s)", [TURN])
        return int(cursor.fetchone()[0])


def publish_due() -> None:
    """The worker's round."""
    publish(within=ROUND)


def soon() -> None:
    """Publish what an act has just committed. Never fails the act: a fault is logged and left to the worker, and so is
    everything where the caller is still inside a transaction."""
    if connection.in_atomic_block:
        return
    try:
        publish(within=AT_ONCE)
    except Exception:
        log.exception("publishing failed; the worker tries again")


class Alongside:
    """Publishes in a thread, and on a connection, of its own what a long reading commits, while it reads on."""

    def __init__(self) -> None:
        self.pool: ThreadPoolExecutor | None = None
        self.running: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def go_on(self) -> None:
        """Something more was committed. Where the publisher is still busy it will come by that anyway, or next time."""
        if self.running is None or self.running.done():
            self.pool = self.pool or ThreadPoolExecutor(1, thread_name_prefix="publishing")
            self.running = self.pool.submit(soon)

    def __exit__(self, *fault: object) -> None:
        if self.pool is not None:
            self.pool.submit(connections.close_all)
            self.pool.shutdown()


def enter(collection: int, objects: Sequence[int]) -> int:
    """Enter objects into a saved search of the viewer's organisation, at its end; gives how many were new to it.

    Inside a viewer: what that viewer may not see is left out. Of one id and version the first copy stays. Raises
    django.db.ProgrammingError where the collection is not a saved search of the viewer's organisation. Everybody
    else's publishing waits until the caller commits, so it comes last in its transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_enter_objects(%s, %s::bigint[])", [collection, list(objects)])
        return int(cursor.fetchone()[0])
