"""A round's phases, which follow from its days, and who votes in which chamber. No database, no engines.

The database holds both once more (capacity/migrations/0007_priorities.sql); tests compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Protocol

from django.utils.translation import gettext_lazy as _

Phase = Literal["propose", "discuss", "vote", "count", "result", "cancelled"]
WORDS = {
    "propose": _("proposals are awaited"),
    "discuss": _("proposals are discussed"),
    "vote": _("members vote"),
    "count": _("voting is over, not counted yet"),
    "result": _("result"),
    "cancelled": _("cancelled"),
}
CHAMBERS = {
    "law-enforcement": _("law enforcement"),
    "private-sector": _("private sector"),
    "government": _("government"),
    "academia": _("academia"),
    "civil-society": _("civil society"),
}
KINDS: Mapping[str, str] = {
    "law-enforcement": "law-enforcement",
    "business": "private-sector",
    "government": "government",
    "cert": "government",
    "academia": "academia",
    "non-profit": "civil-society",
}
"""The chamber that an organisation of a kind votes in: never chosen, so nobody moves where a vote weighs more."""
FEWEST = 3  # who vote in a chamber, for a ballot to be secret in it


class Days(Protocol):
    """What a phase follows from."""

    discuss_on: date
    vote_on: date
    close_on: date

    @property
    def cancelled_at(self) -> object:
        """When it was cancelled; None: it was not."""

    @property
    def result(self) -> object:
        """What was counted; None: nothing yet."""


def phase(of: Days, day: date) -> Phase:
    """The phase of a round on a day: proposals before ``discuss_on``, discussion before ``vote_on``, voting up to and
    with ``close_on``; then it waits to be counted."""
    if of.cancelled_at is not None:
        return "cancelled"
    if of.result is not None:
        return "result"
    if day < of.discuss_on:
        return "propose"
    if day < of.vote_on:
        return "discuss"
    return "vote" if day <= of.close_on else "count"
