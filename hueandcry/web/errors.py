"""Pages for what went wrong: what happened, what was kept, what to do, and a reference that is also in the log.

Wired in the root urls: ``handler400 = "hueandcry.web.errors.unreadable"`` and so on for ``closed`` (403), ``absent``
(404), ``broken`` (500); ``CSRF_FAILURE_VIEW = "hueandcry.web.errors.stale_form"``.
"""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request itself makes no sense."""
    return _page(request, 400, "400.html", exception)


def closed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: not for this viewer."""
    return _page(request, 403, "403.html", exception)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without a valid token."""
    return _page(request, 403, "403_csrf.html", reason)


def absent(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing that this viewer may see; the page tells both the same way, on purpose."""
    return _page(request, 404, "404.html", None)


def broken(request: HttpRequest) -> HttpResponse:
    """500: a mistake of ours. Rendered without the request, so that nothing that broke can break it again."""
    return _page(None, 500, "500.html", request.path)


def _page(request: HttpRequest | None, status: int, template: str, told: object) -> HttpResponse:
    reference = secrets.token_hex(4) if told is not None else ""
    if reference:
        log.warning("reference %s: status %s: %s", reference, status, str(told)[:200])
    return HttpResponse(render_to_string(template, {"reference": reference}, request), status=status)
