"""The desk as a Django app."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "hueandcry.project"
    label = "project"
