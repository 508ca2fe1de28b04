"""Reads of the audit record. Row-level security decides whose acts show; the caller has entered a viewer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from hueandcry.audit import things
from hueandcry.audit.models import Act, Head

_REFERENCE = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
RECENT = 2_000  # acts looked at for the words that filters offer: all of them would be a walk over the whole record


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the record is asked for; an empty part asks for nothing in particular."""

    verb: str = ""
    kind: str = ""
    channel: str = ""
    thing: str = ""  # its number, its reference, or the address of its page
    people: Sequence[int] | None = None
    organisations: Sequence[int] | None = None
    since: date | None = None
    until: date | None = None  # this day included


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the chain has come: acts sealed in all, when, the last digest, and the visible acts not yet sealed."""

    sealed: int
    at: datetime
    digest: str
    unsealed: int


def acts(wanted: Wanted) -> QuerySet[Act]:
    """The acts the viewer may see, narrowed; in no order yet."""
    found = Act.objects.all()
    for field in ("verb", "kind", "channel"):
        if getattr(wanted, field):
            found = found.filter(**{field: getattr(wanted, field)})
    if wanted.thing:
        found = found.filter(_named(wanted.thing))
    if wanted.people is not None:
        found = found.filter(person__in=wanted.people)
    if wanted.organisations is not None:
        found = found.filter(organisation__in=wanted.organisations)
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until) + timedelta(days=1))
    return found


def _named(words: str) -> Q:
    """Acts on the thing that is meant by its number, or by its reference as it stands in the address of its page. By a
    reference only what the viewer may find: by its number everything."""
    found = _REFERENCE.findall(words)
    if not found:
        return Q(thing=words)
    reference = UUID(found[-1])
    numbers = (Q(kind=kind, thing=number) for kind, number in things.numbered(reference))
    return reduce(or_, numbers, Q(thing=str(reference)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def recent_words(scope: Wanted) -> dict[str, list[str]]:
    """The verbs, kinds and channels among the last acts in this scope that the viewer may see, for filters to offer."""
    last = set(acts(scope).order_by("-pk").values_list("verb", "kind", "channel")[:RECENT])
    return {field: sorted({act[place] for act in last}) for place, field in enumerate(("verb", "kind", "channel"))}


def chain_state() -> ChainState:
    """How far the sealer has come."""
    head = Head.objects.get(pk=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_act a WHERE a.xid >= (SELECT horizon FROM audit_head WHERE id = 1)"
            " AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.act = a.id)"
        )
        unsealed = cursor.fetchone()[0]
    return ChainState(head.position, head.at, bytes(head.digest).hex(), unsealed)


def sealed_among(ids: Sequence[int]) -> set[int]:
    """Which of these acts the chain covers already."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT act FROM audit_seal WHERE act = ANY (%s)", [list(ids)])
        return {row[0] for row in cursor.fetchall()}


def stretch(wanted: Wanted, *, below: int | None, size: int) -> list[Act]:
    """The next acts, newest first, below this id: an export takes one after the other, each in a viewer of its own."""
    found = acts(wanted)
    if below is not None:
        found = found.filter(pk__lt=below)
    return list(found.order_by("-pk")[:size])
