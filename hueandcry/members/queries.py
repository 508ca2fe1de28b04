"""Reads of the members desk. The viewer is entered by the caller, but for the few reads that come before sign-in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from hueandcry.members.models import (
    ALLIANCE,
    EVERYONE,
    Agreement,
    Circle,
    Invitation,
    Organisation,
    Person,
    Principal,
    Token,
)
from hueandcry.members.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Owner:
    """The principals and kind of who owns a report, and the person's mail address."""

    organisation: int
    person: int
    kind: str
    address: str = ""


def owner_principals(viewer: Viewer) -> Owner:
    """Who the viewer is as an owner of what it sends."""
    return owner_principals_of(viewer.organisation or 0, viewer.person or 0)


def owner_principals_of(organisation: int, person: int) -> Owner:
    """The principals of an organisation and a person. Raises Organisation.DoesNotExist where not visible."""
    body = Organisation.objects.get(pk=organisation)
    principal, address = Person.objects.values_list("principal", "email").get(pk=person)
    return Owner(body.principal_id, principal, body.kind, address)


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


def directory(
    viewer: Viewer,
    *,
    words: str = "",
    kinds: Sequence[str] = (),
    countries: Sequence[str] = (),
    states: Sequence[str] = (),
    without_agreement: str = "",
) -> QuerySet[Organisation]:
    """The organisations the viewer may see, narrowed; ``name_key`` orders them without regard to capitals.

    ``without_agreement`` names a version: those that have not accepted it (the secretariat alone can ask).
    """
    found = Organisation.objects.annotate(name_key=Lower("name"))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(about__icontains=words))
    for field, wanted in (("kind", kinds), ("country", countries), ("state", states)):
        if wanted:
            found = found.filter(**{f"{field}__in": list(wanted)})
    if without_agreement and works_in_office(viewer):
        found = found.exclude(agreements__version=without_agreement)
    return found


def facets(viewer: Viewer) -> dict[str, dict[str, int]]:
    """How many visible organisations there are of each kind, country and state."""
    counted = Organisation.objects.order_by()
    return {
        field: dict(counted.values_list(field).annotate(n=Count("pk")).order_by(field))
        for field in ("kind", "country", "state")
    }


def organisation(viewer: Viewer, slug: str) -> Organisation:
    """One organisation. Raises Organisation.DoesNotExist."""
    return Organisation.objects.get(slug=slug)


def own_organisation(viewer: Viewer) -> Organisation | None:
    """The organisation the viewer belongs to."""
    return Organisation.objects.filter(pk=viewer.organisation or 0).first()


def oneself(viewer: Viewer) -> Person:
    """The person the viewer is. Raises Person.DoesNotExist for nobody."""
    return Person.objects.get(pk=viewer.person or 0)


def agreements(viewer: Viewer, organisation: int) -> list[Agreement]:
    """What this organisation accepted, newest first; only itself and the secretariat see it."""
    return list(Agreement.objects.filter(organisation=organisation).order_by("-accepted_at"))


def works_in_office(viewer: Viewer) -> bool:
    """Whether the viewer acts for the secretariat."""
    return viewer.secretariat and viewer.may("secretary", "administrator")


def may_see_people(viewer: Viewer, organisation: int) -> bool:
    """People show to their own organisation and to the secretariat. The table has no policy: sign-in reads it first."""
    own = viewer.organisation == organisation and bool(viewer.roles)
    return own or works_in_office(viewer)


def may_run(viewer: Viewer, organisation: int) -> bool:
    """Whether actions.require_administrator would let the viewer pass."""
    own = (
        viewer.organisation == organisation and viewer.may("administrator") and viewer.state in ("vetted", "applicant")
    )
    return own or works_in_office(viewer)


def people(
    viewer: Viewer, organisation: int, *, words: str = "", roles: Sequence[str] = (), active: bool | None = None
) -> QuerySet[Person]:
    """The people of an organisation, as far as the viewer may see them."""
    if not may_see_people(viewer, organisation):
        return Person.objects.none()
    found = Person.objects.filter(organisation=organisation).annotate(name_key=Lower("name"))
    if words:
        found = found.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if roles:
        found = found.filter(roles__overlap=list(roles))
    return found if active is None else found.filter(is_active=active)


def person_names(viewer: Viewer, people: Iterable[int]) -> dict[int, str]:
    """Names of people by id: of the viewer's own organisation, for the secretariat and its DPO of all."""
    found = Person.objects.filter(pk__in=set(people))
    if not (viewer.secretariat and viewer.may("secretary", "administrator", "dpo")):
        found = found.filter(Q(organisation=viewer.organisation) if viewer.roles else Q(pk=viewer.person))
    return {pk: name or email for pk, name, email in found.values_list("pk", "name", "email")}


def people_like(viewer: Viewer, words: str) -> list[int]:
    """Ids of the people whose name or address has these words in it, at most 500; who may be named is seen to here."""
    found = Person.objects.filter(Q(name__icontains=words) | Q(email__icontains=words))
    if not (viewer.secretariat and viewer.may("secretary", "administrator", "dpo")):
        found = found.filter(organisation=viewer.organisation)
    return list(found.values_list("pk", flat=True)[:500])


def invitations(viewer: Viewer, organisation: int) -> list[Invitation]:
    """Invitations that can still be taken up; shown to who may revoke them."""
    if not may_run(viewer, organisation):
        return []
    open_ones = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=datetime.now(UTC))
    return list(open_ones.filter(organisation=organisation).order_by("-pk"))


def invitation(secret: str) -> Invitation | None:
    """The invitation with this secret where it can be taken up now; before sign-in."""
    digest = hashlib.sha256(secret.encode()).digest()
    open_ones = Invitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=datetime.now(UTC))
    return open_ones.filter(digest=digest).first()


def tokens(viewer: Viewer, person: int | None = None) -> QuerySet[Token]:
    """The viewer's own tokens, or those of a person of the organisation the viewer runs."""
    if person is None or person == viewer.person:
        return Token.objects.filter(person=viewer.person)
    holder = Person.objects.filter(pk=person).first()
    if holder is None or not may_run(viewer, holder.organisation_id or 0):
        return Token.objects.none()
    return Token.objects.filter(person=person)


def circles(viewer: Viewer) -> QuerySet[Circle]:
    """The circles the viewer is in (the secretariat: all), by name."""
    return Circle.objects.order_by("name")


def circle_list(viewer: Viewer, *, words: str = "", closed: bool | None = None) -> QuerySet[Circle]:
    """Circles with the number of their members, narrowed; without those of case rooms, whose members are people."""
    found = Circle.objects.annotate(name_key=Lower("name"), size=Count("members")).exclude(slug__startswith="_room-")
    if words:
        found = found.filter(Q(name__icontains=words) | Q(purpose__icontains=words))
    return found if closed is None else found.filter(closed_at__isnull=not closed)


def circle(viewer: Viewer, slug: str) -> Circle:
    """One circle. Raises Circle.DoesNotExist, also where the viewer is not in it."""
    return Circle.objects.get(slug=slug)


def circle_members(viewer: Viewer, circle: int) -> list[Organisation]:
    """The organisations of a circle, by name, each with ``since``: when it joined."""
    joined = Organisation.objects.filter(circles__circle=circle)
    return list(joined.annotate(since=F("circles__since"), name_key=Lower("name")).order_by("name_key"))


def circles_of(viewer: Viewer, organisation: int) -> list[Circle]:
    """The open circles this organisation is in and the viewer sees."""
    return list(Circle.objects.filter(members__organisation=organisation, closed_at=None).order_by("name"))


def names_of(principals: Sequence[int]) -> dict[int, str]:
    """A name to show for each principal, as far as the viewer may see it."""
    names = {EVERYONE: _("everyone"), ALLIANCE: _("the alliance")}
    names |= dict(Organisation.objects.filter(principal__in=principals).values_list("principal", "name"))
    names |= dict(Circle.objects.filter(principal__in=principals).values_list("principal", "name"))
    people = Person.objects.filter(principal__in=principals).annotate(
        own=RawSQL("members_person.organisation_id = hueandcry_organisation() OR hueandcry_secretariat()", ())
    )
    for principal, name, email, own, body in people.values_list(
        "principal", "name", "email", "own", "organisation__name"
    ):
        # People are known by name in their own organisation; outside it by the organisation they work for.
        names[principal] = (name or email) if own else _("a person of %(organisation)s") % {"organisation": body or "?"}
    return {p: names[p] for p in principals if p in names}


def organisation_names(viewer: Viewer, organisations: Iterable[int]) -> dict[int, str]:
    """Names of organisations by id, as far as the viewer may see them."""
    return dict(Organisation.objects.filter(pk__in=set(organisations)).values_list("pk", "name"))
