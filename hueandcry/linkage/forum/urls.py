"""Addresses of the forum, below /forum/."""

from django.urls import path

from hueandcry.linkage.forum import views, views_post

urlpatterns = [
    path("", views.threads, name="forum"),
    path("new/", views.new, name="thread-new"),
    path("<uuid:reference>/", views.thread, name="thread"),
    path("<uuid:reference>/keep/", views.keep, name="thread-keep"),
    path("<uuid:reference>/follow/", views.follow, name="thread-follow"),
    path("<uuid:reference>/about/", views.about, name="thread-about"),
    path("<uuid:reference>/export/", views.export, name="thread-export"),
    path("posts/<uuid:reference>/", views_post.post, name="post"),
    path("posts/<uuid:reference>/edit/", views_post.edit, name="post-edit"),
    path("posts/<uuid:reference>/withdraw/", views_post.withdraw, name="post-withdraw"),
    path("files/<uuid:reference>/", views_post.download, name="attachment"),
    path("files/<uuid:reference>/erase/", views_post.erase, name="attachment-erase"),
]
