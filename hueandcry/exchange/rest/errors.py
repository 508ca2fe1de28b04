"""The one shape of error: {"error": {"code": "refused", "message": "what happened, what to do", "field": "tlp"}}."""

from __future__ import annotations

import orjson
from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import BadHandling
from hueandcry.members.tokens import TokenError


class Stop(Exception):
    """An answer that is no success: raised anywhere in an operation. ``field`` names the part that is wrong."""

    def __init__(self, status: int, code: str, message: str, *, field: str = "", again_in: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.again_in = status, code, message, field, again_in


def wrong(field: str, message: str) -> Stop:
    """422: a parameter that cannot be taken."""
    return Stop(422, "misshapen", f"{field}: {message}", field=field)


def answer(status: int, code: str, message: str, *, field: str = "", again_in: int | None = None) -> HttpResponse:
    """An error as it goes out; ``again_in`` seconds the same call is worth another try."""
    content = {"code": code, "message": message} | ({"field": field} if field else {})
    response = HttpResponse(
        orjson.dumps({"error": content}, default=str), status=status, content_type="application/json"
    )
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="Hue & Cry"'
    if again_in is not None:
        response["Retry-After"] = str(max(1, again_in))
    return response


def absent() -> HttpResponse:
    """404, alike for what is not there and for what may not be seen."""
    return answer(404, "absent", _("There is nothing by this name that you may see."))


def handle_all(api: NinjaAPI) -> None:
    """Tell ``api`` what to answer to every fault that is the caller's. Ours stay faults: 500, logged."""

    @api.exception_handler(Stop)
    def _stop(request: HttpRequest, error: Stop) -> HttpResponse:
        return answer(error.status, error.code, error.message, field=error.field, again_in=error.again_in)

    @api.exception_handler(TokenError)
    def _closed(request: HttpRequest, error: TokenError) -> HttpResponse:
        return answer(error.status, "closed", error.reason)

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(403, "refused", error.reason)

    @api.exception_handler(BadHandling)
    def _bad_handling(request: HttpRequest, error: BadHandling) -> HttpResponse:
        return answer(422, "handling", error.reason, field=error.part)

    @api.exception_handler(ObjectDoesNotExist)
    def _absent(request: HttpRequest, error: ObjectDoesNotExist) -> HttpResponse:
        return absent()

    @api.exception_handler(ValidationError)
    def _misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
        first = error.errors[0] if error.errors else {}
        place = ".".join(map(str, first.get("loc", ()))).replace("body.body.", "body.", 1)  # ninja names both
        return answer(422, "misshapen", f"{place}: {first.get('msg', _('not as the description says'))}", field=place)

    @api.exception_handler(RequestDataTooBig)
    def _large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        return answer(413, "large", _("The body is larger than this operation takes. Nothing was kept."))

    @api.exception_handler(SuspiciousOperation)
    def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        return answer(400, "unreadable", _("The request cannot be read: %(why)s") % {"why": str(error)[:200]})

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(error.status_code, "unreadable", str(error))
