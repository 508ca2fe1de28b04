"""The desk as a Django app."""

from django.apps import AppConfig


class LinkageConfig(AppConfig):
    name = "hueandcry.linkage"
    label = "linkage"
