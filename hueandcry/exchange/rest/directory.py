"""Who one is, the members of the alliance, and the circles one is in."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Router
from ninja.params import functions as param

from hueandcry.audit import actions as audit
from hueandcry.exchange.rest import cursors
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import (
    CircleOut,
    CirclesPage,
    CircleWhole,
    OrganisationOut,
    OrganisationsPage,
    Slug,
    WhoOut,
)
from hueandcry.members import queries
from hueandcry.members.models import Circle, Organisation
from hueandcry.members.viewer import Viewer, viewer

router = Router(tags=["members"])
PAGE = 200  # rows of a page at most


@router.get("/whoami", auth=bearer("any"), response=WhoOut, summary="Who the token acts for")
def whoami(request: HttpRequest) -> WhoOut:
    """The person and organisation that this token acts for, their roles, and its scopes. Any token may ask."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        person = queries.oneself(by)
        own = queries.own_organisation(by)
        token = queries.tokens(by).get(pk=by.token or 0)
    return WhoOut(
        email=person.email, name=person.name, organisation=own.slug if own else "", roles=sorted(by.roles),
        scopes=token.scopes, use=token.use, expires_at=token.expires_at,
    )  # fmt: skip


@router.get("/organisations", auth=bearer("read"), response=OrganisationsPage, summary="List organisations")
def organisations(
    request: HttpRequest,
    q: str = param.Query("", max_length=200, pattern=r"^[^\x00]*$", description="words of name or description"),
    kind: list[str] = param.Query([], max_length=20, description="business, law-enforcement, cert, ..."),  # noqa: B008
    country: list[str] = param.Query([], max_length=50, description="ISO 3166-1 alpha-2"),  # noqa: B008
    after: str = "",
    limit: int = param.Query(100, ge=1, le=PAGE),
) -> OrganisationsPage:
    """The directory as you see it, by name."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    asked = {"q": q, "kind": kind, "country": country}
    place = cursors.read(by, "organisations", asked, after)
    clean = [word.replace("\0", "") for word in kind], [word.replace("\0", "") for word in country]
    with viewer(by):
        rows, more = _page(queries.directory(by, words=q, kinds=clean[0], countries=clean[1]), place, limit)
        found = [_organisation(row) for row in rows]
        audit.record(by=by, verb="list", kind="organisation", count=len(found))
    return OrganisationsPage(
        organisations=found, next=cursors.write(by, "organisations", asked, more) if more else None
    )


@router.get("/organisations/{slug}", auth=bearer("read"), response=OrganisationOut, summary="Read an organisation")
def organisation(request: HttpRequest, slug: Slug) -> OrganisationOut:
    """One organisation of the directory."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        return _organisation(queries.organisation(by, slug))


@router.get("/circles", auth=bearer("read"), response=CirclesPage, summary="List circles")
def circles(request: HttpRequest, after: str = "", limit: int = param.Query(100, ge=1, le=PAGE)) -> CirclesPage:
    """The circles your organisation is in, by name."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "circles", {}, after)
    with viewer(by):
        rows, more = _page(queries.circle_list(by), place, limit)
        found = [_circle(row, row.size) for row in rows]
    return CirclesPage(circles=found, next=cursors.write(by, "circles", {}, more) if more else None)


@router.get("/circles/{slug}", auth=bearer("read"), response=CircleWhole, summary="Read a circle")
def circle(request: HttpRequest, slug: Slug) -> CircleWhole:
    """One circle with its members."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    with viewer(by):
        found = queries.circle(by, slug)
        members = [body.slug for body in queries.circle_members(by, found.pk)]
        return CircleWhole(**_circle(found, len(members)).dict(), organisations=members)


def _page(rows: QuerySet[Any], place: list[Any] | None, limit: int) -> tuple[list[Any], list[Any] | None]:
    """One page in the order of names, and the place of the next; names that are alike go by id."""
    ordered = rows.order_by("name_key", "pk")
    if place:
        ordered = ordered.filter(Q(name_key__gt=place[0]) | Q(name_key=place[0], pk__gt=place[1]))
    found = list(ordered[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], [last.name_key, last.pk] if last is not None else None


def _organisation(row: Organisation) -> OrganisationOut:
    return OrganisationOut(
        slug=row.slug, name=row.name, kind=row.kind, country=row.country, sector=row.sector, tier=row.tier,
        state=row.state, about=row.about, contact=row.contact,
    )  # fmt: skip


def _circle(row: Circle, members: int) -> CircleOut:
    return CircleOut(
        slug=row.slug, name=row.name, purpose=row.purpose, closed=row.closed_at is not None, members=members
    )
