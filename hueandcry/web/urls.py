"""Addresses that belong to no desk; included at the root."""

from django.urls import path

from hueandcry.web import views

app_name = "web"
urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("style/", views.style_guide, name="style"),
    path("style/work/", views.sample_work, name="sample-work"),
]
