"""Addresses of the picture's reference; included at /picture/reference/."""

from django.urls import path

from hueandcry.picture.reference import views

urlpatterns = [
    path("", views.reference, name="reference"),
    path("rates/", views.rates, name="rates"),
    path("denominators/", views.denominators, name="denominators"),
    path("<slug:kind>/load/", views.load, name="reference-load"),
    path("regions/", views.regions_page, name="regions"),
    path("crosswalk/", views.crosswalk_page, name="crosswalk"),
    path("crosswalk.<slug:form>", views.crosswalk_file, name="crosswalk-file"),
]
