"""Facts kept up: what linkage compares of each current report of an incident, as sql/facts.sql makes it.

Corrections, withdrawals, new versions, restorations and changes of handling all end in the same statement, for the
reports that changed; what is erased goes by a trigger, in the transaction of the erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.backends.utils import CursorWrapper

from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker

_FOLDER = Path(__file__).parent / "sql"
FACTS = named(_FOLDER / "facts.sql")["facts"]  # one SELECT; %(reports)s: bigint[] or None for all
SQL = named(_FOLDER / "facts_kept.sql")
CHUNK = 5_000  # reports in one transaction


@dataclass(frozen=True, slots=True)
class Kept:
    """Which facts are new or other than before, and which are no more."""

    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


def refresh(cursor: CursorWrapper, reports: Sequence[int]) -> Kept:
    """Bring the facts of these reports up to date, as the linker (``cursor`` of ``linker()``), in its transaction."""
    if not reports:
        return Kept()
    given = {"reports": list(reports)}
    cursor.execute(SQL["stage"])
    cursor.execute("TRUNCATE stage_fact")
    cursor.execute(f"INSERT INTO stage_fact {FACTS}", given)
    cursor.execute(SQL["forget"], given)
    gone = tuple(row[0] for row in cursor.fetchall())
    cursor.execute(SQL["merge"])
    return Kept(tuple(row[0] for row in cursor.fetchall()), gone)


def refresh_all() -> int:
    """Go through all reports, in parts that commit each; gives how many facts were written or removed. To be run once
    where facts are missing (an installation of before), and harmless at any time. Outside any transaction."""
    written, after = 0, 0
    while True:
        with linker() as cursor:
            cursor.execute(SQL["next"], {"after": after, "most": CHUNK})
            reports = cursor.fetchone()[0]
            if not reports:
                cursor.execute(SQL["stray"])
                return written + len(cursor.fetchall())
            kept = refresh(cursor, reports)
        written += len(kept.changed) + len(kept.gone)
        after = reports[-1]
