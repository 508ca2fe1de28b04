"""Jobs: what the worker does besides procrastinate's: sealing the record, and finding unfinished work."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

SEAL_EVERY = 1.0  # seconds
SWEEP_EVERY = 10.0


def on_app_ready(app: Any) -> None:
    """Hook that procrastinate calls once Django is ready. Tasks register by being imported through autodiscovery."""


class Keeper(threading.Thread):
    """Beside the worker: chains the audit record each second and takes up submissions that a killed process left."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="keeper", daemon=True)
        self.folder = folder
        self.ended = threading.Event()

    def run(self) -> None:
        """Until told to end. A fault is logged and the next round tries again: the record must go on being sealed."""
        from django.db import connection

        rounds = 0
        while not self.ended.wait(SEAL_EVERY):
            try:
                self._round(sweep=rounds % int(SWEEP_EVERY / SEAL_EVERY) == 0, first=rounds == 0)
            except Exception:
                log.exception("keeping the record failed; trying again")
                connection.close()
            else:
                rounds += 1  # a first round that failed is still the first
        connection.close()

    def _round(self, *, sweep: bool, first: bool) -> None:
        from hueandcry.audit import chain
        from hueandcry.exchange import tasks

        chain.seal(self.folder)
        if sweep:
            # The first round comes with the start: whatever is unfinished then, no living process is at.
            tasks.take_up_unfinished(older_than_seconds=0 if first else 120)
