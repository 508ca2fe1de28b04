"""Sign-in of programs: an API token in the Authorization header becomes a viewer. No session, no cookie.

Authorization: Bearer hc_...
Authorization: Basic <base64 of e-mail:hc_...>      for clients that know nothing else (TAXII, feeds)
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NoReturn

from django.db.models import Q
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.members.actions import digest_of
from hueandcry.members.models import Token
from hueandcry.members.viewer import Viewer, identified
from hueandcry.web.statements import prepared

LONGEST_HEADER = 1_000
NOTE_USE_EVERY = timedelta(minutes=1)  # a write for each call would cost more than the call


class TokenError(Exception):
    """The header opens nothing; ``reason`` says why, ``status`` is 401 (who are you?) or 403 (you may not)."""

    def __init__(self, reason: str, status: int = 401) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def token_viewer(authorization_header: str, scope: str, channel: str = "api") -> Viewer:
    """On whose behalf this header lets a program act within ``scope`` (a word of Token.Scope).

    Call it outside ``with viewer(...)``. Raises TokenError; each refusal is in the audit record.
    """
    return _holder(authorization_header, channel, scope)[0]


def token_holder(authorization_header: str, channel: str) -> tuple[Viewer, frozenset[str]]:
    """On whose behalf this header lets a program act, and within which scopes; otherwise as ``token_viewer``."""
    return _holder(authorization_header, channel, "")


class _Held(NamedTuple):
    """A token as it is kept, with its person."""

    pk: int
    person: int
    organisation: int | None
    email: str
    is_active: bool
    scopes: list[str]
    use: str
    revoked_at: datetime | None
    expires_at: datetime
    last_used_at: datetime | None


# Every call of a program asks this first: the token, its person and who that is, by one statement.
_FIND = """SELECT t.id, t.person_id, p.organisation_id, p.email, p.is_active, t.scopes, t.use, t.revoked_at,
    t.expires_at, t.last_used_at, i.organisation, i.state, i.roles, i.secretariat, i.principals, i.name, i.country
FROM members_token t JOIN members_person p ON p.id = t.person_id CROSS JOIN LATERAL hueandcry_identify(p.id) i
WHERE t.digest = %s"""


def _holder(authorization_header: str, channel: str, scope: str) -> tuple[Viewer, frozenset[str]]:
    email, secret = _parse(authorization_header)
    row = prepared(_FIND, [digest_of(secret)])
    if row is None:
        _refuse(None, channel, "unknown", _("This token is not known. Make a new one on the page API tokens."))
    token = _Held(*row[:10])
    who = identified(token.person, row[10:], channel=channel)
    if email and not hmac.compare_digest(email.strip().lower().encode(), token.email.lower().encode()):
        _refuse(token, channel, "other person", _("This token belongs to another e-mail address than the one given."))
    _check(token, who, scope)
    _note_use(token)
    return replace(who, token=token.pk, use=token.use), frozenset(token.scopes)


def _parse(header: str) -> tuple[str, str]:
    """(e-mail or "", secret) of an Authorization header."""
    scheme, _space, rest = header.strip().partition(" ")
    rest = rest.strip()
    if not rest or len(header) > LONGEST_HEADER:
        raise TokenError(_("Send an API token: Authorization: Bearer, or Basic with your e-mail and the token."))
    if scheme.lower() == "bearer":
        return "", rest
    if scheme.lower() == "basic":
        try:
            email, colon, secret = base64.b64decode(rest, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            email, colon, secret = "", "", ""
        if email and colon and secret:
            return email, secret
    raise TokenError(_("This Authorization header is neither Bearer nor Basic as they are written."))


def _check(token: _Held, who: Viewer, scope: str) -> None:
    if token.revoked_at is not None:
        _refuse(token, who.channel, "revoked", _("This token was revoked."))
    if token.expires_at <= datetime.now(UTC):
        _refuse(token, who.channel, "expired", _("This token has expired. Make a new one on the page API tokens."))
    if not token.is_active:
        _refuse(token, who.channel, "closed account", _("The account of this token is closed."))
    if not who.roles:
        said = _("Your organisation is not a member in good standing, or you hold no role in it.")
        _refuse(token, who.channel, "no standing", said, 403)
    if scope and scope not in token.scopes:
        said = _("This token is not for that: it lacks the scope “%(scope)s”.") % {"scope": scope}
        _refuse(token, who.channel, "scope", said, 403)


def _refuse(token: _Held | None, channel: str, why: str, reason: str, status: int = 401) -> NoReturn:
    by = Viewer(channel=channel)
    if token is not None:  # whoever holds the secret acts in its owner's name, refused or not
        by = Viewer(token.person, token.organisation, channel=channel)
    audit.record(by=by, verb="refuse", kind="token", thing=token.pk if token else "", detail={"why": why})
    raise TokenError(reason, status)


def _note_use(token: _Held) -> None:
    now = datetime.now(UTC)
    stale = Q(last_used_at=None) | Q(last_used_at__lt=now - NOTE_USE_EVERY)
    if token.last_used_at is None or token.last_used_at < now - NOTE_USE_EVERY:
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)
