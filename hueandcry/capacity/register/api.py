"""REST of the register: list and search, one resource, propose one. Under the same rules as the rest of REST v1."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params import functions as param
from pydantic import Field, StringConstraints

from hueandcry.audit import actions as audit
from hueandcry.capacity.models import Resource
from hueandcry.capacity.register import actions, queries, words
from hueandcry.capacity.register.drafts import ResourceDraft, Unfit
from hueandcry.capacity.register.queries import Result, Wanted
from hueandcry.exchange.rest import cursors
from hueandcry.exchange.rest.errors import Stop, wrong
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import Body, Line, example
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["resources"])
PAGE = 100  # rows of a page at most
_TEXT = r"^[^\x00]*$"
Word = Annotated[str, StringConstraints(max_length=40, pattern=_TEXT)]
Text = Annotated[str, StringConstraints(max_length=10_000, pattern=_TEXT)]
Kind = Literal["organisation", "course", "tool", "publication", "laboratory", "fund", "programme"]


class ResourceOut(Schema):
    """A resource. ``countries`` it serves are ISO 3166-1 alpha-2; ``everywhere``: it serves any."""

    reference: UUID
    kind: str
    title: str
    about: str
    language: str
    provider: str
    url: str
    identifier: str
    countries: list[str]
    everywhere: bool
    languages: list[str]
    aspects: list[str]
    cost: str
    amount: str | None
    currency: str
    evidence: str
    starts: date | None
    ends: date | None
    state: str
    review_until: datetime | None
    confirmed_at: datetime | None
    source: str


class ResourceFound(ResourceOut):
    """A resource with its place among the results, and why it is there."""

    place: int
    why: list[str]


class ResourcesPage(Schema):
    """A page of results; ``count`` of all that fits (10,000 at most), of which the best 200 can be paged through."""

    count: int
    near: bool = Field(description="nothing has exactly these words: found by words that are spelt nearly so")
    resources: list[ResourceFound]
    next: str | None = None


class ResourceIn(Body):
    """A resource to propose."""

    kind: Kind
    title: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=_TEXT)]
    about: Text = ""
    language: Word = "en"
    provider: Line = ""
    url: Annotated[str, StringConstraints(max_length=2_000, pattern=_TEXT)] = ""
    identifier: Line = ""
    countries: list[Word] = Field(default=[], max_length=300)
    everywhere: bool = False
    languages: list[Word] = Field(default=[], max_length=300)
    aspects: list[Word] = Field(default=[], max_length=300)
    cost: Literal["unknown", "free", "at cost", "paid"] = "unknown"
    evidence: Annotated[str, StringConstraints(max_length=2_000, pattern=_TEXT)] = ""
    starts: date | None = None
    ends: date | None = None
    another: bool = Field(default=False, description="it is another than what is alike in the register already")
    model_config = example(kind="course", title="Digital forensics for first responders", countries=["AO", "MZ"])


class ProposedOut(Schema):
    """A proposal: ``review``, or ``proposed`` where it is presumably there already and waits for you."""

    reference: UUID
    state: str
    alike: list[UUID]


@router.get("/resources", auth=bearer("read"), response=ResourcesPage, summary="List or search resources")
def resources(
    request: HttpRequest,
    q: str = param.Query("", max_length=300, pattern=_TEXT, description="words, in any language"),
    kind: list[Word] = param.Query([], max_length=10),  # noqa: B008
    country: list[Word] = param.Query([], max_length=50, description="that it serves: ISO 3166-1 alpha-2"),  # noqa: B008
    language: list[Word] = param.Query([], max_length=50, description="that it serves in: ISO 639-1"),  # noqa: B008
    aspect: list[Word] = param.Query([], max_length=50, description="of the maturity model"),  # noqa: B008
    cost: list[Word] = param.Query([], max_length=10),  # noqa: B008
    state: list[Word] = param.Query([], max_length=10),  # noqa: B008
    after: str = param.Query("", description="next of the page before"),
    limit: int = param.Query(50, ge=1, le=PAGE),
) -> ResourcesPage:
    """What fits, the best first, with why each is there. What is withdrawn or waits is there where ``state`` asks."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    facets = {"kind": kind, "country": country, "language": language, "aspect": aspect, "cost": cost, "state": state}
    asked = {"q": q} | facets
    first = int(cursors.read(by, "resources", asked, after) or 0)
    wanted = Wanted(q, {name: tuple(values) for name, values in facets.items() if values})
    with viewer(by):
        answer = queries.search(by, wanted)
        found = queries.results(by, answer.ranked[first : first + limit], first=first + 1)
        queries.note_shown(by, found)
        audit.record(by=by, verb="search" if q else "list", kind="resource", count=len(found))
    more = first + limit < len(answer.ranked)
    return ResourcesPage(
        count=answer.count,
        near=answer.near,
        resources=[_found(one) for one in found],
        next=cursors.write(by, "resources", asked, first + limit) if more else None,
    )


@router.get("/resources/{reference}", auth=bearer("read"), response=ResourceOut, summary="Read a resource")
def resource(request: HttpRequest, reference: UUID) -> ResourceOut:
    """One resource."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        one = queries.one(by, reference)
        queries.note_asked(by, one)
        audit.record(by=by, verb="read", kind="resource", thing=one.pk)
    return ResourceOut(**_told(one))  # type: ignore[arg-type]


@router.post("/resources", auth=bearer("submit"), response=ProposedOut, summary="Propose a resource")
def propose_resource(request: HttpRequest, body: ResourceIn) -> ProposedOut:
    """Put a resource before the alliance: it is listed when nobody objects. Where it is presumably in the register
    already it waits, seen by your organisation alone, until somebody says which it is, or you call with ``another``."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    given: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in body.dict().items()}
    another = bool(given.pop("another"))
    try:
        made = actions.propose(by=by, draft=ResourceDraft(**given), source="rest", another=another)
    except Unfit as error:
        raise wrong(error.part, error.reason) from None
    except Refused as error:
        raise Stop(403, "refused", error.reason) from None
    with viewer(by):
        one = queries.one(by, made)
        alike = [other.reference for _pair, other in queries.twins(by, one)]
    return ProposedOut(reference=made, state=one.state, alike=alike)


def _told(one: Resource) -> dict[str, object]:
    told: dict[str, object] = {name: getattr(one, name) for name in ResourceOut.model_fields}
    amount: Decimal | None = one.amount
    return told | {"amount": None if amount is None else str(amount)}


def _found(one: Result) -> ResourceFound:
    why = [words.reason(reason) for reason in one.ranked.reasons]
    return ResourceFound(**_told(one.resource), place=one.place, why=why)  # type: ignore[arg-type]


def register() -> None:
    """Add these operations to REST v1, which may not know this desk; called when Django is ready."""
    from hueandcry.exchange.rest.api import api

    api.add_router("", router)
