"""Reads of connections. The caller has entered the viewer; an organisation sees its own and no other's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from hueandcry.exchange.models import Envelope as Kept
from hueandcry.exchange.models import Remote, RemoteRun
from hueandcry.members.models import Circle
from hueandcry.members.viewer import Viewer


def connections(viewer: Viewer, *, kinds: list[str], health: str = "") -> QuerySet[Remote]:
    """The organisation's connections with how the last run of each went (``ran``, ``said``) and what came in all."""
    last = RemoteRun.objects.filter(remote=OuterRef("pk"), ended_at__isnull=False).order_by("-pk")
    found = Remote.objects.annotate(
        ran=Subquery(last.values("ended_at")[:1]),
        said=Subquery(last.values("error")[:1]),
        came=Sum("runs__pulled"),
        went=Sum("runs__pushed"),
    )
    if kinds:
        found = found.filter(kind__in=kinds)
    wanted = {"failing": Q(failures__gt=0, paused=False), "paused": Q(paused=True)}
    wanted["well"] = Q(failures=0, paused=False)
    return found.filter(wanted[health]) if health in wanted else found


def connection(viewer: Viewer, reference: UUID) -> Remote:
    """One connection. Raises Remote.DoesNotExist."""
    return Remote.objects.get(reference=reference)


def runs(viewer: Viewer, remote: Remote) -> QuerySet[RemoteRun]:
    """The runs of a connection."""
    return RemoteRun.objects.filter(remote=remote)


@dataclass(frozen=True, slots=True)
class Queue:
    """Changes that another node told of and that are not applied yet."""

    waiting: int
    failed: int
    since: datetime | None
    error: str


def queue(viewer: Viewer, remote: Remote) -> Queue:
    """What waits with a connection to a node."""
    rows = Kept.objects.filter(remote=remote, applied_at=None)
    counts = rows.aggregate(waiting=Count("pk"), failed=Count("pk", filter=~Q(error="")))
    first = rows.exclude(error="").order_by("pk").first()
    return Queue(
        counts["waiting"], counts["failed"], first.received_at if first else None, first.error if first else ""
    )


def circles(viewer: Viewer) -> list[tuple[int, str]]:
    """The circles that the viewer's organisation is in: principal and name. Those of case rooms are people's alone."""
    found = Circle.objects.filter(principal__in=viewer.principals, closed_at=None).exclude(slug__startswith="_room-")
    return list(found.order_by("name").values_list("principal", "name"))
