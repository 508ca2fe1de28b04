"""Addresses of the exchange desk; included at the root. /reports/<reference>/ itself is linkage's."""

from django.urls import include, path

from hueandcry.exchange import views, views_acts, views_form, views_mapping, views_sighting, views_submission

app_name = "exchange"
urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("reports/export/", views.export, name="export"),
    path("reports/<uuid:reference>/objects/<int:number>/", views.one_object, name="object"),
    path("reports/<uuid:reference>/correct/", views_acts.correct, name="correct"),
    path("reports/<uuid:reference>/withdraw/", views_acts.withdraw, name="withdraw"),
    path("reports/<uuid:reference>/restore/", views_acts.restore, name="restore"),
    path("reports/<uuid:reference>/supersede/", views_acts.supersede, name="supersede"),
    path("reports/<uuid:reference>/handling/", views_acts.handle, name="handle"),
    path("reports/<uuid:reference>/grant/", views_acts.grant, name="grant"),
    path("reports/<uuid:reference>/take-back/", views_acts.take_back, name="take-back"),
    path("reports/<uuid:reference>/saw/", views_sighting.saw, name="saw"),
    path("search/", views.search, name="search"),
    path("report/", views_form.tell, name="tell"),
    path("handling/default/", views_form.default_handling, name="default-handling"),
    path("handling/sight/", views_submission.sight, name="sight"),
    path("submissions/", views_submission.index, name="submissions"),
    path("submissions/add/", views_submission.add, name="submission-add"),
    path("submissions/<uuid:reference>/", views_submission.show, name="submission"),
    path("submissions/<uuid:reference>/progress/", views_submission.progress, name="submission-progress"),
    path("submissions/<uuid:reference>/raw/", views_submission.raw, name="submission-raw"),
    path("submissions/<uuid:reference>/again/", views_submission.again, name="submission-again"),
    path("submissions/<uuid:reference>/erase/", views_submission.erase, name="submission-erase"),
    path("submissions/<uuid:reference>/mapping/", views_mapping.edit, name="mapping"),
    path("", include("hueandcry.exchange.hits.urls")),
    path("", include("hueandcry.exchange.recall.urls")),
    path("", include("hueandcry.exchange.alerts.urls")),
    path("", include("hueandcry.exchange.outcomes.urls")),
    path("", include("hueandcry.exchange.remotes.urls")),
    path("", include("hueandcry.exchange.mailbox.urls")),
]
