"""Addresses of linkage/forum; included at /forum/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
