"""How django-allauth meets our rules: people come by invitation, and sign-ins are audited."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up by themselves: an account comes with an invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure without saying whose it was: the address is a keyed hash."""
        from hueandcry.audit import actions as audit  # noqa: PLC0415  models are not ready when settings name us
        from hueandcry.members.viewer import ANYONE  # noqa: PLC0415

        super().authentication_failed(request, **credentials)
        address = audit.keyed(str(credentials.get("email", "")).lower())
        audit.record(by=ANYONE, verb="sign in failed", kind="person", detail={"address": address})
