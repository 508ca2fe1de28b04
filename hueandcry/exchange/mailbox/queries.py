"""Reads of mailboxes, senders and letters. The caller has entered the viewer."""

from __future__ import annotations

from hueandcry.exchange.models import Letter, Mailbox, Sender
from hueandcry.members.viewer import Viewer


def mailboxes(viewer: Viewer) -> list[Mailbox]:
    """All mailboxes; the operator's to see."""
    return list(Mailbox.objects.order_by("name"))


def senders(viewer: Viewer) -> list[Sender]:
    """The addresses that are taken for the viewer's organisation (the operator: for all)."""
    return list(Sender.objects.order_by("address"))


def letters_page(viewer: Viewer, *, before: int | None = None, size: int = 50) -> tuple[list[Letter], int | None]:
    """The letters that came for the viewer's organisation, the latest first, and the key of the next page."""
    found = Letter.objects.order_by("-pk")
    rows = list((found.filter(pk__lt=before) if before else found)[: size + 1])
    return rows[:size], rows[size - 1].pk if len(rows) > size else None
