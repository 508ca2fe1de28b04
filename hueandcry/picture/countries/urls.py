"""Addresses of countries."""

from django.urls import path, re_path

from hueandcry.picture.countries import views

urlpatterns = [
    path("", views.countries, name="countries"),
    re_path(r"^(?P<code>[A-Z]{2})/$", views.country, name="country"),
    re_path(r"^(?P<code>[A-Z]{2})/briefing\.pdf$", views.briefing, name="country-briefing"),
]
