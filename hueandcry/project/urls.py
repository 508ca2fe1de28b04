"""All routes. Each states its access rule; tests/house/test_routes.py fails where one does not."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("hueandcry.members.urls")),  # before allauth: it replaces one of its pages
    path("account/", include("allauth.urls")),
]
