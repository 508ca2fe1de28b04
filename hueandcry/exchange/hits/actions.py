"""Writes of hit or no hit: asking, telling the owners, forgetting. Requests for disclosure: actions_ask.py."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits import guessable
from hueandcry.exchange.hits.budget import OverBudget, spending
from hueandcry.exchange.hits.values import MOST, Asked
from hueandcry.exchange.models import Lookup
from hueandcry.exchange.models.hit import Purpose
from hueandcry.exchange.staging import hash64
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import actions as notices

log = logging.getLogger(__name__)

ROLES = ("analyst", "administrator")  # who may ask
WORDS = 2_000  # characters of what somebody writes
HASH = 16  # characters of a keyed hash in the audit record: enough to find a value again, and 10,000 still fit


@dataclass(frozen=True, slots=True)
class Told:
    """What a question came to: how many of its values others hold. The answers are read by queries.answers."""

    lookup: int
    reference: uuid.UUID
    hits: int
    flagged: bool


def require_asker(by: Viewer) -> tuple[int, int]:
    """The organisation and person of who may ask. Raises Refused with the reason for everybody else."""
    if by.organisation is None or by.person is None:
        raise Refused(_("Only somebody of a member organisation can ask. Sign in first."))
    if not by.vetted:
        raise Refused(_("Your organisation is not yet, or no longer, a member in good standing; ask the secretariat."))
    if not by.may(*ROLES):
        raise Refused(_("Only analysts and administrators can ask what others hold; ask your administrator."))
    return by.organisation, by.person


def look_up(*, by: Viewer, asked: Asked, purpose: str, words: str = "", case: str = "") -> Told:
    """Ask whether others hold these values. The question is recorded, paid for out of the budget and answered in one
    transaction: there is no answer without the record of it. The owners are told right after.

    Raises Refused, and OverBudget with the time to come back.
    """
    organisation, person = require_asker(by)
    if purpose not in Purpose.values:
        raise Refused(_("Say what you ask for: to investigate a crime, or to prevent one."))
    if not asked.values:
        raise Refused(_("None of the lines is a value that can be asked for. Nothing was asked."))
    if len(asked.values) > MOST:
        raise Refused(_("At most %(most)s values can be asked for at once. Nothing was asked.") % {"most": MOST})
    tries = sum(type_ in guessable.GUESSABLE for type_, _value in asked.values)
    try:
        with spending(), viewer(by):
            flagged = _note_neighbourhoods(asked)
            first = flagged and not Lookup.objects.filter(person=person, flagged=True, at__gte=_day_ago()).exists()
            question = Lookup.objects.create(
                organisation=organisation, person=person, channel=by.channel, purpose=purpose, words=words[:WORDS],
                case=case[:200], asked=len(asked.values), guessable=tries, repeated=asked.repeated,
                unread=[list(each) for each in asked.unread], flagged=flagged,
            )  # fmt: skip
            hits = _answer(question.pk, asked.values)
            detail = {"purpose": purpose, "hits": hits, "guessable": tries, "hashes": _hashes(asked.values)}
            if flagged:
                detail["flagged"] = True
            audit.record(by=by, verb="look up", kind="value", thing=question.pk, count=len(asked.values), detail=detail)
            if first:
                _warn(by, question)
    except OverBudget as error:
        _note_refusal(by, len(asked.values), tries, error)
        raise
    told_now(tell_owners)
    return Told(question.pk, question.reference, hits, flagged)


def _day_ago() -> object:
    from datetime import UTC, datetime, timedelta

    return datetime.now(UTC) - timedelta(days=1)


def _note_neighbourhoods(asked: Asked) -> bool:
    """Whether this list, with what the organisation asked for today, looks like going through numbers in a row."""
    found: Counter[str] = guessable.neighbourhoods(asked.values)
    blocks = [int(audit.keyed(name)[:15], 16) for name in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_note_blocks(%s::bigint[], %s::integer[])", [blocks, list(found.values())])
        return int(cursor.fetchone()[0]) >= guessable.MANY


def _answer(question: int, values: Sequence[tuple[str, str]]) -> int:
    ids = [hash64(type_, value) for type_, value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hueandcry_hits(%s, %s::bigint[], %s::text[])", [question, ids, [type_ for type_, _value in values]]
        )
        return int(cursor.fetchone()[0])


def _hashes(values: Sequence[tuple[str, str]]) -> list[str]:
    return [hash_of(type_, value) for type_, value in values]


def hash_of(type_: str, value: str) -> str:
    """What stands in the audit record for a value that was asked for."""
    return audit.keyed(f"{type_}\0{value}")[:HASH]


def _warn(by: Viewer, question: Lookup) -> None:
    """Tell the data-protection officer and the secretariat that somebody seems to go through numbers."""
    title = _("%(organisation)s seems to try numbers one after the other") % {"organisation": by.name}
    text = _(
        "A question of %(asked)s values holds many in a row, or completes a row asked for earlier today. It was "
        "answered within the budget. The record says who asked, when and what for; ask them why."
    ) % {"asked": question.asked}
    link = f"/audit/?kind=value&thing={question.pk}"
    roles = ("dpo", "administrator")
    notices.tell(kind="hit", title=title, text=text, link=link, organisations=[question.organisation], roles=roles)
    office = Organisation.objects.filter(secretariat=True).exclude(pk=question.organisation)
    roles = ("dpo", "secretary")
    notices.tell(
        kind="hit", title=title, text=text, link=link, organisations=office.values_list("pk", flat=True), roles=roles
    )


def _note_refusal(by: Viewer, count: int, tries: int, error: OverBudget) -> None:
    detail = {"why": "budget", "guessable": tries, "retry_after": error.retry_after}
    with viewer(by):
        audit.record(by=by, verb="refuse", kind="value", count=count, detail=detail)


def told_now(tell: Callable[[], int]) -> None:
    """Tell at once; where that fails, what was done stays done, and the next round of the worker tells."""
    try:
        tell()
    except Exception:
        log.exception("owners could not be told at once; the next round does")


def tell_owners() -> int:
    """Tell the owners of what was hit: one notice for each question and owner; gives how many. Outside any viewer.

    It names who asked and for what; which values and reports stands on the page, under row-level security.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT owner, person, lookup, asker, purpose, held FROM hueandcry_hits_to_tell()")
            rows = cursor.fetchall()
        for owner, person, lookup, asker, purpose, held in rows:
            title = ngettext(
                "%(asker)s asked about a value that you hold",
                "%(asker)s asked about %(n)s values that you hold",
                held,
            ) % {"asker": asker, "n": held}
            notices.tell(
                kind="hit",
                title=title,
                text=_("Purpose: %(purpose)s. They learnt that somebody holds it, not what it says.")
                % {"purpose": Purpose(purpose).label},
                link=f"/hits/ours/?question={lookup}",
                organisations=[] if person else [owner],
                people=[person] if person else [],
            )
    return len(rows)


def forget_due() -> None:
    """Forget answers, notices and spending that are kept no longer; take back grants whose time is over; tell owners
    whom a process that was killed left untold. A round of the worker."""
    from hueandcry.exchange.hits import actions_ask

    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_hits_forget()")
    tell_owners()
    actions_ask.tell_owners()
    actions_ask.take_back_over()
