"""Addresses of competences."""

from django.urls import path

from hueandcry.academy.frameworks import views

urlpatterns = [
    path("", views.frameworks, name="frameworks"),
]
