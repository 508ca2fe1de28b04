"""Every write of the members desk: organisations and their life, people and roles, circles, invitations, tokens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from hueandcry.audit import actions as audit
from hueandcry.members.models import (
    Agreement,
    Circle,
    CircleMember,
    Invitation,
    Organisation,
    Person,
    Principal,
    Token,
)
from hueandcry.members.viewer import Viewer, viewer

State = Organisation.State

# The life of a membership: from each state, the states that may follow and what the step is called.
TRANSITIONS: dict[str, dict[str, str]] = {
    State.APPLICANT: {State.VETTED: "admit", State.LEFT: "turn down"},
    State.VETTED: {State.SUSPENDED: "suspend", State.LEFT: "leave"},
    State.SUSPENDED: {State.VETTED: "reinstate", State.LEFT: "leave"},
    State.LEFT: {State.APPLICANT: "apply again"},
}
AGREEMENT = "2026-11"  # the version of the alliance's agreement that members accept now
ALLIANCE_ROLES = frozenset({"secretary"})  # only people of the secretariat hold these
INVITATION_DAYS = 14
TOKEN_PREFIX = "hc_"  # noqa: S105  tells what the string is where one is found lying about; not a secret


class Refused(Exception):
    """An act that may not be done; ``reason`` says why in words for the person who tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def require_secretariat(by: Viewer) -> None:
    """Raise Refused unless ``by`` works in the alliance's office."""
    if not (by.secretariat and by.may("secretary", "administrator")):
        raise Refused("Only the secretariat can do this.")


def require_administrator(by: Viewer, organisation: int) -> None:
    """Raise Refused unless ``by`` runs this organisation or the secretariat."""
    own = by.organisation == organisation and by.may("administrator") and by.state in ("vetted", "applicant")
    if not own and not (by.secretariat and by.may("secretary", "administrator")):
        raise Refused("Only an administrator of this organisation can do this.")


def add_organisation(
    *,
    by: Viewer,
    name: str,
    kind: str,
    country: str,
    sector: str = "",
    tier: str = "member",
    about: str = "",
    contact: str = "",
    slug: str = "",
    handling: dict[str, Any] | None = None,
) -> Organisation:
    """Enter an applicant. Raises Refused where the name is taken or a word is not one of the field's."""
    require_secretariat(by)
    with viewer(by):
        made = _add_organisation(
            name=name, kind=kind, country=country, sector=sector, tier=tier, about=about, contact=contact,
            slug=slug, handling=handling or {},
        )  # fmt: skip
        audit.record(by=by, verb="add", kind="organisation", thing=made.pk)
        return made


def _add_organisation(**fields: Any) -> Organisation:
    fields["slug"] = (fields.get("slug") or slugify(fields["name"]))[:80] or "organisation"
    fields["country"] = fields["country"].upper()
    _word("kind", fields["kind"], Organisation.Kind.values)
    _word("tier", fields["tier"], Organisation.Tier.values)
    if not fields["name"].strip():
        raise Refused("The organisation needs a name.")
    try:
        with transaction.atomic():
            principal = Principal.objects.create(kind=Principal.Kind.ORGANISATION)
            return Organisation.objects.create(principal=principal, **fields)
    except IntegrityError:
        raise Refused(
            f"There is an organisation called {fields['name']!r} already, or {fields['country']!r} is no country code."
        ) from None


def _word(part: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        raise Refused(f"{word!r} is not a {part}; the words are: {', '.join(allowed)}.")


def change_state(*, by: Viewer, organisation: int, state: str, reason: str = "") -> None:
    """Take a membership one step on: admit, suspend, reinstate, leave. Only the secretariat; TRANSITIONS says which."""
    require_secretariat(by)
    with viewer(by):
        body = Organisation.objects.select_for_update().get(pk=organisation)
        step = TRANSITIONS[body.state].get(state)
        if step is None:
            raise Refused(f"From {body.state} a membership cannot become {state}.")
        if body.secretariat:
            raise Refused("The secretariat cannot end its own membership.")
        body.state = state
        body.save(update_fields=["state"])
        audit.record(by=by, verb=step, kind="organisation", thing=body.pk, detail={"reason": audit.keyed(reason)})


def update_organisation(*, by: Viewer, organisation: int, **changes: Any) -> None:
    """Change what an organisation says of itself: about, contact, sector, handling (its default)."""
    require_administrator(by, organisation)
    unknown = set(changes) - {"about", "contact", "sector", "handling", "country", "name"}
    if unknown:
        raise Refused(f"These cannot be changed here: {', '.join(sorted(unknown))}.")
    with viewer(by):
        Organisation.objects.filter(pk=organisation).update(**changes)
        audit.record(by=by, verb="change", kind="organisation", thing=organisation, detail={"fields": sorted(changes)})


def accept_agreement(*, by: Viewer, version: str = AGREEMENT) -> None:
    """Accept the alliance's agreement on behalf of one's organisation."""
    if by.organisation is None:
        raise Refused("Only somebody of an organisation can accept the agreement for it.")
    require_administrator(by, by.organisation)
    with viewer(by):
        Agreement.objects.get_or_create(
            organisation_id=by.organisation, version=version, defaults={"accepted_by": by.person}
        )
        audit.record(by=by, verb="accept agreement", kind="organisation", thing=by.organisation)


def add_person(
    *, by: Viewer, organisation: int, email: str, name: str = "", roles: Sequence[str] = (), password: str | None = None
) -> Person:
    """Add a person to an organisation; with no password they cannot sign in until an invitation gave them one."""
    require_administrator(by, organisation)
    with viewer(by):
        made = _add_person(organisation, email, name, roles, password)
        audit.record(by=by, verb="add", kind="person", thing=made.pk, detail={"roles": sorted(roles)})
        return made


def _add_person(organisation: int, email: str, name: str, roles: Sequence[str], password: str | None) -> Person:
    body = Organisation.objects.get(pk=organisation)
    _check_roles(body, roles)
    try:
        validate_email(email)
        with transaction.atomic():
            return Person.objects.create_user(email, password, name=name, organisation=body, roles=sorted(roles))
    except ValidationError:
        raise Refused(f"{email!r} is not an e-mail address.") from None
    except IntegrityError:
        raise Refused(f"Somebody signs in as {email} already.") from None


def _check_roles(body: Organisation, roles: Sequence[str]) -> None:
    for role in roles:
        _word("role", role, Person.Role.values)
    if ALLIANCE_ROLES.intersection(roles) and not body.secretariat:
        raise Refused("Only people of the secretariat can be secretaries.")


def set_roles(*, by: Viewer, person: int, roles: Sequence[str]) -> None:
    """Give a person these roles and no others. Nobody takes their own administrator's role away."""
    with viewer(by):
        found = Person.objects.select_related("organisation").get(pk=person)
        if found.organisation is None:
            raise Refused("This person is in no organisation.")
        require_administrator(by, found.organisation.pk)
        _check_roles(found.organisation, roles)
        if found.pk == by.person and "administrator" in found.roles and "administrator" not in roles:
            raise Refused("You cannot take the administrator's role from yourself; ask another administrator.")
        found.roles = sorted(roles)
        found.save(update_fields=["roles"])
        audit.record(by=by, verb="set roles", kind="person", thing=person, detail={"roles": found.roles})


def set_active(*, by: Viewer, person: int, active: bool) -> None:
    """Let a person sign in, or no more; their tokens stop with them."""
    with viewer(by):
        found = Person.objects.get(pk=person)
        require_administrator(by, found.organisation_id or 0)
        if found.pk == by.person:
            raise Refused("You cannot close your own account; ask another administrator.")
        found.is_active = active
        found.save(update_fields=["is_active"])
        audit.record(by=by, verb="open" if active else "close", kind="person", thing=person)


def invite(*, by: Viewer, organisation: int, email: str, roles: Sequence[str]) -> str:
    """Invite somebody; gives the token for the link, which is shown once and kept as a digest only."""
    require_administrator(by, organisation)
    secret = secrets.token_urlsafe(32)
    with viewer(by):
        _check_roles(Organisation.objects.get(pk=organisation), roles)
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(f"{email!r} is not an e-mail address.") from None
        made = Invitation.objects.create(
            organisation_id=organisation,
            email=email.lower(),
            roles=sorted(roles),
            digest=digest_of(secret),
            invited_by=by.person,
            expires_at=datetime.now(UTC) + timedelta(days=INVITATION_DAYS),
        )
        audit.record(by=by, verb="invite", kind="invitation", thing=made.pk, detail={"roles": sorted(roles)})
    return secret


def accept_invitation(*, by: Viewer, secret: str, name: str, password: str) -> Person:
    """Take up an invitation: makes the person. ``by`` is the anonymous viewer. Raises Refused, ValidationError."""
    with transaction.atomic():
        offer = (
            Invitation.objects.select_for_update()
            .filter(digest=digest_of(secret), accepted_at=None, revoked_at=None, expires_at__gt=datetime.now(UTC))
            .first()
        )
        if offer is None:
            raise Refused("This invitation is not valid any more. Ask whoever invited you for a new one.")
        validate_password(password)
        if Person.objects.filter(email=offer.email).exists():
            raise Refused("Somebody signs in with this address already.")
        person = Person.objects.create_user(
            offer.email, password, name=name, organisation_id=offer.organisation_id, roles=offer.roles
        )
        offer.accepted_at = datetime.now(UTC)
        offer.save(update_fields=["accepted_at"])
        audit.record(by=by, verb="accept invitation", kind="person", thing=person.pk)
    return person


def revoke_invitation(*, by: Viewer, invitation: int) -> None:
    """Take an invitation back that nobody has taken up."""
    with viewer(by):
        offer = Invitation.objects.get(pk=invitation)
        require_administrator(by, offer.organisation_id)
        Invitation.objects.filter(pk=invitation, accepted_at=None).update(revoked_at=datetime.now(UTC))
        audit.record(by=by, verb="revoke", kind="invitation", thing=invitation)


def add_circle(*, by: Viewer, name: str, purpose: str = "", organisations: Sequence[int] = ()) -> Circle:
    """Make a circle of organisations."""
    require_secretariat(by)
    with viewer(by):
        try:
            with transaction.atomic():
                principal = Principal.objects.create(kind=Principal.Kind.CIRCLE)
                made = Circle.objects.create(
                    principal=principal, name=name, purpose=purpose, slug=slugify(name)[:80] or "circle"
                )
        except IntegrityError:
            raise Refused(f"There is a circle called {name!r} already.") from None
        CircleMember.objects.bulk_create(CircleMember(circle=made, organisation_id=o) for o in dict.fromkeys(organisations))
        audit.record(by=by, verb="add", kind="circle", thing=made.pk, count=len(organisations))
        return made


def set_circle_members(*, by: Viewer, circle: int, organisations: Sequence[int]) -> None:
    """Make a circle consist of exactly these organisations."""
    require_secretariat(by)
    with viewer(by):
        found = Circle.objects.get(pk=circle)
        CircleMember.objects.filter(circle=found).exclude(organisation__in=organisations).delete()
        held = set(CircleMember.objects.filter(circle=found).values_list("organisation", flat=True))
        CircleMember.objects.bulk_create(
            CircleMember(circle=found, organisation_id=o) for o in dict.fromkeys(organisations) if o not in held
        )
        audit.record(by=by, verb="set members", kind="circle", thing=circle, count=len(organisations))


def close_circle(*, by: Viewer, circle: int) -> None:
    """Close a circle: what was shared with it is from then on seen by its owners only."""
    require_secretariat(by)
    with viewer(by):
        Circle.objects.filter(pk=circle, closed_at=None).update(closed_at=datetime.now(UTC))
        audit.record(by=by, verb="close", kind="circle", thing=circle)


def add_token(*, by: Viewer, name: str, scopes: Sequence[str], days: int = 90) -> str:
    """Make an API token for oneself; the secret is given here once and never again."""
    if by.person is None or not by.roles:
        raise Refused("Only somebody with a role in an organisation can have a token.")
    for scope in scopes:
        _word("scope", scope, Token.Scope.values)
    if not scopes or not name.strip() or not 1 <= days <= 366:
        raise Refused("A token needs a name, at least one scope, and a life of 1 to 366 days.")
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with viewer(by):
        made = Token.objects.create(
            person_id=by.person,
            name=name[:200],
            hint=secret[:9],
            digest=digest_of(secret),
            scopes=sorted(set(scopes)),
            expires_at=datetime.now(UTC) + timedelta(days=days),
        )
        audit.record(by=by, verb="add", kind="token", thing=made.pk, detail={"scopes": made.scopes})
    return secret


def revoke_token(*, by: Viewer, token: int) -> None:
    """End a token: one's own, or one of somebody in the organisation one administers."""
    with viewer(by):
        found = Token.objects.select_related("person").get(pk=token)
        if found.person_id != by.person:
            require_administrator(by, found.person.organisation_id or 0)
        Token.objects.filter(pk=token, revoked_at=None).update(revoked_at=datetime.now(UTC))
        audit.record(by=by, verb="revoke", kind="token", thing=token)


def digest_of(secret: str) -> bytes:
    """How a secret is kept. Plain SHA-256 does: the secret has 256 random bits, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).digest()


OPERATOR_EMAIL = "operator@localhost"


def found_alliance(*, name: str = "Secretariat", country: str = "ZZ") -> Person:
    """The first organisation, which runs the office, and the operator's own account, made where there is none yet.

    Called by the command line with the owner of the data folder behind it; there is no viewer before it.
    """
    existing = Person.objects.filter(email=OPERATOR_EMAIL).first()
    if existing is not None:
        return existing
    office = Viewer(person=None, organisation=None, secretariat=True, roles=frozenset({"secretary"}), channel="system")
    with viewer(office):
        body = _add_organisation(
            name=name, kind="non-profit", country=country, sector="", tier="member", about="Runs the alliance's office.",
            contact="", slug="secretariat", handling={},
        )  # fmt: skip
        Organisation.objects.filter(pk=body.pk).update(secretariat=True, state=State.VETTED)
        person = Person.objects.create_user(
            OPERATOR_EMAIL, None, name="Operator", organisation_id=body.pk, roles=["administrator", "secretary"]
        )
        audit.record(by=office, verb="found", kind="organisation", thing=body.pk)
    return person
