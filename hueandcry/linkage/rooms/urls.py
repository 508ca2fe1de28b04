"""Addresses of linkage/rooms; included at /rooms/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
