"""What one was told, and one's saved searches, through REST."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from ninja.params import functions as param

from hueandcry.exchange.alerts import queries as alerts
from hueandcry.exchange.models import Alert
from hueandcry.exchange.rest import cursors
from hueandcry.exchange.rest.guard import bearer
from hueandcry.exchange.rest.shapes import AlertOut, AlertsPage, NoticeOut, NoticesPage
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import actions, queries
from hueandcry.notices.models import Notice

router = Router(tags=["being told"])


@router.get("/notices", auth=bearer("read"), response=NoticesPage, summary="Read what you were told")
def notices(
    request: HttpRequest, unread: bool = False, after: str = "", limit: int = param.Query(50, ge=1, le=100)
) -> NoticesPage:
    """What the person behind the token was told, the latest first; with ``unread`` what they have not read yet."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "notices", {"unread": unread}, after)
    with viewer(by):
        found = queries.notices(by, unread=unread).order_by("-pk")
        rows = list((found.filter(pk__lt=place) if place else found)[: limit + 1])
    return NoticesPage(
        notices=[_notice(row) for row in rows[:limit]],
        next=cursors.write(by, "notices", {"unread": unread}, rows[limit - 1].pk) if len(rows) > limit else None,
    )


@router.post("/notices/{reference}/read", auth=bearer("submit"), response=NoticeOut, summary="Mark a notice as read")
def notice_read(request: HttpRequest, reference: UUID) -> NoticeOut:
    """Say that you have read one thing that you were told."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    actions.mark_read(by=by, references=[reference])
    with viewer(by):
        return _notice(queries.notice(by, reference))


@router.get("/alerts", auth=bearer("read"), response=AlertsPage, summary="List your saved searches")
def saved_searches(request: HttpRequest, after: str = "", limit: int = param.Query(50, ge=1, le=100)) -> AlertsPage:
    """The saved searches of the person behind the token, the oldest first."""
    by: Viewer = request.auth  # type: ignore[attr-defined]
    place = cursors.read(by, "alerts", {}, after)
    with viewer(by):
        found = sorted(alerts.alerts(by), key=lambda alert: alert.pk)
        rows = [alert for alert in found if alert.pk > (place or 0)]
    return AlertsPage(
        alerts=[_alert(alert) for alert in rows[:limit]],
        next=cursors.write(by, "alerts", {}, rows[limit - 1].pk) if len(rows) > limit else None,
    )


def _notice(row: Notice) -> NoticeOut:
    return NoticeOut(
        reference=row.reference, kind=row.kind, title=row.title, text=row.text, link=row.link, at=row.at,
        read_at=row.read_at,
    )  # fmt: skip


def _alert(row: Alert) -> AlertOut:
    return AlertOut(
        reference=row.reference, name=row.name, query=row.query, often=row.often, served=row.served,
        created_at=row.created_at,
    )  # fmt: skip
