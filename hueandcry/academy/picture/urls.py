"""Addresses of the picture of training."""

from django.urls import path

from hueandcry.academy.picture import views

urlpatterns = [
    path("", views.training, name="training"),
    path("<slug:part>.csv", views.as_csv, name="training-csv"),
    path("training.json", views.as_json, name="training-json"),
    path("<slug:country>/evidence/", views.tell_evidence, name="training-evidence"),
]
