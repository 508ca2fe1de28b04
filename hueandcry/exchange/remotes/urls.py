"""Addresses of this part."""

from django.urls import path

from hueandcry.exchange.remotes import views, views_node

urlpatterns = [
    path("connections/", views.index, name="connections"),
    path("connections/add/<str:kind>/", views.add, name="connection-add"),
    path("connections/<uuid:reference>/", views.show, name="connection"),
    path("connections/<uuid:reference>/edit/", views.edit, name="connection-edit"),
    path("connections/<uuid:reference>/run/", views.run, name="connection-run"),
    path("connections/<uuid:reference>/pause/", views.pause, name="connection-pause"),
    path("connections/<uuid:reference>/delete/", views.delete, name="connection-delete"),
    path("node/v1/", views_node.hello, name="node"),
    path("node/v1/circles/<str:circle>/envelopes", views_node.envelopes, name="node-envelopes"),
]
