"""Addresses of linkage/crimes; included at /crimes/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
