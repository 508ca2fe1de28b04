"""Addresses of competences. Codes and versions are whatever a framework's author chose, so they are written so that
each stays one part of the address."""

from django.urls import path, register_converter

from hueandcry.academy.frameworks import views


class Coded:
    """A code in an address: ``/`` stands as ``~1``, ``~`` as ``~0`` (as in JSON Pointer), a lone ``.`` or ``..`` as
    ``~2`` and ``~2~2``, which browsers would take for a folder."""

    regex = r"[^/\x00]+"

    def to_python(self, value: str) -> str:
        """The code."""
        return value.replace("~2", ".").replace("~1", "/").replace("~0", "~")

    def to_url(self, value: str) -> str:
        """The part of the address."""
        written = value.replace("~", "~0").replace("/", "~1")
        return written.replace(".", "~2") if written in (".", "..") else written


register_converter(Coded, "coded")
ONE = "<coded:code>/<coded:version>/"

urlpatterns = [
    path("", views.frameworks, name="frameworks"),
    path("import/", views.new, name="framework-import"),
    path("crosswalk/", views.crosswalk, name="crosswalk"),
    path("crosswalk/crosswalk.csv", views.crosswalk_csv, name="crosswalk-csv"),
    path("<coded:code>/changes/", views.changes, name="framework-changes"),
    path("<coded:code>/changes/changes.csv", views.changes_csv, name="framework-changes-csv"),
    path(ONE, views.framework, name="framework"),
    path(f"{ONE}relations.csv", views.relations_csv, name="framework-csv"),
    path(f"{ONE}framework.json", views.document, name="framework-json"),
    path(f"{ONE}roles/<coded:role>/", views.role_page, name="framework-role"),
    path(f"{ONE}elements/<coded:element>/", views.element, name="framework-element"),
]
