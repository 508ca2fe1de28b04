"""The desk as a Django app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "hueandcry.notices"
    label = "notices"

    def ready(self) -> None:
        """Tell the audit record where webhooks are."""
        from hueandcry.audit.things import nowhere, pages, register
        from hueandcry.notices.models import Webhook

        register("webhook", pages(Webhook, "notices:webhook"))
        register("webhook call", nowhere("named by the reference that its receiver got"))
        register("notice", nowhere("read as a list only"))
        register("letter", nowhere("its number is that of who got it: views/record.py finds them"))
        register("preference", nowhere("one's own, without a number"))
