"""Addresses of the feed, as MISP asks for them: a folder with manifest.json, hashes.csv and a file for each event."""

from django.urls import path

from hueandcry.exchange.misp_feed import views

app_name = "misp"
urlpatterns = [
    path("", views.index, name="index"),
    path("<slug:feed>/", views.one, name="feed"),
    path("<slug:feed>/manifest.json", views.manifest, name="manifest"),
    path("<slug:feed>/hashes.csv", views.hashes, name="hashes"),
    path("<slug:feed>/<uuid:key>.json", views.event, name="event"),
]
