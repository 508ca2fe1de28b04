"""How django-allauth meets our rules: people come by invitation, failures are audited, addresses stay."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up by themselves: an account comes with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Record that guessing was slowed down, too."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            _record("sign in slowed", credentials)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure without saying whose it was: the address is a keyed hash."""
        super().authentication_failed(request, **credentials)
        _record("sign in failed", credentials)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """People whose organisation is no member (yet, any more) are told so first."""
        from hueandcry.members.viewer import identify  # models are not ready when settings name us

        if identify(request.user.pk).vetted:
            return str(super().get_login_redirect_url(request))
        return reverse("members:membership")


def _record(verb: str, credentials: dict[str, Any]) -> None:
    from hueandcry.audit import actions as audit  # models are not ready when settings name us
    from hueandcry.members.viewer import ANYONE

    address = audit.keyed(str(credentials.get("email", "")).lower())
    audit.record(by=ANYONE, verb=verb, kind="person", detail={"address": address})
