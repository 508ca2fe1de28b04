"""Addresses of countries: what is known of one across the desk."""

from django.urls import path

from hueandcry.capacity.countries import views

urlpatterns = [
    path("<str:code>/", views.country, name="country"),
    path("<str:code>/profile.pdf", views.profile, name="country-profile"),
]
