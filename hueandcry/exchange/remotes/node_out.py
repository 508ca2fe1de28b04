"""What this node tells another about the reports of a circle: envelopes, in the order of their numbers.

Two streams in one answer: changes of reports that came in here, numbered by us; and, where a connection allows it, what
other nodes of the circle told us, word by word and with their own number and signature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from django.db import connection

from hueandcry.exchange.models import Report
from hueandcry.exchange.recall import deliveries, gates
from hueandcry.exchange.remotes import envelope, identity
from hueandcry.exchange.staging import hash64
from hueandcry.members.viewer import Viewer

CHANNEL = "node"
BYTES = 5_000_000  # of objects in an answer, about; an envelope is never cut
CHANGES = 2_000  # looked at for one answer


class Place(NamedTuple):
    """Where a reader stands: the number of the last change of ours, and of the last envelope passed on."""

    own: int = 0
    passed: int = 0

    @classmethod
    def read(cls, text: str) -> Place:
        """The place out of an address. Raises ValueError for what we did not write."""
        own, dot, passed = text.partition(".") if text else ("0", ".", "0")
        if not (dot and own.isascii() and own.isdecimal() and passed.isascii() and passed.isdecimal()):
            raise ValueError("after: take the value of next from the answer before")
        if len(own) > 18 or len(passed) > 18:
            raise ValueError("after: take the value of next from the answer before")
        return cls(int(own), int(passed))

    def __str__(self) -> str:
        return f"{self.own}.{self.passed}"


class Sealed(msgspec.Struct):
    """An envelope with its origin's signature and public key."""

    content: str
    signature: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: sealed envelopes as JSON texts, and where to go on."""

    texts: list[str]
    next: Place
    more: bool
    reports: int


class _Change(NamedTuple):
    number: int
    kind: str
    report: int
    reference: Any
    first: int | None
    last: int | None
    at: Any
    shared: bool


def answer(viewer: Viewer, circle: int, after: Place) -> Answer:
    """The envelopes behind ``after`` for this circle (its principal), at most about BYTES of them.

    Called inside the viewer; notes what goes out to whom.
    """
    rows = _changes(viewer, circle, after.own)
    chosen = _first_bytes(rows)
    texts = [_sealed(one) for one in _written(chosen)]
    own = chosen[-1].number if chosen else after.own
    passed, own_more = after.passed, len(chosen) < len(rows) or len(rows) == CHANGES
    more = own_more
    if not own_more:
        foreign = _passed(circle, after.passed)
        texts += [text for _number, text in foreign]
        passed = foreign[-1][0] if foreign else passed
        more = bool(foreign)
    told = sorted({one.report for one in chosen if one.shared})
    deliveries.note_reports(by=viewer, channel=CHANNEL, reports=told)
    return Answer(texts, Place(own, passed), more, len(told))


def _changes(viewer: Viewer, circle: int, after: int) -> list[_Change]:
    mask = gates.mask(viewer, CHANNEL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hueandcry_node_changes(%s, %s, %s, %s)", [circle, after, mask, CHANGES])
        return [_Change(*row) for row in cursor.fetchall()]


def _passed(circle: int, after: int) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, content FROM (SELECT id, content, sum(length(content)) OVER (ORDER BY id) - length(content) AS"
            " before FROM hueandcry_node_passed(%s, %s, %s)) p WHERE before < %s ORDER BY id",
            [circle, after, CHANGES, BYTES],
        )
        return list(cursor.fetchall())


def _whole(change: _Change) -> bool:
    """Whether all of the report goes along: its reader may never have seen it."""
    return change.kind in ("handled", "again")


_RANGES = (
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS u(number, report, first, last)"
    " JOIN exchange_object o ON o.report_id = u.report AND o.id BETWEEN u.first AND u.last"
    " WHERE NOT o.ours AND o.kind <> 'envelope'"
)


def _ranges(changes: Iterable[_Change]) -> list[list[int]]:
    """Parameters of _RANGES: of which reports, and between which ids, objects are told."""
    found = [
        (c.number, c.report, 0, 2**62) if _whole(c) else (c.number, c.report, c.first, c.last)
        for c in changes
        if c.shared and (_whole(c) or c.first is not None)
    ]
    return [list(column) for column in zip(*found, strict=True)] if found else [[], [], [], []]


def _first_bytes(rows: Sequence[_Change]) -> list[_Change]:
    """As many changes from the first on as hold about BYTES of objects."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT u.number, sum(length(o.text)) {_RANGES} GROUP BY 1", _ranges(rows))
        sizes = dict(cursor.fetchall())
    chosen: list[_Change] = []
    total = 0
    for row in rows:
        total += int(sizes.get(row.number, 0)) + 2_000
        if chosen and total > BYTES:
            break
        chosen.append(row)
    return chosen


def _written(changes: Sequence[_Change]) -> Iterable[envelope.Envelope]:
    shared = [one for one in changes if one.shared]
    reports = {
        r.pk: r
        for r in Report.objects.filter(pk__in={c.report for c in shared}).select_related(
            "organisation", "superseded_by"
        )
    }
    elements = _elements(shared)
    heads = {c.number for c in shared if c.report in reports and _has_head(c, reports[c.report])}
    told = _values(shared, elements, {c.report for c in shared if c.number in heads})
    for one in changes:
        made = envelope.Envelope(
            v=envelope.VERSION, origin=identity.own_node(), number=one.number, kind=one.kind, report=one.reference,
            at=one.at,
        )  # fmt: skip
        report = reports.get(one.report) if one.shared else None
        if report is None:
            made.kind = "erased" if one.kind == "erased" else "gone"
            yield made
            continue
        _tell(made, report)
        made.objects = elements.get(one.number, [])
        for element in made.objects:
            element.told = told.get((one.report, hash64(element.key)), [])
        if one.number in heads:
            made.head = True
            made.told = told.get((one.report, None), [])
        yield made


def _has_head(change: _Change, report: Report) -> bool:
    """Whether what the report says came with this change, or later; an act on it is told by its kind."""
    return _whole(change) or (change.kind == "added" and max(report.created_at, report.changed_at) >= change.at)


def _tell(made: envelope.Envelope, report: Report) -> None:
    made.reporter = envelope.Reporter(report.organisation.name, report.source_kind, report.organisation.country)
    made.said = envelope.Said(
        title=report.title, reported_at=report.reported_at, state=report.state, kind=report.kind,
        version=report.version, account=report.account, language=report.language, classes=report.classes,
        techniques=report.techniques, labels=report.labels, occurred_from=report.occurred_from,
        occurred_to=report.occurred_to, victim_countries=report.victim_countries, victim_sector=report.victim_sector,
        victim_size=report.victim_size, victim_area=report.victim_area,
        loss_amount="" if report.loss_amount is None else str(report.loss_amount),
        loss_currency=report.loss_currency,
    )  # fmt: skip
    made.handling = envelope.Handled(
        tlp=report.tlp, pap=report.pap, codes=report.codes, source_grade=report.source_grade,
        information_grade=report.information_grade, discoverability=report.discoverability, purpose=report.purpose,
        legal_basis=report.legal_basis, review_on=report.review_on.isoformat() if report.review_on else "",
        restriction=report.restriction,
    )  # fmt: skip
    made.successor = report.superseded_by.reference if report.superseded_by else None


def _elements(changes: Sequence[_Change]) -> dict[int, list[envelope.Element]]:
    found: dict[int, list[envelope.Element]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.number, o.key, o.kind, o.text, o.place, o.version, o.revoked {_RANGES} ORDER BY u.number, o.id",
            _ranges(changes),
        )
        for number, *fields in cursor.fetchall():
            found.setdefault(number, []).append(envelope.Element(*fields))
    return found


_VALUES = (
    "SELECT v.report_id, v.told_by, h.type, h.value, v.role, v.first_seen, v.last_seen, v.claimed"
    " FROM exchange_observation v JOIN exchange_observable h ON h.id = v.observable"
)


def _values(
    changes: Sequence[_Change], elements: dict[int, list[envelope.Element]], whole: set[int]
) -> dict[tuple[int, int | None], list[envelope.Told]]:
    """Values by (report, hash of the key of the object that tells them); None for those that no object of the report
    tells: its own, and those of objects that lie with another report."""
    found: dict[tuple[int, int | None], list[envelope.Told]] = {}
    asked = {(c.report, hash64(e.key)) for c in changes for e in elements.get(c.number, ()) if c.report not in whole}
    held = _keys(whole)
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_VALUES} WHERE v.report_id = ANY (%s) UNION ALL {_VALUES}"
            " JOIN unnest(%s::bigint[], %s::bigint[]) AS u(report, told)"
            " ON u.report = v.report_id AND u.told = v.told_by",
            [sorted(whole), [r for r, _t in asked], [t for _r, t in asked]],
        )
        for report, told_by, *fields in cursor.fetchall():
            teller = told_by if report not in whole or (report, told_by) in held else None
            found.setdefault((report, teller), []).append(envelope.Told(*fields))
    return found


def _keys(reports: set[int]) -> set[tuple[int, int]]:
    if not reports:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT report_id, key FROM exchange_object WHERE report_id = ANY (%s) AND NOT ours"
            " AND kind <> 'envelope'",
            [sorted(reports)],
        )
        return {(report, hash64(key)) for report, key in cursor.fetchall()}


def _sealed(one: envelope.Envelope) -> str:
    content = envelope.write(one)
    return msgspec.json.encode(Sealed(content, identity.sign(content), identity.public_key())).decode()
