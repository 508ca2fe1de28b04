"""Addresses of treaties."""

from django.urls import path

from hueandcry.capacity.assessment import views_treaty as views

urlpatterns = [
    path("", views.matrix, name="treaties"),
    path("statements/<int:status>/", views.take_back, name="treaty-take-back"),
    path("<str:key>/<str:code>/", views.treaty, name="treaty"),
]
