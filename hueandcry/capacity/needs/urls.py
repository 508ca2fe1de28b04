"""Addresses of needs."""

from django.urls import path

from hueandcry.capacity.needs import views, views_series

urlpatterns = [
    path("", views.needs, name="needs"),
    path("needs.csv", views.as_csv, name="needs-csv"),
    path("method/", views.method, name="needs-method"),
    path("indexes/", views.indexes, name="needs-indexes"),
    path("indexes/<uuid:reference>/run/", views.run, name="needs-run"),
    path("indexes/<uuid:reference>/retire/", views.retire, name="needs-retire"),
    path("series/", views_series.all_series, name="needs-series"),
    path("series/new/", views_series.new, name="needs-series-new"),
    path("series/<str:code>/", views_series.series, name="needs-one-series"),
    path("series/<str:code>/values.csv", views_series.as_csv, name="needs-series-csv"),
    path("<str:code>/", views.need, name="need"),
]
