"""Writes of freezes: one is taken, each night and by hand; old ones go, but for those that releases stand on."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.db.backends.utils import CursorWrapper

from hueandcry.audit import actions as audit
from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker
from hueandcry.members.viewer import ANYONE, Viewer
from hueandcry.picture.models import Freeze
from hueandcry.web import locks

KEPT: Final = 14  # the last ones
LOCK: Final = 7  # key of the advisory lock: one process freezes
# What is worked out of each night's freeze, as module:name; called with its row, one after the other.
AFTER: Final = ("hueandcry.picture.trends.actions:look",)
SQL = named(Path(__file__).parent / "sql" / "kept.sql")
CLOCK: Final = replace(ANYONE, channel="worker")
log = logging.getLogger(__name__)


class Busy(RuntimeError):
    """Another process is taking a freeze at this moment."""


def take(reason: str = Freeze.Reason.HAND, by: Viewer | None = None) -> Freeze:
    """Freeze what counts at this moment: read, written as Parquet, kept with its manifest; old freezes go.

    ``by``: who asked; None is the clock. Outside any transaction. Raises Busy where another process is at it.
    """
    from hueandcry.picture.freezes.taking import take_tables  # brings Arrow and DuckDB

    with locks.alone(LOCK) as free:
        if not free:
            raise Busy("A freeze is being taken by another process.")
        taken = take_tables()
        program = version("hueandcry")
        manifest = {
            "at": taken.at.isoformat(),
            "version": program,
            "files": {
                name: {"rows": file.rows, "bytes": len(file.content), "sha256": file.sha256}
                for name, file in taken.files.items()
            },
            **taken.said,
        }
        digest = hashlib.sha256(canonical(manifest)).hexdigest()
        who = by or CLOCK
        with linker() as cursor:
            row: dict[str, Any] = {
                "at": taken.at, "reason": reason, "person": who.person, "version": program, "sha256": digest,
                "reports": taken.files["reports"].rows, "crimes": taken.files["crimes"].rows,
                "manifest": canonical(manifest).decode(),
            }  # fmt: skip
            cursor.execute(SQL["keep"], row)
            number = int(cursor.fetchone()[0])
            for name, file in taken.files.items():
                cursor.execute(
                    SQL["keep_file"],
                    {"freeze": number, "name": name, "sha256": file.sha256, "content": file.content},
                )
            gone = _prune(cursor)
            freeze = Freeze.objects.get(pk=number)
            _record(cursor, who, freeze, gone)
    return freeze


def canonical(manifest: dict[str, Any]) -> bytes:
    """A manifest as bytes: the same content, the same bytes."""
    return json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def take_due() -> bool:
    """Take the night's freeze where linkage ended a run since the last one; gives whether it did. Outside any
    transaction."""
    with linker() as cursor:
        cursor.execute(SQL["due"])
        due = bool(cursor.fetchone()[0])
    if not due:
        return False
    try:
        taken = take(Freeze.Reason.NIGHT)
    except Busy:
        log.info("a freeze is being taken by another process")
        return False
    follow(taken)
    return True


def follow(freeze: Freeze) -> None:
    """Do what follows each night's freeze; what fails does not take the rest with it, and the freeze stands."""
    for step in AFTER:
        module, _colon, name = step.partition(":")
        try:
            getattr(import_module(module), name)(freeze)
        except Exception:  # the next night tries again
            log.exception("%s failed after a freeze", step)


def _prune(cursor: CursorWrapper) -> list[int]:
    """Freezes that go: not among the last, not the first of a month, and no release stands on them."""
    cursor.execute(SQL["prunable"], {"kept": KEPT})
    gone = [int(row[0]) for row in cursor.fetchall()]
    for statement in ("drop_signals", "drop_estimates", "drop_files", "drop"):
        cursor.execute(SQL[statement], {"freezes": gone})
    return gone


def _record(cursor: CursorWrapper, who: Viewer, freeze: Freeze, gone: list[int]) -> None:
    """In the same transaction, as the application's own login: the linker writes no record."""
    cursor.execute("RESET ROLE")
    detail: dict[str, Any] = {"reason": freeze.reason, "reports": freeze.reports, "crimes": freeze.crimes}
    audit.record(by=who, verb="freeze", kind="freeze", thing=freeze.pk, detail=detail | {"sha256": freeze.sha256})
    if gone:
        audit.record(by=who, verb="remove", kind="freeze", count=len(gone), detail={"freezes": gone})
