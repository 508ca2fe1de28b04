"""The desk as a Django app."""

from django.apps import AppConfig


class ChainConfig(AppConfig):
    name = "hueandcry.chain"
    label = "chain"

    def ready(self) -> None:
        """Tell the audit record where links are."""
        from hueandcry.audit.things import nowhere, register

        register("link", nowhere("it shows on both of its ends, and names them by reference"))
