"""Addresses of assessments."""

from django.urls import path, register_converter

from hueandcry.capacity.assessment import views


class AspectKey:
    """The id of an aspect: 4.1.a."""

    regex = r"[0-9]{1,2}\.[0-9]{1,2}\.[a-z]"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class IndicatorKey(AspectKey):
    """The id of an indicator: 4.1.a-2-1."""

    regex = AspectKey.regex + r"-[0-9]-[0-9]{1,2}"


register_converter(AspectKey, "aspect")
register_converter(IndicatorKey, "indicator")

urlpatterns = [
    path("", views.assessments, name="assessments"),
    path("waiting/", views.waiting, name="evidence-waiting"),
    path("load/", views.load, name="evidence-load"),
    path("evidence/<uuid:reference>/", views.evidence, name="evidence"),
    path("evidence/<uuid:reference>/withdraw/", views.evidence_withdraw, name="evidence-withdraw"),
    path("<str:code>/", views.assessment, name="assessment"),
    path("<str:code>/as-of.json", views.as_of, name="assessment-as-of"),
    path("<str:code>/assessment.csv", views.as_csv, name="assessment-csv"),
    path("<str:code>/<aspect:key>/", views.aspect, name="aspect"),
    path("<str:code>/<indicator:key>/evidence/", views.evidence_new, name="evidence-new"),
]
