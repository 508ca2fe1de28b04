"""Reads of this desk. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from hueandcry.members.actions import digest_of
from hueandcry.members.viewer import Viewer
from hueandcry.notices.models import Notice, Preference, Webhook, WebhookCall


def notices(viewer: Viewer, *, kind: str = "", unread: bool = False) -> QuerySet[Notice]:
    """The viewer's notices, for a page of them."""
    wanted = Q(kind=kind) if kind else Q()
    return Notice.objects.filter(wanted & (Q(read_at=None) if unread else Q()))


def latest(viewer: Viewer, most: int) -> list[Notice]:
    """The viewer's latest notices, for a feed."""
    return list(Notice.objects.order_by("-pk")[:most])


def notice(viewer: Viewer, reference: UUID) -> Notice:
    """One of the viewer's notices. Raises Notice.DoesNotExist."""
    return Notice.objects.get(reference=reference)


def unread(person: int) -> int:
    """How many notices somebody has not read; 100 stands for that many or more. Needs no viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_unread(%s)", [person])
        return int(cursor.fetchone()[0])


def preference(viewer: Viewer) -> Preference:
    """How the viewer wants to be told; as it is for everybody where they never said."""
    return Preference.objects.filter(person=viewer.person or 0).first() or Preference(person=viewer.person or 0)


def feed_person(secret: str) -> int | None:
    """Whose feeds this secret opens. Needs no viewer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_feed_person(%s)", [digest_of(secret)])
        found = cursor.fetchone()[0]
    return None if found is None else int(found)


def webhooks(viewer: Viewer) -> list[Webhook]:
    """The webhooks of the viewer's organisation by name, each with ``waiting`` calls and when it ``took`` the last."""
    found = Webhook.objects.order_by("name", "pk").annotate(
        waiting=Count("calls", filter=Q(calls__next_at__isnull=False)), took=Max("calls__taken_at")
    )
    return list(found.defer("secret"))


def webhook(viewer: Viewer, reference: UUID) -> Webhook:
    """One webhook of the viewer's organisation. Raises Webhook.DoesNotExist."""
    return Webhook.objects.defer("secret").get(reference=reference)


def calls(viewer: Viewer, webhook: Webhook) -> QuerySet[WebhookCall]:
    """What a webhook was sent, for a page of it."""
    return WebhookCall.objects.filter(webhook=webhook).defer("body")
