"""Addresses of REST v1, included at /api/v1/."""

from django.urls import path

from hueandcry.exchange.rest.api import api, nowhere

app_name = "rest"
_patterns, _app, _namespace = api.urls
urlpatterns = [*_patterns, path("<path:rest>", nowhere)]
