"""Sending to a TAXII collection what a circle may share, and following what became of it.

What goes: our own organisation's objects of the circle's collection, and those of others that are TLP:CLEAR or GREEN;
nothing that a handling code keeps here (H2, H3 unread, PAP:RED). An object without a TLP marking gets the one its
report is handled by, so that the label does not get lost on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection

from hueandcry.audit import actions as audit
from hueandcry.exchange.models import Remote
from hueandcry.exchange.publication import queries as publication
from hueandcry.exchange.recall import deliveries, gates
from hueandcry.exchange.remotes import taxii
from hueandcry.exchange.remotes.outward import RemoteError, Server
from hueandcry.exchange.stix_handling import TLP_ID
from hueandcry.members.viewer import Viewer, viewer

CHANNEL = "TAXII"
PAGE = 500  # objects sent at once
ROUNDS = 200


class _Row(NamedTuple):
    number: int
    report: int
    text: str
    tlp: str


def push(*, by: Viewer, remote: Remote, server: Server, ended: Callable[[], bool]) -> int:
    """Send what is new behind our place; gives how many objects went. Raises RemoteError."""
    sent = 0
    for _round in range(ROUNDS):
        _follow(by, remote, server)
        rows, last = _batch(by, remote)
        if last == int(remote.position.get("pushed", 0)):
            return sent
        ident = ""
        if rows:
            ident = taxii.send(server, _texts(rows))
            sent += len(rows)
        _stand(by, remote, {"pushed": last, "status": ident})
        if ended():
            break
    _follow(by, remote, server)
    return sent


def _batch(by: Viewer, remote: Remote) -> tuple[list[_Row], int]:
    """The next objects to send, and the number of the last entry looked at. What is about to leave is noted first: a
    crash in between sends it again, and the other server knows it by its id and version."""
    after = int(remote.position.get("pushed", 0))
    with viewer(by):
        collection = next((c.id for c in publication.collections(by) if c.principal == remote.circle), None)
        if collection is None:
            raise RemoteError("Your organisation is not in the circle any more, or the circle is closed.")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT e.number, o.report_id, o.text, r.tlp FROM exchange_entry e JOIN exchange_object o ON"  # noqa: S608
                " o.id = e.object JOIN exchange_report r ON r.id = o.report_id"
                " WHERE e.collection = %s AND e.number > %s AND (o.organisation = %s OR r.tlp IN ('CLEAR', 'GREEN'))"
                f" AND {gates.open_reports(by, door=CHANNEL)} ORDER BY e.number LIMIT %s",
                [collection, after, by.organisation, PAGE],
            )
            rows = [_Row(*row) for row in cursor.fetchall()]
            cursor.execute("SELECT last_entry FROM exchange_collection WHERE id = %s", [collection])
            end = int(cursor.fetchone()[0])
        last = rows[-1].number if len(rows) == PAGE else max(after, end)
        if rows:
            reports = sorted({row.report for row in rows})
            deliveries.note_reports(by=by, channel=CHANNEL, reports=reports, remote=remote.pk)
            audit.record(by=by, verb="push", kind="remote", thing=remote.pk, count=len(rows))
    return rows, last


def _texts(rows: Sequence[_Row]) -> list[str]:
    return [marked(row.text, row.tlp) for row in rows]


def marked(text: str, tlp: str) -> str:
    """The object's text; with its report's TLP where it carries no marking of any kind itself."""
    found: dict[str, Any] = orjson.loads(text)
    if found.get("object_marking_refs") or found.get("type") in ("marking-definition", "extension-definition"):
        return text
    mark = TLP_ID.get(tlp)
    return orjson.dumps(found | {"object_marking_refs": [mark]}).decode() if mark else text


def _follow(by: Viewer, remote: Remote, server: Server) -> None:
    """Ask what became of what was sent last; a refusal of objects is a failure that is told."""
    ident = str(remote.position.get("status", ""))
    if not ident:
        return
    try:
        status = taxii.status(server, ident)
    except RemoteError as error:
        if error.status != 404:  # a server may forget a status after a while
            raise
        _stand(by, remote, {"status": ""})
        return
    if not status.complete:
        return
    _stand(by, remote, {"status": ""})
    if status.failure:
        raise RemoteError(
            f"The server refused {status.failure} of the objects sent to it. {status.first_failure}".strip()
        )


def _stand(by: Viewer, remote: Remote, place: dict[str, Any]) -> None:
    position = remote.position | place
    with viewer(by):
        Remote.objects.filter(pk=remote.pk, url=remote.url).update(position=position)
    remote.position = position
