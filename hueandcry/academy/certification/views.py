"""Not written yet."""

from django.http import Http404, HttpRequest, HttpResponse

from hueandcry.members.access import member


@member
def act(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def act_certificate(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def candidacy(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def certificate(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def certificate_file(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def picture(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def recognition(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def recognition_withdraw(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def register(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def register_csv(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def scheme(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def scheme_new(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404


@member
def schemes(request: HttpRequest, **told: object) -> HttpResponse:
    raise Http404
