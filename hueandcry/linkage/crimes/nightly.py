"""The round that estimates crimes and operations anew: once a night, and once when there are reports and never was."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes.rebuild import rebuild
from hueandcry.linkage.linker import linker
from hueandcry.linkage.operations.rebuild import rebuild as rebuild_operations
from hueandcry.linkage.runs import Busy

SQL = named(Path(__file__).parent / "sql" / "runs.sql")
log = logging.getLogger(__name__)
AGAIN = timedelta(hours=1)  # how long a run that failed is left alone


def rebuild_due(now: datetime | None = None) -> bool:
    """Estimate crimes, then operations, where the night's run is due; gives whether it was. Outside any transaction."""
    with linker() as cursor:
        cursor.execute(SQL["last"])
        done, tried = cursor.fetchone()
        cursor.execute(SQL["any_report"])
        if not cursor.fetchone()[0] or not due(now or timezone.now(), done, tried):
            return False
    rebuild_all()
    return True


def rebuild_all(*, engine: str = "duckdb") -> None:
    """Estimate crimes and then operations. Where another process is at it, this one leaves it to that."""
    try:
        rebuild(engine=engine)
    except Busy:
        log.info("crimes are being estimated by another process")
        return
    rebuild_operations()


def due(now: datetime, done: datetime | None, tried: datetime | None, at: str = "") -> bool:
    """Whether a run is due: none succeeded since the last ``at`` ("02:00 Europe/Lisbon"), and none failed just now."""
    if tried is not None and tried != done and now - tried < AGAIN:
        return False
    return done is None or done < latest(now, at or settings.LINKAGE_AT)


def latest(now: datetime, at: str) -> datetime:
    """The last moment that was ``at``: hour, minute and time zone, by the clocks there."""
    clock, _space, zone = at.partition(" ")
    here = now.astimezone(ZoneInfo(zone or "UTC"))
    hour, minute = (int(part) for part in clock.split(":"))
    moment = datetime.combine(here.date(), time(hour, minute), here.tzinfo)
    return (
        moment if moment <= here else datetime.combine(here.date() - timedelta(days=1), time(hour, minute), here.tzinfo)
    )
