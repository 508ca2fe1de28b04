"""The desk as a Django app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "hueandcry.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Tell the notices which reports their letters may name, and the record where reports and submissions are."""
        from hueandcry.audit import things
        from hueandcry.exchange.models import Report, Submission
        from hueandcry.exchange.recall.letters import vouch
        from hueandcry.notices import naming

        naming.register(vouch)
        things.register("report", things.pages(Report, "linkage:report"))
        things.register("submission", things.pages(Submission, "exchange:submission"))
