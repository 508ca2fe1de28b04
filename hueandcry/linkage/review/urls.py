"""Addresses of linkage/review; included at /review/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
