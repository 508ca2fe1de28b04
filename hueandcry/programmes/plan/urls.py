"""Addresses of programmes."""

from django.urls import path

from hueandcry.programmes.plan import views

urlpatterns = [
    path("", views.programmes, name="programmes"),
    path("programmes.csv", views.as_csv, name="programmes-csv"),
    path("new/", views.new, name="programme-new"),
    path("<uuid:reference>/", views.programme, name="programme"),
    path("<uuid:reference>/<slug:act>/", views.act, name="programme-act"),
]
