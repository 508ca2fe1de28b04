"""Access rules of pages: each view states one, and has ``request.viewer`` because of it.

A rule opens or closes the door only; what is seen behind it is decided by row-level security. A view without a rule
fails tests/house/test_routes.py.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from hueandcry.members.viewer import Viewer, identify

View = Callable[..., HttpResponseBase]


class ViewerRequest(HttpRequest):
    """A request that knows on whose behalf it reads."""

    viewer: Viewer


def _rule(name: str, allowed: Callable[[Viewer], bool], *, sign_in: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person = request.user.pk if request.user.is_authenticated else None
            who = identify(person)
            cast(ViewerRequest, request).viewer = who
            if sign_in and who.person is None:
                return redirect_to_login(request.get_full_path())
            if not allowed(who):
                if sign_in and not who.vetted:  # their page says what stands in the way and whom to ask
                    return redirect("members:membership")
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.access = name  # type: ignore[attr-defined]
        return guarded

    return decorate


public = _rule("public", lambda who: True, sign_in=False)
signed_in = _rule("signed in", lambda who: True, sign_in=True)
member = _rule("member in good standing", lambda who: who.vetted, sign_in=True)
secretariat = _rule("secretariat", lambda who: who.secretariat and who.may("secretary", "administrator"), sign_in=True)


def role(*roles: str) -> Callable[[View], View]:
    """Only people with one of these roles in a member organisation."""
    return _rule("role: " + ", ".join(roles), lambda who: who.vetted and who.may(*roles), sign_in=True)
