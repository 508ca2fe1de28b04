"""The desk as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "hueandcry.notices"
    label = "notices"
