"""What another node asks of us: who we are, and the envelopes of a circle. For programs: a token, JSON, no session."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from hueandcry.audit import actions as audit
from hueandcry.exchange.remotes import identity, node_out
from hueandcry.exchange.remotes.node_in import Hello
from hueandcry.members.models import Circle
from hueandcry.members.tokens import TokenError, token_viewer
from hueandcry.members.viewer import Viewer, viewer

CHANNEL = node_out.CHANNEL
Answering = Callable[..., HttpResponse]


def _error(status: int, code: str, message: str) -> HttpResponse:
    answer = HttpResponse(
        orjson.dumps({"error": {"code": code, "message": message}}), status=status, content_type="application/json"
    )
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Hue & Cry"'
    return answer


def _token(view: Answering) -> Answering:
    """The access rule: a token with the scope export, of somebody whose organisation is a member in good standing."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            who = token_viewer(request.headers.get("Authorization", ""), "export", CHANNEL)
        except TokenError as error:
            return _error(error.status, "closed", error.reason)
        if not who.vetted:
            return _error(403, "closed", "Your organisation is not yet, or no longer, a member in good standing.")
        return view(request, who, *args, **kwargs)

    guarded.access = "token: export"  # type: ignore[attr-defined]
    return guarded


@_token
@require_safe
def hello(request: HttpRequest, who: Viewer) -> HttpResponse:
    """Who this node is."""
    body = msgspec.json.encode(Hello(identity.own_node(), identity.public_key(), "Hue & Cry"))
    return HttpResponse(body, content_type="application/json")


@_token
@require_safe
def envelopes(request: HttpRequest, who: Viewer, circle: str) -> HttpResponse:
    """What happened in a circle behind the place ``after``."""
    try:
        after = node_out.Place.read(request.GET.get("after", ""))
    except ValueError as error:
        return _error(422, "misshapen", str(error))
    with viewer(who):
        principal = _circle(who, circle)
        if principal is None:
            return _error(404, "absent", "There is no circle by this name that your organisation is in.")
        told = node_out.answer(who, principal, after)
        audit.record(by=who, verb="tell node", kind="circle", thing=circle, count=told.reports)
    body = b'{"node":"%s","next":"%s","more":%s,"envelopes":[%s]}' % (
        str(identity.own_node()).encode(),
        str(told.next).encode(),
        b"true" if told.more else b"false",
        ",".join(told.texts).encode(),
    )
    return HttpResponse(body, content_type="application/json")


def _circle(who: Viewer, name: str) -> int | None:
    """The principal of an open circle that the viewer's organisation is in."""
    found = Circle.objects.filter(slug=name, closed_at=None, principal_id__in=who.principals)
    return found.values_list("principal", flat=True).first()
