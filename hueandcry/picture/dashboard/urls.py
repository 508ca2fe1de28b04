"""Addresses of dashboard."""

from django.urls import path

from hueandcry.picture.dashboard import views

urlpatterns = [
    path("", views.picture, name="picture"),
    path("estimate/", views.estimate, name="estimate"),
    path("freeze/", views.freeze, name="freeze"),
    path("<slug:name>.<slug:form>", views.chart_file, name="chart-file"),
]
