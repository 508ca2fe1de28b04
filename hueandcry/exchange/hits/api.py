"""Hits and requests through REST v1; mounted by exchange/rest. The person behind the token needs the role."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits import actions, actions_ask, listing, queries, values, words
from hueandcry.exchange.hits.budget import OverBudget
from hueandcry.exchange.hits.shapes import (
    AnswerIn,
    HitOut,
    HitsIn,
    HitsOut,
    PartOut,
    RequestIn,
    RequestLine,
    RequestOut,
    RequestsOut,
    SaidIn,
    UnreadOut,
    ValueOut,
)
from hueandcry.exchange.models import Ask, AskPart, Lookup, Report
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.staging import hash64
from hueandcry.members import queries as members
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["hits"])
READERS = ("analyst", "administrator", "reporter", "integrator")


@contextmanager
def _within_budget() -> Iterator[None]:
    """429 with Retry-After where the budget is used up; 422 where it never holds so much."""
    try:
        yield
    except OverBudget as error:
        if error.retry_after is None:
            raise wrong("body.values", error.reason) from None
        raise Stop(429, "budget", error.reason, again_in=error.retry_after) from None


@router.post("/hits", auth=bearer("read"), response=HitsOut, summary="Ask whether others hold values")
def look_up(request: HttpRequest, body: HitsIn) -> HitsOut:
    """Learn of each value whether others hold it, how many, and whom to ask; never what they know. Owners learn that
    you asked. Counts against your budget, misses as well as hits."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    if body.type and body.type not in values.KINDS:
        raise wrong("body.type", _("one of: %(types)s") % {"types": ", ".join(sorted(values.KINDS))})
    asked = values.asked(enumerate(body.values, start=1), kind=body.type, region=by.country)
    if not asked.values:
        raise wrong("body.values", _("none of them is a value that can be asked for"))
    with _within_budget():
        told = actions.look_up(by=by, asked=asked, purpose=body.purpose, words=body.words, case=body.case)
    with viewer(by):
        return _question(by, queries.lookup(by, told.reference))


@router.get("/hits/{reference}", auth=bearer("read"), response=HitsOut, summary="Read a question again")
def question(request: HttpRequest, reference: UUID) -> HitsOut:
    """What was learnt of an earlier question; kept for thirty days, for who asked."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    actions.require_asker(by)
    with viewer(by):
        found = queries.lookup(by, reference)
        audit.record(by=by, verb="read", kind="lookup", thing=found.pk)
        return _question(by, found)


def _question(by: Viewer, found: Lookup) -> HitsOut:
    answers = list(queries.answers(by, found.pk).order_by("-organisations", "type", "value"))
    seen = queries.seen(by, [a.observable for a in answers])
    own = found.person == by.person
    return HitsOut(
        reference=found.reference, at=found.at, purpose=found.purpose, asked=found.asked, repeated=found.repeated,
        hits=found.hits, flagged=found.flagged,
        answers=[
            HitOut(
                type=a.type, value=a.value, organisations=a.organisations, kinds=a.kinds, names=a.names,
                last_seen=words.last_seen(a), seen=seen[a.observable].count if a.observable in seen else 0,
            )
            for a in answers
        ],
        unread=[
            UnreadOut(line=line, text=text, reason=words.unread_reason(why))
            for line, text, why in (found.unread if own else ())
        ],
    )  # fmt: skip


def _require_reader(by: Viewer) -> None:
    if not by.may(*READERS):
        raise Refused(_("Your role does not let you see requests; ask your organisation's administrator."))


@router.post("/requests", auth=bearer("submit"), response=RequestOut, summary="Ask to see what others hold")
def ask(request: HttpRequest, body: RequestIn) -> RequestOut:
    """Ask the owners of values that were hits of yours; each gets the values that it holds and decides for itself."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    asked = values.asked(enumerate(body.values, start=1), region=by.country)
    with _within_budget():
        reference = actions_ask.ask(
            by=by, observables=[hash64(*pair) for pair in asked.values], purpose=body.purpose, words=body.words,
            case=body.case, answer_by=body.answer_by,
        )  # fmt: skip
    return _whole(by, reference)


@router.get("/requests", auth=bearer("read"), response=RequestsOut, summary="List requests")
def list_requests(
    request: HttpRequest,
    side: Literal["mine", "ours"] = "ours",
    state: Literal["", "open", "granted", "partly", "refused", "taken back"] = "",
    overdue: bool = False,
    after: str = "",
) -> RequestsOut:
    """Requests that came to your organisation (``ours``), or that it made (``mine``); those overdue first."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    _require_reader(by)
    with viewer(by):
        rows, following = listing.requests(by, side, state=state, overdue=overdue, after=after[:80])
        audit.record(by=by, verb="list", kind="request", count=len(rows))
    return RequestsOut(
        requests=[
            RequestLine(
                reference=r.reference, who=r.who, purpose=r.purpose, values=r.values, states=[s[0] for s in r.states],
                at=r.at, answer_by=r.answer_by, overdue=r.overdue,
            )
            for r in rows
        ],
        next=following,
    )  # fmt: skip


@router.get("/requests/{reference}", auth=bearer("read"), response=RequestOut, summary="Read a request")
def one_request(request: HttpRequest, reference: UUID) -> RequestOut:
    """One request: as who asked sees it, or the parts of it that are yours to answer."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    _require_reader(by)
    return _whole(by, reference)


def _whole(by: Viewer, reference: UUID) -> RequestOut:
    with viewer(by):
        found = queries.ask(by, reference)
        mine = found.organisation == by.organisation
        parts = _parts_asked(by, found) if mine else _parts_to_answer(by, found)
        held = queries.values_of(by, [found.pk]).get(found.pk, [])
        names = members.organisation_names(by, [found.organisation])
        audit.record(by=by, verb="read", kind="request", thing=found.pk)
        return RequestOut(
            reference=found.reference, asker=names.get(found.organisation, ""), mine=mine, purpose=found.purpose,
            words=found.words, case=found.case, at=found.at, answer_by=found.answer_by,
            overdue=any(queries.is_overdue(found.answer_by, part.state) for part in parts),
            values=[ValueOut(type=v.type, value=v.value) for v in held], parts=parts,
        )  # fmt: skip


def _parts_asked(by: Viewer, found: Ask) -> list[PartOut]:
    return [
        PartOut(
            reference=p.reference, owner=p.name, state=p.state, conditions=p.conditions, until=p.until,
            question=p.question, reply=p.reply, answered_at=p.answered_at, granted=p.granted,
        )
        for p in queries.parts_of(by, [found.pk]).get(found.pk, [])
    ]  # fmt: skip


def _parts_to_answer(by: Viewer, found: Ask) -> list[PartOut]:
    told = []
    for p in queries.parts_to_us(by).filter(ask=found.pk).order_by("pk"):
        held, reports = queries.held_by(by, p)
        told.append(
            PartOut(
                reference=p.reference, state=p.state, conditions=p.conditions, until=p.until, question=p.question,
                reply=p.reply, answered_at=p.answered_at, values=[ValueOut(type=v.type, value=v.value) for v in held],
                reports=[r.reference for r in reports], granted=[r.reference for r in reports if r.pk in p.granted],
            )
        )  # fmt: skip
    return told


def _request_of(by: Viewer, part: UUID) -> UUID:
    """The request that a part belongs to. Raises AskPart.DoesNotExist where it is not the viewer's to answer."""
    with viewer(by):
        found: AskPart = queries.parts_to_us(by).get(reference=part)
        return found.ask.reference


@router.post("/requests/parts/{part}/answer", auth=bearer("submit"), response=RequestOut, summary="Answer a request")
def answer(request: HttpRequest, part: UUID, body: AnswerIn) -> RequestOut:
    """Let who asked see all, some or none of your reports that were hit; may be said again otherwise."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    reference = _request_of(by, part)
    with viewer(by):
        chosen = dict(Report.objects.filter(reference__in=body.reports).values_list("reference", "pk"))
    if len(chosen) < len(set(body.reports)):
        raise wrong("body.reports", _("only reports that were hit can be disclosed"))
    actions_ask.answer(
        by=by, part=part, reports=list(chosen.values()), conditions=body.conditions, until=body.until, named=body.named
    )
    return _whole(by, reference)


@router.post("/requests/parts/{part}/question", auth=bearer("submit"), response=RequestOut, summary="Ask back")
def ask_back(request: HttpRequest, part: UUID, body: SaidIn) -> RequestOut:
    """Ask who asks, before you decide."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    reference = _request_of(by, part)
    actions_ask.question(by=by, part=part, words=body.words)
    return _whole(by, reference)


@router.post(
    "/requests/parts/{part}/take-back", auth=bearer("submit"), response=RequestOut, summary="Take back a grant"
)
def take_back(request: HttpRequest, part: UUID) -> RequestOut:
    """Take back what was disclosed on request."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    reference = _request_of(by, part)
    actions_ask.take_back(by=by, part=part)
    return _whole(by, reference)


@router.post(
    "/requests/{reference}/reply/{part}", auth=bearer("submit"), response=RequestOut, summary="Reply to an owner"
)
def reply(request: HttpRequest, reference: UUID, part: UUID, body: SaidIn) -> RequestOut:
    """Answer what an owner asked back."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    actions_ask.reply(by=by, part=part, words=body.words)
    return _whole(by, reference)
