"""The round that finds overlaps and tells both sides. What is told names nothing: letters and webhooks leave the house.

What meets is found by a blind function, so that nobody who runs this reads an interest.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.linkage.deconfliction import queries
from hueandcry.notices.actions import tell


def look_due() -> None:
    """Find what meets, tell, and forget what is kept no longer. Outside any viewer."""
    meet()
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_interests_forget()")


def meet() -> int:
    """Write down the overlaps that are new or have become urgent, and tell both sides of each, in one transaction.
    Gives how many sides were told. Outside any viewer."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT organisation, reference, urgent FROM hueandcry_deconflict()")
            rows = cursor.fetchall()
        for organisation, reference, urgent in rows:
            _tell(organisation, reference, urgent=urgent)
    return len(rows)


def tell_other(side: UUID) -> None:
    """Tell the other side of an overlap that there is news; inside the viewer whose side this is."""
    address = queries.other_address(side)
    if address is not None:
        organisation, reference = address
        _tell(organisation, reference, urgent=False)


def _tell(organisation: int, side: UUID, *, urgent: bool) -> None:
    title = _("Deconfliction: please look today") if urgent else _("Deconfliction: there is news")
    link = reverse("linkage:overlap", args=[side])
    tell(kind="overlap", title=title, text=_("What it is stands on its page."), link=link, organisations=[organisation])
