"""Pages of the members desk: HTTP only. A view states one rule of access, reads inside a viewer, writes by actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse

from hueandcry.audit import csv_cells
from hueandcry.members.access import ViewerRequest
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import Viewer

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def who(request: HttpRequest) -> Viewer:
    """On whose behalf the request reads; the rule of access put it there."""
    return cast(ViewerRequest, request).viewer


def attempt(request: HttpRequest, act: Callable[[], T], done: str) -> T | None:
    """Do it and say so; a refusal becomes a message that says why, and gives None."""
    try:
        result = act()
    except Refused as refusal:
        messages.error(request, refusal.reason)
        return None
    messages.success(request, done)
    return result


def acted(request: HttpRequest, act: Callable[[], T], done: str) -> T | None:
    """``attempt``; and a page that is not there where what is acted on is nothing that this viewer may see."""
    try:
        return attempt(request, act, done)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def found(get: Callable[[], M]) -> M:
    """What ``get`` finds; a page that is not there where it finds nothing that this viewer may see."""
    try:
        return get()
    except ObjectDoesNotExist as error:
        raise Http404 from error


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A CSV of rows that are read already."""
    return HttpResponse("".join(csv_cells.lines(header, rows)), headers=_csv_headers(name))


def csv_stream(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A CSV of rows that are read as it goes out."""
    return StreamingHttpResponse(csv_cells.lines(header, rows), headers=_csv_headers(name))


def _csv_headers(name: str) -> Mapping[str, Any]:
    return {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Cache-Control": "no-store",
    }
