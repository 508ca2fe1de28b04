"""Addresses of experts; the page of one is that of a resource."""

from django.urls import path

from hueandcry.capacity.register import views_experts

urlpatterns = [
    path("", views_experts.experts, name="experts"),
    path("experts.csv", views_experts.as_csv, name="experts-csv"),
    path("new/", views_experts.new, name="expert-new"),
    path("<uuid:reference>/consent/", views_experts.consent, name="expert-consent"),
    path("<uuid:reference>/conflict/", views_experts.conflict, name="expert-conflict"),
    path("<uuid:reference>/free/", views_experts.free, name="expert-free"),
]
