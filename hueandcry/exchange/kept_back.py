"""What a file that somebody took leaves out is said: how many reports their handling keeps here."""

from __future__ import annotations

from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import ngettext

from hueandcry.exchange.export import KEPT_BACK

Response = TypeVar("Response", bound=HttpResponseBase)


def told(request: HttpRequest, response: Response, kept: int) -> Response:
    """The file with how many reports are not in it: in a header for programs, and on the next page for people. A file
    itself has no place to say so that every reader of files would pass over."""
    response.headers[KEPT_BACK] = str(kept)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if kept and request.method != "HEAD":
        said = ngettext(
            "%(n)s report is not in the file that you took: its handling keeps it here. Its page says what opens it.",
            "%(n)s reports are not in the file that you took: their handling keeps them here. Their pages say what"
            " opens them.",
            kept,
        )
        messages.warning(request, said % {"n": kept})
    return response
