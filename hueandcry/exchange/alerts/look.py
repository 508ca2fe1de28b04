"""The round that looks: what changed is held against every saved search, as its owner, in sets.

The changes come in chunks; for each chunk every owner is entered once, and each of their searches is one query over the
changed reports that they may see. Matches, notices and how far a search has looked are one transaction of the owner's,
so that a worker that dies, or a second one, tells nothing twice and misses nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Count, Max
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange import observables
from hueandcry.exchange.alerts.actions import enter, wanted
from hueandcry.exchange.listing import Wanted
from hueandcry.exchange.merge import hash64
from hueandcry.exchange.models import Alert, AlertMatch, Report
from hueandcry.exchange.queries import SQL, narrowed_to
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.notices.actions import tell

log = logging.getLogger(__name__)

CHUNK = 5_000  # changes looked at in one go
WAITING = 1_000  # searches told in one go


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next changes: up to number ``last``, each report with the number of its latest change."""

    last: int
    numbers: dict[int, int]
    people: list[int]


def look_due() -> None:
    """Look at everything that changed, then tell once a day or a week what waits. Outside any viewer."""
    failed: set[int] = set()
    while (chunk := _chunk()) is not None:
        people = [person for person in chunk.people if person not in failed]
        if not people:  # whoever is left failed: the next round tries again
            break
        for person in people:
            try:
                look_for(person, chunk)
            except Exception:
                log.exception("looking for one person failed; the others are looked for")
                failed.add(person)
    for person, alerts in _waiting().items():
        tell_waiting(person, alerts)


def _chunk() -> Chunk | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last, reports, numbers, people FROM hueandcry_alerts_behind(%s)", [CHUNK])
        last, reports, numbers, people = cursor.fetchone()
    return None if last is None else Chunk(last, dict(zip(reports, numbers, strict=True)), people)


def look_for(person: int, chunk: Chunk) -> None:
    """Hold one chunk against the saved searches of one person, as that person."""
    by = identify(person, channel="worker")
    with viewer(by):
        behind = Alert.objects.select_for_update().filter(looked__lt=chunk.last).order_by("pk")
        alerts = list(behind)
        seen = set(Report.objects.filter(pk__in=list(chunk.numbers)).values_list("pk", flat=True)) if alerts else set()
        found = _found(by, alerts, {r: n for r, n in chunk.numbers.items() if r in seen})
        fresh = _note(found)
        for alert in alerts:
            if fresh.get(alert.pk) and alert.often == Alert.Often.AT_ONCE:
                _tell(by, alert, fresh[alert.pk])
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(looked=chunk.last)
        if fresh:
            audit.record(by=by, verb="match", kind="alert", count=sum(fresh.values()), detail={"alerts": len(fresh)})
        for alert in alerts:
            if alert.served:
                enter(alert, sorted({*found[alert.pk], *_followed(alert, seen)}))


def _found(by: Viewer, alerts: Sequence[Alert], numbers: dict[int, int]) -> dict[int, list[int]]:
    """Of each saved search the visible changed reports that it finds."""
    asked = {alert.pk: wanted(alert) for alert in alerts}
    by_words = _by_words([w.words for w in asked.values() if w.words], list(numbers))
    found: dict[int, list[int]] = {}
    for alert in alerts:
        one = asked[alert.pk]
        among = by_words.get(one.words, set()) if one.words else numbers.keys()
        ids = [report for report in among if numbers[report] > alert.looked]
        found[alert.pk] = _filtered(by, one, ids)
    return found


def _by_words(words: Iterable[str], reports: list[int]) -> dict[str, set[int]]:
    searches = list(dict.fromkeys(words))
    found: dict[str, set[int]] = {one: set() for one in searches}
    if searches and reports:
        values = [observables.guess(one) for one in searches]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT place, report FROM hueandcry_changed_matching(%s::bigint[], %s::text[], %s::bigint[])",
                [reports, searches, [hash64(value.type, value.value) for value in values]],
            )
            for place, report in cursor.fetchall():
                found[searches[place - 1]].add(report)
    return found


def _filtered(by: Viewer, one: Wanted, ids: list[int]) -> list[int]:
    if not ids:
        return []
    if "state" not in one.choices:  # news of what was withdrawn is the recall's to tell
        one = replace(one, choices={**one.choices, "state": ("current",)})
    facts = one.facts(narrowed_to(by, one)) | {"found": ids, "order": "arrived"}
    with connection.cursor() as cursor:
        cursor.execute(SQL["among"], facts)
        return [row[0] for row in cursor.fetchall()]


def _note(found: dict[int, list[int]]) -> dict[int, int]:
    """Write the matches; gives how many are new to each saved search. One told at once is told in this transaction."""
    pairs = [(alert, report) for alert, reports in found.items() for report in reports]
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH noted AS (INSERT INTO exchange_alertmatch (alert_id, report)"
            " SELECT * FROM unnest(%s::bigint[], %s::bigint[]) ON CONFLICT DO NOTHING RETURNING id, alert_id),"
            " fresh AS (SELECT alert_id, count(*) AS n, max(id) AS last FROM noted GROUP BY alert_id),"
            " told AS (UPDATE exchange_alert a SET told = fresh.last FROM fresh"
            " WHERE a.id = fresh.alert_id AND a.often IN ('at once', 'never')) SELECT alert_id, n FROM fresh",
            [[alert for alert, _report in pairs], [report for _alert, report in pairs]],
        )
        return dict(cursor.fetchall())


def _followed(alert: Alert, seen: set[int]) -> list[int]:
    """Changed reports that a served search found before: who follows it gets their new versions too."""
    return list(AlertMatch.objects.filter(alert=alert, report__in=list(seen)).values_list("report", flat=True))


def _waiting() -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, alert FROM hueandcry_alerts_to_tell(%s)", [WAITING])
        for person, alert in cursor.fetchall():
            found.setdefault(person, []).append(alert)
    return found


def tell_waiting(person: int, alerts: Sequence[int]) -> None:
    """Tell one person what these of their daily and weekly searches found, as far as they may still see it."""
    by = identify(person, channel="worker")
    with viewer(by):
        for alert in Alert.objects.select_for_update().filter(pk__in=alerts).order_by("pk"):
            waiting = AlertMatch.objects.filter(alert=alert, pk__gt=alert.told)
            found = waiting.aggregate(count=Count("pk"), last=Max("pk"))
            if found["count"]:
                _tell(by, alert, found["count"])
            Alert.objects.filter(pk=alert.pk).update(told_at=Now(), told=found["last"] or alert.told)


def _tell(by: Viewer, alert: Alert, count: int) -> None:
    said = ngettext("%(count)s new report: %(name)s", "%(count)s new reports: %(name)s", count)
    tell(
        kind="alert",
        title=said % {"count": count, "name": alert.name},
        text=_("What your saved search found."),
        link=reverse("exchange:alert", args=[alert.reference]),
        people=[by.person or 0],
        webhooks_of=[by.organisation or 0],
    )
