"""Addresses of linkage/operations; included at /operations/."""

from django.urls import include, path

from hueandcry.linkage.operations import views, views_operation

urlpatterns = [
    path("", views.operations, name="operations"),
    path("operations.csv", views.export, name="operations-export"),
    path("<uuid:reference>/", views_operation.operation, name="operation"),
    path("", include("hueandcry.linkage.analysis.urls")),
]
