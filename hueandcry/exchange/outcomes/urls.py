"""Addresses of outcomes."""

from django.urls import path

from hueandcry.exchange.outcomes import views

urlpatterns = [
    path("reports/<uuid:reference>/outcome/", views.say, name="outcome"),
    path("outcomes/<uuid:reference>/take-back/", views.take_back, name="outcome-take-back"),
]
