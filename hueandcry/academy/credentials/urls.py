"""Addresses of checking certificates."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
