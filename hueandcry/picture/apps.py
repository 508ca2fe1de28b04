"""The desk as a Django app."""

from django.apps import AppConfig


class PictureConfig(AppConfig):
    name = "hueandcry.picture"
    label = "picture"

    def ready(self) -> None:
        from hueandcry.picture import recorded
        from hueandcry.picture.trends import things

        things.register()
        recorded.register()
