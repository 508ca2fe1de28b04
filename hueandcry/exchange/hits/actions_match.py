"""Answering a blind match over one's own values: paid for, recorded, and only what lets itself be found."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits import blind_match
from hueandcry.exchange.hits.actions import require_asker
from hueandcry.exchange.hits.budget import spend, spending
from hueandcry.exchange.hits.guessable import GUESSABLE
from hueandcry.exchange.models.hit import Purpose
from hueandcry.members.viewer import Viewer, viewer

MOST_BY_HTTP = 100_000  # values answered over while somebody waits: some ten seconds


def answer(*, by: Viewer, raw: bytes, purpose: str, most: int = blind_match.MOST_HELD) -> bytes:
    """Answer a request over the values of the reports of ``by``'s organisation that ``by`` sees, that let themselves be
    found and serve ``purpose``. Every value of it costs as a guess where a guessable type may be among them.

    Raises Refused, OverBudget, and BlindMatchError where the request is none.
    """
    require_asker(by)
    if purpose not in Purpose.values:
        raise Refused(_("Say what you ask for: to investigate a crime, or to prevent one."))
    asked = blind_match.opened(raw)
    tries = asked.count if GUESSABLE.intersection(asked.types) else 0
    with spending(), viewer(by):
        spend("psi", asked.count, tries)
        held = _held(by, purpose, asked.types, most + 1)
        detail = {"purpose": purpose, "mode": asked.mode, "types": sorted(asked.types)[:50], "held": len(held)}
        audit.record(by=by, verb="blind match", kind="value", count=asked.count, detail=detail)
    if len(held) > most:
        raise Refused(
            _("You hold more than %(most)s values of these types; ask for fewer types at once.") % {"most": f"{most:,}"}
        )
    return blind_match.answer(asked, held)  # after the transaction: it computes for seconds


def _held(by: Viewer, purpose: str, types: tuple[str, ...], most: int) -> list[blind_match.Pair]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT h.type, h.value FROM exchange_report r"
            " JOIN exchange_observation v ON v.report_id = r.id JOIN exchange_observable h ON h.id = v.observable"
            " WHERE r.organisation_id = %s AND r.state = 'current' AND r.discoverability <> 'hidden'"
            " AND %s = ANY (r.purpose) AND h.type = ANY (%s) LIMIT %s",
            [by.organisation, purpose, list(types), most],
        )
        return [(type_, value) for type_, value in cursor.fetchall()]
