"""Who got what: noted at every way out, inside the viewer's transaction, each by one INSERT.

These rows are what a recall goes by. One's own reports are not noted: nobody needs to be told what they did themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from hueandcry.audit import actions as audit
from hueandcry.exchange.recall import gates
from hueandcry.members.viewer import Viewer
from hueandcry.web.statements import prepared

_WHO = "organisation, person, token, remote, channel, mask, principals"
_AGAIN = (
    "(report, organisation, person, token, remote, channel) WHERE report IS NOT NULL"
    " DO UPDATE SET last_at = statement_timestamp()"
)

_STRETCH = (
    f"INSERT INTO exchange_delivery ({_WHO}, collection, first_entry, last_entry)"  # noqa: S608  a fixed list of columns
    " VALUES (%s, %s, %s, %s, %s, %s, %s::bigint[], %s, %s, %s)"
)


def note_reports(*, by: Viewer, channel: str, reports: Sequence[int], remote: int | None = None) -> None:
    """These reports (ids) went to ``by``, or to the node or server ``remote``. Own ones are left out.

    Who takes the same report again by the same way got it once: the row keeps when it was last taken.
    """
    if not reports:
        return
    # Strangers share one row, which they must not wait for each other to write; rows go in one order: no deadlock.
    again = _AGAIN if by.person is not None else "DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO exchange_delivery ({_WHO}, report)"  # noqa: S608  a fixed list of columns
            " SELECT %s, %s, %s, %s, %s, %s, %s::bigint[], r.id FROM exchange_report r"
            " WHERE r.id = ANY (%s) AND (%s::bigint IS NOT NULL OR r.organisation_id IS DISTINCT FROM %s)"
            f" ORDER BY r.id ON CONFLICT {again}",
            [*_who(by, channel, remote), list(reports), remote, by.organisation],
        )


def note_stretch(
    *, by: Viewer, channel: str, collection: int, first: int, last: int, remote: int | None = None
) -> None:
    """The entries ``first`` to ``last`` of a collection went out, as far as the viewer may see them."""
    prepared(_STRETCH, [*_who(by, channel, remote), collection, first, last])


def record_stretch(*, by: Viewer, channel: str, verb: str, collection: int, first: int, last: int, count: int) -> None:
    """As ``note_stretch``, and the act of the audit record for these ``count`` things, in one statement: small reads
    are many, and each statement more is a twentieth of what one takes."""
    act = audit.values(by=by, verb=verb, kind="collection", thing=collection, count=count)
    prepared(f"WITH act AS ({audit.RECORD}) {_STRETCH}", [*act, *_who(by, channel, None), collection, first, last])


def note_everything(*, by: Viewer, channel: str) -> None:
    """All that the viewer may see went out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO exchange_delivery ({_WHO}, everything)"  # noqa: S608  as above
            " VALUES (%s, %s, %s, %s, %s, %s, %s::bigint[], true)",
            _who(by, channel, None),
        )


def settle(reports: Sequence[int]) -> None:
    """Before objects of one's own reports are deleted: write down who got each, while that can still be told."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_note_recipients(%s)", [list(reports)])


def _who(by: Viewer, channel: str, remote: int | None) -> list[Any]:
    return [by.organisation, by.person, by.token, remote, channel, gates.mask(by, channel), list(by.principals)]
