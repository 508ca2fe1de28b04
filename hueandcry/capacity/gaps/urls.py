"""Addresses of the gap board."""

from django.urls import path

from hueandcry.capacity.gaps import views

urlpatterns = [
    path("", views.gaps, name="gaps"),
    path("gaps.csv", views.as_csv, name="gaps-csv"),
    path("targets/", views.targets, name="targets"),
    path("<str:code>/<aspect:key>/", views.gap, name="gap"),
]
