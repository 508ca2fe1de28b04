"""Reads of signals: the alliance's, viewer first. Called inside the viewer."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from hueandcry.members.viewer import Viewer
from hueandcry.picture.models import Signal

MOST: Final = 500


def signals(viewer: Viewer) -> list[Signal]:
    """Signals of now and of before: open ones first, then those set aside, then gone ones, the newest first."""
    found = sorted(_all()[:MOST], key=lambda signal: (signal.gone_at is not None, signal.dismissed_at is not None))
    return list(found)


def open_signals(viewer: Viewer) -> list[Signal]:
    """Signals that stand: neither gone nor set aside, the newest first. For pages that mark them, and other desks."""
    return list(_all().filter(gone_at=None, dismissed_at=None)[:MOST])


def signal_of(viewer: Viewer, reference: UUID) -> Signal:
    """One signal. Raises Signal.DoesNotExist."""
    return _all().get(reference=reference)


def _all() -> QuerySet[Signal]:
    return Signal.objects.order_by("-found_at", "-pk")
