"""Pages of frameworks. HTTP only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hueandcry.academy.frameworks import queries
from hueandcry.members.access import member
from hueandcry.members.viewer import viewer
from hueandcry.members.views import who


@require_safe
@member
def frameworks(request: HttpRequest) -> HttpResponse:
    """Which frameworks there are."""
    by = who(request)
    with viewer(by):
        rows = queries.frameworks(by)
    return render(request, "academy/frameworks/frameworks.html", {"rows": rows})
