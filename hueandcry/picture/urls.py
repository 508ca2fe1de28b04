"""Addresses of the picture desk; included at the root."""

from django.urls import include, path

from hueandcry.picture.releases import views as releases

app_name = "picture"
urlpatterns = [
    path("picture/", include("hueandcry.picture.dashboard.urls")),
    path("picture/countries/", include("hueandcry.picture.countries.urls")),
    path("picture/releases/", include("hueandcry.picture.releases.urls")),
    path("picture/method/", releases.method, name="method"),
    path("picture/reference/", include("hueandcry.picture.reference.urls")),
    path("picture/freezes/", include("hueandcry.picture.freezes.urls")),
    path("picture/signals/", include("hueandcry.picture.trends.urls")),
]
