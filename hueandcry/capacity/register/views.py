"""x"""
from django.http import HttpResponse
from hueandcry.members.access import ViewerRequest, member
from django.views.decorators.http import require_safe
@member
@require_safe
def index(request: ViewerRequest) -> HttpResponse:
    return HttpResponse()
@member
@require_safe
def resource(request: ViewerRequest, reference: object) -> HttpResponse:
    return HttpResponse()
