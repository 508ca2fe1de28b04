"""Not written yet."""

from django.http import Http404, HttpRequest, HttpResponse

from hueandcry.members.access import member


@member
def accreditation(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def accreditations(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def act(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def new(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def standards(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404
