"""Addresses of countries."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
