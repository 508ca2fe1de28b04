"""Addresses of this desk; included at the root."""

from django.urls import path

from hueandcry.notices import views, views_webhook

app_name = "notices"
urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/read/", views.read, name="read"),
    path("notices/preferences/", views.preferences, name="preferences"),
    path("notices/preferences/feed/", views.feed_address, name="feed-address"),
    path("notices/unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("notices/<uuid:reference>/", views.notice, name="notice"),
    path("feeds/<str:secret>/notices.atom", views.feed, name="feed"),
    path("webhooks/", views_webhook.webhooks, name="webhooks"),
    path("webhooks/<uuid:reference>/", views_webhook.webhook, name="webhook"),
    path("webhooks/<uuid:reference>/edit/", views_webhook.edit, name="webhook-edit"),
    *(
        path(f"webhooks/<uuid:reference>/{what}/", views_webhook.act, {"what": what}, name=f"webhook-{what}")
        for what in ("test", "again", "pause", "resume", "secret", "delete")
    ),
]
