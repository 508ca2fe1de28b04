"""Reads of saved searches. The caller has entered the viewer; row-level security decides what is there."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Max, QuerySet

from hueandcry.exchange.models import Alert, AlertMatch, Collection, Report
from hueandcry.members.viewer import Viewer


def alerts(viewer: Viewer) -> list[Alert]:
    """The viewer's saved searches by name, each with how many reports it ``found`` that they may still see, and when it
    found the ``latest``."""
    found = Alert.objects.annotate(found=Count("matches"), latest=Max("matches__at"))
    return list(found.order_by("name", "pk"))


def alert(viewer: Viewer, reference: UUID) -> Alert:
    """One of the viewer's saved searches. Raises Alert.DoesNotExist."""
    return Alert.objects.get(reference=reference)


def matches(viewer: Viewer, alert: Alert) -> QuerySet[AlertMatch]:
    """What a saved search found and the viewer may still see, for a page of it."""
    return AlertMatch.objects.filter(alert=alert)


def reports_of(viewer: Viewer, matches: list[AlertMatch]) -> dict[int, Report]:
    """The reports of these matches by id."""
    found = Report.objects.filter(pk__in=[match.report for match in matches])
    return {report.pk: report for report in found.select_related("organisation").defer("account", "document")}


def collection(viewer: Viewer, alert: Alert) -> UUID | None:
    """The reference of the TAXII collection that a saved search is served as."""
    return Collection.objects.filter(alert=alert.pk).values_list("reference", flat=True).first()
