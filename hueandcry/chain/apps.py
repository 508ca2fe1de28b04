"""The desk as a Django app."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "hueandcry.chain"
    label = "chain"
