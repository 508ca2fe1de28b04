"""Addresses of linkage/operations; included at /operations/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
