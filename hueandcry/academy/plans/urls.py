"""Addresses of profiles and plans."""

from django.urls import path

from hueandcry.academy.plans import views, views_plan

urlpatterns = [
    path("", views_plan.plan, name="plan"),
    path("plan.csv", views_plan.plan_csv, name="plan-csv"),
    path("plan.ics", views_plan.plan_ics, name="plan-ics"),
    path("profile/", views.profile, name="profile"),
    path("profile/profile.csv", views.profile_csv, name="profile-csv"),
    path("profile/profile.json", views.profile_json, name="profile-json"),
    path("unit/", views.unit, name="unit"),
    path("unit/unit.csv", views.unit_csv, name="unit-csv"),
    path("unit/others.csv", views.unit_others_csv, name="unit-others-csv"),
]
