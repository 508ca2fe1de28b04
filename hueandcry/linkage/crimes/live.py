"""New reports matched as they come, and what follows from a change or a judgement, at once and for few crimes.

What is looked at: the reports that changed and all reports of the crimes that they match; these are grouped as the
nightly run would, with the same settings, model and judgements. One transaction holds the facts, the crimes, their
operations and the note of how far the changes were read: killed midway, the next round does it all again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
from hueandcry.linkage.matching.few import READ, ready
from hueandcry.linkage.matching.prepared import DAYS, PLACE_DAYS, RATES, SUM_DAYS, SUM_WIDTH
from hueandcry.linkage.matching.reports import SETTINGS
from hueandcry.linkage.operations import live as operations

log = logging.getLogger(__name__)
_READ = tuple(dict.fromkeys(("report", "leaf", SETTINGS.source, *READ)))
SQL = {
    name: text.replace("{read}", ", ".join(f"f.{column}" for column in _READ)).replace("{source}", SETTINGS.source)
    for name, text in named(Path(__file__).parent / "sql" / "live.sql").items()
}
CHUNK = 200  # changes dealt with in one transaction
CAP = 200  # reports looked at for one value, reference, sum or place: what more hold within weeks ties nothing
ROUND = 60.0  # seconds that one round lasts at most
# As far as two reports may be apart that blocking (matching/prepared.py) brings together: two buckets of its days and
# sums; and the three weeks about the furthest of them, within which holders of a value are counted.
_NEAR: dict[str, Any] = {
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
    cursor.execute(SQL["standing"], {"reports": list(reports)})
    standing = dict(cursor.fetchall())
    changed = sorted({*kept.changed, *(report for report, crime in standing.items() if crime is None)})
    if not (changed or left):
        return ()
    stirred = sorted({*left, *(standing[report] for report in changed if standing.get(report))})  # may be split
    near = neighbours(cursor, changed, new=set(changed))
    matched = {near.known[report].crime for report in _claimed(near, set(changed))} - {0}
    pool = _in_crimes(cursor, [*stirred, *matched])
    held = {r: one.crime for r, one in pool.items() if r not in kept.changed and one.crime not in stirred}
    members = {report: near.known[report] for report in changed if report in near.known} | pool
    if stirred or _between_crimes(near, pool):
        near = neighbours(cursor, sorted(members))
    written = _group(cursor, members, near, held=held)
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
    return _group(cursor, pool, neighbours(cursor, sorted(pool)), judgement=judgement, recalled=recalled)


@dataclass(frozen=True, slots=True)
class Known:
    """What grouping knows of a report: the crime it is in (0: none), whether it is hidden, who sent it."""

    crime: int
    leaf: bool
    source: int


@dataclass(frozen=True, slots=True)
class Near:
    """Scored pairs, what is known of all reports that were looked at, and the bits from which on a pair is claimed."""

    pairs: pa.Table = field(default_factory=lambda: NO_PAIRS)
    known: Mapping[int, Known] = field(default_factory=dict)
    threshold: float = SETTINGS.threshold

    @property
    def claimed(self) -> list[tuple[int, int]]:
        """The pairs that one crime is claimed of, as far as a threshold alone says."""
        rows = self.pairs.filter(pc.greater_equal(self.pairs["match_weight"], self.threshold))
        return list(zip(rows["id_l"].to_pylist(), rows["id_r"].to_pylist(), strict=True))


def neighbours(cursor: CursorWrapper, reports: Sequence[int], *, new: set[int] | None = None) -> Near:
    """Pairs among these reports, or, of ``new`` ones, with all reports that they may be matched with. One statement,
    and one for the model."""
    if not reports:
        return Near()
    cursor.execute(SQL["near"], {"reports": list(reports), "cap": CAP, **_NEAR})
    near = cursor.fetchall()
    known = {row[0]: Known(row[-1] or 0, row[1], row[2]) for row in near}
    if len(near) < 2:
        return Near(known=known)
    records = ready([dict(zip(_READ, row, strict=False)) for row in near], about=set(reports))
    if new is None:
        asked = set(reports)
        records = [record for record in records if record["report"] in asked]
    among = None if new is None else [record["report"] in new for record in records]
    scorer = scoring.scorer(*estimates.in_use(cursor))
    found = scorer.pairs(records, among=among, least=LEAST)
    threshold = scorer.model.claims_from(SETTINGS)
    if not found:
        return Near(known=known, threshold=threshold)
    pairs = pa.table(dict(zip(NO_PAIRS.column_names, zip(*found, strict=True), strict=True)), schema=NO_PAIRS.schema)
    inside = _records({one: known[one] for pair in found for one in pair[:2]})
    return Near(contested(pairs, inside.ids, inside.sources, inside.leaves), known, threshold)


def _records(known: Mapping[int, Known]) -> Records:
    ids = sorted(known)
    return Records(
        np.array(ids, dtype=np.int64),
        np.array([known[one].leaf for one in ids], dtype=np.bool_),
        np.array([known[one].source for one in ids], dtype=np.int64) if SETTINGS.source else None,
    )


def _claimed(near: Near, new: set[int]) -> list[int]:
    """The reports that a new one matches."""
    return sorted({report for pair in near.claimed for report in pair} - new)


def _between_crimes(near: Near, pool: Mapping[int, Known]) -> bool:
    """Whether a new report matches reports of several crimes, so that these have to be compared with each other."""
    met: dict[int, set[int]] = {}
    for left, right in near.claimed:
        for one, other in ((left, right), (right, left)):
            if other in pool:
                met.setdefault(one, set()).add(pool[other].crime)
    return any(len(crimes) > 1 for crimes in met.values())


def _group(
    cursor: CursorWrapper, members: Mapping[int, Known], near: Near, *,
    held: Mapping[int, int] | None = None, judgement: int | None = None, recalled: Mapping[int, int] | None = None,
) -> writing.Written:  # fmt: skip
    """Group these reports by these pairs and write it. ``held``: what stays together."""
    records = _records(members)
    ids = records.ids.tolist()
    if not ids:
        return writing.Written()
    binding = judged(cursor, ids) if len(ids) > 1 else Judged()
    if held:
        binding = Judged([*binding.together, *_kept_together(records, held)], binding.apart)
    inside = pa.array(ids, pa.int64())
    pairs = near.pairs
    kept = pairs.filter(pc.and_(pc.is_in(pairs["id_l"], inside), pc.is_in(pairs["id_r"], inside)))
    groups = grouped(records, kept, binding, threshold=near.threshold)
    was = np.array([members[one].crime for one in ids], dtype=np.int64)
    memory = np.array([(recalled or {}).get(one, members[one].crime) for one in ids], dtype=np.int64)
    return writing.write(cursor, records.ids, was, settle(groups, was, records.leaves, memory), judgement=judgement)


def apply_judgement(left: int, right: int, recalled: Mapping[int, int] | None = None) -> None:
    """Let what was just said of a pair of reports (or taken back) take effect on their crimes. Outside any transaction,
    after its commit."""
    pair = sorted((left, right))
    with linker() as cursor:
        writing.lock(cursor)
        cursor.execute(SQL["judgement"], {"left": pair[0], "right": pair[1]})
        judgement = cursor.fetchone()[0]
        cursor.execute(SQL["standing"], {"reports": pair})
        crimes = sorted({crime for _report, crime in cursor.fetchall() if crime is not None})
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


def _in_crimes(cursor: CursorWrapper, crimes: Iterable[int]) -> dict[int, Known]:
    """All reports of these crimes, and what is known of each. No statement where there are none."""
    asked = sorted(set(crimes))
    if not asked:
        return {}
    cursor.execute(SQL["members"], {"crimes": asked})
    return {report: Known(crime, leaf, source) for report, crime, leaf, source in cursor.fetchall()}


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
