"""Django app ``web``: the shell, the components, the charts. Every desk builds on it; it builds on none."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Put ``hueandcry.web`` before ``allauth`` in INSTALLED_APPS: its templates replace allauth's."""

    name = "hueandcry.web"
    label = "web"
    verbose_name = "Web"
