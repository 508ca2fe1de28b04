"""What runs beside the web server and procrastinate's worker: rounds, each at its own interval in a thread of its own,
so that a slow mail server never keeps the record from being sealed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

log = logging.getLogger(__name__)


class Round(NamedTuple):
    """Something to be done again and again: the seconds between, and the function as module:name."""

    name: str
    every: float
    function: str


ROUNDS = (
    Round("publish", 1.0, "hueandcry.exchange.publication.actions:publish_due"),
    Round("alerts", 5.0, "hueandcry.exchange.alerts.look:look_due"),
    Round("linked", 600.0, "hueandcry.linkage.telling:tell_linked_due"),
    Round("crimes", 1.0, "hueandcry.linkage.crimes.live:attach_due"),
    Round("linkage", 60.0, "hueandcry.linkage.crimes.nightly:rebuild_due"),
    Round("freezes", 60.0, "hueandcry.picture.freezes.actions:take_due"),
    Round("estimates", 60.0, "hueandcry.picture.estimates:prepare_due"),
    Round("deconfliction", 60.0, "hueandcry.linkage.deconfliction.look:look_due"),
    Round("recall", 5.0, "hueandcry.exchange.recall.actions:tell_due"),
    Round("hits", 3600.0, "hueandcry.exchange.hits.actions:forget_due"),
    Round("remotes", 5.0, "hueandcry.exchange.remotes.actions:run_due"),
    Round("mailboxes", 10.0, "hueandcry.exchange.mailbox.actions:read_due"),
    Round("resources", 600.0, "hueandcry.capacity.register.actions:calendar_due"),
    Round("priorities", 600.0, "hueandcry.capacity.priorities.actions:calendar_due"),
    Round("academy", 600.0, "hueandcry.academy.due:calendar_due"),
    Round("webhooks", 5.0, "hueandcry.notices.calls:call_due"),
    Round("letters", 60.0, "hueandcry.notices.letters:mail_due"),
)
SEAL_EVERY = 1.0
SWEEP_EVERY = 10.0


def on_app_ready(app: Any) -> None:
    """Hook that procrastinate calls once Django is ready. Tasks register by being imported through autodiscovery."""


class Keeper:
    """Runs every round until ``stop``. A fault is logged, and the next time tries again."""

    def __init__(self, folder: Path) -> None:
        self.ended = threading.Event()
        calls: list[tuple[str, float, Callable[[], object]]] = [
            ("seal", SEAL_EVERY, partial(_seal, folder)),
            ("sweep", SWEEP_EVERY, _Sweep()),
            *((one.name, one.every, partial(_call, one.function)) for one in ROUNDS),
        ]
        self.threads = [
            threading.Thread(target=self._keep, name=name, args=(every, call), daemon=True)
            for name, every, call in calls
        ]

    def start(self) -> None:
        """Begin; each round does its work at once and then at its interval."""
        for thread in self.threads:
            thread.start()

    def stop(self, *, within: float) -> None:
        """Ask all rounds to end, and wait for them at most ``within`` seconds in all."""
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=within / len(self.threads))

    def _keep(self, every: float, call: Callable[[], object]) -> None:
        from django.db import connection

        while not self.ended.is_set():
            try:
                call()
            except Exception:
                log.exception("the round %r failed; trying again", threading.current_thread().name)
                connection.close()
            if every > IDLE_AFTER:
                connection.close()  # a connection held for an hour between two rounds serves nobody
            self.ended.wait(every)
        connection.close()


IDLE_AFTER = 30.0


def _call(function: str) -> None:
    module, _colon, name = function.partition(":")
    getattr(import_module(module), name)()


def _seal(folder: Path) -> None:
    from hueandcry.audit import chain

    chain.seal(folder)


class _Sweep:
    """Takes up submissions that a killed process left. The first time comes with the start: whatever is unfinished
    then, no living process is at."""

    def __init__(self) -> None:
        self.first = True

    def __call__(self) -> None:
        from hueandcry.exchange import tasks

        tasks.take_up_unfinished(older_than_seconds=0 if self.first else 120)
        self.first = False
