"""Addresses of the register."""

from django.urls import path

from hueandcry.capacity.register import views

urlpatterns = [
    path("", views.index, name="resources"),
    path("<uuid:reference>/", views.resource, name="resource"),
]
