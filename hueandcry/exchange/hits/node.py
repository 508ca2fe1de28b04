"""What another node asks of us for a blind match: POST /node/v1/psi?purpose=investigation, with a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hueandcry.exchange.actions import Refused
from hueandcry.exchange.hits import actions_match
from hueandcry.exchange.hits.blind_match import BlindMatchError, Missing
from hueandcry.exchange.hits.budget import OverBudget
from hueandcry.members.tokens import TokenError, token_viewer
from hueandcry.members.viewer import Viewer

LARGEST = 2 * 1024 * 1024  # bytes of a request: 10,000 points on the curve, in Base64, and room


def _error(status: int, code: str, message: str) -> HttpResponse:
    body = orjson.dumps({"error": {"code": code, "message": message}})
    answer = HttpResponse(body, status=status, content_type="application/json")
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Hue & Cry"'
    return answer


def _token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The access rule: a token with the scope read, of somebody whose organisation is a member in good standing."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            who = token_viewer(request.headers.get("Authorization", ""), "read", "node")
        except TokenError as error:
            return _error(error.status, "closed", error.reason)
        return view(request, who, *args, **kwargs)

    guarded.access = "token: read"  # type: ignore[attr-defined]
    return guarded


@_token
@require_POST
def psi(request: HttpRequest, who: Viewer) -> HttpResponse:
    """Answer a request for a blind match; the body is the request's bytes, so is the answer's."""
    if len(request.body) > LARGEST:
        return _error(413, "large", "The request is larger than any of 10,000 values. Nothing was kept.")
    try:
        answered = actions_match.answer(
            by=who, raw=request.body, purpose=request.GET.get("purpose", ""), most=actions_match.MOST_BY_HTTP
        )
    except OverBudget as error:
        response = _error(429, "budget", error.reason)
        if error.retry_after is not None:
            response["Retry-After"] = str(error.retry_after)
        return response
    except Missing as error:
        return _error(501, "missing", str(error))
    except Refused as error:
        return _error(403, "refused", error.reason)
    except BlindMatchError as error:
        return _error(422, "misshapen", str(error))
    return HttpResponse(answered, content_type="application/json")
