"""A file of resources, and the receipts of one's organisation. HTTP only."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.audit import actions as audit
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import ResourceImport
from hueandcry.capacity.register import importing
from hueandcry.capacity.register.forms import FileForm
from hueandcry.capacity.register.state import WRITERS
from hueandcry.members.access import role
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.members.views import found, who

writer = role(*WRITERS)


@writer
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Read a file into the register."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        try:
            if upload.size > importing.LARGEST:
                raise Refused(_("The file is larger than %(most)s MiB.") % {"most": importing.LARGEST // 2**20})
            made = importing.take(
                by=who(request),
                raw=upload.read(),
                filename=upload.name or "",
                aspects=model().aspects,
                kind=form.cleaned_data["kind"],
            )
        except Refused as error:
            form.add_error("upload", error.reason)
        else:
            messages.success(request, _("The file was read. This is its receipt."))
            return redirect("capacity:resource-import", made)
    return render(request, "capacity/register/import.html", {"form": form}, status=422 if form.errors else 200)


@writer
@require_safe
def receipts(request: HttpRequest) -> HttpResponse:
    """The files that one's organisation had read, the latest first."""
    with viewer(who(request)) as by:
        rows = list(ResourceImport.objects.order_by("-pk")[:200])
        audit.record(by=by, verb="list", kind="resource import", count=len(rows))
    return render(request, "capacity/register/receipts.html", {"receipts": rows})


@writer
@require_safe
def receipt(request: HttpRequest, reference: UUID) -> HttpResponse:
    """What became of one file."""
    with viewer(who(request)) as by:
        one = found(lambda: ResourceImport.objects.get(reference=reference))
        audit.record(by=by, verb="read", kind="resource import", thing=one.pk)
    return render(request, "capacity/register/receipt.html", {"receipt": one, "sha256": bytes(one.sha256).hex()})
