"""A page of a collection, put together inside PostgreSQL: one statement, one row, bytes that nobody parses again.

A page walks (collection, number), the key of the entries, in order, so its cost does not grow with the collection; and
reads each object under row-level security, so what the viewer may not see is not there: not in the page, nor in
``more``, nor in its dates. An entry that its report's handling closes is not there either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection

from hueandcry.exchange.recall import gates
from hueandcry.exchange.taxii import timestamps
from hueandcry.exchange.taxii.parameters import Wanted
from hueandcry.exchange.taxii.places import Place
from hueandcry.members.viewer import Viewer
from hueandcry.web.statements import prepared

LARGEST: Final = 32 * 1024 * 1024  # bytes of objects in one answer; a page ends there, and always holds one object

# What is told of an object whose kind has no versions: markings have a time of creation (section 5.3.1), observables
# nothing, so theirs is when they were added.
_CREATED: Final = r"""substring(o.text FROM '"created"\s*:\s*"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z)"')"""
_SECOND: Final = "'YYYY-MM-DD\"T\"HH24:MI:SS.'"
_ADDED: Final = f"""to_char(e.added AT TIME ZONE 'UTC', {_SECOND} || 'US"Z"')"""
_MARKED: Final = "e.version IS NULL AND e.kind = 'marking-definition'"
_VERSION: Final = f"""CASE WHEN e.version IS NOT NULL THEN to_char(e.version AT TIME ZONE 'UTC', {_SECOND} ||
        CASE WHEN mod(extract(microseconds FROM e.version)::bigint, 1000) = 0 THEN 'MS"Z"' ELSE 'US"Z"' END)
    ELSE coalesce(CASE WHEN e.kind = 'marking-definition' THEN {_CREATED} END, {_ADDED}) END"""
_PIECES: Final[Mapping[str, str]] = {
    "objects": "o.text",
    "object": "o.text",
    "manifest": f"""'{{"id":' || to_json(o.key)::text || ',"date_added":"' || {_ADDED}
        || '","version":"' || {_VERSION} || '","media_type":"application/stix+json;version='
        || CASE e.spec WHEN 20 THEN '2.0' ELSE '2.1' END || '"}}'""",
    "versions": f"""'"' || {_VERSION} || '"'""",
}


class Page(NamedTuple):
    """A page of a collection as it goes out."""

    collection: int
    size: int  # pieces on it
    more: bool
    first: Place | None  # None where the page is empty
    last: Place | None
    body: bytes  # the pieces, separated by commas


def page(
    viewer: Viewer, collection: UUID, kind: str, wanted: Wanted, *, after: Place | None = None, object_id: str = ""
) -> Page | None:
    """One page of what the viewer may see of a collection; ``kind`` is objects, object, manifest or versions. None
    where the viewer may not see the collection. Call it inside ``with viewer(...)``."""
    values: dict[str, Any] = {"reference": collection, "limit": wanted.limit, "largest": LARGEST}
    where = [*_after(wanted, after, values), *_filters(viewer, wanted, object_id, values)]
    number, seen, kept, first, last, first_added, last_added, body = _row(_statement(_PIECES[kind], where), values)
    if number is None:
        return None
    return Page(
        number,
        kept,
        seen > kept,
        Place(first, first_added) if kept else None,
        Place(last, last_added) if kept else None,
        body or b"",
    )


def holds(viewer: Viewer, collection: UUID, object_id: str, wanted: Wanted) -> bool:
    """Whether the viewer sees this object in the collection, in one of the versions asked for by their time."""
    values: dict[str, Any] = {"reference": collection, "limit": 1, "largest": LARGEST}
    asked = Wanted(words=frozenset({"all"}) if wanted.words else frozenset(), versions=wanted.versions)
    where = _filters(viewer, asked, object_id, values)
    found = _row(_statement("o.key", where), values)
    return bool(found[2])


def copies(viewer: Viewer, collection: UUID, object_id: str, wanted: Wanted) -> list[tuple[datetime | None, int]]:
    """The versions asked for of one object in a collection, as the viewer sees them: (version, owner)."""
    values: dict[str, Any] = {"reference": collection}
    where = _filters(viewer, wanted, object_id, values)
    statement = f"""
WITH place AS MATERIALIZED (SELECT id, kind FROM exchange_collection WHERE reference = %(reference)s::uuid)
SELECT e.version, o.organisation FROM exchange_entry e JOIN exchange_object o ON o.id = e.object
WHERE e.collection = (SELECT id FROM place) AND {" AND ".join(where)}"""  # noqa: S608  our own words
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [(version, organisation) for version, organisation in cursor.fetchall()]


def hashed(object_id: str) -> int:
    """What copies of an object are found by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashtextextended(%s, 0)", [object_id])
        return int(cursor.fetchone()[0])


def _statement(piece: str, where: list[str]) -> str:
    """LATERAL with OFFSET keeps the planner from any other way than entry by entry, whatever it believes to know of the
    sizes of the tables."""
    return f"""
WITH place AS MATERIALIZED (SELECT id, kind FROM exchange_collection WHERE reference = %(reference)s::uuid)
SELECT (SELECT id FROM place), count(*), count(*) FILTER (WHERE kept),
    min(number), max(number) FILTER (WHERE kept), min(added), max(added) FILTER (WHERE kept),
    convert_to(string_agg(piece, ',') FILTER (WHERE kept), 'UTF8')
FROM (SELECT number, added, piece, n <= %(limit)s::bigint AND (n = 1 OR size <= %(largest)s::bigint) AS kept
    FROM (SELECT number, added, piece, row_number() OVER walk AS n, sum(octet_length(piece)) OVER walk AS size
        FROM (SELECT e.number, e.added, {piece} AS piece
            FROM exchange_entry e
            CROSS JOIN LATERAL (SELECT x.key, x.text, x.organisation, x.report_id FROM exchange_object x
                WHERE x.id = e.object OFFSET 0) o
            WHERE e.collection = (SELECT id FROM place) AND {" AND ".join(where) or "true"}
            ORDER BY e.number LIMIT %(limit)s::bigint + 1) page
        WINDOW walk AS (ORDER BY number ROWS UNBOUNDED PRECEDING)) measured) cut"""  # noqa: S608  our own words


def _after(wanted: Wanted, after: Place | None, values: dict[str, Any]) -> list[str]:
    where = []
    if after is not None:
        values["after"] = after.number
        where.append("e.number > %(after)s::bigint")
    if wanted.added_after is not None:
        values["added_after"] = wanted.added_after
        # Both grow together: the time is looked up once, and the walk goes by the number.
        where.append(
            "e.number > coalesce((SELECT b.number FROM exchange_entry b WHERE b.collection = (SELECT id FROM place)"
            " AND b.added <= %(added_after)s::timestamptz ORDER BY b.added DESC LIMIT 1), 0)"
        )
    return where


def _filters(viewer: Viewer, wanted: Wanted, object_id: str, values: dict[str, Any]) -> list[str]:
    where = []
    if object_id:
        values["id"] = object_id
        where += ["e.key = hashtextextended(%(id)s::text, 0)", "o.key = %(id)s::text"]
    if wanted.ids:
        values["ids"] = list(wanted.ids)
        hashes = "ARRAY(SELECT hashtextextended(i, 0) FROM unnest(%(ids)s::text[]) i)"
        where += [f"e.key = ANY ({hashes})", "o.key = ANY (%(ids)s::text[])"]
    if wanted.types:
        values["types"] = list(wanted.types)
        where.append("e.kind = ANY (%(types)s::text[])")
    if wanted.specs:
        values["specs"] = list(wanted.specs)
        where.append("e.spec = ANY (%(specs)s::smallint[])")
    mask = gates.mask(viewer, "TAXII")
    values["mask"] = mask
    where.append(_open("e", "o"))
    where += _versions(wanted, values)
    return where


def _open(entry: str, thing: str) -> str:
    return (
        f"({entry}.gate & %(mask)s::integer = 0 OR {thing}.organisation = (SELECT hueandcry_organisation())"
        f" OR hueandcry_opened({thing}.report_id, {entry}.gate & %(mask)s::integer))"
    )


def _versions(wanted: Wanted, values: dict[str, Any]) -> list[str]:
    """Which versions of each object: section 3.4.1. ``latest`` spares the look for a newer one that shows."""
    ways = []
    if "all" in wanted.words:
        return [] if wanted.specs else [_newest_spec()]
    if "last" in wanted.words:
        # in an inbox, what is newer may be for one person by name, and ``latest`` is of what everybody there sees
        trusted = "(e.latest AND (SELECT kind FROM place) <> 'organisation')"
        ways.append(f"({trusted} OR NOT {_other('n.version > e.version', wanted)})")
    if "first" in wanted.words:
        ways.append(f"NOT {_other('n.version < e.version', wanted)}")
    if wanted.versions:
        values["versions"] = list(wanted.versions)
        values["written"] = [_bare(timestamps.written(one)) for one in wanted.versions]
        created = f"regexp_replace({_CREATED}, '[.]?0*Z$', '') = ANY (%(written)s::text[])"
        ways.append(
            f"CASE WHEN e.version IS NOT NULL THEN e.version = ANY (%(versions)s::timestamptz[])"
            f" WHEN {_MARKED} THEN coalesce({created}, false)"
            f" ELSE e.added = ANY (%(versions)s::timestamptz[]) END"
        )
    return [f"({' OR '.join(ways)})"]


def _bare(written: str) -> str:
    """A timestamp without the zeros at its end, so that .000Z, .0Z and Z are one."""
    head, _dot, fraction = written.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{head}.{fraction}" if fraction else head


def _newest_spec() -> str:
    """Of an object that is there by two versions of STIX, those by the newer one."""
    return f"(e.spec = 21 OR NOT {_other('n.spec > e.spec', Wanted())})"


def _other(condition: str, wanted: Wanted) -> str:
    """Whether another entry of the same object shows to the viewer."""
    specs = " AND n.spec = ANY (%(specs)s::smallint[])" if wanted.specs else ""
    return f"""EXISTS (SELECT 1 FROM exchange_entry n JOIN exchange_object p ON p.id = n.object
        WHERE n.collection = e.collection AND n.key = e.key AND p.key = o.key AND {condition}{specs}
            AND {_open("n", "p")})"""  # noqa: S608  our own words


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """The one row of a statement. Planning it under row-level security takes longer than a page, and there is one way
    to walk it: so it is prepared, and callers that read a page enter by ``viewer(..., one_plan=True)``."""
    return prepared(statement, values) or ()


def dates(page: Page, empty: datetime | None) -> dict[str, str]:
    """The two headers of section 3.2. An empty page has no first and no last object; there they say up to when the
    client has everything, so that ``added_after`` goes on from there."""
    if page.first is None or page.last is None:
        stands = timestamps.written(empty) if empty else timestamps.EPOCH
        return {"X-TAXII-Date-Added-First": stands, "X-TAXII-Date-Added-Last": stands}
    return {
        "X-TAXII-Date-Added-First": timestamps.written(page.first.added),
        "X-TAXII-Date-Added-Last": timestamps.written(page.last.added),
    }
