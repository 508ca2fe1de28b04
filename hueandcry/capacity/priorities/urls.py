"""Addresses of common priorities."""

from django.urls import path

from hueandcry.capacity.priorities import views

urlpatterns = [
    path("", views.priorities, name="priorities"),
    path("priorities.csv", views.as_csv, name="priorities-csv"),
    path("rounds/new/", views.new, name="round-new"),
    path("rounds/<uuid:reference>/", views.one_round, name="round"),
    path("rounds/<uuid:reference>/result.json", views.result_json, name="round-json"),
    path("rounds/<uuid:reference>/result.csv", views.result_csv, name="round-csv"),
    path("rounds/<uuid:reference>/propose/", views.propose, name="round-propose"),
    path("rounds/<uuid:reference>/vote/", views.vote, name="round-vote"),
    path("rounds/<uuid:reference>/days/", views.days, name="round-days"),
    path("rounds/<uuid:reference>/<slug:act>/", views.act, name="round-act"),
    path("proposals/<uuid:reference>/", views.proposal, name="proposal"),
    path("proposals/<uuid:reference>/edit/", views.edit, name="proposal-edit"),
    path("proposals/<uuid:reference>/<slug:act>/", views.proposal_act, name="proposal-act"),
    path("<uuid:reference>/", views.priority, name="priority"),
]
