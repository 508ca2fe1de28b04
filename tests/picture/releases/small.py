"""A small alliance with enough to publish and enough to hold back, and a release of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hueandcry.members.viewer import Viewer
from hueandcry.picture.freezes import actions as freezes
from hueandcry.picture.models import Denominator, Freeze, Release
from hueandcry.picture.releases import actions
from tests import factory
from tests.picture.rows import bodies, put

FIRST, LAST = "2025-01", "2025-06"
START = datetime(2025, 1, 5, tzinfo=UTC)


def filled() -> None:
    """Reports over six months: two countries and classes of many, some cells of few, one told of by two alone."""
    banks, police, certs = bodies(4), bodies(2, kind="law-enforcement"), bodies(2, kind="cert")
    all_bodies = [*banks, *police, *certs]
    for month in range(6):
        when = START + timedelta(days=30 * month)
        at: dict[str, Any] = {"reported_at": when, "occurred_from": when}
        put(all_bodies, 24 + 4 * month, victim_size="small", loss_amount="100", loss_currency="EUR", **at)
        put(all_bodies, 16, main_class="malware", victim_countries=["ES"], victim_sector="Q", victim_size="micro", **at)
        put(banks, 12, main_class="malware", victim_countries=["PT"], victim_sector="Q", victim_size="large", **at)
    put(banks, 4, main_class="availability", victim_countries=["FR"], reported_at=START, occurred_from=START)
    put(banks[:1], 13, main_class="intrusion", victim_countries=["ES"], reported_at=START, occurred_from=START)
    for country, people in (("PT", 10_600_000), ("ES", 48_000_000)):
        Denominator.objects.using("owner").create(
            kind="inhabitants", country=country, year=2024, value=people, source="Example statistics office"
        )


def office() -> Viewer:
    """Somebody of the alliance's office."""
    return factory.as_viewer(factory.person(factory.office(), ["secretary"]))


def drafted(by: Viewer, freeze: Freeze | None = None, **more: Any) -> Release:
    """A draft with its figures made."""
    freeze = freeze or freezes.take()
    given = {"title": "Cybercrime, first half of 2025", "first": FIRST, "last": LAST, "freeze": freeze.pk} | more
    draft = actions.draft(by=by, **given)
    return actions.make(by=by, reference=draft.reference)


def published(by: Viewer, freeze: Freeze | None = None, **more: Any) -> Release:
    """A published release."""
    return actions.publish(by=by, reference=drafted(by, freeze, **more).reference)
