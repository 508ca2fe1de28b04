"""Reads of official channels. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from hueandcry.capacity.models import Channel, ChannelUse
from hueandcry.members.viewer import Viewer

FEWEST = 3  # organisations whose requests make a median; also in hueandcry_channel_times


@dataclass(frozen=True, slots=True)
class Times:
    """How a channel answered, as those who asked lived it: days to an answer, answered, not (yet) answered."""

    median: float | None
    answered: int
    unanswered: int


def channels(viewer: Viewer, *, country: str = "", kind: str = "", request: str = "", language: str = "",
             words: str = "") -> QuerySet[Channel]:  # fmt: skip
    """The channels that the viewer sees, by country and kind."""
    found = Channel.objects.filter(withdrawn_at=None)
    for name, value in (("country", country), ("kind", kind)):
        if value:
            found = found.filter(**{name: value})
    if request:
        found = found.filter(requests__contains=[request])
    if language:
        found = found.filter(languages__contains=[language])
    if words:
        found = found.filter(name__icontains=words)
    return found.order_by("country", "kind", "pk")


def channel(viewer: Viewer, reference: UUID) -> Channel:
    """One channel. Raises Channel.DoesNotExist."""
    return Channel.objects.get(reference=reference)


def times(viewer: Viewer, channels: Iterable[int]) -> dict[int, Times]:
    """How these channels answered; nothing where fewer than three organisations told of requests."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM hueandcry_channel_times(%s::bigint[])", [list(channels)])
        return {pk: Times(median, done, open_) for pk, median, done, open_ in cursor.fetchall()}


def own_uses(viewer: Viewer, channel: int) -> Sequence[ChannelUse]:
    """What the viewer's own organisation asked over a channel, newest first."""
    return list(ChannelUse.objects.filter(channel=channel).order_by("-sent_on", "-pk")[:200])
