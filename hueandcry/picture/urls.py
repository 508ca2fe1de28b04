"""Addresses of the picture desk; included at the root."""

from django.urls import path

from hueandcry.picture import views

app_name = "picture"
urlpatterns = [
    path("picture/", views.picture, name="picture"),
    path("picture/<slug:name>.csv", views.table, name="table"),
]
