"""The desk as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "hueandcry.members"
    label = "members"
