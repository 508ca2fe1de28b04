"""Addresses of the desk. Each part has a line."""

from django.urls import URLPattern, URLResolver, include, path

app_name = "programmes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("programmes/", include("hueandcry.programmes.plan.urls")),
]
