"""What goes in and out of REST for hits and requests, as OpenAPI describes it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field, StringConstraints

from hueandcry.exchange.hits.values import MOST
from hueandcry.exchange.rest.shapes import Body, Words, example

Text = Annotated[str, StringConstraints(max_length=4_096, pattern=r"^[^\x00]*$")]
Case = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Said = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
Purpose = Literal["investigation", "prevention"]


class HitsIn(Body):
    """Values to ask for, as they are written anywhere; each one's type is found out, or is ``type``."""

    values: list[Text] = Field(min_length=1, max_length=MOST)
    purpose: Purpose
    words: Said
    case: Case = ""
    type: Case = ""
    model_config = example(values=["evil[.]example"], purpose="investigation", words="mule accounts", case="7/26")


class UnreadOut(Schema):
    """One of the values that is none: its place in the list from 1, what it says, and why it was not asked for."""

    line: int
    text: str
    reason: str


class HitOut(Schema):
    """What was learnt of one value. ``organisations`` is exact up to 2, then rounded down to 3, 5, 10, 20, 50, 100;
    0: only you see something. ``last_seen``: a day, or the month alone. ``names``: whom to ask; others by request."""

    type: str
    value: str
    organisations: int
    kinds: list[str]
    names: list[str]
    last_seen: str
    seen: int


class HitsOut(Schema):
    """One question and its answers; of values that are not among them nothing can be told."""

    reference: UUID
    at: datetime
    purpose: str
    asked: int
    repeated: int
    hits: int
    flagged: bool
    answers: list[HitOut]
    unread: list[UnreadOut]


class RequestIn(Body):
    """A request to see what others hold on values that were hits of yours within thirty days."""

    values: list[Text] = Field(min_length=1, max_length=200)
    purpose: Purpose
    words: Said
    case: Case = ""
    answer_by: date
    model_config = example(
        values=["evil.example"], purpose="investigation", words="mule accounts", answer_by="2027-01-31"
    )


class ValueOut(Schema):
    """One value."""

    type: str
    value: str


class PartOut(Schema):
    """One owner's part of a request. To who asked: ``owner`` where it may be known, ``reports`` granted. To the owner:
    ``values`` and ``reports`` that were hit, ``granted`` of these."""

    reference: UUID
    owner: str = ""
    state: str
    conditions: str
    until: date | None
    question: str
    reply: str
    answered_at: datetime | None
    values: list[ValueOut] = []
    reports: list[UUID] = []
    granted: list[UUID] = []


class RequestOut(Schema):
    """One request, and its parts as far as they are yours to see."""

    reference: UUID
    asker: str
    mine: bool
    purpose: str
    words: str
    case: str
    at: datetime
    answer_by: date
    overdue: bool
    values: list[ValueOut]
    parts: list[PartOut]


class RequestLine(Schema):
    """One line of the list of requests."""

    reference: UUID
    who: str
    purpose: str
    values: int
    states: list[str]
    at: datetime
    answer_by: date
    overdue: bool


class RequestsOut(Schema):
    """Requests, those overdue first; ``next`` is the ``after`` of the next page."""

    requests: list[RequestLine]
    next: str | None


class AnswerIn(Body):
    """What an owner lets the asker see: references of reports that were hit; none is a refusal."""

    reports: list[UUID] = Field(default=[], max_length=10_000)
    conditions: Words = ""
    until: date | None = None
    named: bool = False
    model_config = example(
        reports=["8c680848-3138-4da1-a290-cb20a7983326"], conditions="for this case only", named=True
    )


class SaidIn(Body):
    """Words to the other side."""

    words: Said
    model_config = example(words="Which account does it concern?")
