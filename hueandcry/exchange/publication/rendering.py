"""Writing reports as STIX objects, so that collections hold them like all others: rows with ``ours``.

Each report is written on behalf of its owner. A report that did not come as STIX is written whole, and written anew
when it changes: what has versions gets a later one, where it says something else than before; cyber-observables have
none and are brought up to date in place.

A report that came as STIX keeps its objects as received. When its owner withdraws it, each of its objects that has
versions gets one more, with ``revoked``; when it is restored, one more without. STIX 2.1, section 3.6, leaves new
versions to the creator of an object, and that is whom the withdrawing organisation stands for: it says so of its own
copies. Two things keep that from going too far: an object that the owner sees others hold too is left alone, for theirs
is not withdrawn; and what the sender itself revoked stays so. Who resends an object after that has the last word.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import orjson
from django.db import connection

from hueandcry.exchange import stix_out
from hueandcry.exchange.drafts import Marking
from hueandcry.exchange.export import observations_of
from hueandcry.exchange.merge import FOREIGN_KINDS
from hueandcry.exchange.models import Report
from hueandcry.exchange.statements import binding
from hueandcry.exchange.stix_handling import TLP_ID
from hueandcry.members.viewer import Viewer, viewer

log = logging.getLogger(__name__)

BATCH = 5_000  # changes at a time: those of one owner are written together
SHARED = 0  # the "report" of what belongs to none: the project, its extension, markings, who reports
_TICK = timedelta(milliseconds=1)  # one version is at least this much later than the one before
_WRITTEN_ONCE = frozenset({stix_out.PROJECT["id"], stix_out.DEFINITION["id"], *TLP_ID.values()})


class Waiting(NamedTuple):
    """A change that waits to be written, with its report, who owns that, and whether everybody may see it."""

    change: int
    report: int
    organisation: int
    person: int
    principals: tuple[int, ...]
    public: bool


def render(most: int = BATCH) -> int:
    """Write the reports of changes that wait for it, about ``most`` of them; gives how many were taken."""
    with _alone():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT change, report, organisation, person, principals, public FROM hueandcry_unrendered(%s)", [most]
            )
            waiting = [Waiting(c, r, o, p, tuple(s), e) for c, r, o, p, s, e in cursor.fetchall()]
        for _owner, group in groupby(sorted(waiting, key=_owner_of), key=_owner_of):
            _try(list(group))
        return len(waiting)


def _owner_of(one: Waiting) -> tuple[int, int]:
    return one.organisation, one.person


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else writes before the block ends: otherwise both would write the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(2, 2)")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(2, 2)")


def _try(waiting: list[Waiting]) -> None:
    """Write; where that fails, the halves by themselves, so that one bad report holds up no other. Of that one the
    change is told all the same, and its objects are not written."""
    first = waiting[0]
    owner = Viewer(first.person, first.organisation, first.principals, channel="publisher")
    try:
        with viewer(owner):
            _write(waiting)
    except Exception:
        middle = len(waiting) // 2
        if middle:
            _try(waiting[:middle])
            _try(waiting[middle:])
            return
        log.exception("report %s cannot be written as STIX", first.report)
        with viewer(owner):
            _tell(waiting, {})


class _Made(NamedTuple):
    """An object about to be inserted."""

    report: int
    submission: int
    audience: int
    found: dict[str, Any]
    text: str


def _insert(organisation: int, made: Sequence[_Made]) -> list[tuple[int, int, int]]:
    """Insert objects; gives (report, audience, id) of each. As one JSON text beside the statement: the driver takes
    longer to write out arrays of texts than all that went before."""
    if not made:
        return []
    rows = [
        {
            "report": one.report, "submission": one.submission, "audience": one.audience, "key": one.found["id"],
            "kind": one.found["type"], "version": one.found.get("modified"), "revoked": bool(one.found.get("revoked")),
            "digest": hashlib.blake2b(one.text.encode(), digest_size=16).hexdigest(), "text": one.text,
        }
        for one in made
    ]  # fmt: skip
    with binding() as cursor:
        cursor.execute(_INSERT, [organisation, orjson.dumps(rows).decode()])
        return [(report, audience, ident) for report, audience, ident in cursor.fetchall()]


_INSERT = """
INSERT INTO exchange_object (organisation, submission, report_id, audience, key, kind, version, digest, revoked, place,
    ours, text)
SELECT %s::bigint, t.submission, t.report, t.audience, t.key, t.kind, t.version, decode(t.digest, 'hex'), t.revoked, '',
    true, t.text
FROM ROWS FROM (json_to_recordset(%s::json) AS (report bigint, submission bigint, audience integer, key text, kind text,
    version timestamptz, digest text, revoked boolean, text text))
    WITH ORDINALITY AS t(report, submission, audience, key, kind, version, digest, revoked, text, n)
ORDER BY t.n
RETURNING report_id, audience, id
"""


def _write(waiting: list[Waiting]) -> None:
    """Write the reports of these changes, all of one owner; inside its viewer."""
    public = {one.report: one.public for one in waiting}
    found = {r.pk: r for r in Report.objects.filter(pk__in=public).select_related("organisation").defer("document")}
    foreign = _foreign(list(found))
    organisation = waiting[0].organisation
    made: dict[int, list[int]] = {}
    written: list[_Made] = []
    shared: dict[tuple[int, str, datetime | None], tuple[dict[str, Any], str]] = {}
    held = _held(list(foreign))
    told = observations_of(list(foreign))
    for number in sorted(foreign):
        report = found[number]
        objects = _objects(report, told.get(number, []), held.get(number, []), named=not public[number])
        _update(report, objects, held.get(number, []), written, shared)
    by_audience = {report.audience: number for number, report in sorted(found.items(), reverse=True)}
    for _report, audience, ident in _share(organisation, shared):
        made.setdefault(by_audience[audience], []).append(ident)
    for number, _audience, ident in _insert(organisation, written):
        made.setdefault(number, []).append(ident)
    for number in sorted(set(found) - foreign):
        made.setdefault(number, []).extend(_revise(found[number]))
    _tell(waiting, made)


def _foreign(reports: Sequence[int]) -> set[int]:
    """Those of these reports that did not come as STIX: a format brings objects of its own kinds only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.report FROM unnest(%s::bigint[]) AS t(report) CROSS JOIN LATERAL ("
            " SELECT o.kind FROM exchange_object o WHERE o.report_id = t.report AND NOT o.ours"
            " AND o.kind <> 'envelope' ORDER BY o.id LIMIT 1) f"
            " WHERE f.kind = ANY (%s)",
            [list(reports), list(FOREIGN_KINDS)],
        )
        return {row[0] for row in cursor.fetchall()}


class _Held(NamedTuple):
    """An object that was written earlier."""

    id: int
    key: str
    version: datetime | None
    text: str


def _held(reports: Sequence[int]) -> dict[int, list[_Held]]:
    held: dict[int, list[_Held]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT report_id, id, key, version, text FROM exchange_object"
            " WHERE report_id = ANY (%s) AND ours ORDER BY version NULLS FIRST, id",
            [list(reports)],
        )
        for report, ident, key, version, text in cursor.fetchall():
            held.setdefault(report, []).append(_Held(ident, key, version, text))
    return held


def _objects(
    report: Report, observations: Sequence[Any], held: Sequence[_Held], *, named: bool
) -> list[tuple[dict[str, Any], str]]:
    """The STIX objects of a report as it stands now, each also as text. ``named``: its organisation is; everybody
    may not see who the members are."""
    body = report.organisation
    latest = max((one.version for one in held if one.version), default=None)
    moments = [report.created_at, report.changed_at, *([latest + _TICK] if latest else [])]
    made = stix_out.made(
        stix_out.OutReport(
            id=report.reference, title=report.title, created=report.created_at, modified=max(moments),
            account=report.account, language=report.language, kind=report.kind,  # type: ignore[arg-type]
            classes=tuple((c.split("/")[0], c.split("/")[1] if "/" in c else "") for c in report.classes),
            techniques=tuple(report.techniques), labels=tuple(report.labels), occurred_from=report.occurred_from,
            occurred_to=report.occurred_to, reported_at=report.reported_at,
            victim_countries=tuple(report.victim_countries), victim_sector=report.victim_sector,
            victim_size=report.victim_size, victim_area=report.victim_area, loss_amount=report.loss_amount,
            loss_currency=report.loss_currency,
            marking=Marking(
                report.tlp, report.pap or None, tuple(report.codes),  # type: ignore[arg-type]
                report.source_grade or None, report.information_grade or None,
            ),
            withdrawn=report.state == Report.State.WITHDRAWN,
            organisation=stix_out.OutOrganisation(stix_out.organisation_id(body.slug), body.name, body.created_at)
            if named else None,
            observations=tuple(observations),
        )
    )  # fmt: skip
    return [(one, _dumped(one)) for one in made]


def _update(
    report: Report,
    objects: Iterable[tuple[dict[str, Any], str]],
    held: Sequence[_Held],
    written: list[_Made],
    shared: dict[tuple[int, str, datetime | None], tuple[dict[str, Any], str]],
) -> None:
    """Add what is new or says something new; bring cyber-observables up to date; let go of those not told any more."""
    said = {one.key: one for one in held}  # of each the latest version
    wanted: set[str] = set()
    for found, text in objects:
        key = found["id"]
        wanted.add(key)
        if key in _WRITTEN_ONCE or found["type"] == "identity":
            shared[report.audience, key, _version(found)] = (found, text)
            continue
        before = said.get(key)
        if before is None:
            written.append(_Made(report.pk, report.submission_id, report.audience, found, text))
        elif before.version is None:
            if before.text != text:
                _put("UPDATE exchange_object SET text = %s WHERE id = %s", [text, before.id])
        elif orjson.loads(before.text) | {"modified": 0} != found | {"modified": 0}:
            written.append(_Made(report.pk, report.submission_id, report.audience, found, text))
    for one in said.values():  # it has become a report of another kind
        if one.version and one.key not in wanted and not (found := orjson.loads(one.text)).get("revoked"):
            found |= {"modified": _stamp(max(report.changed_at, one.version + _TICK)), "revoked": True}
            written.append(_Made(report.pk, report.submission_id, report.audience, found, _dumped(found)))
    gone = [one.id for one in held if one.version is None and one.key not in wanted]
    if gone:
        _put("DELETE FROM exchange_object WHERE id = ANY (%s)", [gone])


def _put(statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _share(
    organisation: int, shared: dict[tuple[int, str, datetime | None], tuple[dict[str, Any], str]]
) -> list[tuple[int, int, int]]:
    """Insert what is shared by many reports: once for each organisation, audience and version."""
    if not shared:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audience, key, version FROM exchange_object"
            " WHERE ours AND report_id = %s AND audience = ANY (%s) AND organisation = %s",
            [SHARED, sorted({audience for audience, _key, _version in shared}), organisation],
        )
        known = set(cursor.fetchall())
    new = [_Made(SHARED, 0, place[0], *one) for place, one in shared.items() if place not in known]
    return _insert(organisation, new)


def _version(found: dict[str, Any]) -> datetime | None:
    return datetime.fromisoformat(found["modified"]) if "modified" in found else None


def _revise(report: Report) -> Iterator[int]:
    """Versions with or without ``revoked`` of the objects of a report that came as STIX, as it is withdrawn or not.
    Gives the ids of what was inserted."""
    revoked = report.state == Report.State.WITHDRAWN
    with connection.chunked_cursor() as cursor:
        cursor.execute(_LATEST, {"report": report.pk, "revoked": revoked, "organisation": report.organisation_id})
        while rows := cursor.fetchmany(BATCH):
            written: list[_Made] = []
            for text, latest in rows:
                found = _loaded(text)
                found["modified"] = _stamp(max(report.changed_at, latest + _TICK))
                found.pop("revoked", None)
                if revoked:
                    found["revoked"] = True
                written.append(_Made(report.pk, report.submission_id, report.audience, found, _dumped(found)))
            yield from (ident for _report, _audience, ident in _insert(report.organisation_id, written))


# Of each object that has versions the text received last, where its latest version does not say what the report's state
# wants: revoked by nobody yet; or by us, and the report is current again.
_LATEST = """
SELECT o.text, l.version
FROM (SELECT DISTINCT ON (x.key) x.key, x.hash, x.version, x.revoked, x.ours FROM exchange_object x
      WHERE x.report_id = %(report)s AND x.version IS NOT NULL AND x.kind <> 'marking-definition'
        AND (%(revoked)s OR EXISTS (SELECT 1 FROM exchange_object w WHERE w.report_id = %(report)s AND w.ours))
      ORDER BY x.key, x.version DESC, x.id DESC) l
CROSS JOIN LATERAL (SELECT y.text FROM exchange_object y
      WHERE y.hash = l.hash AND y.key = l.key AND y.report_id = %(report)s AND NOT y.ours
      ORDER BY y.version DESC, y.id DESC LIMIT 1) o
WHERE l.revoked <> %(revoked)s AND (%(revoked)s OR l.ours)
  AND (NOT %(revoked)s OR NOT EXISTS (
      SELECT 1 FROM exchange_object z WHERE z.hash = l.hash AND z.organisation <> %(organisation)s))
"""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _loaded(text: str) -> dict[str, Any]:
    try:
        loaded = orjson.loads(text)
    except orjson.JSONDecodeError:  # numbers beyond 64 bits
        loaded = json.loads(text)
    return dict(loaded)


def _dumped(found: dict[str, Any]) -> str:
    try:
        return orjson.dumps(found).decode()
    except orjson.JSONEncodeError:
        return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def _tell(waiting: list[Waiting], made: dict[int, list[int]]) -> None:
    """Say of the changes that they are written; of several of one report the first brings what was made."""
    ranges: list[tuple[int, int | None, int | None, int]] = []
    for one in sorted(waiting):
        ids = made.pop(one.report, [])
        ranges.append((one.change, min(ids, default=None), max(ids, default=None), len(ids)))
    _put(
        "SELECT hueandcry_rendered(%s::bigint[], %s::bigint[], %s::bigint[], %s::integer[])",
        [list(column) for column in zip(*ranges, strict=True)],
    )
