"""Addresses of linkage/crimes; included at /crimes/."""

from django.urls import path

from hueandcry.linkage.crimes import views

urlpatterns = [
    path("", views.crimes, name="crimes"),
    path("crimes.csv", views.export, name="crimes-export"),
    path("pair/<uuid:left>/<uuid:right>/", views.pair, name="pair"),
    path("<uuid:reference>/", views.crime, name="crime"),
    path("<uuid:reference>/undo/<int:event>/", views.undo, name="crime-undo"),
    path("<uuid:reference>/apart/", views.apart, name="crime-apart"),
]
