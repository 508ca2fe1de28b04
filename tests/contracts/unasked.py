"""What is told unasked: letters, calls of webhooks and Atom feeds, as they leave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from hueandcry.exchange.models import Recall
from hueandcry.linkage import telling
from hueandcry.members.viewer import viewer
from hueandcry.notices import actions as notices
from hueandcry.notices import calls, letters
from hueandcry.notices.models import Preference, WebhookCall
from tests.contracts.stage import Stage

_COUNT = re.compile(rb"(\d+) new reports?: (search of \w+)")
_RECALL = re.compile(rb"/recalls/([0-9a-f-]{36})/")


class Machine(NamedTuple):
    """What the webhook of one organisation was sent."""

    setter: str  # who set it up, with whose eyes it is sent
    told: bytes
    counts: dict[str, int]  # by the name of a saved search, how many it said were found
    recalled: set[int]  # reports of whose recall it heard


def written(stage: Stage) -> dict[str, list[bytes]]:
    """The letters each gets now, with all that waits for them."""
    Preference.objects.using("owner").update(mailed_at=None, next_at=None)
    del mail.outbox[:]
    telling.tell_linked_due()
    letters.mail_due()
    got: dict[str, list[bytes]] = {who: [] for who in stage.people}
    of = {person.email: who for who, person in stage.people.items()}
    for letter in mail.outbox:
        assert isinstance(letter, EmailMultiAlternatives)
        (to,) = letter.to
        got[of[to]].append(letter.message().as_bytes() + letter.body.encode() + str(letter.alternatives).encode())
    return got


def called(stage: Stage) -> Iterator[Machine]:
    """What each webhook is sent now; the calls are taken as the worker takes them."""
    sent: dict[int, list[bytes]] = {organisation: [] for organisation in stage.setters}
    while due := calls._claim():
        for call in due:
            sent[call.organisation].append(calls._bytes(call) + call.link.encode())
            calls._note(call, 200, "")
    of = dict(Recall.objects.using("owner").values_list("reference", "report"))
    for organisation, bodies in sent.items():
        told = b"\n".join(bodies)
        counts = {name.decode(): int(count) for count, name in _COUNT.findall(told)}
        recalled = {of[UUID(reference.decode())] for reference in _RECALL.findall(told)}
        yield Machine(stage.setters[organisation], told, counts, recalled)


def queued(stage: Stage, who: str) -> bytes:
    """What somebody may read of the calls of their organisation's webhook."""
    with viewer(stage.viewers[who]):
        return b"\n".join(body.encode() for body in WebhookCall.objects.values_list("body", flat=True))


def atom(stage: Stage, who: str) -> dict[str, bytes]:
    """The feeds behind a secret address: of notices, and of one's saved search."""
    secret = notices.new_feed(by=stage.viewers[who])
    asked = {"Atom": "notices.atom", "Atom of the saved search": f"alerts/{stage.searches[who].reference}.atom"}
    return {place: Client().get(f"/feeds/{secret}/{path}").content for place, path in asked.items()}
