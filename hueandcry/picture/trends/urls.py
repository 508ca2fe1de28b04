"""Addresses of signals."""

from django.urls import path

from hueandcry.picture.trends import views

urlpatterns = [
    path("", views.signals, name="signals"),
    path("<uuid:reference>/dismiss/", views.dismiss, name="signal-dismiss"),
]
