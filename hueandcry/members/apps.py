"""The desk as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "hueandcry.members"
    label = "members"

    def ready(self) -> None:
        """Have sign-ins recorded, and the record lead to organisations and circles."""
        from hueandcry.audit import things
        from hueandcry.members import sign_ins  # models are ready only now
        from hueandcry.members.models import Circle, Invitation, Organisation

        sign_ins.connect()
        things.register("organisation", things.pages(Organisation, "members:organisation", "slug", name="name"))
        things.register("circle", things.pages(Circle, "members:circle", "slug", name="name"))
        things.register("person", things.nowhere("not under row-level security: views/record.py finds them itself"))
        things.register("invitation", things.as_part_of("organisation", Invitation, "organisation"))
        things.register("token", things.nowhere("it shows to its owner, and on the owner's page"))
        things.register("audit record", things.nowhere("it is the page itself"))
