"""What leaves linkage as a file: who took what of which reports is noted, and what stays here is said.

A crime or an operation in a table is made of reports, so that whoever takes the table has taken something of each of
them: a recall or a correction reaches them by the deliveries that are noted here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange import export
from hueandcry.exchange.recall import queries as recall
from hueandcry.members.viewer import Viewer

DOOR = "export"
Response = TypeVar("Response", bound=HttpResponseBase)


def note(*, by: Viewer, thing: str, count: int, reports: Sequence[int]) -> int:
    """Record that a table of ``count`` things ("crime", "operation") made of these reports is taken, and note the
    deliveries of those that may leave. Inside the viewer. Gives how many their handling keeps here."""
    export.note(by, "csv", reports, door=DOOR)
    audit.record(by=by, verb="export", kind=thing, count=count, detail={"format": "csv"})
    return recall.held(by, reports, door=DOOR)


def told(request: HttpRequest, response: Response, held: int) -> Response:
    """The file with how many reports are not in it: in a header for programs, and on the next page for people. A file
    itself has no place to say so that every reader of files would pass over."""
    response.headers[export.KEPT_BACK] = str(held)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    if held and request.method != "HEAD":
        said = ngettext(
            "%(n)s report is not in the file that you took: its handling keeps it here. Its page says what opens it.",
            "%(n)s reports are not in the file that you took: their handling keeps them here. Their pages say what"
            " opens them.",
            held,
        )
        messages.warning(request, said % {"n": held})
    return response
