"""New reports matched as they come, and what follows from a change or a judgement, at once and for few crimes.

What is looked at: the reports that changed and all reports of the crimes that they match; these are grouped as the
nightly run would, with the same settings, model and judgements. One transaction holds the facts, the crimes, their
operations and the note of how far the changes were read: killed midway, the next round does it all again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import DatabaseError, transaction
from django.db.backends.utils import CursorWrapper

from hueandcry.exchange.statements import named
from hueandcry.linkage.crimes import estimates, facts, scoring, writing
from hueandcry.linkage.crimes.grouping import LEAST, Judged, Records, grouped, judged
from hueandcry.linkage.crimes.identity import settle
from hueandcry.linkage.linker import linker
from hueandcry.linkage.matching.contest import contested
from hueandcry.linkage.matching.prepared import DAYS, PLACE_DAYS, RATES, SUM_DAYS, SUM_WIDTH, prepare
from hueandcry.linkage.matching.reports import SETTINGS
from hueandcry.linkage.operations import live as operations

log = logging.getLogger(__name__)
SQL = named(Path(__file__).parent / "sql" / "live.sql")
CHUNK = 200  # changes dealt with in one transaction
CAP = 200  # reports looked at for one value, reference, sum or place: what more hold within weeks ties nothing
ROUND = 60.0  # seconds that one round lasts at most
# As far as two reports may be apart that blocking (matching/prepared.py) brings together: two buckets of its days and
# sums; and the three weeks about the furthest of them, within which holders of a value are counted.
_NEAR = {
    "weeks": 2 * DAYS + 14, "sum_days": 2 * SUM_DAYS, "sum_width": 2 * SUM_WIDTH, "place_days": 2 * PLACE_DAYS,
    "currencies": list(RATES), "rates": list(RATES.values()),
}  # fmt: skip
NO_PAIRS = pa.table(
    {"id_l": pa.array([], pa.int64()), "id_r": pa.array([], pa.int64()), "match_weight": pa.array([], pa.float64())}
)


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
    stirred = sorted({*left, *_members_of(cursor, changed).values()})  # crimes that a change may split
    pairs = neighbours(cursor, changed, new=set(changed)) if changed else NO_PAIRS
    matched = _members_of(cursor, _claimed(pairs, set(changed)))
    pool = _in_crimes(cursor, [*stirred, *matched.values()])
    held = {report: crime for report, crime in pool.items() if report not in kept.changed and crime not in stirred}
    if stirred or _between_crimes(pairs, pool):
        pairs = neighbours(cursor, sorted({*changed, *pool}))
    written = _group(cursor, sorted({*changed, *pool}), pairs, before=pool, held=held)
    return _told(cursor, {*written.touched, *stirred})


def regroup(
    cursor: CursorWrapper,
    crimes: Sequence[int],
    *,
    judgement: int | None = None,
    recalled: Mapping[int, int] | None = None,
) -> writing.Written:
    """Group all reports of these crimes anew, and write what changes. As the linker, after the lock.

    ``recalled``: the crime that a report was in once and shall be in again if it may.
    """
    pool = _in_crimes(cursor, crimes)
    reports = sorted(pool)
    pairs = neighbours(cursor, reports)
    return _group(cursor, reports, pairs, before=pool, judgement=judgement, recalled=recalled)


def neighbours(cursor: CursorWrapper, reports: Sequence[int], *, new: set[int] | None = None) -> pa.Table:
    """Scored pairs among these reports, or, of ``new`` ones, with all reports that they may be matched with."""
    if not reports:
        return NO_PAIRS
    near = _ids(cursor, "near", reports=list(reports), cap=CAP, **_NEAR)
    if not near and len(reports) < 2:
        return NO_PAIRS
    table = prepare(rows(cursor, sorted({*reports, *near})), threads=1)
    if new is None:
        table = table.filter(pc.is_in(table["report"], pa.array(reports, pa.int64())))
    among = None if new is None else [one in new for one in table["report"].to_pylist()]
    records = Records.of(table)
    pairs = scoring.scorer(*estimates.in_use(cursor)).pairs(table, among=among, least=LEAST)
    return contested(pairs, records.ids, records.sources, records.leaves)


def _claimed(pairs: pa.Table, new: set[int]) -> list[int]:
    """The reports that a new one matches, as far as a threshold alone says."""
    rows = pairs.filter(pc.greater_equal(pairs["match_weight"], SETTINGS.threshold))
    return sorted({*rows["id_l"].to_pylist(), *rows["id_r"].to_pylist()} - new)


def _between_crimes(pairs: pa.Table, pool: Mapping[int, int]) -> bool:
    """Whether a new report matches reports of several crimes, so that these have to be compared with each other."""
    rows = pairs.filter(pc.greater_equal(pairs["match_weight"], SETTINGS.threshold))
    met: dict[int, set[int]] = {}
    for left, right in zip(rows["id_l"].to_pylist(), rows["id_r"].to_pylist(), strict=True):
        for one, other in ((left, right), (right, left)):
            if other in pool:
                met.setdefault(one, set()).add(pool[other])
    return any(len(crimes) > 1 for crimes in met.values())


def _group(
    cursor: CursorWrapper, reports: Sequence[int], pairs: pa.Table, *, before: Mapping[int, int],
    held: Mapping[int, int] | None = None, judgement: int | None = None, recalled: Mapping[int, int] | None = None,
) -> writing.Written:  # fmt: skip
    """Group these reports by these pairs and write it. ``before``: the crimes they are in; ``held``: what stays
    together."""
    records = Records.of(rows(cursor, reports))
    ids = records.ids.tolist()
    if not ids:
        return writing.Written()
    binding = judged(cursor, ids)
    if held:
        binding = Judged([*binding.together, *_kept_together(records, held)], binding.apart)
    inside = pa.array(ids, pa.int64())
    kept = pairs.filter(pc.and_(pc.is_in(pairs["id_l"], inside), pc.is_in(pairs["id_r"], inside)))
    groups = grouped(records, kept, binding)
    was = np.array([before.get(one, 0) for one in ids], dtype=np.int64)
    memory = np.array([(recalled or before).get(one, before.get(one, 0)) for one in ids], dtype=np.int64)
    return writing.write(cursor, records.ids, was, settle(groups, was, records.leaves, memory), judgement=judgement)


def apply_judgement(left: int, right: int, recalled: Mapping[int, int] | None = None) -> None:
    """Let what was just said of a pair of reports (or taken back) take effect on their crimes. Outside any transaction,
    after its commit."""
    pair = sorted((left, right))
    with linker() as cursor:
        writing.lock(cursor)
        cursor.execute(SQL["judgement"], {"left": pair[0], "right": pair[1]})
        judgement = cursor.fetchone()[0]
        crimes = sorted(set(_members_of(cursor, pair).values()))
        written = regroup(cursor, crimes, judgement=judgement, recalled=recalled)
        _told(cursor, set(written.touched))


def rows(cursor: CursorWrapper, reports: Sequence[int]) -> pa.Table:
    """The facts of these reports as a table, sorted by report. As the linker."""
    cursor.execute(
        f"SELECT {', '.join(facts.COLUMNS)} FROM linkage_fact WHERE report = ANY (%s::bigint[]) ORDER BY report",  # noqa: S608
        [list(reports)],
    )
    return facts.table(cursor.fetchall())


def _kept_together(records: Records, held: Mapping[int, int]) -> list[tuple[int, int]]:
    """Pairs that hold each crime's reports together, but for leaves, which tie nothing."""
    first: dict[int, int] = {}
    found = []
    for report, leaf in zip(records.ids.tolist(), records.leaves.tolist(), strict=True):
        crime = held.get(report)
        if crime is not None and not leaf and first.setdefault(crime, report) != report:
            found.append((first[crime], report))
    return found


def _leave(cursor: CursorWrapper, reports: Sequence[int]) -> list[int]:
    """Take reports out of their crimes; gives those crimes."""
    if not reports:
        return []
    cursor.execute(writing.SQL["leave"], {"reports": list(reports)})
    return sorted({row[0] for row in cursor.fetchall()})


def _in_crimes(cursor: CursorWrapper, crimes: Sequence[int]) -> dict[int, int]:
    """All reports of these crimes, each with its crime."""
    cursor.execute(SQL["members"], {"crimes": list(crimes)})
    return dict(cursor.fetchall())


def _members_of(cursor: CursorWrapper, reports: Sequence[int]) -> dict[int, int]:
    """The crime of each of these reports that is in one."""
    cursor.execute(SQL["crimes"], {"reports": list(reports)})
    return dict(cursor.fetchall())


def _ids(cursor: CursorWrapper, name: str, **given: Any) -> list[int]:
    cursor.execute(SQL[name], given)
    return [row[0] for row in cursor.fetchall()]


def _told(cursor: CursorWrapper, crimes: set[int]) -> tuple[int, ...]:
    """Tell operations which crimes changed. A fault there is logged and left to the night: no report waits for it."""
    changed = tuple(sorted(crimes))
    if changed:
        try:
            with transaction.atomic():
                operations.attach(cursor, changed)
        except DatabaseError:
            log.exception("operations of %d crimes could not be brought up to date", len(changed))
    return changed
