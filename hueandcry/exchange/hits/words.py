"""What hits and requests are called on pages."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.exchange.hits import values
from hueandcry.exchange.models import LookupAnswer
from hueandcry.exchange.observables import TYPES
from hueandcry.members.models import Organisation


def type_label(type_: str) -> str:
    """What a type of value is called."""
    return TYPES[type_].label if type_ in TYPES else type_


def unread_reason(reason: str) -> str:
    """Why a line was not asked for, in words."""
    return {
        values.NO_VALUE: _("We know no kind of value that looks like this. Choose the type, if it is one."),
        values.NOT_THIS_TYPE: _("It is not of the type that you chose, or its check digits are wrong."),
        values.NO_IBAN: _("It has the length of an IBAN, but its check digits are wrong: look for a slip of the pen."),
        values.TOO_MANY: _("It comes after the 10,000th value. Ask for it in a second question."),
    }.get(reason, reason)


def holders(count: int) -> str:
    """How many organisations hold it; past two the database rounds down."""
    if count < 3:
        return ngettext("%(n)s organisation", "%(n)s organisations", count) % {"n": count}
    return _("%(n)s or more organisations") % {"n": count}


def kinds(names: Iterable[str]) -> str:
    """Kinds of organisations in words, for a list."""
    return ", ".join(str(Organisation.Kind(name).label) for name in names)


def last_seen(answer: LookupAnswer) -> str:
    """The day, or where that would tell too much the month, in ISO 8601."""
    if answer.last_seen is None:
        return ""
    return answer.last_seen.isoformat() if answer.exact else f"{answer.last_seen:%Y-%m}"
