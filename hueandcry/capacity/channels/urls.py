"""Addresses of official channels."""

from django.urls import path

from hueandcry.capacity.channels import views

urlpatterns = [
    path("", views.channels, name="channels"),
    path("channels.csv", views.as_csv, name="channels-csv"),
    path("new/", views.new, name="channel-new"),
    path("<uuid:reference>/", views.channel, name="channel"),
    path("<uuid:reference>/confirm/", views.confirm, name="channel-confirm"),
    path("<uuid:reference>/withdraw/", views.withdraw, name="channel-withdraw"),
    path("<uuid:reference>/uses/<int:use>/", views.answered, name="channel-answered"),
]
