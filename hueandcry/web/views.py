"""Pages that belong to no desk: the style guide, and what robots may read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hueandcry.web import styleguide

# Nothing of the alliance belongs into a search engine but what it publishes, and how that is made.
ROBOTS = "User-agent: *\nAllow: /picture/releases/\nAllow: /picture/method/\nDisallow: /\n"


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """/robots.txt."""
    return HttpResponse(ROBOTS, content_type="text/plain; charset=utf-8")


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Every component with made-up data: for those who build pages, and for the tests. Shows nobody's data."""
    return render(request, "web/styleguide.html", styleguide.sample())


@require_safe
def sample_work(request: HttpRequest) -> HttpResponse:
    """The style guide's long work, done at the first question: what an address for ``progress`` answers."""
    return render(request, "web/sample_work.html")
