"""Not written yet."""

from django.http import Http404, HttpRequest, HttpResponse

from hueandcry.members.access import member


@member
def act(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def act_session(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def as_calendar(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def as_csv(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def calendar(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def compare(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def course(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def courses(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def edit(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def mine(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def new(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def plan(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def session(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404
