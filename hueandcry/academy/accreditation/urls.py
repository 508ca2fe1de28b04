"""Addresses of accreditation."""

from django.urls import path

from hueandcry.academy.accreditation import views

urlpatterns = [
    path("", views.accreditations, name="accreditations"),
    path("standards/", views.standards, name="standards"),
    path("new/", views.new, name="accreditation-new"),
    path("<uuid:reference>/", views.accreditation, name="accreditation"),
    path("<uuid:reference>/<slug:act>/", views.act, name="accreditation-act"),
]
