"""Facts kept up: what linkage compares of each current report of an incident, as sql/facts.sql makes it.

Corrections, withdrawals, new versions, restorations and changes of handling all end in the same statement, for the
reports that changed; what is erased goes by a trigger, in the transaction of the erasure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.backends.utils import CursorWrapper

from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker

if TYPE_CHECKING:
    import pyarrow as pa

_FOLDER = Path(__file__).parent / "sql"
FACTS = named(_FOLDER / "facts.sql")["facts"]  # one SELECT; %(reports)s: bigint[] or None for all
CHUNK = 5_000  # reports in one transaction
ROUND = "linkage"  # under this name it is noted which changes were looked at
COLUMNS = (
    "report", "organisation", "source_kind", "leaf", "occurred", "occurred_to", "reported", "amount", "currency",
    "country", "sector", "size", "area", "reference", "main_class", "classes", "labels", "sketch", "exact", "money",
    "contact", "infrastructure", "victims",
)  # fmt: skip
_LISTED = {
    "{columns}": ", ".join(COLUMNS),
    "{excluded}": ", ".join(f"excluded.{column}" for column in COLUMNS),
    "{held}": ", ".join(f"f.{column}" for column in COLUMNS),
    "{facts}": FACTS.rstrip(";"),
}


def _filled(text: str) -> str:
    for place, listed in _LISTED.items():
        text = text.replace(place, listed)
    return text


SQL = {name: _filled(text) for name, text in named(_FOLDER / "facts_kept.sql").items()}


def schema() -> pa.Schema:
    """The columns of a fact with their types, in order."""
    import pyarrow as pa  # here: pages read facts and make no table of them

    types = {"leaf": pa.bool_(), "amount": pa.float64(), "classes": pa.list_(pa.string())}
    types |= dict.fromkeys(("report", "organisation"), pa.int64())
    types |= dict.fromkeys(("occurred", "occurred_to", "reported"), pa.date32())
    words = ("source_kind", "currency", "country", "sector", "size", "area", "reference", "main_class")
    types |= dict.fromkeys(words, pa.string())
    return pa.schema([(name, types.get(name, pa.list_(pa.int64()))) for name in COLUMNS])


def table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    """Rows of facts, as FACTS or the table gives them in the order of COLUMNS, as an Arrow table."""
    import pyarrow as pa

    known = schema()
    columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
    arrays = [pa.array(column, kind.type) for column, kind in zip(columns, known, strict=True)]
    return pa.table(arrays, schema=known)


@dataclass(frozen=True, slots=True)
class Kept:
    """Which facts are new or other than before, and which are no more."""

    changed: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


def refresh(cursor: CursorWrapper, reports: Sequence[int]) -> Kept:
    """Bring the facts of these reports up to date, as the linker (``cursor`` of ``linker()``), in its transaction."""
    if not reports:
        return Kept()
    cursor.execute(SQL["refresh"], {"reports": list(reports)})
    rows = sorted(cursor.fetchall())
    return Kept(tuple(r for r, changed in rows if changed), tuple(r for r, changed in rows if not changed))


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


def catch_up() -> int:
    """Bring all facts up to date; gives the number of the last change that they know of, to be noted (``looked``) once
    the reports behind it are in crimes. Outside any transaction."""
    with linker() as cursor:
        after = seen(cursor)
        cursor.execute("SELECT hueandcry_latest_change()")
        upto = int(cursor.fetchone()[0])
    if after is None:
        refresh_all()
        return upto
    while True:
        with linker() as cursor:
            found = changed(cursor, after, CHUNK)
            if found is None:
                return after
            after, reports = found
            refresh(cursor, reports)


def seen(cursor: CursorWrapper) -> int | None:
    """The number of the last change whose reports are in crimes; None before crimes were ever estimated."""
    cursor.execute("SELECT looked FROM hueandcry_looked(%s, NULL)", [ROUND])
    number = cursor.fetchone()[0]
    return None if number is None else int(number)


def looked(cursor: CursorWrapper, upto: int) -> None:
    """Note that all changes up to this number are dealt with, in the transaction that deals with them."""
    cursor.execute("SELECT hueandcry_looked(%s, %s)", [ROUND, upto])


def changed(cursor: CursorWrapper, after: int, most: int) -> tuple[int, list[int]] | None:
    """The next ``most`` changes after that number: the number of the last, and the reports; None: there are none."""
    cursor.execute("SELECT last, reports FROM hueandcry_changed(%s, %s)", [after, most])
    last, reports = cursor.fetchone()
    return None if last is None else (int(last), reports)
