"""Addresses of releases; included at /picture/releases/."""

from django.urls import path

from hueandcry.picture.releases import views

urlpatterns = [
    path("", views.releases, name="releases"),
    path("releases.atom", views.feed, name="releases-feed"),
    path("draft/", views.new, name="release-new"),
    path("drafts/<uuid:reference>/", views.draft, name="release-draft"),
    path("drafts/<uuid:reference>/progress/", views.progress, name="release-progress"),
    path("drafts/<uuid:reference>/publish/", views.publish, name="release-publish"),
    path("drafts/<uuid:reference>/again/", views.again, name="release-again"),
    path("drafts/<uuid:reference>/drop/", views.drop, name="release-drop"),
    path("drafts/<uuid:reference>/files/<str:name>", views.draft_file, name="release-draft-file"),
    path("<int:number>/", views.release, name="release"),
    path("<int:number>/correct/", views.correct, name="release-correct"),
    path("<int:number>/<str:name>", views.file, name="release-file"),
]
