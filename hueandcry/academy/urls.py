"""Addresses of the academy; included at the root."""

from django.urls import include, path

app_name = "academy"
urlpatterns = [
    path("competences/", include("hueandcry.academy.frameworks.urls")),
    path("verify/", include("hueandcry.academy.credentials.urls")),
]
