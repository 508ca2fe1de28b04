"""Checking a certificate: a page for everybody, and the bundle for those who check without a network. HTTP only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.academy.credentials import trust
from hueandcry.academy.credentials.baked import MOST
from hueandcry.members.access import public

if TYPE_CHECKING:
    from hueandcry.academy.credentials.verify import Verdict


class CheckForm(forms.Form):
    """A certificate's file, and whom it should be about."""

    file = forms.FileField(label=gettext_lazy("The certificate: a badge (PNG, SVG) or its file (JSON)"))
    about = forms.CharField(
        label=gettext_lazy("Whom it should be about: an e-mail address or a name"), required=False, max_length=300
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Drop a certificate, read whether it holds and who vouches for it. Nothing is stored."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        from hueandcry.academy.credentials.published import bundle_now  # what checks: loaded by who checks
        from hueandcry.academy.credentials.verify import Checker

        content = form.cleaned_data["file"].read(MOST + 1)
        held = trust.read(bundle_now())
        found = Checker(held).file(content, about=form.cleaned_data["about"].strip())
        context |= {"found": found, "links": _links(found), "made": held.made}
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "academy/credentials/check.html", context, status=status)


def _links(found: Verdict) -> list[dict[str, Any]]:
    words = {
        "credential": _("the certificate"),
        "accreditation": _("who issued it is accredited"),
        "root": _("the alliance's key"),
    }
    return [
        {
            "word": words[link.what],
            "name": link.name or link.id,
            "since": _day(link.since),
            "until": _day(link.until),
            "holds": link.holds,
        }
        for link in found.chain
    ]


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
    except ValueError:
        return None


@require_safe
@public
def bundle(request: HttpRequest) -> HttpResponse:
    """The trust bundle, for ``hueandcry academy verify --bundle``."""
    from hueandcry.academy.credentials.published import bundle_now

    headers = {"Content-Disposition": 'attachment; filename="trust-bundle.json"', "Cache-Control": "max-age=600"}
    return HttpResponse(bundle_now(), content_type="application/json", headers=headers)
