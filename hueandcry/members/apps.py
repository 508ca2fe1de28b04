"""The desk as a Django app."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "hueandcry.members"
    label = "members"

    def ready(self) -> None:
        """Have sign-ins recorded."""
        from hueandcry.members import sign_ins  # models are ready only now

        sign_ins.connect()
