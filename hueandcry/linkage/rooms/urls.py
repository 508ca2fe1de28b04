"""Addresses of case rooms, below /rooms/."""

from django.urls import path

from hueandcry.linkage.rooms import views

urlpatterns = [
    path("", views.rooms, name="rooms"),
    path("new/", views.new, name="room-new"),
    path("<uuid:reference>/", views.room, name="room"),
    path("<uuid:reference>/answer/", views.answer, name="room-answer"),
    path("<uuid:reference>/invite/", views.invite, name="room-invite"),
    path("<uuid:reference>/end/", views.end, name="room-end"),
    path("<uuid:reference>/people/", views.people, name="room-people"),
    path("<uuid:reference>/share/", views.share, name="room-share"),
    path("<uuid:reference>/take-back/", views.take_back, name="room-take-back"),
    path("<uuid:reference>/about/", views.about, name="room-about"),
    path("<uuid:reference>/file/", views.file, name="room-file"),
    path("<uuid:reference>/close/", views.close, name="room-close"),
]
