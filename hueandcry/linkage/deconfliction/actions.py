"""Writes of deconfliction: registering an interest, changing what is told of it, taking it back; and at an overlap,
saying where one stands, writing to the other side, closing.

Every act is recorded without a value, a name or a word of what was written: the data-protection officer sees that
somebody registered forty values, and not which.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange import warnings
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits.guessable import GUESSABLE, MANY, neighbourhoods
from hueandcry.exchange.staging import hash64
from hueandcry.linkage.deconfliction import look, queries
from hueandcry.linkage.models import Crime, Interest, Operation, OverlapMessage, OverlapSide
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.web import clock

log = logging.getLogger(__name__)

ROLES = ("analyst", "administrator")
MOST = 500  # values of one interest; what a person may register in a day
LONGEST = 2_000  # characters of what somebody writes
TELLING = 0.2  # weight from which a value is worth meeting over: below it everybody's resolvers and mail providers are
OVER = "HC429"  # the SQLSTATE of hueandcry_interest_values


class OverBudget(Refused):
    """More than may be registered; ``retry_after`` seconds until it may, None where it never will."""

    def __init__(self, retry_after: int | None) -> None:
        super().__init__(
            _(
                "This is more than may be registered at once: at most 500 values, 100 of them numbers that could be "
                "tried one after the other. Nothing was registered."
            )
            if retry_after is None
            else _(
                "Your agency's budget of values is used up for now. Nothing was registered. It holds this many again "
                "in %(hours)s hours. If an action day is near, register the most telling ones."
            )
            % {"hours": -(-retry_after // 3600)}
        )
        self.retry_after = retry_after


class InARowError(Refused):
    """Numbers one after the other, as nobody's case holds them."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "With what your agency asked for or registered today these are %(n)s or more numbers in a row, as "
                "somebody has who tries them one after the other. Nothing was registered, and this is on record."
            )
            % {"n": MANY}
        )


def may_register(by: Viewer) -> bool:
    """Whether this person may say what their agency works on: pages show the way only to them."""
    return by.may(*ROLES) and queries.takes_part(by.organisation)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an interest shall be. ``crime`` and ``operation`` are references; ``values`` are (type, canonical value)."""

    title: str
    until: date
    tells: str = Interest.Tells.CONTACT
    case: str = ""
    contact: str = ""
    note: str = ""
    crime: UUID | None = None
    operation: UUID | None = None
    values: tuple[tuple[str, str], ...] = ()
    action_at: datetime | None = None
    action_zone: str = ""


def register(*, by: Viewer, wish: Wish) -> UUID:
    """Register what one's agency works on; gives its reference. What it meets is looked for at once.

    Raises Refused with the reason, and OverBudget.
    """
    organisation, person = _investigator(by)
    values = tuple(dict.fromkeys(wish.values))
    _dated(wish.until, wish.action_at)
    if wish.tells not in Interest.Tells.values:
        raise Refused(_("Say what the other side may know of you."))
    guessable = sum(kind in GUESSABLE for kind, _value in values)
    try:
        _fit(wish, values)
        with _budgeted(), viewer(by):
            made = Interest.objects.create(
                organisation=organisation, person=person, title=wish.title[:200], case=wish.case[:200],
                contact=wish.contact[:LONGEST], note=wish.note[:LONGEST], tells=wish.tells, until=wish.until,
                crime=_seen(Crime, wish.crime), operation=_seen(Operation, wish.operation),
                action_at=wish.action_at, action_zone=wish.action_zone[:60],
            )  # fmt: skip
            if values:
                _in_no_row(values)
                _put(made.pk, values)
            detail = {"guessable": guessable, "crime": wish.crime is not None, "operation": wish.operation is not None}
            audit.record(by=by, verb="register", kind="interest", thing=made.pk, count=len(values), detail=detail)
    except (OverBudget, InARowError) as error:
        with viewer(by):
            why = "budget" if isinstance(error, OverBudget) else "in a row"
            refused = {"why": why, "guessable": guessable}
            audit.record(by=by, verb="refuse", kind="interest", count=len(values), detail=refused)
        raise
    look_now()
    return made.reference


def change(
    *, by: Viewer, interest: UUID, tells: str, contact: str, note: str, until: date, action_at: datetime | None,
    action_zone: str,
) -> None:  # fmt: skip
    """Change what is told of an interest, its action day or its end; what it is in stays: for that, register anew."""
    _investigator(by)
    _dated(until, action_at)
    if tells not in Interest.Tells.values:
        raise Refused(_("Say what the other side may know of you."))
    with viewer(by):
        found = _standing(by, interest)
        Interest.objects.filter(pk=found.pk).update(
            tells=tells, contact=contact[:LONGEST], note=note[:LONGEST], until=until, action_at=action_at,
            action_zone=action_zone[:60],
        )  # fmt: skip
        audit.record(by=by, verb="change", kind="interest", thing=found.pk, detail={"tells": tells})
    look_now()


def withdraw(*, by: Viewer, interest: UUID) -> None:
    """Take an interest back: it meets nothing any more. What it met stays with both sides."""
    _investigator(by)
    with viewer(by):
        found = _standing(by, interest)
        Interest.objects.filter(pk=found.pk).update(withdrawn_at=Now())
        audit.record(by=by, verb="withdraw", kind="interest", thing=found.pk)


def stand(*, by: Viewer, side: UUID, stand: str) -> None:
    """Say "go on" or "talk first", for the record of both; the other side is told."""
    _investigator(by)
    if stand not in OverlapSide.Stand.values:
        raise Refused(_("Say whether you go on or want to talk first."))
    with viewer(by):
        found = _open_side(by, side)
        OverlapSide.objects.filter(pk=found.pk).update(stand=stand, stand_at=Now())
        audit.record(by=by, verb="confirm", kind="overlap", thing=found.pk, detail={"stand": stand})
        look.tell_other(found.reference)


def write(*, by: Viewer, side: UUID, words: str) -> None:
    """Write to the other side; nobody else reads it."""
    _investigator(by)
    said = words.replace("\0", "").strip()
    if not said:
        raise Refused(_("Nothing was written."))
    if len(said) > LONGEST:
        raise Refused(_("A message has at most 2,000 characters."))
    with viewer(by):
        found = _open_side(by, side)
        OverlapMessage.objects.create(overlap=found.overlap, side=found.pk, words=said)
        audit.record(by=by, verb="write", kind="overlap", thing=found.pk)
        look.tell_other(found.reference)


def close(*, by: Viewer, side: UUID, outcome: str) -> None:
    """Say how it ended for one's own side; the other sees it, and closes for itself."""
    _investigator(by)
    if outcome not in OverlapSide.Outcome.values:
        raise Refused(_("Say how it ended."))
    with viewer(by):
        found = _open_side(by, side)
        OverlapSide.objects.filter(pk=found.pk).update(outcome=outcome, closed_at=Now())
        audit.record(by=by, verb="close", kind="overlap", thing=found.pk, detail={"outcome": outcome})
        look.tell_other(found.reference)


def look_now() -> None:
    """Look for overlaps at once; where that fails, what was done stays done, and the next round looks."""
    try:
        look.meet()
    except Exception:
        log.exception("overlaps could not be looked for at once; the next round does")


def _investigator(by: Viewer) -> tuple[int, int]:
    """The organisation and person of who may deconflict. Raises Refused with the reason for everybody else."""
    if by.organisation is None or by.person is None or not by.vetted:
        raise Refused(_("Only members in good standing can register what they work on."))
    if not by.may(*ROLES):
        raise Refused(_("Only analysts and administrators can do this; ask your administrator."))
    if not queries.takes_part(by.organisation):
        raise Refused(_("Deconfliction is for law-enforcement agencies."))
    return by.organisation, by.person


def _fit(wish: Wish, values: tuple[tuple[str, str], ...]) -> None:
    """Stop what cannot be registered. Raises Refused."""
    if not wish.title.strip():
        raise Refused(_("Give it a title, for your own list."))
    if not values and wish.crime is None and wish.operation is None:
        raise Refused(_("Name a crime, an operation or at least one value."))
    if wish.crime is not None and wish.operation is not None:
        raise Refused(_("Name a crime or an operation, not both: a crime's operation counts by itself."))
    if len(values) > MOST:
        raise OverBudget(None)
    common = [value for kind, value in values if warnings.weight(kind, value) < TELLING]
    if common:
        raise Refused(
            _("Everybody meets these, so they would tell you nothing: %(values)s. Leave them out.")
            % {"values": ", ".join(common[:5])}
        )


def _dated(until: date, action_at: datetime | None) -> None:
    today = clock.today()
    if until < today:
        raise Refused(_("It would have ended already. Choose a later day."))
    if (until - today).days > 366:
        raise Refused(_("At most a year ahead; lengthen it when it comes to its end."))
    if action_at is not None and action_at.date() > until:
        raise Refused(_("The action day comes after the day on which the interest ends."))


def _seen(model: type[Crime] | type[Operation], reference: UUID | None) -> int | None:
    """The number of a crime or operation that the viewer sees. What is hidden and what is not there answer alike."""
    if reference is None:
        return None
    found = model.objects.filter(reference=reference).values_list("pk", flat=True).first()
    if found is None:
        raise Refused(_("There is no such crime or operation that you can see."))
    return int(found)


def _in_no_row(values: tuple[tuple[str, str], ...]) -> None:
    """Count the neighbourhoods of numbers together with what the agency looked up today. Raises InARowError."""
    found = neighbourhoods(values)
    blocks = [int(audit.keyed(name)[:15], 16) for name in found]
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_note_blocks(%s::bigint[], %s::integer[])", [blocks, list(found.values())])
        if int(cursor.fetchone()[0]) >= MANY:
            raise InARowError


def _put(interest: int, values: tuple[tuple[str, str], ...]) -> None:
    types, plain = [kind for kind, _value in values], [value for _kind, value in values]
    hashes = [audit.keyed(f"interest\0{kind}\0{value}") for kind, value in values]
    observables = [hash64(kind, value) for kind, value in values]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hueandcry_interest_values(%s, %s::text[], %s::text[], %s::text[], %s::bigint[])",
            [interest, types, plain, hashes, observables],
        )


def _standing(by: Viewer, interest: UUID) -> Interest:
    found = queries.interests(by).filter(reference=interest).first()
    if found is None:
        raise Interest.DoesNotExist
    if found.withdrawn_at is not None:
        raise Refused(_("It was taken back already. Register it anew if you work on it again."))
    return found


def _open_side(by: Viewer, side: UUID) -> OverlapSide:
    found = OverlapSide.objects.filter(reference=side, organisation=by.organisation or 0).first()
    if found is None:
        raise OverlapSide.DoesNotExist
    if found.closed_at is not None:
        raise Refused(_("You closed this. It stays readable, and nothing more is written in it."))
    return found


@contextmanager
def _budgeted() -> Iterator[None]:
    """Turns the database's refusal into OverBudget; stands around the whole ``with viewer(...)``, which it ends."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        if getattr(cause, "sqlstate", None) != OVER:
            raise
        detail = cause.diag.message_detail or ""  # type: ignore[union-attr]
        raise OverBudget(int(detail) if detail.isdecimal() else None) from None
