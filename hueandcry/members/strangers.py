"""What somebody who is not signed in may send: no files. The forms for strangers are small."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

MOST: Final = 64 * 1024  # bytes of a form


class SmallFromStrangers:
    """Django middleware, before the check against forged forms: that check reads a form with files to its end, and
    keeps each file on the disk meanwhile, before anybody asks who sent it. A stranger's is refused unread (413).

    Addresses without that check are for programs: they look who it is before they read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _names: Any
    ) -> HttpResponse | None:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        small = announced.isdecimal() and int(announced) <= MOST
        if small or getattr(view, "csrf_exempt", False) or request.user.is_authenticated:
            return None
        said = _("Sign in first, then send it. Nothing was kept.")
        return HttpResponse(said, status=413, content_type="text/plain; charset=utf-8")
