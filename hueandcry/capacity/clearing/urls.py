"""Addresses of the clearing house."""

from django.urls import path

from hueandcry.capacity.clearing import views

urlpatterns = [
    path("", views.calls, name="calls"),
    path("calls.csv", views.as_csv, name="calls-csv"),
    path("new/", views.new, name="call-new"),
    path("<uuid:reference>/", views.call, name="call"),
    path("<uuid:reference>/edit/", views.edit, name="call-edit"),
    path("<uuid:reference>/places/", views.places, name="call-places"),
    path("<uuid:reference>/places/<int:number>/drop/", views.drop_place, name="call-place-drop"),
    path("<uuid:reference>/<slug:act>/", views.act, name="call-act"),
]
