"""Events and feeds out of what a viewer may read. The caller has entered the viewer; row-level security decides.

A feed shows one collection: the reports addressed to one of the viewer's principals, told by their audiences. Those are
asked of the database as that principal alone, and narrow what the viewer may see anyway.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson
from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.exchange import stix, stix_out
from hueandcry.exchange.drafts import ObjectDraft, Observation, Options, ReportDraft
from hueandcry.exchange.misp_feed import attributes, writing
from hueandcry.exchange.misp_feed.writing import OutEvent, Part
from hueandcry.exchange.out_report import SELECTED, ReportRow, observations_of, out_report
from hueandcry.exchange.recall import gates
from hueandcry.exchange.staging import FOREIGN_KINDS
from hueandcry.exchange.statements import named
from hueandcry.exchange.stix_out import OutOrganisation, organisation_id
from hueandcry.members import queries as members
from hueandcry.members.models import ALLIANCE, EVERYONE, Circle
from hueandcry.members.viewer import Viewer, viewer

SQL = named(Path(__file__).parent / "sql" / "feed.sql")
BATCH = 200  # events whose values are fetched at a time
_ROWS = 200  # rows fetched at a time; a row may hold an event's whole text
_MOVED, _HEADER, _REPORT = 4, 9, 10  # places in a row: something happened since it came; its own text; the report's row
_WHOLE = SELECTED.replace("r.account", "CASE WHEN %(whole)s OR r.changed_at > r.created_at THEN r.account ELSE '' END")
_OBJECT = re.compile(r"\.Object\[(\d+)\]\.Attribute\[\d+\]$")
_EVERY = "true"
_AMONG = "r.id = ANY (%(reports)s::bigint[])"
_WITHIN = "r.audience = ANY (%(within)s::integer[])"
# Each half by an index of its own; objects have theirs on the hash of their key.
_BY_KEY = (
    "r.id IN (SELECT x.id FROM exchange_report x WHERE x.reference = %(key)s::uuid UNION ALL SELECT e.report_id"
    " FROM exchange_object e WHERE e.hash = hashtextextended(%(key)s::text, 0) AND e.key = %(key)s::text"
    " AND e.kind = 'misp-event')"
)


@dataclass(frozen=True, slots=True)
class Feed:
    """One collection as a feed: its name in the address, its name in words, the principals it is addressed to."""

    slug: str
    name: str
    principals: tuple[int, ...]


def feeds(who: Viewer) -> list[Feed]:
    """The feeds that this viewer can follow: public, the alliance, each of its circles, its inbox, and everything."""
    held = members.kinds_of(who.principals)
    found = [Feed("public", _("Public"), (EVERYONE,))]
    if ALLIANCE in who.principals:
        found.append(Feed("alliance", _("The alliance"), (ALLIANCE,)))
    circles = Circle.objects.filter(principal__in=[p for p, kind in held.items() if kind == "circle"]).order_by("slug")
    found += [Feed(f"circle-{one.slug}", one.name, (one.principal_id,)) for one in circles]
    found.append(Feed("inbox", _("Inbox"), tuple(p for p, kind in held.items() if kind in ("organisation", "person"))))
    found.append(Feed("everything", _("Everything"), who.principals))
    return found


def feed(who: Viewer, slug: str) -> Feed | None:
    """One feed by the name in its address; None where the viewer has none such."""
    return next((one for one in feeds(who) if one.slug == slug), None)


def audiences(who: Viewer, feed: Feed) -> list[int]:
    """The audiences that hold one of a feed's principals. Opens a viewer of its own, narrowed to those principals."""
    with viewer(replace(who, principals=feed.principals)), connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_audiences()")
        return list(cursor.fetchone()[0])


def state(who: Viewer, within: Sequence[int]) -> tuple[int, str]:
    """How many events a feed has, and a hash of all they depend on."""
    row = next(_rows("state", _facts(who, _WITHIN, within=list(within))))
    return int(row[0]), str(row[1])


def manifest(who: Viewer, within: Sequence[int]) -> Iterator[bytes]:
    """manifest.json: for each event who made it, its tags, title, date and time stamp, by which MISP decides."""
    yield b"{"
    waiting = bytearray()
    for number, row in enumerate(_rows("events", _facts(who, _WITHIN, within=list(within), whole=False))):
        event, header = _event(row)
        head = writing.json_of(writing.kept_head(event, header)) if header else writing.written_head(event)
        waiting += b",\n" if number else b"\n"
        waiting += orjson.dumps(event.uuid) + b":" + orjson.dumps(writing.entry(head))
        if len(waiting) >= writing.CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting) + b"\n}\n"


class _Attribute(msgspec.Struct):
    type: Any = ""
    value: Any = None
    value1: Any = None
    value2: Any = None
    deleted: Any = False


def hashes(who: Viewer, within: Sequence[int]) -> Iterator[bytes]:
    """hashes.csv: the MD5 of each value and the event that holds it: a MISP finds matches without the events."""
    waiting = bytearray()
    seen: set[bytes] = set()
    last = ""
    for event, value in _values(who, within):
        if event != last:
            seen, last = set(), event
        line = f"{hashlib.md5(value, usedforsecurity=False).hexdigest()},{event}\n".encode()
        if line in seen:
            continue
        seen.add(line)
        waiting += line
        if len(waiting) >= writing.CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _values(who: Viewer, within: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    facts = _facts(who, _WITHIN, within=list(within))
    for event, text in _rows("kept_values", facts):
        one = msgspec.json.decode(text, type=_Attribute)
        if one.deleted not in (True, 1, "1"):
            yield from ((event, part.encode()) for part in _halves(one))
    for event, kind, value in _rows("told_values", facts):
        yield event, attributes.value_of(Observation(kind, value)).encode()


def _halves(one: _Attribute) -> list[str]:
    """The parts of a value that MISP hashes: each half of a composite."""
    if one.value is None:
        return [str(half) for half in (one.value1, one.value2) if half not in (None, "")]
    value = str(one.value)
    composite = isinstance(one.type, str) and ("|" in one.type or one.type == "malware-sample")
    return value.split("|") if composite else [value]


def event(who: Viewer, within: Sequence[int], key: uuid.UUID) -> tuple[int, Iterator[bytes]] | None:
    """One event of a feed by its uuid: the report's id, and the event; None where there is none such."""
    facts = _facts(who, f"{_WITHIN} AND {_BY_KEY}", within=list(within), key=str(key), whole=True)
    for row in _rows("events", facts):
        if row[0] == str(key):
            return int(row[1]), _assembled([row])[0][1]
    return None


def events(who: Viewer, reports: Sequence[int] | None = None) -> Iterator[bytes]:
    """Events of these reports (all where None) that may leave by the viewer's door, as MISP answers a search."""
    facts = _facts(who, _EVERY if reports is None else _AMONG, whole=True, reports=list(reports or ()))
    yield from writing.response(parts for _key, parts in _each(facts))


def feed_events(who: Viewer, within: Sequence[int]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each event of a feed with its uuid, as parts of its text; take each before asking for the next."""
    return _each(_facts(who, _WITHIN, within=list(within), whole=True))


def _each(facts: Mapping[str, Any]) -> Iterator[tuple[str, Iterator[bytes]]]:
    batch: list[tuple[Any, ...]] = []
    for row in _rows("events", facts):
        batch.append(row)
        if len(batch) >= BATCH:
            yield from _assembled(batch)
            batch = []
    yield from _assembled(batch)


def leaving(who: Viewer, reports: Sequence[int] | None = None, within: Sequence[int] | None = None) -> list[int]:
    """The reports that ``events`` (of a feed: ``feed_events``) would give: for the records of what left."""
    wanted = _WITHIN if within is not None else _EVERY if reports is None else _AMONG
    facts = _facts(who, wanted, reports=list(reports or ()), within=list(within or ()))
    return [int(row[0]) for row in _rows("chosen", facts)]


def _assembled(rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, Iterator[bytes]]]:
    told = observations_of([row[1] for row in rows if row[_HEADER] is None])
    former = _former([row[1] for row in rows if row[_HEADER] is None and row[_MOVED]])
    kept = {"reports": sorted(row[1] for row in rows if row[_HEADER] is not None)}
    headers, parts = _InTurn("headers", kept), _InTurn("parts", kept)
    made = []
    for row in rows:
        event, header = _event(row)
        if header is None:
            values = tuple(told.get(row[1], ()))
            full = replace(event, report=replace(event.report, observations=values), former=former.get(row[1], ()))
            made.append((event.uuid, writing.written(full)))
        else:
            made.append((event.uuid, _kept(event, int(row[1]), headers, parts)))
    return made


def _former(reports: Sequence[int]) -> dict[int, tuple[Observation, ...]]:
    """What older versions of these reports told: a MISP may hold it, and has to hear that it is told no more."""
    texts: dict[int, list[str]] = {}
    for report, text in _rows("older", {"reports": list(reports), "foreign": list(FOREIGN_KINDS)}) if reports else ():
        texts.setdefault(report, []).append(text)
    found: dict[int, tuple[Observation, ...]] = {}
    for report, held in texts.items():
        # ours hold the values in their extension, others in patterns and cyber-observables: one reader knows both
        drafts = stix.read(b"".join(stix_out.bundle(held, uuid.UUID(int=0))), Options())
        found[report] = tuple(
            seen for one in drafts if isinstance(one, ObjectDraft | ReportDraft) for seen in one.observations
        )
    return found


class _InTurn:
    """Rows of several reports, asked for once; given report by report, in the order of their ids, as they are read."""

    def __init__(self, name: str, facts: Mapping[str, Any]) -> None:
        self._rows = _rows(name, facts)  # asks when the first is taken
        self._next: tuple[Any, ...] | None = None

    def of(self, report: int) -> Iterator[tuple[Any, ...]]:
        """The rows of this report without its id; those of reports before it that nobody took are passed over."""
        row = self._next or next(self._rows, None)
        while row is not None and row[0] <= report:
            if row[0] == report:
                yield row[1:]
            row = next(self._rows, None)
        self._next = row


def _kept(event: OutEvent, report: int, headers: _InTurn, parts: _InTurn) -> Iterator[bytes]:
    held = list(headers.of(report))
    yield from writing.kept(event, [text for _number, _submission, text in held], _parts(parts.of(report), held))


def _parts(rows: Iterable[tuple[Any, ...]], headers: Sequence[tuple[Any, ...]]) -> Iterator[Part]:
    """Attributes with the object each stands in, which its place tells by number in the event it came with."""
    named: dict[int, list[str]] = {}
    for number, submission, place, text in rows:
        found = _OBJECT.search(place)
        if found is None:
            yield Part(text)
            continue
        came_with = _came_with(number, submission, headers)
        if came_with[0] not in named:
            named[came_with[0]] = writing.identities(came_with[2])
        objects = named[came_with[0]]
        index = int(found[1])
        yield Part(text, objects[index] if index < len(objects) else "")


def _came_with(number: int, submission: int, headers: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The text of the event that an attribute came with. An event that was known already is not kept twice: it is then
    the latest that was there before the attribute."""
    before = [one for one in headers if one[0] < number] or list(headers)
    same = [one for one in before if one[1] == submission]
    return max(same or before, key=lambda one: one[0])


def _event(row: tuple[Any, ...]) -> tuple[OutEvent, str | None]:
    key, _number, changed, touched, _moved, restriction, name, slug, since, header = row[:_REPORT]
    report = ReportRow(*row[_REPORT:])
    organisation = OutOrganisation(organisation_id(slug), name, since) if slug else None
    shown = restriction if "H3" in report.codes else ""
    told = out_report(report, organisation, (), not_before=changed)
    return OutEvent(told, key, report.state, changed, touched, restriction=shown), header


def _facts(who: Viewer, wanted: str, **more: object) -> dict[str, Any]:
    """What every statement needs: the door's condition and what is wanted, both in words of ours, and parameters."""
    door = gates.door_of(who.channel)
    gate = gates.open_reports(who, door="export" if door == "page" else door)
    return {"{gate}": gate, "{wanted}": wanted, **more}


def _rows(name: str, facts: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Rows through a cursor of the server, so that memory does not grow with them."""
    words = {key: value for key, value in facts.items() if key.startswith("{")}
    sql = SQL[name].replace("{chosen}", SQL["chosen"]).replace("{report}", _WHOLE)
    for key, value in words.items():
        sql = sql.replace(key, value)
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, {key: value for key, value in facts.items() if key not in words})
        while rows := cursor.fetchmany(_ROWS):
            yield from rows
