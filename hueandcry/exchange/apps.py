"""The desk as a Django app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hueandcry.exchange"
    label = "exchange"
