"""Addresses of the capacity desk; included at the root."""

from django.urls import include, path

app_name = "capacity"
urlpatterns = [
    path("resources/", include("hueandcry.capacity.register.urls")),
    path("experts/", include("hueandcry.capacity.register.urls_experts")),
    path("channels/", include("hueandcry.capacity.channels.urls")),
    path("assessments/", include("hueandcry.capacity.assessment.urls")),
    path("treaties/", include("hueandcry.capacity.assessment.urls_treaties")),
    path("gaps/", include("hueandcry.capacity.gaps.urls")),
    path("clearing/", include("hueandcry.capacity.clearing.urls")),
    path("needs/", include("hueandcry.capacity.needs.urls")),
    path("priorities/", include("hueandcry.capacity.priorities.urls")),
    path("countries/", include("hueandcry.capacity.countries.urls")),
]
