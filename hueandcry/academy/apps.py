"""The desk as a Django app."""

from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "hueandcry.academy"
    label = "academy"

    def ready(self) -> None:
        from hueandcry.academy import api, recorded, things
        from hueandcry.academy.picture import own

        things.register()
        recorded.register()
        api.register()
        own.register()
