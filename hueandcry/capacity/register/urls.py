"""Addresses of the register."""

from django.urls import path

from hueandcry.capacity.register import views, views_acts, views_import

urlpatterns = [
    path("", views.resources, name="resources"),
    path("resources.csv", views.as_csv, name="resources-csv"),
    path("new/", views_acts.new, name="resource-new"),
    path("import/", views_import.new, name="resource-import-new"),
    path("imports/", views_import.receipts, name="resource-imports"),
    path("imports/<uuid:reference>/", views_import.receipt, name="resource-import"),
    path("<uuid:reference>/", views.resource, name="resource"),
    path("<uuid:reference>/edit/", views_acts.edit, name="resource-edit"),
    path("<uuid:reference>/send/", views_acts.send, name="resource-send"),
    path("<uuid:reference>/confirm/", views_acts.confirm, name="resource-confirm"),
    path("<uuid:reference>/withdraw/", views_acts.withdraw, name="resource-withdraw"),
    path("<uuid:reference>/object/", views_acts.object_to, name="resource-object"),
    path("<uuid:reference>/objections/<int:objection>/", views_acts.answer, name="resource-answer"),
    path("<uuid:reference>/same/<int:duplicate>/", views_acts.same, name="resource-same"),
]
