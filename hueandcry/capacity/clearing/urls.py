"""Addresses of this part of the capacity desk."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
