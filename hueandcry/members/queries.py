"""Reads of the members desk. The viewer is entered by the caller, but for the few reads that come before sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from hueandcry.members.models import Circle, Organisation, Person, Principal, Token
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Owner:
    """The principals and kind of who owns a report."""

    organisation: int
    person: int
    kind: str


def owner_principals(viewer: Viewer) -> Owner:
    """Who the viewer is as an owner of what it sends."""
    return owner_principals_of(viewer.organisation or 0, viewer.person or 0)


def owner_principals_of(organisation: int, person: int) -> Owner:
    """The principals of an organisation and a person. Raises Organisation.DoesNotExist where not visible."""
    body = Organisation.objects.get(pk=organisation)
    return Owner(body.principal_id, Person.objects.values_list("principal", flat=True).get(pk=person), body.kind)


def kinds_of(principals: Iterable[int]) -> dict[int, str]:
    """The kind of each principal that exists."""
    return dict(Principal.objects.filter(pk__in=list(principals)).values_list("pk", "kind"))


def person_by_email(email: str) -> Person | None:
    """The active person with this address; before sign-in."""
    return Person.objects.filter(email=email.strip().lower(), is_active=True).first()


def token_person(secret: str) -> Token | None:
    """The token with this secret where it is good now; before sign-in."""
    digest = hashlib.sha256(secret.encode()).digest()
    return (
        Token.objects.select_related("person")
        .filter(digest=digest, revoked_at=None, expires_at__gt=datetime.now(UTC), person__is_active=True)
        .first()
    )


def organisations(viewer: Viewer) -> QuerySet[Organisation]:
    """The organisations the viewer may see, by name."""
    return Organisation.objects.order_by("name")


def organisation(viewer: Viewer, slug: str) -> Organisation:
    """One organisation. Raises Organisation.DoesNotExist."""
    return Organisation.objects.get(slug=slug)


def circles(viewer: Viewer) -> QuerySet[Circle]:
    """The circles the viewer is in (the secretariat: all), by name."""
    return Circle.objects.order_by("name")


def names_of(principals: Sequence[int]) -> dict[int, str]:
    """A name to show for each principal, as far as the viewer may see it."""
    names = {1: "everyone", 2: "the alliance"}
    names |= dict(Organisation.objects.filter(principal__in=principals).values_list("principal", "name"))
    names |= dict(Circle.objects.filter(principal__in=principals).values_list("principal", "name"))
    names |= {
        principal: name or email
        for principal, name, email in Person.objects.filter(principal__in=principals).values_list(
            "principal", "name", "email"
        )
    }
    return {p: names[p] for p in principals if p in names}
