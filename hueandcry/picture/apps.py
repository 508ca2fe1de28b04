"""The desk as a Django app."""

from django.apps import AppConfig


class PictureConfig(AppConfig):
    name = "hueandcry.picture"
    label = "picture"
