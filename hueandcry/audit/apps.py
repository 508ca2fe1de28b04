"""The desk as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "hueandcry.audit"
    label = "audit"
