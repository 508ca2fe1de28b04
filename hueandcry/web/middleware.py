"""Headers that every answer carries, so that a page can only load what we ship."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

# No inline script and no inline style anywhere. data: images are Tabler's tick marks and the QR code of a TOTP secret.
CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# Of what somebody who is signed in was sent nothing stays behind in the browser: neither on its disk, nor behind the
# back button once they signed out.
KEPT_NOWHERE = "private, no-store"


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware: adds ``HEADERS`` to each answer, and ``KEPT_NOWHERE`` where it was asked for by somebody; a
    view that sets one of them itself keeps its own."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            response.headers.setdefault("Cache-Control", KEPT_NOWHERE)
        return response

    return answer


def bounded_body(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Django middleware: a body that announces more than ``settings.BODY_LIMIT`` bytes is refused unread (413)."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > settings.BODY_LIMIT:
            limit = settings.BODY_LIMIT // (1024 * 1024)
            said = _("This is larger than the %(limit)s MiB taken at once. Nothing was kept. Send it in parts.")
            return HttpResponse(said % {"limit": limit}, status=413, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return answer
