"""The budget of questions, as the database keeps it: what may be asked now, and when to come back.

The limits stand in one place, the function hueandcry_budget of migrations/0009_hits_rules.sql; docs/hits.md says what
somebody who tries learns within them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.exchange.actions import Refused

OVER = "HC429"  # the SQLSTATE that hueandcry_spend raises


class OverBudget(Refused):
    """More than the budget holds; ``retry_after`` seconds until it does, None where it never will."""

    def __init__(self, retry_after: int | None, never: str = "") -> None:
        super().__init__(_reason(retry_after, never))
        self.retry_after = retry_after


def _reason(seconds: int | None, never: str) -> str:
    if seconds is None:
        return never or _(
            "This is more than may be asked at once: numbers that could be tried one after the other (phone numbers, "
            "IBANs, IPv4 addresses and the like) have a small budget. Nothing was asked. Ask for fewer."
        )
    return _(
        "Your budget of questions is used up for now. Nothing was asked. It holds this many again in %(time)s."
    ) % {"time": _time(seconds)}


def _time(seconds: int) -> str:
    minutes = -(-seconds // 60)
    if minutes < 90:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = -(-minutes // 60)
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


@contextmanager
def spending(never: str = "") -> Iterator[None]:
    """Turns the database's refusal into OverBudget; stands around the whole ``with viewer(...)``, which it ends.
    ``never``: what to say of more than the budget holds at all."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) != OVER:
            raise
        detail = cause.diag.message_detail or ""  # type: ignore[union-attr]
        raise OverBudget(int(detail) if detail.isdecimal() else None, never) from None


def spend(door: str, amount: int, guessable: int) -> None:
    """Take something out of the viewer's budget; inside ``spending`` and a viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_spend(%s, %s, %s, NULL)", [door, amount, guessable])


@dataclass(frozen=True, slots=True)
class Left:
    """What one rule of the budget leaves: of a person or an organisation, within so many hours."""

    whose: str
    hours: int
    most: int
    left: int
    most_guessable: int
    left_guessable: int


def left(door: str = "values") -> list[Left]:
    """What is left of the viewer's budget for this door, rule by rule, the tightest first; inside a viewer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.whose, b.hours, b.amount, b.amount - coalesce(sum(s.amount), 0), b.guessable,"
            " b.guessable - coalesce(sum(s.guessable), 0) FROM hueandcry_budget() b LEFT JOIN exchange_lookupspend s"
            " ON s.door = b.door AND s.organisation = hueandcry_organisation()"
            " AND s.at > clock_timestamp() - make_interval(hours => b.hours)"
            " AND (b.whose = 'organisation' OR s.person = hueandcry_person())"
            " WHERE b.door = %s GROUP BY b.whose, b.hours, b.amount, b.guessable",
            [door],
        )
        found = [Left(w, h, a, max(0, la), g, max(0, lg)) for w, h, a, la, g, lg in cursor.fetchall()]
    return sorted(found, key=lambda rule: (rule.left_guessable, rule.left))
