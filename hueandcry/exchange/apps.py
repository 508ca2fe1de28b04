"""The desk as a Django app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hueandcry.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Tell the notices which reports their letters may name, and the record where reports and submissions are."""
        from hueandcry.exchange import recorded
        from hueandcry.exchange.recall.letters import vouch
        from hueandcry.notices import naming

        naming.register(vouch)
        recorded.register()
