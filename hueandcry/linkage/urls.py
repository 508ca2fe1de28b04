"""Addresses of the linkage desk; included at the root."""

from django.urls import path

from hueandcry.linkage import views

app_name = "linkage"
urlpatterns = [path("reports/<uuid:reference>/", views.report, name="report")]
