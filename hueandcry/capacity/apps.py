"""The desk as a Django app."""

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "hueandcry.capacity"
    label = "capacity"

    def ready(self) -> None:
        from hueandcry.capacity import recorded, things
        from hueandcry.capacity.register import api as rest

        things.register()
        recorded.register()
        rest.register()
