"""Which reports a letter, a feed or a call of a webhook may name: those whose every gate is open at that door."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import connection

from hueandcry.exchange.recall import deliveries, gates
from hueandcry.members.viewer import Viewer

_LINK = re.compile("/reports/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


def vouch(by: Viewer, links: frozenset[str]) -> frozenset[str]:
    """Those of these links to reports whose titles may go out on ``by``'s channel; noted as delivered. Inside a viewer.

    Registered with notices/naming.py, which knows nothing of reports.
    """
    named: dict[UUID, set[str]] = {}
    for link in links:
        if found := _LINK.match(link):
            named.setdefault(UUID(found[1]), set()).add(link)
    if not named:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id, r.reference FROM exchange_report r"  # noqa: S608  a constant of ours
            f" WHERE r.reference = ANY (%(references)s) AND {gates.GATED_SQL}",
            {"references": list(named), "mask": gates.mask(by)},
        )
        passing = cursor.fetchall()
    deliveries.note_reports(by=by, channel=by.channel, reports=[number for number, _reference in passing])
    return frozenset(link for _number, reference in passing for link in named[reference])
