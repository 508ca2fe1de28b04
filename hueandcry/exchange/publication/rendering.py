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
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.db import connection

from hueandcry.exchange import stix_out
from hueandcry.exchange.models import Report
from hueandcry.exchange.out_report import observations_of, out_report
from hueandcry.exchange.staging import FOREIGN_KINDS
from hueandcry.exchange.statements import binding, named
from hueandcry.exchange.stix_handling import TLP_ID
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web import locks

log = logging.getLogger(__name__)

SQL = named(Path(__file__).parent / "sql" / "rendering.sql")
LOCK, WRITING = 2, 2  # key of the advisory lock: one process writes reports as STIX
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
    with locks.in_turn(LOCK, WRITING):  # otherwise two would write the same
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
        cursor.execute(SQL["insert_written"], [organisation, orjson.dumps(rows).decode()])
        return [(report, audience, ident) for report, audience, ident in cursor.fetchall()]


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
        objects = _objects(report, told.get(number, []), held.get(number, []), by_name=not public[number])
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
    report: Report, observations: Sequence[Any], held: Sequence[_Held], *, by_name: bool
) -> list[tuple[dict[str, Any], str]]:
    """The STIX objects of a report as it stands now, each also as text. ``by_name``: its organisation is
    named; everybody may not see who the members are."""
    latest = max((one.version for one in held if one.version), default=None)
    body = report.organisation
    reporter = stix_out.OutOrganisation(stix_out.organisation_id(body.slug), body.name, body.created_at)
    later = latest + _TICK if latest else None
    told = out_report(report, reporter if by_name else None, observations, not_before=later)
    return [(one, _dumped(one)) for one in stix_out.made(told)]


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
        cursor.execute(
            SQL["to_revise"], {"report": report.pk, "revoked": revoked, "organisation": report.organisation_id}
        )
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
