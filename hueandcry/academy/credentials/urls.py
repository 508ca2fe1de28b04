"""Addresses of checking certificates."""

from django.urls import path

from hueandcry.academy.credentials import views

urlpatterns = [
    path("", views.check, name="verify"),
    path("bundle.json", views.bundle, name="bundle"),
    path("contexts.json", views.contexts, name="contexts"),
    path("worker.js", views.worker, name="worker"),
]
