"""The round that calls webhooks: takes what is due, sends it signed, and notes how it went.

A call is taken by one process, which commits that before it sends; a process that dies in between leaves the call to be
sent again after five minutes. So a message comes at least once, and its id tells the receiver what it has already.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from uuid import UUID

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.viewer import ANYONE, identify, viewer
from hueandcry.notices import naming, outward, sealing, signatures
from hueandcry.notices.actions import tell

log = logging.getLogger(__name__)

DELAYS = (30, 120, 480, 1_920, 7_680, 30_720, 45_000)  # seconds until each further try; together just under a day
AT_ONCE = 32  # calls taken at a time
SIDE_BY_SIDE = 8


@dataclass(frozen=True, slots=True)
class Call:
    """One message to one address, as the database gives it out."""

    id: int
    reference: UUID
    kind: str
    link: str
    body: str
    url: str
    secret: bytes
    person: int
    organisation: int


def call_due() -> None:
    """Call every webhook that has something due. Outside any viewer and transaction."""
    while calls := _claim():
        ready = [(call, _bytes(call)) for call in calls]
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:  # its threads speak to no database
            for call, (status, fault) in zip(calls, pool.map(_send, *zip(*ready, strict=True)), strict=True):
                _note(call, status, fault)


def _claim() -> list[Call]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT call, reference, kind, link, body, url, secret, person, organisation"
            " FROM hueandcry_webhook_claim(%s)",
            [AT_ONCE],
        )
        return [Call(*row) for row in cursor.fetchall()]


def _bytes(call: Call) -> bytes:
    """What is sent. The title goes only where the handling of what it names lets it, as that is now."""
    who = identify(call.person, channel="webhook")
    if who.organisation != call.organisation:  # whoever set it up sees other things now, and in another's name
        who = replace(ANYONE, channel="webhook")
    with viewer(who):
        allowed = naming.named(who, [call.link])
        audit.record(by=who, verb="send", kind="webhook call", thing=call.reference)
    message = orjson.loads(call.body)
    return orjson.dumps(message | {"title": naming.title_of(call.kind, message["title"], call.link, allowed)})


def _send(call: Call, body: bytes) -> tuple[int | None, str]:
    """The status, and what went wrong; "" where it was taken."""
    try:
        signed = signatures.headers(sealing.unseal(call.secret), str(call.reference), int(time.time()), body)
        return outward.post(call.url, body, {"Content-Type": "application/json", **signed}), ""
    except outward.Unsent as error:
        return error.status, error.reason
    except sealing.Unsealable:
        return None, _("Its secret cannot be read any more. Make a new one.")
    except Exception:
        log.exception("a webhook could not be called")
        return None, _("An error of ours; the log has it.")


def _note(call: Call, status: int | None, fault: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation, name, reference FROM hueandcry_webhook_done(%s, %s, %s, %s)",
            [call.id, status, fault, list(DELAYS)],
        )
        organisation, name, reference = cursor.fetchone()
    if organisation is not None:
        tell(
            kind="connection",
            title=_("The webhook “%(name)s” is paused") % {"name": name},
            text=_("It took nothing for a day. What waits for it is kept; go on when its server is well. It said: ")
            + fault,
            link=f"/webhooks/{reference}/",
            organisations=[organisation],
            roles=("administrator", "integrator"),
        )
