"""Merging: a chunk of drafts into reports, objects, observables and observations, in sets.

One report from a web form and a million from a feed take this way. Called inside a viewer; what it may not see, it
does not know of, so ``known`` tells nothing about others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from hueandcry.exchange import victims, warnings
from hueandcry.exchange.classification import classify
from hueandcry.exchange.drafts import Draft, ObjectDraft, Observation, ReportDraft
from hueandcry.exchange.handling import DISCOVERABILITY, PAP_ORDER, TLP_ORDER, Handling, audience, marked
from hueandcry.exchange.staging import COLUMNS, PLAIN_KINDS, Chunk, Value, hash64, lines
from hueandcry.exchange.statements import Cursor, binding, named
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer

SQL = named(Path(__file__).parent / "sql" / "merge.sql")


REPORT_COLUMNS = (
    "key, version, withdrawn, kind, title, account, language, classes, main_class, techniques, labels, occurred_from,"
    " occurred_to, reported_at, victim_countries, victim_sector, victim_size, victim_area, victim_reference,"
    " loss_amount, loss_currency, audience,"
    " tlp, pap, codes, source_grade, information_grade, discoverability, holds"
)


WORTH_ANALYSING = 300  # objects from which on the planner has to know how many there are


@dataclass(slots=True)
class Counts:
    """What became of a chunk's objects; read = stored + known + refused."""

    read: int = 0
    stored: int = 0
    known: int = 0
    refused: int = 0
    reports: int = 0


@dataclass(slots=True)
class Merge:
    """One submission's drafts on their way in. Remembers, between chunks, the reports that later objects may name."""

    by: Viewer
    submission: int
    source_kind: str
    owner_organisation: int  # principal of the organisation
    owner_person: int  # principal of the person
    handling: Handling
    kinds: dict[int, str]  # kind of each recipient
    received_at: datetime
    waiting: dict[str, ReportDraft] = field(default_factory=dict)
    audiences: dict[str, int] = field(default_factory=dict)  # by TLP label; the rest of handling is the submission's

    def chunk(self, chunk: Chunk) -> Counts:
        """Merge one chunk inside the viewer's transaction; gives its counts. Nothing is kept if it raises."""
        for draft in chunk.reports:
            self._await(draft)
        with binding() as cursor:
            counts = Counts(refused=len(chunk.refusals), read=len(chunk.refusals))
            if chunk.objects:
                counts = self._merge(cursor, chunk, self._stage(cursor, chunk))
            _remark(cursor, self.submission, "refusal", [(r.place, r.reason) for r in chunk.refusals])
            _remark(cursor, self.submission, "loss", [(loss.place, loss.what) for loss in chunk.losses])
        self.remember(chunk.drafts)
        return counts

    def remember(self, drafts: Iterable[Draft]) -> None:
        """Note of drafts that are merged only what later ones may need: reports that objects to come may name.

        Lets go of reports that are their own object (a row, a text): where one comes again, its reader tells its report
        again. So a million rows do not pile up in memory.
        """
        for draft in drafts:
            if isinstance(draft, ReportDraft):
                self._await(draft)
            elif isinstance(draft, ObjectDraft) and draft.kind in PLAIN_KINDS:
                self.waiting.pop(draft.key, None)

    def _stage(self, cursor: Cursor, chunk: Chunk) -> int:
        """Fill the staging tables; gives how many observables lie there."""
        cursor.execute(SQL["stages"])
        cursor.execute(SQL["indexes_only"])
        objects = chunk.objects
        reports = {key: self.waiting[key] for draft in objects for key in draft.reports}
        values: dict[int, Observation] = {}
        types = _types(objects, reports)
        told = lines(_observation_rows(chunk, reports, values))
        met = ((number, seen.type, seen.value, *_weighed(seen.type, seen.value)) for number, seen in values.items())
        # Every block is written before it is sent: nothing else may be sent while a COPY is open.
        for table, block in (
            (f"stage_report ({REPORT_COLUMNS})", lines(self._report_row(r, types[r.key]) for r in reports.values())),
            (f"stage_object ({COLUMNS})", chunk.lines),
            ("stage_observation (ord, report, observable, role, first_seen, last_seen, claimed, told_by)", told),
            ("stage_observable (id, type, value, weight, warnings)", lines(met)),
        ):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(block)
        if len(objects) >= WORTH_ANALYSING:
            cursor.execute(SQL["analyse"], prepare=False)
        return len(values)

    def _merge(self, cursor: Cursor, chunk: Chunk, observables: int) -> Counts:
        facts = {
            "organisation": self.by.organisation,
            "person": self.by.person,
            "submission": self.submission,
            "source_kind": self.source_kind,
            "purpose": list(self.handling.purpose),
            "legal_basis": self.handling.legal_basis,
            "review_on": self.handling.review_on,
            "restriction": self.handling.restriction,
            "recipients": list(self.handling.recipients),
            "order": list(TLP_ORDER),
            "paps": list(PAP_ORDER),
            "discoverabilities": list(DISCOVERABILITY),
            "sender": self.owner_person,
            "foreign": chunk.foreign,
        }

        def do(name: str) -> int:
            cursor.execute(SQL[name], facts)
            return int(cursor.rowcount)

        # Most files tell of nothing that was told before: then there is nothing to revise, replace or narrow. Found and
        # locked first: what a removal at this moment takes away is no longer known once we have waited for it.
        found = do("find_reports")
        if found and do("lock_reports") < found:
            do("forget_reports")
        if chunk.repeats:
            do("mark_repeated")
        held = do("any_held")
        if held:
            do("mark_known")
            if chunk.versions:
                do("mark_variants")
                do("mark_stale")
        if chunk.repeats and chunk.versions:
            do("mark_variants_within")
            do("mark_stale_within")
        changed = do("mark_changed") if found else 0
        gated = 0
        if changed:
            do("keep_revisions")
            gated = do("mark_narrowed")
            do("update_reports")
            if gated:
                do("grant_sender")
                self._narrow(cursor)
        reports = do("insert_reports")
        do("insert_objects")
        stored = int((cursor.fetchone() or (0,))[0])
        do("count_objects")
        if found and held:
            do("replace_observations")
        if observables:
            do("insert_observables")
            do("insert_observations")
            if found:
                do("note_types")
        if changed:
            do("narrow_audience")
            do("narrow_observations")
        do("note_changes")
        if gated:
            do("note_handled")
        cursor.execute(SQL["states"])
        known, variants = cursor.fetchone() or (0, None)
        if stored + known != len(chunk.objects):
            raise RuntimeError(f"{len(chunk.objects)} objects came, {stored} stored, {known} known")
        _remark(cursor, self.submission, "loss", [(place, VARIANT) for place in variants or ()])
        refused = len(chunk.refusals)
        return Counts(stored + known + refused, stored, known, refused, reports)

    def _narrow(self, cursor: Cursor) -> None:
        """Derive the audience of reports that got stricter anew; their objects and observations follow at the end."""
        cursor.execute(SQL["narrowed"])
        alike: dict[tuple[Any, ...], list[int]] = {}
        for report, tlp, recipients, person, grants in cursor.fetchall():
            alike.setdefault((tlp, tuple(recipients), person, tuple(grants)), []).append(report)
        kinds = members.kinds_of({principal for _tlp, recipients, *_rest in alike for principal in recipients})
        for (tlp, recipients, person, grants), reports in alike.items():
            seen = audience(
                Handling(tlp=tlp, recipients=recipients),
                kinds=kinds,
                owner_organisation=self.owner_organisation,
                owner_person=person,
                grants=grants,
            )
            cursor.execute(SQL["set_audience"], {"audience": intern(seen), "reports": reports})

    def _report_row(self, draft: ReportDraft, holds: list[str]) -> tuple[Value, ...]:
        handling = marked(self.handling, draft.marking)
        given = list(draft.classes) or list(classify(draft.labels, draft.techniques, draft.title).classes)
        classes = [f"{cls}/{kind}" if kind else cls for cls, kind in given]
        start, end = draft.occurred_from, draft.occurred_to
        if start and end and end < start:
            start, end = end, start
        return (
            draft.key, draft.version, draft.withdrawn, draft.kind, draft.title[:500] or draft.key, draft.account,
            draft.language, classes, given[0][0] if given else "", list(draft.techniques), list(draft.labels),
            start or end, end, draft.reported_at or self.received_at, list(draft.victim_countries),
            draft.victim_sector, draft.victim_size, draft.victim_area,
            victims.hashed(draft.victim_reference, settings.SECRET_KEY) if draft.victim_reference else "",
            draft.loss_amount, draft.loss_currency, self._audience(handling),
            handling.tlp, handling.pap, list(handling.codes), handling.source_grade, handling.information_grade,
            handling.discoverable, holds,
        )  # fmt: skip

    def _audience(self, handling: Handling) -> int:
        if handling.tlp not in self.audiences:
            self.audiences[handling.tlp] = intern(
                audience(
                    handling,
                    kinds=self.kinds,
                    owner_organisation=self.owner_organisation,
                    owner_person=self.owner_person,
                )
            )
        return self.audiences[handling.tlp]

    def _await(self, draft: ReportDraft) -> None:
        """Keep a report for the objects that will name it; of one that is told twice, the later version."""
        held = self.waiting.get(draft.key)
        if held is None or not (held.version and draft.version and held.version > draft.version):
            self.waiting[draft.key] = draft


VARIANT = (
    "the same id and version came before with other content; both are kept. A changed object wants a later version"
    " (STIX: modified, MISP: timestamp)"
)


def intern(principals: Iterable[int]) -> int:
    """The id of the audience that is exactly these principals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_intern(%s::bigint[])", [sorted(principals)])
        return int(cursor.fetchone()[0])


@lru_cache(maxsize=100_000)
def _weighed(kind: str, value: str) -> tuple[float, list[str]]:
    return warnings.weight(kind, value), list(warnings.listed(kind, value))


def _types(objects: Sequence[ObjectDraft], reports: dict[str, ReportDraft]) -> dict[str, list[str]]:
    """The types of observables that each report holds, as far as this chunk tells."""
    found: dict[str, set[str]] = {key: {seen.type for seen in draft.observations} for key, draft in reports.items()}
    for draft in objects:
        for key in draft.reports:
            found[key].update(seen.type for seen in draft.observations)
    return {key: sorted(types) for key, types in found.items()}


def _observation_rows(
    chunk: Chunk, reports: dict[str, ReportDraft], values: dict[int, Observation]
) -> Iterator[tuple[Value, ...]]:
    """Staged observations of objects, for every report each belongs to; and of the reports themselves, told by their
    first object in this chunk. Fills ``values`` with each observable once."""
    told: set[str] = set()
    for number, (draft, told_by) in enumerate(zip(chunk.objects, chunk.told_by, strict=True)):
        for key in draft.reports:
            own = reports[key].observations if key not in told else ()
            told.add(key)
            for seen in (*draft.observations, *own):
                ident = hash64(seen.type, seen.value)
                values.setdefault(ident, seen)
                yield number, key, ident, seen.role, seen.first_seen, seen.last_seen, seen.claimed, told_by


def _remark(cursor: Cursor, submission: int, kind: str, rows: Sequence[tuple[str, str]]) -> None:
    if rows:
        cursor.execute(
            "INSERT INTO exchange_remark (submission_id, kind, place, reason)"
            " SELECT %s, %s, p, r FROM unnest(%s::text[], %s::text[]) AS t(p, r)",
            [submission, kind, [_clean(p) for p, _ in rows], [_clean(r) for _, r in rows]],
        )


def _clean(text: str) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()[:2000]
