"""The desk as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "hueandcry.members"
    label = "members"

    def ready(self) -> None:
        """Have sign-ins recorded, and the record lead to organisations and circles."""
        from hueandcry.audit import things
        from hueandcry.members import sign_ins  # models are ready only now
        from hueandcry.members.models import Circle, Organisation

        sign_ins.connect()
        things.register("organisation", things.pages(Organisation, "members:organisation", by="slug", name="name"))
        things.register("circle", things.pages(Circle, "members:circle", by="slug", name="name"))
