"""Writes of priority rounds: opening, proposals, ballots, counting, dissent, review.

Row-level security holds the same rules (capacity/migrations/0007_priorities.sql): nobody, the office included, reads
another organisation's ballot; each does in a phase what belongs to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import Ballot, Dissent, Priority, Proposal, ProposalComment, Round
from hueandcry.capacity.priorities import queries
from hueandcry.capacity.priorities.phases import CHAMBERS, KINDS, WORDS, phase
from hueandcry.exchange.countries import is_code
from hueandcry.exchange.text import clean, line
from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.actions import tell

WRITERS = ("officer", "analyst", "administrator", "secretary")
OFFICE = ("secretary", "administrator")
SHORT, LONG = 300, 4_000  # characters
MOST_PROPOSALS = 60
REVIEWED_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Opening:
    """A round as it opens: ``discuss_on`` ends the time for proposals, ``vote_on`` begins voting, ``close_on`` is its
    last day; ``top``: how many are adopted; ``ballots``: secret, or published with the result."""

    title: str
    question: str
    chambers: Sequence[str]
    discuss_on: date
    vote_on: date
    close_on: date
    top: int = 5
    ballots: str = "secret"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as somebody makes it."""

    title: str
    why: str
    aspects: Sequence[str] = ()
    countries: Sequence[str] = ()


def today() -> date:
    """The day by which phases go: UTC's, as the database has it."""
    return datetime.now(UTC).date()


def _require(by: Viewer) -> None:
    if not (by.vetted and by.person and by.organisation and by.may(*WRITERS)):
        raise Refused(_("Officers, analysts, administrators and secretaries of members in good standing do this."))


def _require_office(by: Viewer) -> None:
    if not (by.vetted and by.secretariat and by.person and by.may(*OFFICE)):
        raise Refused(_("The secretariat does this."))


def _in(by: Viewer, reference: UUID, *phases: str) -> Round:
    found = Round.objects.get(reference=reference)
    _in_time(found, *phases)
    return found


def _in_time(found: Round, *phases: str) -> None:
    now = phase(found, today())
    if now not in phases:
        raise Refused(_("This is not the time for it: %(phase)s.") % {"phase": WORDS[now]})


def open_round(*, by: Viewer, opening: Opening) -> UUID:
    """Open a round; gives its reference. Raises Refused."""
    _require_office(by)
    title, question = line(opening.title, SHORT), clean(opening.question, LONG).strip()
    chambers = [each for each in CHAMBERS if each in set(opening.chambers)]
    if len(title) < 5 or not question:
        raise Refused(_("A round has a title and a question."))
    if len(chambers) < 2 or len(chambers) < len(set(opening.chambers)):
        raise Refused(_("Choose at least two chambers: priorities are what they agree on."))
    if not today() < opening.discuss_on <= opening.vote_on <= opening.close_on:
        raise Refused(_("The days do not follow each other: proposals from now on, then discussion, then voting."))
    if not 1 <= opening.top <= 50 or opening.ballots not in Round.Ballots.values:
        raise Refused(_("From 1 to 50 are adopted; ballots are secret or published."))
    with viewer(by):
        made = Round.objects.create(
            title=title, question=question, chambers=chambers, ballots=opening.ballots, top=opening.top,
            discuss_on=opening.discuss_on, vote_on=opening.vote_on, close_on=opening.close_on,
            organisation=by.organisation or 0, person=by.person or 0,
        )  # fmt: skip
        bodies = Organisation.objects.filter(state="vetted", kind__in=[k for k, c in KINDS.items() if c in chambers])
        text = _("Proposals are awaited until %(discuss)s, voting goes from %(vote)s to %(close)s.") % {
            "discuss": opening.discuss_on - timedelta(days=1), "vote": opening.vote_on, "close": opening.close_on,
        }  # fmt: skip
        tell(kind="priority", title=_("A round on common priorities is open"), text=text, link=_link(made),
             organisations=list(bodies.values_list("pk", flat=True)), roles=WRITERS)  # fmt: skip
        audit.record(by=by, verb="open", kind="priority round", thing=made.pk)
    return made.reference


def _link(made: Round) -> str:
    return reverse("capacity:round", args=[made.reference])


def move_days(*, by: Viewer, of: UUID, discuss_on: date, vote_on: date, close_on: date) -> None:
    """Move the days of what has not begun; voting that has begun is prolonged, never cut short. Raises Refused."""
    _require_office(by)
    if not discuss_on <= vote_on <= close_on:
        raise Refused(_("The days do not follow each other: proposals from now on, then discussion, then voting."))
    with viewer(by):
        found = _in(by, of, "propose", "discuss", "vote")
        if phase(found, today()) == "vote":
            if (discuss_on, vote_on) != (found.discuss_on, found.vote_on) or close_on < found.close_on:
                raise Refused(_("Voting has begun: it can be prolonged, not cut short."))
        elif vote_on <= today():
            raise Refused(_("Voting begins tomorrow at the earliest."))
        Round.objects.filter(pk=found.pk).update(discuss_on=discuss_on, vote_on=vote_on, close_on=close_on)
        audit.record(by=by, verb="move", kind="priority round", thing=found.pk)


def cancel(*, by: Viewer, of: UUID, why: str) -> None:
    """End a round without a result; the reason is published. Raises Refused."""
    _require_office(by)
    reason = clean(why, LONG).strip()
    if not reason:
        raise Refused(_("Say why it is cancelled."))
    with viewer(by):
        found = _in(by, of, "propose", "discuss", "vote", "count")
        Round.objects.filter(pk=found.pk).update(cancelled_at=datetime.now(UTC), cancelled_why=reason)
        audit.record(by=by, verb="cancel", kind="priority round", thing=found.pk)


def _words(told: Proposed) -> dict[str, Any]:
    title, why = line(told.title, SHORT), clean(told.why, LONG).strip()
    if len(title) < 5 or not why:
        raise Refused(_("A proposal has a title, and says why it matters."))
    if set(told.aspects) - set(model().aspects) or not all(is_code(each) for each in told.countries):
        raise Refused(_("Choose aspects and countries from the lists."))
    return {"title": title, "why": why, "aspects": sorted(set(told.aspects)), "countries": sorted(set(told.countries))}


def propose(*, by: Viewer, of: UUID, told: Proposed) -> UUID:
    """Propose a priority; gives its reference. Raises Refused, Round.DoesNotExist."""
    _require(by)
    values = _words(told)
    with viewer(by):
        found = _in(by, of, "propose")
        last = Proposal.objects.filter(round=found).aggregate(last=Max("number"))["last"] or 0
        if last >= MOST_PROPOSALS:
            raise Refused(_("A round has at most %(most)s proposals.") % {"most": MOST_PROPOSALS})
        try:
            with transaction.atomic():
                made = Proposal.objects.create(round=found, number=last + 1, organisation=by.organisation or 0,
                                               person=by.person or 0, **values)  # fmt: skip
        except IntegrityError:
            raise Refused(_("Somebody proposed at the same moment: try again.")) from None
        audit.record(by=by, verb="propose", kind="priority proposal", thing=made.pk)
    return made.reference


def _standing(by: Viewer, reference: UUID, *phases: str) -> Proposal:
    found = queries.standing(by).select_related("round").get(reference=reference)
    _in_time(found.round, *phases)
    return found


def edit(*, by: Viewer, proposal: UUID, told: Proposed) -> None:
    """Change one's own proposal while proposals are awaited. Raises Refused, Proposal.DoesNotExist."""
    _require(by)
    values = _words(told)
    with viewer(by):
        found = _standing(by, proposal, "propose")
        if found.organisation != by.organisation:
            raise Refused(_("Who proposed it changes it."))
        Proposal.objects.filter(pk=found.pk).update(**values)
        audit.record(by=by, verb="edit", kind="priority proposal", thing=found.pk)


def withdraw(*, by: Viewer, proposal: UUID) -> None:
    """Take one's own proposal back, before voting. Raises Refused, Proposal.DoesNotExist."""
    _require(by)
    with viewer(by):
        found = _standing(by, proposal, "propose", "discuss")
        if found.organisation != by.organisation:
            raise Refused(_("Who proposed it takes it back."))
        Proposal.objects.filter(pk=found.pk).update(withdrawn_at=datetime.now(UTC))
        audit.record(by=by, verb="withdraw", kind="priority proposal", thing=found.pk)


def merge(*, by: Viewer, proposal: UUID, into: int, why: str) -> None:
    """Put a proposal to another that says the same, by the office, with a reason; it stays readable. Raises Refused."""
    _require_office(by)
    reason = clean(why, LONG).strip()
    if not reason:
        raise Refused(_("Say why they are one."))
    with viewer(by):
        found = _standing(by, proposal, "propose", "discuss")
        other = queries.standing(by).filter(round=found.round, number=into).first()
        if other is None or other.pk == found.pk:
            raise Refused(_("Choose another standing proposal of this round."))
        if Proposal.objects.filter(merged_into=found).exists():
            raise Refused(_("Others were put to this one already: put it the other way round."))
        Proposal.objects.filter(pk=found.pk).update(merged_into=other, merged_why=reason)
        audit.record(by=by, verb="merge", kind="priority proposal", thing=found.pk, detail={"into": other.pk})


def comment(*, by: Viewer, proposal: UUID, text: str) -> None:
    """Say something of a proposal before voting. Raises Refused, Proposal.DoesNotExist."""
    if not (by.vetted and by.person and by.organisation):
        raise Refused(_("Members discuss."))
    words = clean(text, LONG).strip()
    if not words:
        raise Refused(_("Write something first."))
    with viewer(by):
        found = _standing(by, proposal, "propose", "discuss")
        ProposalComment.objects.create(
            proposal=found, organisation=by.organisation or 0, person=by.person or 0, text=words
        )
        audit.record(by=by, verb="comment", kind="priority proposal", thing=found.pk)


def vote(*, by: Viewer, of: UUID, ranks: Mapping[int, int], opinions: Mapping[int, int]) -> None:
    """Cast one's organisation's ballot, in place of what it cast before. ``ranks``: proposal's number -> rank from 1,
    equal ranks are ties, what is left out comes after all that is ranked; ``opinions``: 1 agree, -1 disagree, 0 pass.

    What was voted is in no audit record. Raises Refused, Round.DoesNotExist."""
    _require(by)
    with viewer(by):
        found = _in(by, of, "vote")
        chamber = KINDS.get(Organisation.objects.values_list("kind", flat=True).get(pk=by.organisation or 0), "")
        if chamber not in found.chambers:
            raise Refused(_("Your organisation's chamber does not vote in this round."))
        standing = set(queries.standing(by).filter(round=found).values_list("number", flat=True))
        if (set(ranks) | set(opinions)) - standing or not ranks:
            raise Refused(_("Rank at least one of the proposals that stand."))
        if any(not 1 <= rank <= len(standing) for rank in ranks.values()) or set(opinions.values()) - {-1, 0, 1}:
            raise Refused(_("Ranks go from 1, which is the best, to the number of proposals."))
        said = {"person": by.person or 0, "ranks": _keyed(ranks), "opinions": _keyed(opinions)}
        mine = Ballot.objects.filter(round=found, organisation=by.organisation or 0)
        if not mine.update(**said, at=datetime.now(UTC)):
            Ballot.objects.create(round=found, organisation=by.organisation or 0, chamber=chamber, **said)
        audit.record(by=by, verb="vote", kind="priority round", thing=found.pk)


def _keyed(told: Mapping[int, int]) -> dict[str, int]:
    return {str(number): value for number, value in sorted(told.items())}


def count(*, by: Viewer, of: UUID) -> None:
    """Count a round whose voting is over: the result is frozen with the digest of its ballots, and what the chambers
    agree on is adopted. Raises Refused, Round.DoesNotExist."""
    _require_office(by)
    from hueandcry.capacity.priorities.counted import counted, digest  # engines: loaded by who counts

    with viewer(by):
        found = _in(by, of, "count")
        ballots = cast(by, found)
        standing = {each.number: each for each in queries.standing(by).filter(round=found)}
        members = {chamber: number for chamber, _voted, number in turnout(by, found)}
        result = counted(ballots, sorted(standing), chambers=found.chambers, members=members, top=found.top)
        Round.objects.filter(pk=found.pk).update(result=result, counted_at=datetime.now(UTC), digest=digest(ballots))
        day = today()
        Priority.objects.bulk_create(
            Priority(proposal=standing[number], place=place, adopted_on=day, review_on=day + REVIEWED_AFTER)
            for place, number in enumerate(result["adopted"], start=1)
        )
        bodies = Organisation.objects.filter(state="vetted").values_list("pk", flat=True)
        tell(kind="priority", title=_("A round on common priorities has a result"), link=_link(found),
             organisations=list(bodies), roles=WRITERS)  # fmt: skip
        audit.record(by=by, verb="count", kind="priority round", thing=found.pk, count=len(ballots))


def cast(by: Viewer, found: Round) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """The ballots of a round without who cast them, for the office after voting; inside a viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chamber, ranks::text, opinions::text FROM hueandcry_ballots_of(%s)", [found.pk])
        return [(chamber, orjson.loads(ranks), orjson.loads(said)) for chamber, ranks, said in cursor.fetchall()]


def turnout(by: Viewer, found: Round) -> list[tuple[str, int, int]]:
    """By chamber how many voted, and how many may; inside a viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT chamber, voted, members FROM hueandcry_turnout(%s)", [found.pk])
        return [(chamber, int(voted), int(members)) for chamber, voted, members in cursor.fetchall()]


def dissent(*, by: Viewer, of: UUID, text: str) -> None:
    """Publish what one's organisation holds against a result, once. Raises Refused, Round.DoesNotExist."""
    _require(by)
    words = clean(text, LONG).strip()
    if not words:
        raise Refused(_("Write something first."))
    with viewer(by):
        found = _in(by, of, "result")
        try:
            with transaction.atomic():
                Dissent.objects.create(
                    round=found, organisation=by.organisation or 0, person=by.person or 0, text=words
                )
        except IntegrityError:
            raise Refused(_("Your organisation's dissent is published already.")) from None
        audit.record(by=by, verb="dissent", kind="priority round", thing=found.pk)


def review(*, by: Viewer, priority: UUID, state: str, words: str, review_on: date | None = None) -> None:
    """Review a priority: renewed until a day, or ended; with words. Raises Refused, Priority.DoesNotExist."""
    _require_office(by)
    said = clean(words, LONG).strip()
    if state not in ("renewed", "ended") or not said:
        raise Refused(_("Say whether it is renewed or ended, and why."))
    if state == "renewed" and (review_on is None or review_on <= today()):
        raise Refused(_("A renewed priority is reviewed again on a day to come."))
    with viewer(by):
        found = Priority.objects.get(reference=priority)
        if found.state == "ended":
            raise Refused(_("It has ended."))
        next_day = review_on if state == "renewed" and review_on else found.review_on
        Priority.objects.filter(pk=found.pk).update(state=state, review=said, review_on=next_day, reminded_at=None)
        audit.record(by=by, verb="review", kind="priority", thing=found.pk, detail={"state": state})


OPERATOR = Viewer(principals=(), roles=frozenset({"operator"}), channel="calendar")


def calendar_due() -> int:
    """What the calendar does: chambers are told that voting has begun, the office that a review is due; once each.

    Gives how many rounds and priorities were told of."""
    with viewer(OPERATOR), connection.cursor() as cursor:
        cursor.execute("SELECT what, reference, organisations FROM hueandcry_priorities_due()")
        rows = cursor.fetchall()
        for what, reference, organisations in rows:
            voting = what == "voting"
            title = _("Voting on common priorities has begun") if voting else _("A common priority is to be reviewed")
            link = reverse("capacity:round" if voting else "capacity:priority", args=[reference])
            tell(kind="priority", title=title, link=link, organisations=organisations, roles=WRITERS)
        if rows:
            audit.record(by=OPERATOR, verb="calendar", kind="priority round", count=len(rows))
    return len(rows)
