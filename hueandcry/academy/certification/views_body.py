"""Not written yet."""

from django.http import Http404, HttpRequest, HttpResponse

from hueandcry.members.access import member


@member
def keys(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def question_move(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def questions(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404
