"""An operation taken out: as a STIX grouping, and as a dossier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hueandcry.exchange import kept_back
from hueandcry.linkage.analysis import dossier as dossiers
from hueandcry.linkage.analysis import grouping as groupings
from hueandcry.linkage.analysis import stamp
from hueandcry.linkage.models import Operation
from hueandcry.linkage.operations import queries
from hueandcry.linkage.operations.shown import Line
from hueandcry.members.access import ViewerRequest, member
from hueandcry.members.viewer import Viewer, viewer


@member
@require_safe
def grouping(request: ViewerRequest, reference: UUID) -> HttpResponseBase:
    """The reports of an operation as a STIX 2.1 bundle with a grouping."""
    by, line, held = _leaving(request, reference)
    if line is None:
        return _nothing_left(request, reference, held)
    return _file(request, groupings.bundle(by, line), "application/stix+json;version=2.1", "json", line, held)


@member
@require_safe
def dossier(request: ViewerRequest, reference: UUID) -> HttpResponseBase:
    """The dossier as a PDF; ``?written=0`` leaves out what analysts wrote."""
    if why := dossiers.missing():
        messages.error(request, why)
        return redirect("linkage:operation", reference)
    by, line, held = _leaving(request, reference)
    if line is None:
        return _nothing_left(request, reference, held)
    made = dossiers.pdf(dossiers.gather(by, line, written=request.GET.get("written") != "0"))
    return _file(request, [made], "application/pdf", "pdf", line, held)


def _leaving(request: ViewerRequest, reference: UUID) -> tuple[Viewer, Line | None, int]:
    """The viewer as it stands at the door of exports, the operation as it shows there, and how many reports stay."""
    with viewer(request.viewer) as who:
        try:
            page = queries.operation(who, reference)
        except Operation.DoesNotExist:
            raise Http404 from None
    by = replace(request.viewer, channel="export")
    with viewer(by):
        held = stamp.held_back(by, page.id)
        try:
            return by, queries.operation(by, page.reference), held
        except Operation.DoesNotExist:
            return by, None, held


def _nothing_left(request: ViewerRequest, reference: UUID, held: int) -> HttpResponse:
    said = _(
        "Nothing can be taken out: the handling of all %(n)s reports keeps them here. Their pages say what opens them."
    )
    messages.warning(request, said % {"n": held})
    return redirect("linkage:operation", reference)


def _file(
    request: ViewerRequest, content: Iterable[bytes], kind: str, ending: str, line: Line, held: int
) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=kind)
    name = f"operation-{str(line.reference)[:8]}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return kept_back.told(request, response, held)
