"""The round that looks: what changed is held against every saved search, as its owner, in sets.

The changes come in chunks; for each chunk every owner is entered once, and one statement holds all of their searches
against the changed reports that they may see. Matches, notices and how far a search has looked are one transaction of
the owner's, so that a worker that dies, or a second one, tells nothing twice and misses nothing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange import observables
from hueandcry.exchange.alerts.actions import enter, wanted
from hueandcry.exchange.listing import Wanted
from hueandcry.exchange.models import Alert, AlertMatch
from hueandcry.exchange.queries import FILTERS, narrowed_to
from hueandcry.exchange.staging import hash64
from hueandcry.exchange.statements import named
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.notices.actions import tell

log = logging.getLogger(__name__)

CHUNK = 5_000  # changes looked at in one go
WAITING = 1_000  # searches told in one go

SQL = named(Path(__file__).parent / "sql" / "look.sql")
_SELECTS = {name: SQL[name].replace("{filters}", FILTERS) for name in ("all", "worded")}
_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Chunk:
    """The next changes: up to number ``last``, each report with the number of its latest change."""

    last: int
    numbers: dict[int, int]
    people: list[int]


class Fresh(NamedTuple):
    """How many reports are new to a saved search, and how many of them are for more than one person's eyes (not RED):
    only these are told to a machine of the organisation."""

    all: int
    for_all: int


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
        fresh = _note(by, alerts, chunk) if alerts and chunk.numbers else {}
        for alert in alerts:
            if alert.pk in fresh and alert.often == Alert.Often.AT_ONCE:
                _tell(by, alert, fresh[alert.pk])
        Alert.objects.filter(pk__in=[alert.pk for alert in alerts]).update(looked=chunk.last)
        if fresh:
            count = sum(one.all for one in fresh.values())
            audit.record(by=by, verb="match", kind="alert", count=count, detail={"alerts": len(fresh)})
        for alert in alerts:
            if alert.served:  # who follows it gets new versions too of what it found before
                enter(alert, _matched(alert, chunk))


def _note(by: Viewer, alerts: Sequence[Alert], chunk: Chunk) -> dict[int, Fresh]:
    """Write what each saved search finds among the changed reports that ``by`` may see, in one statement; gives what is
    new to those that found something new. What is told at once is marked as told in this transaction."""
    asked = [(alert, wanted(alert)) for alert in alerts]
    searches = list(dict.fromkeys(one.words for _alert, one in asked if one.words))
    values = [observables.guess(words) for words in searches]
    facts: dict[str, Any] = {
        "reports": _array(chunk.numbers),
        "numbers": _array(chunk.numbers.values()),
        "searches": searches,
        "observables": [hash64(value.type, value.value) for value in values],
    }
    selects = []
    for number, (alert, one) in enumerate(asked):
        place = searches.index(one.words) + 1 if one.words else None
        own = _current(one).facts(narrowed_to(by, one)) | {"alert": alert.pk, "looked": alert.looked, "place": place}
        facts |= {f"{name}_{number}": value for name, value in own.items()}
        selects.append(_PARAMETER.sub(rf"%(\1_{number})s", _SELECTS["worded" if one.words else "all"]))
    with connection.cursor() as cursor:
        cursor.execute(SQL["note"].replace("{found}", " UNION ALL ".join(selects)), facts)
        return {alert: Fresh(count, for_all) for alert, count, for_all in cursor.fetchall()}


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes an array: a text is sent many times as fast as a list."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _current(one: Wanted) -> Wanted:
    """News of what was withdrawn is the recall's to tell, unless it is asked for."""
    return one if "state" in one.choices else replace(one, choices={**one.choices, "state": ("current",)})


def _matched(alert: Alert, chunk: Chunk) -> list[int]:
    """Changed reports that a saved search found, now or before, as far as its owner may see them."""
    found = AlertMatch.objects.filter(alert=alert).extra(
        where=["report = ANY (%s::bigint[])"], params=[_array(chunk.numbers)]
    )
    return list(found.order_by("report").values_list("report", flat=True))


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
            with connection.cursor() as cursor:
                cursor.execute(SQL["waiting"], {"alert": alert.pk, "told": alert.told})
                count, for_all, last = cursor.fetchone()
            if count:
                _tell(by, alert, Fresh(count, for_all))
            Alert.objects.filter(pk=alert.pk).update(told_at=Now(), told=last or alert.told)


def _tell(by: Viewer, alert: Alert, fresh: Fresh) -> None:
    """Tell the owner of all that is new, and the machines of the organisation of what is not for his eyes alone."""
    text, link = _("What your saved search found."), reverse("exchange:alert", args=[alert.reference])
    tell(kind="alert", title=_title(alert, fresh.all), text=text, link=link, people=[by.person or 0])
    if fresh.for_all:
        title = _title(alert, fresh.for_all)
        tell(kind="alert", title=title, text=text, link=link, webhooks_of=[by.organisation or 0])


def _title(alert: Alert, count: int) -> str:
    said = ngettext("%(count)s new report: %(name)s", "%(count)s new reports: %(name)s", count)
    return said % {"count": count, "name": alert.name}
