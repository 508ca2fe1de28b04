"""Addresses of linkage/deconfliction; included at /deconfliction/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
