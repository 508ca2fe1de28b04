"""What a recall says: a statement of a few facts in canonical JSON, to be signed. Pure.

It names the report by its reference alone and never says what the report says: it also goes to those who may no longer
see it, and outlives what is erased.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import orjson
from django.utils.translation import gettext_lazy as _

from hueandcry.exchange.models import Recall

Kind = Recall.Kind

# Days within which a recipient acts. Three, over a weekend, where harm goes on while the copy is used (somebody is
# accused or blocked wrongly, or reads what is no longer theirs); fourteen where the copy is only not the best one.
DUE_DAYS: Final[dict[str, int]] = {
    Kind.WITHDRAWN: 3, Kind.RESTRICTED: 3, Kind.ERASED: 3,
    Kind.CORRECTED: 14, Kind.RESTORED: 14, Kind.SUPERSEDED: 14, Kind.HANDLED: 14,
}  # fmt: skip

DEMANDS: Final[dict[str, str]] = {
    Kind.WITHDRAWN: "stop using it", Kind.RESTRICTED: "delete every copy", Kind.ERASED: "delete every copy",
    Kind.CORRECTED: "take it again", Kind.RESTORED: "it holds again", Kind.SUPERSEDED: "take its successor",
    Kind.HANDLED: "read its handling again",
}  # fmt: skip

WORDS: Final = {
    Kind.WITHDRAWN: _("It was withdrawn: it no longer holds. Take it out of block lists and of what you built on it."),
    Kind.RESTRICTED: _("It is no longer for you. Delete every copy, and what you took over from it."),
    Kind.ERASED: _("It was erased. Delete every copy, and what you took over from it."),
    Kind.CORRECTED: _("It was corrected. Take it again, and put right what you took over from it."),
    Kind.RESTORED: _("It holds again."),
    Kind.SUPERSEDED: _("Another report has taken its place. Take that one."),
    Kind.HANDLED: _("Its handling changed. Read it again before you use it."),
}


def due_on(kind: str, at: datetime) -> date:
    """The day by which a recipient should have acted."""
    return at.date() + timedelta(days=DUE_DAYS[kind])


def statement(*, recall: UUID, report: UUID, kind: str, at: datetime, node: str) -> str:
    """The signed text: keys in order, no blanks, UTF-8. ``node`` is the fingerprint of the key that signs."""
    content = {
        "type": "hueandcry-recall", "version": 1, "recall": recall, "report": report, "happened": kind,
        "at": at.isoformat(timespec="seconds"), "demand": DEMANDS[kind], "due_on": due_on(kind, at).isoformat(),
        "signed_by": node,
    }  # fmt: skip
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode()
