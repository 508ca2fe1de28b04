"""All routes. Each states its access rule; tests/house/test_routes.py fails where one does not."""

from __future__ import annotations

from django.urls import include, path

from hueandcry.project.home import home

urlpatterns = [
    path("", home, name="home"),
    path("", include("hueandcry.members.urls")),  # before allauth: it replaces one of its pages
    path("", include("hueandcry.web.urls")),
    path("", include("hueandcry.exchange.urls")),
    path("", include("hueandcry.linkage.urls")),
    path("", include("hueandcry.picture.urls")),
    path("", include("hueandcry.capacity.urls")),
    path("", include("hueandcry.academy.urls")),
    path("", include("hueandcry.programmes.urls")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("hueandcry.exchange.rest.urls")),
    path("taxii2/", include("hueandcry.exchange.taxii.urls")),
    path("misp/", include("hueandcry.exchange.misp_feed.urls")),
    path("", include("hueandcry.notices.urls")),
]

handler400 = "hueandcry.web.errors.unreadable"
handler403 = "hueandcry.web.errors.closed"
handler404 = "hueandcry.web.errors.absent"
handler500 = "hueandcry.web.errors.broken"
