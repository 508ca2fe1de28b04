"""Addresses of hits and requests; included at the root by the exchange desk."""

from django.urls import path

from hueandcry.exchange.hits import node, views, views_ask

urlpatterns = [
    path("hits/", views.index, name="hits"),
    path("hits/ours/", views.ours, name="hits-ours"),
    path("hits/<uuid:reference>/", views.show, name="hit"),
    path("hits/<uuid:reference>/export/", views.export, name="hit-export"),
    path("requests/", views_ask.index, name="requests"),
    path("requests/new/", views_ask.new, name="request-new"),
    path("requests/<uuid:reference>/", views_ask.show, name="request"),
    path("requests/parts/<uuid:reference>/answer/", views_ask.answer, name="request-answer"),
    path("requests/parts/<uuid:reference>/question/", views_ask.question, name="request-question"),
    path("requests/<uuid:reference>/reply/<uuid:part>/", views_ask.reply, name="request-reply"),
    path("requests/parts/<uuid:reference>/take-back/", views_ask.take_back, name="request-take-back"),
    path("node/v1/psi", node.psi, name="node-psi"),
]
