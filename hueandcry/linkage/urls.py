"""Addresses of the linkage desk; included at the root."""

from django.urls import include, path

from hueandcry.linkage import views

app_name = "linkage"
urlpatterns = [
    path("reports/<uuid:reference>/", views.report, name="report"),
    path("crimes/", include("hueandcry.linkage.crimes.urls")),
    path("operations/", include("hueandcry.linkage.operations.urls")),
    path("review/", include("hueandcry.linkage.review.urls")),
    path("deconfliction/", include("hueandcry.linkage.deconfliction.urls")),
    path("rooms/", include("hueandcry.linkage.rooms.urls")),
    path("forum/", include("hueandcry.linkage.forum.urls")),
]
