"""REST of the academy: make a move, check a credential. Under the same rules as the rest of REST v1; whether a move may
be made is decided where pages and direct writes meet it too, in the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from hueandcry.academy import life
from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.courses import actions as teaching
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import Body, example
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer

router = Router(tags=["academy"])
Machine = Literal["course", "session", "accreditation", "candidacy", "certificate"]
State = Annotated[str, StringConstraints(max_length=20, pattern=r"^[a-z]*$")]


class MoveIn(Body):
    """The state that a thing is to come into, with the reason where it is a decision or an appeal."""

    state: State
    reason: Annotated[str, StringConstraints(max_length=8_000, pattern=r"^[^\x00]*$")] = ""
    model_config = example(state="certified", reason="Passed with 74 of 100 points.")


class MoveOut(Schema):
    """The state it is in now."""

    machine: str
    reference: UUID
    state: str


class MoveRuleOut(Schema):
    """One line of the table of moves."""

    machine: str
    before: str
    after: str
    who: str


class MovesOut(Schema):
    """The whole table of moves."""

    moves: list[MoveRuleOut]


def _acts() -> dict[str, Callable[[Viewer, UUID, str, str], None]]:
    return {
        "course": lambda by, key, state, reason: teaching.move(by=by, course=key, state=state),
        "session": lambda by, key, state, reason: teaching.move_session(by=by, session=key, state=state),
        "accreditation": lambda by, key, state, reason: accrediting.move(
            by=by, accreditation=key, state=state, reason=reason
        ),
        "candidacy": lambda by, key, state, reason: certifying.move(by=by, candidacy=key, state=state, reason=reason),
        "certificate": lambda by, key, state, reason: certifying.move_certificate(
            by=by, certificate=key, state=state, reason=reason
        ),
    }


@router.get("/academy/moves", auth=bearer("read"), response=MovesOut, summary="Who may move what")
def moves(request: HttpRequest) -> MovesOut:
    """The table that pages, this interface and the database ask."""
    return MovesOut(moves=[MoveRuleOut(**each._asdict()) for each in sorted(life.MOVES.all)])


@router.post("/academy/{machine}/{reference}/moves", auth=bearer("submit"), response=MoveOut, summary="Make a move")
def move(request: HttpRequest, machine: Machine, reference: UUID, body: MoveIn) -> MoveOut:
    """Move a course, session, accreditation, candidacy or certificate on."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    if body.state not in life.MOVES.states(machine):
        raise wrong("state", f"one of {', '.join(life.MOVES.states(machine))}")
    try:
        _acts()[machine](by, reference, body.state, body.reason)
    except Refused as error:
        raise Stop(403, "refused", error.reason) from None
    return MoveOut(machine=machine, reference=reference, state=body.state)


class CheckIn(Body):
    """A credential, and whom it should be about."""

    credential: dict[str, Any] = Field(description="an Open Badge 3.0 with its proof")
    about: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    model_config = example(
        credential={"@context": ["https://www.w3.org/ns/credentials/v2"]}, about="anna@police.example"
    )


class CheckOut(Schema):
    """What checking found; as ``hueandcry academy verify --json`` prints it."""

    valid: bool
    problems: list[dict[str, str]]
    issuer: dict[str, str]
    achievement: dict[str, str]
    chain: list[dict[str, Any]]
    subject: dict[str, str]


@router.post("/academy/check", auth=bearer("read"), response=CheckOut, summary="Check a credential")
def check(request: HttpRequest, body: CheckIn) -> CheckOut:
    """Whether a credential holds and who vouches for it, by this node's bundle. Nothing is stored."""
    import orjson

    from hueandcry.academy.credentials import trust
    from hueandcry.academy.credentials.published import bundle_now
    from hueandcry.academy.credentials.verify import Checker

    found = Checker(trust.read(bundle_now())).file(orjson.dumps(body.credential), about=body.about.strip())
    return CheckOut(**found.told())


def register() -> None:
    """Add these operations to REST v1, which may not know this desk; called when Django is ready."""
    from hueandcry.exchange.rest.api import api

    api.add_router("", router)
