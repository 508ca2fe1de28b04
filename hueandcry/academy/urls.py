"""Addresses of the academy; included at the root."""

from django.urls import include, path

app_name = "academy"
urlpatterns = [
    path("competences/", include("hueandcry.academy.frameworks.urls")),
    path("courses/plans/", include("hueandcry.academy.plans.urls")),
    path("courses/", include("hueandcry.academy.courses.urls")),
    path("accreditation/", include("hueandcry.academy.accreditation.urls")),
    path("certification/", include("hueandcry.academy.certification.urls")),
    path("training/", include("hueandcry.academy.picture.urls")),
    path("verify/", include("hueandcry.academy.credentials.urls")),
]
