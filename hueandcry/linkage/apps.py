"""The desk as a Django app."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "hueandcry.linkage"
    label = "linkage"

    def ready(self) -> None:
        from hueandcry.linkage import recorded, things

        things.register()
        recorded.register()
