"""Writes of requests for disclosure: asking, answering (all, part, nothing), taking back, and what time takes back."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange import actions_report
from hueandcry.exchange.actions import Refused, require_submitter
from hueandcry.exchange.hits.actions import WORDS, require_asker, told_now
from hueandcry.exchange.hits.budget import spending
from hueandcry.exchange.models import Ask, AskPart, AskValue, Grant, LookupAnswer, Report
from hueandcry.exchange.models.hit import Purpose
from hueandcry.members.models import Organisation, Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.notices import actions as notices

log = logging.getLogger(__name__)

State = AskPart.State
LIVE = (State.GRANTED, State.PARTLY)


def ask(
    *, by: Viewer, observables: Sequence[int], purpose: str, words: str, answer_by: date, case: str = ""
) -> uuid.UUID:
    """Ask the owners of these values, each a hit that ``by`` was told of, to disclose what they hold; gives the
    request's reference. Each owner sees the values that it holds and no others.

    Raises Refused, and OverBudget with the time to come back.
    """
    organisation, person = require_asker(by)
    if purpose not in Purpose.values:
        raise Refused(_("Say what you ask for: to investigate a crime, or to prevent one."))
    if not words.strip():
        raise Refused(_("Say why you need it: whoever holds it decides by that."))
    if answer_by < today():
        raise Refused(_("The day to answer by is past. Nothing was asked."))
    never = _("At most 200 values can be asked for in a day. Nothing was asked. Tick fewer.")
    with spending(never), viewer(by):
        hits = LookupAnswer.objects.filter(observable__in=list(observables), organisations__gt=0)
        values = {h.observable: h for h in hits.order_by("pk")}
        if not values:
            raise Refused(_("None of these values was a hit of yours in the last thirty days. Look them up first."))
        made = Ask.objects.create(
            organisation=organisation, person=person, purpose=purpose, case=case[:200], words=words[:WORDS],
            answer_by=answer_by,
        )  # fmt: skip
        AskValue.objects.bulk_create(
            AskValue(ask=made, observable=h.observable, type=h.type, value=h.value) for h in values.values()
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT hueandcry_ask(%s)", [made.pk])
            parts = int(cursor.fetchone()[0])
        if not parts:
            raise Refused(
                _("Nobody whom you could ask holds these values for this purpose any more. Nothing was asked.")
            )
        detail = {"purpose": purpose, "parts": parts}
        audit.record(by=by, verb="ask", kind="request", thing=made.pk, count=len(values), detail=detail)
    told_now(tell_owners)
    return made.reference


def today() -> date:
    """Today in UTC, as deadlines are counted."""
    return datetime.now(UTC).date()


def reply(*, by: Viewer, part: uuid.UUID, words: str) -> None:
    """Answer the question that an owner put back. Raises Refused where there is none."""
    require_asker(by)
    if not words.strip():
        raise Refused(_("Write an answer first."))
    with viewer(by):
        with connection.cursor() as cursor:
            cursor.execute("SELECT hueandcry_ask_reply(%s, %s)", [part, words.replace("\0", "")[:WORDS]])
            if not cursor.fetchone()[0]:
                raise Refused(_("Nobody waits for an answer of yours here."))
        audit.record(by=by, verb="reply", kind="request part", thing=part)
    told_now(tell_owners)


def question(*, by: Viewer, part: uuid.UUID, words: str, named: bool = False) -> None:
    """Ask back before deciding. Raises AskPart.DoesNotExist where the part is not the viewer's to answer."""
    require_submitter(by)
    if not words.strip():
        raise Refused(_("Write what you want to know first."))
    with viewer(by):
        found = _own_part(part)
        if found.state != State.OPEN:
            raise Refused(_("You have answered this already."))
        found.question = words.replace("\0", "")[:WORDS]
        found.named = found.named or named
        found.save(update_fields=["question", "named"])
        audit.record(by=by, verb="ask back", kind="request part", thing=found.pk)
        _tell_asker(by, found, _("Somebody you asked wants to know more before answering"))


def answer(
    *,
    by: Viewer,
    part: uuid.UUID,
    reports: Sequence[int],
    conditions: str = "",
    until: date | None = None,
    named: bool = False,
) -> None:
    """Answer one's part of a request: disclose ``reports`` (all of those hit, some, or none), until that day and under
    these conditions. May be said again otherwise: what is no longer among ``reports`` is taken back.

    A report shows who reported it, so whoever discloses one is named. Raises Refused.
    """
    require_submitter(by)
    if until is not None and until < today():
        raise Refused(_("The day that it ends is past. Nothing was answered."))
    with viewer(by):
        found = _own_part(part)
        if found.state == State.TAKEN_BACK:
            raise Refused(_("This was taken back; they can ask anew."))
        seen = set(
            Report.objects.filter(pk__in=found.reports, organisation=by.organisation).values_list("pk", flat=True)
        )
        chosen = sorted(set(reports))
        if not set(chosen) <= seen:
            raise Refused(_("Only reports that were hit can be disclosed here."))
        before = _still(found.granted)
        _require_sight(before)
        found.state = State.REFUSED if not chosen else State.GRANTED if set(chosen) == seen else State.PARTLY
        found.granted, found.conditions, found.until = chosen, conditions.replace("\0", "")[:WORDS], until
        found.named = named or bool(chosen)
        found.answered_at, found.answered_by = datetime.now(UTC), by.person
        found.save(update_fields=["state", "granted", "conditions", "until", "named", "answered_at", "answered_by"])
        red = set(Report.objects.filter(pk__in=chosen, tlp="RED").values_list("pk", flat=True))
        audit.record(by=by, verb=f"answer: {found.state}", kind="request part", thing=found.pk, count=len(chosen))
        asker = _asker(found.ask)
        kept = _kept_elsewhere(found)
    # Each grant is a transaction of its own: should one fail, answering again goes on where this stopped.
    why = _("request of %(day)s") % {"day": found.ask.at.date().isoformat()}
    for report in chosen:
        actions_report.grant(by=by, report=report, principals=[asker[report in red]], reason=why)
    for report in sorted(set(before) - set(chosen) - kept):
        _take_one_back(by, report, asker, why)
    with viewer(by):
        _tell_asker(by, found, _ANSWERED[found.state]())


_ANSWERED = {
    State.GRANTED.value: lambda: _("Your request was granted"),
    State.PARTLY.value: lambda: _("Your request was granted in part"),
    State.REFUSED.value: lambda: _("Your request was refused"),
    State.TAKEN_BACK.value: lambda: _("What you were shown on request was taken back"),
}


def take_back(*, by: Viewer, part: uuid.UUID, reason: str = "") -> None:
    """Take back what was disclosed on request; what else lets them see it stays."""
    require_submitter(by)
    with viewer(by):
        found = _own_part(part)
        if found.state not in LIVE:
            raise Refused(_("Nothing is disclosed here that could be taken back."))
        asker, kept = _asker(found.ask), _kept_elsewhere(found)
        still = [r for r in _still(found.granted) if r not in kept]
        _require_sight(still)
    for report in still:
        _take_one_back(by, report, asker, reason or _("taken back"))
    with viewer(by):
        found = _own_part(part)
        found.state, found.granted = State.TAKEN_BACK, []
        found.save(update_fields=["state", "granted"])
        audit.record(by=by, verb="take back", kind="request part", thing=found.pk, count=len(still))
        _tell_asker(by, found, _ANSWERED[found.state]())


def take_back_over() -> int:
    """Take back every grant whose day is over, on behalf of who gave it, else of a colleague; gives how many parts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT part, people FROM hueandcry_asks_over()")
        rows = cursor.fetchall()
    return sum(_take_over(part, people) for part, people in rows)


def _take_over(part: uuid.UUID, people: Sequence[int]) -> bool:
    for person in people:
        try:
            take_back(by=identify(person, channel="job"), part=part, reason=_("its time is over"))
        except (Refused, AskPart.DoesNotExist, Report.DoesNotExist):
            continue
        return True
    log.error("nobody can take back what request part %s disclosed, though its time is over", part)
    return False


def _own_part(part: uuid.UUID) -> AskPart:
    return AskPart.objects.select_related("ask").select_for_update(of=("self",)).get(reference=part)


def _asker(request: Ask) -> tuple[int, int]:
    """The principals that a grant goes to: of the organisation, and where a report is RED of the person."""
    body = Organisation.objects.values_list("principal", flat=True).get(pk=request.organisation)
    return body, Person.objects.values_list("principal", flat=True).get(pk=request.person)


def _kept_elsewhere(part: AskPart) -> set[int]:
    """The reports that another answer to the same organisation still discloses: taking this one back leaves them."""
    others = AskPart.objects.filter(ask__organisation=part.ask.organisation, state__in=LIVE).exclude(pk=part.pk)
    return {report for granted in others.values_list("granted", flat=True) for report in granted}


def _still(reports: Sequence[int]) -> list[int]:
    """Those of one's own organisation's reports that were not erased."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_still(%s::bigint[])", [list(reports)])
        return list(cursor.fetchone()[0])


def _require_sight(reports: Sequence[int]) -> None:
    if Report.objects.filter(pk__in=reports).count() < len(reports):
        raise Refused(_("One of the reports disclosed is a colleague's alone to see; they can change this answer."))


def _take_one_back(by: Viewer, report: int, asker: tuple[int, int], reason: str) -> None:
    """Take back what lets the asker see this report, for the organisation and the person: it may have become RED, or
    ceased to be, since. Nothing to do where it was taken back by hand."""
    with viewer(by):
        held = Grant.objects.filter(report=report, principal__in=asker, revoked_at=None)
        principals = list(held.values_list("principal", flat=True))
    for principal in principals:
        actions_report.take_back(by=by, report=report, principal=principal, reason=reason)


def _tell_asker(by: Viewer, part: AskPart, title: str) -> None:
    """Tell who asked; the owner is named only where it may be."""
    text = _("Answered by %(organisation)s.") % {"organisation": by.name} if part.named else ""
    notices.tell(
        kind="answer", title=title, text=text, link=f"/requests/{part.ask.reference}/", people=[part.ask.person]
    )


def tell_owners() -> int:
    """Tell owners of new requests, and of answers to what they asked back; gives how many. Outside any viewer."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT owner, person, request, asker, purpose, held, answer_by, reply FROM hueandcry_asks_to_tell()"
            )
            rows = cursor.fetchall()
        for owner, person, request, asker, purpose, held, answer_by, is_reply in rows:
            title = ngettext(
                "%(asker)s asks to see what you hold on a value",
                "%(asker)s asks to see what you hold on %(n)s values",
                held,
            )
            if is_reply:
                title = _("%(asker)s answered what you asked")
            notices.tell(
                kind="request",
                title=title % {"asker": asker, "n": held},
                text=_("Purpose: %(purpose)s. Please answer by %(day)s.")
                % {"purpose": Purpose(purpose).label, "day": answer_by.isoformat()},
                link=f"/requests/{request}/",
                organisations=[] if person else [owner],
                people=[person] if person else [],
                roles=("analyst", "administrator", "reporter"),
            )
    return len(rows)
