"""The door of every operation: a token with its scope, its rate, its Idempotency-Key; and what an answer carries away.

``bearer(scope)`` is the access rule of an operation (``auth=`` of django-ninja); it leaves the viewer in
``request.auth``. ``door`` goes around a whole view: it counts, keeps answers, and gives ninja's own errors our shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from hueandcry.exchange.rest import actions, errors, rate
from hueandcry.exchange.rest.errors import wrong
from hueandcry.members import queries as members
from hueandcry.members.tokens import TokenError, token_viewer
from hueandcry.members.viewer import Viewer

WRITING = ("POST", "PATCH", "PUT", "DELETE")
Parameters = Mapping[str, frozenset[str]]  # by method


def bearer(scope: str) -> Callable[[HttpRequest], Viewer]:
    """The access rule of an operation: a token with this scope, of somebody whose organisation is a member in good
    standing, as the pages want it too. ``scope`` "any" takes a token with any."""

    def check(request: HttpRequest) -> Viewer:
        header = request.headers.get("Authorization", "")
        who = token_viewer(header, _own_scope(header) if scope == "any" else scope)
        if not who.vetted:
            raise TokenError(_("Your organisation is not yet, or no longer, a member in good standing."), 403)
        standing = rate.count(who, "export" if scope == "export" else "write" if request.method in WRITING else "read")
        request.rest_standing = standing  # type: ignore[attr-defined]
        rate.require(who, standing)
        _require_known(request)
        if request.method in WRITING:
            request.rest_claim = actions.claim(by=who, request=request)  # type: ignore[attr-defined]
        return who

    check.access = f"token: {scope}"  # type: ignore[attr-defined]
    return check


def _require_known(request: HttpRequest) -> None:
    """Stop with 422 at a parameter that the operation does not take: passed over, a filter that is misspelt would give
    away everything."""
    known: frozenset[str] = getattr(request, "rest_parameters", frozenset())
    odd = next((name for name in request.GET if name not in known), None)
    if odd is not None:
        takes = _("this call takes %(names)s") % {"names": ", ".join(sorted(known))} if known else _("it takes none")
        raise wrong(odd[:100], _("no parameter of this call; %(takes)s") % {"takes": takes})


def _own_scope(header: str) -> str:
    """A scope that the token has, so that asking who one is needs none in particular."""
    secret = header.strip().rpartition(" ")[2]
    held = members.token_person(secret) if 0 < len(secret) < 1_000 else None
    return held.scopes[0] if held and held.scopes else "read"


def door(view: Callable[..., HttpResponseBase], parameters: Parameters) -> Callable[..., HttpResponseBase]:
    """A view of ninja's, with rate headers, kept answers, and every error in our shape. ``parameters``: what each
    method takes in the address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.rest_parameters = parameters.get(request.method or "", frozenset())  # type: ignore[attr-defined]
        try:
            response = view(request, *args, **kwargs)
        except BaseException:
            _settle(request, HttpResponse(status=500))
            raise
        if response.status_code == 405:
            allowed = response.headers.get("Allow", "")
            response = errors.answer(405, "method", _("This address takes %(methods)s.") % {"methods": allowed})
            response["Allow"] = allowed
        _settle(request, response)
        standing: rate.Standing | None = getattr(request, "rest_standing", None)
        if standing is not None:
            standing.tell(response)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def _settle(request: HttpRequest, response: HttpResponseBase) -> None:
    claim: actions.Claim | None = getattr(request, "rest_claim", None)
    if claim is not None and isinstance(response, HttpResponse):
        actions.settle(claim=claim, response=response)
