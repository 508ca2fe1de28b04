"""The desk as a Django app."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "hueandcry.programmes"
    label = "programmes"

    def ready(self) -> None:
        from hueandcry.programmes import recorded, things

        recorded.register()
        things.register()
