"""Addresses of common priorities."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
