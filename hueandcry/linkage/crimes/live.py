"""New reports matched as they come, and what follows from a change or a judgement, at once and for few crimes.

What is looked at: the reports that changed and all reports of the crimes that they match; these are grouped as the
nightly run would, with the same settings, model and judgements. One transaction holds the facts, the crimes, their
operations and the note of how far the changes were read: killed midway, the next round does it all again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from django.db import DatabaseError, transaction
from django.db.backends.utils import CursorWrapper

from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes import estimates, facts, scoring, writing
from hueandcry.linkage.crimes.grouping import LEAST, Judged, Records, grouped, judged
from hueandcry.linkage.crimes.identity import settle
from hueandcry.linkage.linker import linker
from hueandcry.linkage.matching.reports import SETTINGS

log = logging.getLogger(__name__)
SQL = named(Path(__file__).parent / "sql" / "live.sql")
CHUNK = 200  # changes dealt with in one transaction
CAP = 200  # holders of one value that are looked at; what more hold tells little
MOST = 2_000  # candidates of one chunk
ROUND = 60.0  # seconds that one round lasts at most

_TYPES = {"leaf": pa.bool_(), "amount": pa.float64()}
_TYPES |= dict.fromkeys(("report", "organisation"), pa.int64())
_TYPES |= dict.fromkeys(("occurred", "occurred_to", "reported"), pa.date32())
_TYPES |= dict.fromkeys(("source_kind", "currency", "country", "sector", "size", "area", "reference", "main_class"), pa.string())
_TYPES |= {"classes": pa.list_(pa.string())}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.list_(pa.int64()))) for name in facts.COLUMNS])


def attach_due() -> None:
    """The worker's round: everything that changed since the last, oldest first. Nothing before the first estimation."""
    until = time.monotonic() + ROUND
    while attach_next() and time.monotonic() < until:
        pass


def attach_next(most: int = CHUNK) -> int:
    """Deal with the next changes, in one transaction; gives how many reports they were of, 0 where none wait."""
    with linker() as cursor:
        writing.lock(cursor)
        after = facts.seen(cursor)
        found = None if after is None else facts.changed(cursor, after, most)
        if found is None:
            return 0
        upto, reports = found
        attach(cursor, reports)
        facts.looked(cursor, upto)
    return max(len(reports), 1)


def attach(cursor: CursorWrapper, reports: Sequence[int]) -> tuple[int, ...]:
    """Bring these reports' facts up to date and put them into crimes; gives the crimes that changed.

    As the linker, after ``writing.lock``.
    """
    kept = facts.refresh(cursor, reports)
    left = _leave(cursor, kept.gone)
    homeless = _ids(cursor, "homeless", reports=list(reports))
    changed = sorted({*kept.changed, *homeless})
    if not (changed or left):
        return ()
    stirred = [*left, *_ids(cursor, "crimes", reports=changed)]  # crimes that a change may split
    matched = _ids(cursor, "crimes", reports=_matches(cursor, changed))
    loose = _ids(cursor, "members", crimes=stirred)
    written = regroup(cursor, [*changed, *loose], crimes=[*stirred, *matched], loose=[*changed, *loose])
    return _told(cursor, {*written.touched, *stirred})


def regroup(
    cursor: CursorWrapper, reports: Iterable[int], *, crimes: Sequence[int] = (), loose: Iterable[int] | None = None,
    judgement: int | None = None, recalled: Mapping[int, int] | None = None,
) -> writing.Written:  # fmt: skip
    """Group these reports and all others of ``crimes`` anew, and write what changes. As the linker, after the lock.

    Reports that were in one crime stay together unless they are ``loose`` (None: all are). ``recalled``: the crime that
    a report was in once and shall be in again if it may.
    """
    held = _members(cursor, crimes)
    pool = sorted({*reports, *held})
    held |= _members(cursor, _ids(cursor, "crimes", reports=pool))
    table = rows(cursor, sorted({*pool, *held}))
    if not table.num_rows:
        return writing.Written()
    records = Records.of(table)
    ids = records.ids.tolist()
    binding = judged(cursor, ids)
    free = None if loose is None else set(loose)
    if free is not None:
        binding = Judged([*binding.together, *_kept_together(records, held, free)], binding.apart)
    groups = grouped(records, _pairs(cursor, table), binding)
    before = np.array([held.get(one, 0) for one in ids], dtype=np.int64)
    memory = np.array([(recalled or {}).get(one, held.get(one, 0)) for one in ids], dtype=np.int64)
    outcome = settle(groups, before, records.leaves, memory)
    return writing.write(cursor, records.ids, before, outcome, judgement=judgement)


def apply_judgement(left: int, right: int, recalled: Mapping[int, int] | None = None) -> None:
    """Let what was just said of a pair of reports (or taken back) take effect on their crimes. Outside any transaction,
    after its commit."""
    pair = sorted((left, right))
    with linker() as cursor:
        writing.lock(cursor)
        cursor.execute(SQL["judgement"], {"left": pair[0], "right": pair[1]})
        judgement = cursor.fetchone()[0]
        crimes = _ids(cursor, "crimes", reports=pair)
        written = regroup(cursor, pair, crimes=crimes, judgement=judgement, recalled=recalled)
        _told(cursor, set(written.touched))


def rows(cursor: CursorWrapper, reports: Sequence[int]) -> pa.Table:
    """The facts of these reports as a table, sorted by report. As the linker."""
    cursor.execute(
        f"SELECT {', '.join(facts.COLUMNS)} FROM linkage_fact WHERE report = ANY (%s::bigint[]) ORDER BY report",  # noqa: S608
        [list(reports)],
    )
    columns = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(facts.COLUMNS)
    return pa.table([pa.array(column, SCHEMA.field(at).type) for at, column in enumerate(columns)], schema=SCHEMA)


def _matches(cursor: CursorWrapper, reports: Sequence[int]) -> list[int]:
    """Reports that one of these matches, as far as a threshold alone says."""
    if not reports:
        return []
    found = _ids(cursor, "candidates", reports=list(reports), cap=CAP, most=MOST)
    if not found:
        return []
    table = rows(cursor, sorted({*reports, *found}))
    new = set(reports)
    pairs = _pairs(cursor, table, new, least=SETTINGS.threshold)
    return sorted({*pairs["id_l"].to_pylist(), *pairs["id_r"].to_pylist()} - new)


def _pairs(cursor: CursorWrapper, table: pa.Table, new: set[int] | None = None, *, least: float = LEAST) -> pa.Table:
    scorer = scoring.scorer(*estimates.in_use(cursor))
    among = None if new is None else [one in new for one in table["report"].to_pylist()]
    return scorer.pairs(table, among=among, least=least)


def _kept_together(records: Records, held: Mapping[int, int], loose: set[int]) -> list[tuple[int, int]]:
    """Pairs that hold each crime's reports together, but for loose ones and leaves."""
    first: dict[int, int] = {}
    found = []
    for report, leaf in zip(records.ids.tolist(), records.leaves.tolist(), strict=True):
        crime = held.get(report)
        if crime is not None and not leaf and report not in loose and first.setdefault(crime, report) != report:
            found.append((first[crime], report))
    return found


def _leave(cursor: CursorWrapper, reports: Sequence[int]) -> list[int]:
    """Take reports out of their crimes; gives those crimes."""
    if not reports:
        return []
    cursor.execute(writing.SQL["leave"], {"reports": list(reports)})
    return sorted({row[0] for row in cursor.fetchall()})


def _members(cursor: CursorWrapper, crimes: Sequence[int]) -> dict[int, int]:
    if not crimes:
        return {}
    cursor.execute(SQL["members"], {"crimes": list(crimes)})
    return dict(cursor.fetchall())


def _ids(cursor: CursorWrapper, name: str, **given: object) -> list[int]:
    cursor.execute(SQL[name], given)
    return [row[0] for row in cursor.fetchall()]


def _told(cursor: CursorWrapper, crimes: set[int]) -> tuple[int, ...]:
    """Tell operations which crimes changed. What fails there is logged and left to the night: no report waits for it."""
    from hueandcry.linkage.operations import live as operations

    changed = tuple(sorted(crimes))
    if changed:
        try:
            with transaction.atomic():
                operations.attach(cursor, changed)
        except DatabaseError:
            log.exception("operations of %d crimes could not be brought up to date", len(changed))
    return changed
