"""Writes of the picture's reference: exchange rates and denominators that the alliance's office loads from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.actions import Refused, require_secretariat
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.picture.reference import denominators, rates
from hueandcry.picture.reference.csv_file import BadFile

KINDS: Final = ("rates", "denominators")
_BATCH: Final = 10_000
MOST_SOURCE: Final = 200  # characters of a source

_RATES: Final = """
INSERT INTO picture_exchangerate AS held (currency, day, per_euro, source, person)
SELECT *, %s::bigint FROM unnest(%s::text[], %s::date[], %s::numeric[], %s::text[])
ON CONFLICT (currency, day) DO UPDATE
    SET per_euro = excluded.per_euro, source = excluded.source, person = excluded.person, loaded_at = now()
    WHERE (held.per_euro, held.source) IS DISTINCT FROM (round(excluded.per_euro, 8), excluded.source)
RETURNING (xmax = 0)"""
_DENOMINATORS: Final = """
INSERT INTO picture_denominator AS held (kind, country, sector, size, year, value, source, person)
SELECT *, %s::bigint FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[], %s::text[])
ON CONFLICT (kind, country, sector, size, year) DO UPDATE
    SET value = excluded.value, source = excluded.source, person = excluded.person, loaded_at = now()
    WHERE (held.value, held.source) IS DISTINCT FROM (excluded.value, excluded.source)
RETURNING (xmax = 0)"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file: rows it holds, of which new, changed and the same as before; cells passed over, by reason.

    ``read`` = ``new`` + ``changed`` + ``same``. ``first`` and ``last`` are days, or years, that it covers.
    """

    kind: str
    read: int
    new: int
    changed: int
    same: int
    passed: dict[str, int]
    sources: tuple[str, ...]
    first: str
    last: str
    dry_run: bool


class _Tried(Exception):
    """Everything was tried; nothing of it stays."""


def load(*, by: Viewer, kind: str, raw: bytes, source: str = "", dry_run: bool = False) -> Loaded:
    """Load a file of ``rates`` or ``denominators``; loading it again changes nothing. Outside any viewer.

    A figure that is there already and reads otherwise is replaced, and the next freeze counts with it; releases stand
    on what their own freeze holds. ``dry_run`` tells what would become of the file and keeps nothing. Raises Refused
    for who is not of the alliance's office, BadFile for a file that is not taken (all of it, and each problem is told).
    """
    require_secretariat(by)
    source = " ".join(source.split())
    if len(source) > MOST_SOURCE:
        raise Refused(_("Say in at most %(n)s characters whose figures these are.") % {"n": MOST_SOURCE})
    today = datetime.now(UTC).date()
    rows: Sequence[Any]
    if kind == "rates":
        found = rates.read(raw, source=source, today=today)
        rows, passed, statement = found.rates, found.passed, _RATES
        whens = [str(row.day) for row in found.rates]
    elif kind == "denominators":
        counted = denominators.read(raw, source=source, this_year=today.year)
        rows, passed, statement = counted.denominators, counted.passed, _DENOMINATORS
        whens = [str(row.year) for row in counted.denominators]
    else:
        raise BadFile(f"{kind} is neither rates nor denominators.")
    flags: list[bool] = []
    try:
        with viewer(by), transaction.atomic():
            for start in range(0, len(rows), _BATCH):
                flags += _put(statement, by, rows[start : start + _BATCH])
            if dry_run:
                raise _Tried
            audit.record(
                by=by, verb="load", kind=f"picture {kind}", count=len(rows),
                detail={"new": sum(flags), "changed": len(flags) - sum(flags), "first": min(whens), "last": max(whens)},
            )  # fmt: skip
    except _Tried:
        pass
    new = sum(flags)
    return Loaded(
        kind, len(rows), new, len(flags) - new, len(rows) - len(flags), passed,
        tuple(sorted({row.source for row in rows})), min(whens), max(whens), dry_run,
    )  # fmt: skip


def _put(statement: str, by: Viewer, batch: Sequence[Any]) -> list[bool]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [by.person, *(list(column) for column in zip(*batch, strict=True))])
        return [new for (new,) in cursor.fetchall()]
