"""Checking a certificate: a page for everybody, and the bundle for those who check without a network. HTTP only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from hueandcry.academy.credentials import offline, trust
from hueandcry.academy.credentials.baked import MOST
from hueandcry.members.access import public

if TYPE_CHECKING:
    from hueandcry.academy.credentials.verify import Verdict

KINDS = ".png,.svg,.json,image/png,image/svg+xml,application/json"  # for the browser's choice of files


class CheckForm(forms.Form):
    """A certificate's file, and whom it should be about."""

    file = forms.FileField(label=gettext_lazy("The certificate: a badge (PNG, SVG) or its file (JSON)"))
    about = forms.CharField(
        label=gettext_lazy("Whom it should be about: an e-mail address or a name"), required=False, max_length=300
    )


@public
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Drop a certificate, read whether it holds and who vouches for it. Nothing is stored; with scripts on, the browser
    checks it by itself and sends nothing."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    context: dict[str, Any] = {"form": form, "words": offline.words(), "kinds": KINDS}
    if request.method == "POST" and form.is_valid():
        from hueandcry.academy.credentials.published import bundle_now  # what checks: loaded by who checks
        from hueandcry.academy.credentials.verify import Checker

        content = form.cleaned_data["file"].read(MOST + 1)
        held = trust.read(bundle_now())
        found = Checker(held).file(content, about=form.cleaned_data["about"].strip())
        context |= {"found": found, "links": _links(found), "made": _day(held.made)}
    status = 422 if request.method == "POST" and form.errors else 200
    return render(request, "academy/credentials/check.html", context, status=status)


def _links(found: Verdict) -> list[dict[str, Any]]:
    words = offline.words()
    return [
        {
            "word": words[link.what],
            "name": link.name,
            "id": link.id,
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


@require_safe
@public
def contexts(request: HttpRequest) -> HttpResponse:
    """The vocabularies by which credentials are read, for browsers that check by themselves."""
    headers = {"Cache-Control": "public, max-age=600"}
    return HttpResponse(offline.contexts_now(), content_type="application/json", headers=headers)


@require_safe
@public
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker that keeps this page, and no other, for days without a network."""
    made = offline.worker_now()
    if not made:
        raise Http404("not bundled")
    return HttpResponse(made, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
