"""Addresses of saved searches."""

from django.urls import path

from hueandcry.exchange.alerts import views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/add/", views.add, name="alert-add"),
    path("alerts/<uuid:reference>/", views.alert, name="alert"),
    path("alerts/<uuid:reference>/delete/", views.delete, name="alert-delete"),
    path("feeds/<str:secret>/alerts/<uuid:reference>.atom", views.feed, name="alert-feed"),
]
