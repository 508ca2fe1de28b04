"""The desk as a Django app."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "hueandcry.project"
    label = "project"

    def ready(self) -> None:
        """Tell the audit record that the home page is no thing."""
        from hueandcry.audit.things import nowhere, register

        register("home", nowhere("it is one's own, at /"))
