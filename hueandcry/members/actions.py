"""Writes of the members desk: organisations, people, roles, invitations, tokens. Circles: actions_circle.py."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import DataError, IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hueandcry.audit import actions as audit
from hueandcry.members import mail
from hueandcry.members.models import (
    Agreement,
    Circle,
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
    State.APPLICANT: {State.VETTED: gettext_noop("admit"), State.LEFT: gettext_noop("turn down")},
    State.VETTED: {State.SUSPENDED: gettext_noop("suspend"), State.LEFT: gettext_noop("end membership")},
    State.SUSPENDED: {State.VETTED: gettext_noop("reinstate"), State.LEFT: gettext_noop("end membership")},
    State.LEFT: {State.APPLICANT: gettext_noop("apply again")},
}
AGREEMENT = "2026-11"  # the version of the alliance's agreement that members accept now
OFFICIAL = frozenset({"name", "country", "kind", "tier"})  # a member that renamed itself could pass for another
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
        raise Refused(_("Only the secretariat can do this."))


def require_administrator(by: Viewer, organisation: int) -> None:
    """Raise Refused unless ``by`` runs this organisation or the secretariat."""
    own = by.organisation == organisation and by.may("administrator") and by.state in ("vetted", "applicant")
    if not own and not (by.secretariat and by.may("secretary", "administrator")):
        raise Refused(_("Only an administrator of this organisation can do this."))


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
    fields["slug"] = free_slug(Organisation, fields.get("slug") or fields["name"], "organisation")
    fields["country"] = fields["country"].upper()
    _word("kind", fields["kind"], Organisation.Kind.values)
    _word("tier", fields["tier"], Organisation.Tier.values)
    if not fields["name"].strip():
        raise Refused(_("The organisation needs a name."))
    try:
        with transaction.atomic():
            principal = Principal.objects.create(kind=Principal.Kind.ORGANISATION)
            return Organisation.objects.create(principal=principal, **fields)
    except (IntegrityError, DataError):
        raise _name_or_country(fields["name"], fields["country"]) from None


def free_slug(model: type[Organisation] | type[Circle], name: str, otherwise: str) -> str:
    """A slug nobody has: names that differ may have one slug between them. The secretariat sees them all."""
    wanted = slugify(name)[:70] or otherwise
    taken = {
        "add",
        *model.objects.filter(slug__startswith=wanted).values_list("slug", flat=True),
    }  # /organisations/add/
    return next(s for s in chain([wanted], (f"{wanted}-{n}" for n in count(2))) if s not in taken)


def _name_or_country(name: str, country: str) -> Refused:
    said = _("There is an organisation called “%(name)s” already, or “%(country)s” is no country code.")
    return Refused(said % {"name": name, "country": country})


def _word(part: str, word: str, allowed: Sequence[str]) -> None:
    if word not in allowed:
        raise Refused(
            _("“%(word)s” is not a %(part)s; the words are: %(allowed)s.")
            % {"word": word, "part": part, "allowed": ", ".join(allowed)}
        )


def change_state(*, by: Viewer, organisation: int, state: str, reason: str = "") -> None:
    """Take a membership one step on: admit, suspend, reinstate, end. Only the secretariat; TRANSITIONS says which.

    The organisation's administrators are told by e-mail, with the reason; the record keeps the reason's keyed hash.
    """
    require_secretariat(by)
    with viewer(by):
        body = Organisation.objects.select_for_update().get(pk=organisation)
        step = TRANSITIONS[body.state].get(state)
        if step is None:
            raise Refused(_("From %(now)s a membership cannot become %(then)s.") % {"now": body.state, "then": state})
        if body.secretariat:
            raise Refused(_("The secretariat cannot end its own membership."))
        body.state = state
        body.save(update_fields=["state"])
        audit.record(by=by, verb=step, kind="organisation", thing=body.pk, detail={"reason": audit.keyed(reason)})
        transaction.on_commit(partial(mail.tell_administrators, body, reason))


def appoint_secretariat(*, by: Viewer, organisation: int) -> None:
    """Let a member organisation run the alliance's office as well; its people may then be secretaries."""
    require_secretariat(by)
    with viewer(by):
        if not Organisation.objects.filter(pk=organisation, state=State.VETTED).update(secretariat=True):
            raise Refused(_("Only a member in good standing can run the office."))
        audit.record(by=by, verb="appoint secretariat", kind="organisation", thing=organisation)


def update_organisation(*, by: Viewer, organisation: int, **changes: Any) -> None:
    """Change what an organisation says of itself; what others know it by (OFFICIAL) only the secretariat changes."""
    require_administrator(by, organisation)
    if OFFICIAL.intersection(changes):
        require_secretariat(by)
    unknown = set(changes) - OFFICIAL - {"about", "contact", "sector", "handling"}
    if unknown:
        raise Refused(_("These cannot be changed here: %(fields)s.") % {"fields": ", ".join(sorted(unknown))})
    if "kind" in changes:
        _word("kind", changes["kind"], Organisation.Kind.values)
    if "tier" in changes:
        _word("tier", changes["tier"], Organisation.Tier.values)
    with viewer(by):
        try:
            with transaction.atomic():
                Organisation.objects.filter(pk=organisation).update(**changes)
        except (IntegrityError, DataError):
            raise _name_or_country(changes.get("name", ""), changes.get("country", "")) from None
        audit.record(by=by, verb="change", kind="organisation", thing=organisation, detail={"fields": sorted(changes)})


def accept_agreement(*, by: Viewer, version: str = AGREEMENT) -> None:
    """Accept the alliance's agreement on behalf of one's organisation."""
    if by.organisation is None:
        raise Refused(_("Only somebody of an organisation can accept the agreement for it."))
    require_administrator(by, by.organisation)
    if version != AGREEMENT:  # what was read is what is accepted: a page left open may show an older one
        raise Refused(_("This is not the version that holds now. Read the new one, then accept it."))
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
        raise Refused(_("“%(email)s” is not an e-mail address.") % {"email": email}) from None
    except IntegrityError:
        raise Refused(_("Somebody signs in as %(email)s already.") % {"email": email}) from None


def _check_roles(body: Organisation, roles: Sequence[str]) -> None:
    for role in roles:
        _word("role", role, Person.Role.values)
    if ALLIANCE_ROLES.intersection(roles) and not body.secretariat:
        raise Refused(_("Only people of the secretariat can be secretaries."))


def set_roles(*, by: Viewer, person: int, roles: Sequence[str]) -> None:
    """Give a person these roles and no others. Nobody takes their own administrator's role away."""
    with viewer(by):
        found = Person.objects.select_related("organisation").get(pk=person)
        if found.organisation is None:
            raise Refused(_("This person is in no organisation."))
        require_administrator(by, found.organisation.pk)
        _check_roles(found.organisation, roles)
        if found.pk == by.person and "administrator" in found.roles and "administrator" not in roles:
            raise Refused(_("You cannot take the administrator's role from yourself; ask another administrator."))
        found.roles = sorted(roles)
        found.save(update_fields=["roles"])
        audit.record(by=by, verb="set roles", kind="person", thing=person, detail={"roles": found.roles})


def set_active(*, by: Viewer, person: int, active: bool) -> None:
    """Let a person sign in, or no more; their tokens stop with them."""
    with viewer(by):
        found = Person.objects.get(pk=person)
        require_administrator(by, found.organisation_id or 0)
        if found.pk == by.person:
            raise Refused(_("You cannot close your own account; ask another administrator."))
        found.is_active = active
        found.save(update_fields=["is_active"])
        audit.record(by=by, verb="open" if active else "close", kind="person", thing=person)


def update_profile(*, by: Viewer, name: str, language: str) -> None:
    """Change how one is called and which language one reads."""
    if by.person is None:
        raise Refused(_("Sign in first."))
    _word("language", language, [code for code, _name in settings.LANGUAGES])
    with viewer(by):
        Person.objects.filter(pk=by.person).update(name=name.strip()[:200], language=language)
        audit.record(by=by, verb="change", kind="person", thing=by.person, detail={"fields": ["language", "name"]})


def invite(*, by: Viewer, organisation: int, email: str, roles: Sequence[str]) -> str:
    """Invite somebody; gives the token for the link, which is shown once and kept as a digest only."""
    require_administrator(by, organisation)
    secret = secrets.token_urlsafe(32)
    with viewer(by):
        _check_roles(Organisation.objects.get(pk=organisation), roles)
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(_("“%(email)s” is not an e-mail address.") % {"email": email}) from None
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
            raise Refused(_("This invitation is not valid any more. Ask whoever invited you for a new one."))
        validate_password(password, Person(email=offer.email, name=name))
        person = _take_up(offer, name, password)
        who = replace(by, person=person.pk, organisation=offer.organisation_id)
        audit.record(by=who, verb="accept invitation", kind="person", thing=person.pk)
    return person


def _take_up(offer: Invitation, name: str, password: str) -> Person:
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                offer.email, password, name=name[:200], organisation_id=offer.organisation_id, roles=offer.roles
            )
    except IntegrityError:
        raise Refused(_("Somebody signs in with this address already. Sign in, or ask for a new password.")) from None
    offer.accepted_at = datetime.now(UTC)
    offer.save(update_fields=["accepted_at"])
    return person


def revoke_invitation(*, by: Viewer, invitation: int) -> None:
    """Take an invitation back that nobody has taken up."""
    with viewer(by):
        offer = Invitation.objects.get(pk=invitation)
        require_administrator(by, offer.organisation_id)
        Invitation.objects.filter(pk=invitation, accepted_at=None).update(revoked_at=datetime.now(UTC))
        audit.record(by=by, verb="revoke", kind="invitation", thing=invitation)


def add_token(*, by: Viewer, name: str, scopes: Sequence[str], days: int = 90, use: str = Token.Use.PASSIVE) -> str:
    """Make an API token for oneself; the secret is given here once and never again. ``use`` is what its program does
    with what it reads: passive (compares and shows) or active, to which PAP:AMBER does not go."""
    if by.person is None or not by.roles:
        raise Refused(_("Only somebody with a role in an organisation can have a token."))
    for scope in scopes:
        _word("scope", scope, Token.Scope.values)
    _word("use", use, Token.Use.values)
    if not scopes or not name.strip() or not 1 <= days <= 366:
        raise Refused(_("A token needs a name, at least one scope, and a life of 1 to 366 days."))
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with viewer(by):
        made = Token.objects.create(
            person_id=by.person,
            name=name[:200],
            hint=secret[:9],
            digest=digest_of(secret),
            scopes=sorted(set(scopes)),
            use=use,
            expires_at=datetime.now(UTC) + timedelta(days=days),
        )
        audit.record(by=by, verb="add", kind="token", thing=made.pk, detail={"scopes": made.scopes, "use": made.use})
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
            name=name, kind="non-profit", country=country, sector="", tier="member",
            about="Runs the alliance's office.", contact="", slug="secretariat", handling={},
        )  # fmt: skip
        Organisation.objects.filter(pk=body.pk).update(secretariat=True, state=State.VETTED)
        person = Person.objects.create_user(
            OPERATOR_EMAIL, None, name="Operator", organisation_id=body.pk, roles=["administrator", "secretary"]
        )
        audit.record(by=office, verb="found", kind="organisation", thing=body.pk)
    return person
