"""Writes of official channels: added by whoever knows, confirmed, withdrawn; and how a request over one went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.channels.requests import REQUESTS
from hueandcry.capacity.models import Channel, ChannelUse
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.merge import intern
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, LAW_ENFORCEMENT
from hueandcry.members.queries import owner_principals
from hueandcry.members.viewer import Viewer, viewer

ROLES = ("officer", "analyst", "administrator", "secretary")
OUTCOMES = ("waiting", "answered", "refused", "no answer")
SHORT, LONG = 300, 4_000  # characters
LINES = ("name", "source", "basis", "hours", "email", "phone", "url")


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells of a channel. ``closed``: only law enforcement and who told it see it."""

    country: str
    kind: str
    name: str
    source: str
    source_day: date
    requests: Sequence[str] = ()
    may_send: str = ""
    how: str = ""
    languages: Sequence[str] = ()
    basis: str = ""
    hours: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    closed: bool = False


def _cleaned(told: Told) -> Told:
    short: dict[str, Any] = {field: line(getattr(told, field), SHORT) for field in LINES}
    long = {field: clean(getattr(told, field), LONG).strip() for field in ("may_send", "how")}
    return replace(told, **(short | long))


def _checked(told: Told) -> Told:
    made = _cleaned(told)
    if not is_code(made.country):
        raise Refused(_("Choose a country."))
    if made.kind not in Channel.Kind.values:
        raise Refused(_("Choose what kind of channel it is."))
    if not made.name or not made.source:
        raise Refused(_("A channel needs a name, and a source that others can look at."))
    if made.source_day > datetime.now(UTC).date():
        raise Refused(_("The day of the source lies in the future."))
    if unknown := set(made.requests) - set(REQUESTS):
        raise Refused(_("There is no kind of request “%(word)s”.") % {"word": sorted(unknown)[0]})
    if not (made.email or made.phone or made.url or made.how):
        raise Refused(_("Say how it is reached: an address, a number, a page, or in words."))
    return made


def _require(by: Viewer) -> None:
    if not (by.vetted and by.person and by.organisation and by.may(*ROLES)):
        raise Refused(_("Officers, analysts and administrators of members in good standing write here."))


def add(*, by: Viewer, told: Told) -> UUID:
    """Tell of a channel; gives its reference. Raises Refused."""
    _require(by)
    made = _checked(told)
    with viewer(by):
        own = owner_principals(by).organisation if made.closed else ALLIANCE
        fields = {name: getattr(made, name) for name in Told.__slots__ if name != "closed"}
        fields |= {"requests": sorted(set(made.requests)), "languages": sorted(set(made.languages))}
        row = Channel.objects.create(
            **fields,
            audience=intern([LAW_ENFORCEMENT, own] if made.closed else [ALLIANCE]),
            organisation=by.organisation or 0,
            person=by.person or 0,
        )
        audit.record(by=by, verb="add", kind="channel", thing=row.pk, detail={"country": made.country})
    return row.reference


def confirm(*, by: Viewer, channel: UUID) -> None:
    """Say that a channel is still as told. Raises Channel.DoesNotExist, Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, channel)
        Channel.objects.filter(pk=found.pk).update(confirmed_at=datetime.now(UTC))
        audit.record(by=by, verb="confirm", kind="channel", thing=found.pk)


def withdraw(*, by: Viewer, channel: UUID) -> None:
    """Take a channel back: it is shown no more, and stays on record. Raises Channel.DoesNotExist, Refused."""
    _require(by)
    with viewer(by):
        found = _own(by, channel)
        Channel.objects.filter(pk=found.pk).update(withdrawn_at=datetime.now(UTC))
        audit.record(by=by, verb="withdraw", kind="channel", thing=found.pk)


def _own(by: Viewer, channel: UUID) -> Channel:
    found = Channel.objects.get(reference=channel, withdrawn_at=None)
    if found.organisation != by.organisation and not by.secretariat:
        raise Refused(_("Whoever told of this channel changes it, or the secretariat."))
    return found


def asked(*, by: Viewer, channel: UUID, request: str, sent_on: date, answered_on: date | None, outcome: str,
          note: str = "") -> None:  # fmt: skip
    """Record one request over a channel and how it went; others learn medians alone.

    Raises Channel.DoesNotExist, Refused.
    """
    _require(by)
    if request not in REQUESTS or outcome not in OUTCOMES:
        raise Refused(_("Choose what was asked and what came of it."))
    if (outcome in ("answered", "refused")) != (answered_on is not None):
        raise Refused(_("An answer has a day; without an answer there is none."))
    today = datetime.now(UTC).date()
    if sent_on > today or (answered_on is not None and not sent_on <= answered_on <= today):
        raise Refused(_("The days do not fit: sent first, answered later, neither in the future."))
    with viewer(by):
        found = Channel.objects.get(reference=channel, withdrawn_at=None)
        made = ChannelUse.objects.create(
            channel=found, organisation=by.organisation or 0, person=by.person or 0, request=request, sent_on=sent_on,
            answered_on=answered_on, outcome=outcome, note=clean(note, LONG).strip(),
        )  # fmt: skip
        audit.record(by=by, verb="tell", kind="channel use", thing=made.pk, detail={"channel": found.pk})


def answered(*, by: Viewer, use: int, answered_on: date | None, outcome: str) -> None:
    """Say what came of a request that waited. Raises ChannelUse.DoesNotExist, Refused."""
    _require(by)
    with viewer(by):
        found = ChannelUse.objects.get(pk=use, outcome="waiting")
        if outcome not in OUTCOMES[1:] or (outcome != "no answer") != (answered_on is not None):
            raise Refused(_("Say what came of it, and on which day."))
        if answered_on is not None and not found.sent_on <= answered_on <= datetime.now(UTC).date():
            raise Refused(_("The day of the answer lies before the request, or in the future."))
        ChannelUse.objects.filter(pk=use).update(answered_on=answered_on, outcome=outcome)
        audit.record(by=by, verb="tell", kind="channel use", thing=use)
