"""Sign-ins, sign-outs and what people do to their keys go into the audit record; wired when the app is ready."""

from __future__ import annotations

from functools import partial
from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import Signal

from hueandcry.audit import actions as audit
from hueandcry.members.viewer import identify

# (signal, what the record calls it)
RECORDED: tuple[tuple[Signal, str], ...] = (
    (user_logged_in, "sign in"),
    (user_logged_out, "sign out"),
    (account.password_changed, "change password"),
    (account.password_reset, "reset password"),
    (mfa.authenticator_added, "add second factor"),
    (mfa.authenticator_removed, "remove second factor"),
    (mfa.authenticator_reset, "renew second factor"),
    (mfa.authentication_failed, "second factor failed"),
)


def connect() -> None:
    """Record each of these from now on."""
    for signal, verb in RECORDED:
        signal.connect(partial(_record, verb), weak=False, dispatch_uid=f"audit: {verb}")


def _record(verb: str, *, user: Any = None, **_more: Any) -> None:
    if user is None or user.pk is None:  # somebody signed out who was nobody
        return
    audit.record(by=identify(user.pk), verb=verb, kind="person", thing=user.pk)
