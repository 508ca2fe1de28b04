"""Writes of signals: what a look found is noted by the linker, told once, and may be set aside by the office."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _

from hueandcry.audit import actions as audit
from hueandcry.exchange.statements import named
from hueandcry.linkage.linker import linker
from hueandcry.members.actions import Refused
from hueandcry.members.models import ALLIANCE, EVERYONE, Organisation
from hueandcry.members.queries import works_in_office
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.notices.actions import tell
from hueandcry.picture.models import Freeze, Signal
from hueandcry.picture.trends import months, words
from hueandcry.picture.trends.signals import NEAR, Found, Look, looked

SQL = named(Path(__file__).parent / "signals.sql")
CLOCK: Final = replace(ANYONE, principals=(EVERYONE, ALLIANCE), channel="worker")
LONGEST: Final = 2_000  # characters of a reason
ROLES: Final = ("analyst", "secretary", "administrator")
log = logging.getLogger(__name__)


def look(freeze: Freeze) -> Look:
    """Look through the series of a freeze and note what changed; new signals are told once. Outside any transaction."""
    from hueandcry.picture.freezes import reader

    found = looked(reader.of(freeze))
    new = note(freeze, found)
    if new:
        _tell(new)
    return found


def note(freeze: Freeze, found: Look) -> list[Signal]:
    """Note what a look found: new, still there, gone. Gives the new ones, for the office to be told of.

    A change is the signal of the same series and direction whose month is at most three away; one that is older than a
    year raises none, and keeps the one that it has.
    """
    with linker() as cursor:
        cursor.execute(SQL["alone"])
        held = list(Signal.objects.order_by("-found_at"))
        kept: set[int] = set()
        new: list[Signal] = []
        for each in found.found:
            same = next((signal for signal in held if signal.pk not in kept and _same(signal, each)), None)
            if same is None and not each.recent:
                continue
            signal = same or Signal(series=each.series, direction=each.change.direction, since=each.change.since)
            signal.freeze_id, signal.gone_at = freeze.pk, None
            signal.ratio, signal.low, signal.high = each.change.ratio, each.change.low, each.change.high
            signal.false_alarms = each.change.false_alarms
            signal.save()
            kept.add(signal.pk)
            if same is None:
                new.append(signal)
        gone = [signal.pk for signal in held if signal.pk not in kept and signal.gone_at is None]
        Signal.objects.filter(pk__in=gone).update(gone_at=Now())
        cursor.execute("RESET ROLE")  # the linker writes no record
        detail: dict[str, Any] = {"series": found.series, "new": len(new), "gone": len(gone)}
        audit.record(by=CLOCK, verb="look", kind="signal", count=len(kept), detail=detail | {"freeze": freeze.pk})
    return new


def _same(signal: Signal, found: Found) -> bool:
    apart = months.number(signal.since) - months.number(found.change.since)
    return (signal.series, signal.direction) == (found.series, found.change.direction) and abs(apart) <= NEAR


def _tell(new: list[Signal]) -> None:
    """The office is told of all in one notice; governments of what rose in their own country."""
    with viewer(CLOCK):
        office = list(Organisation.objects.filter(secretariat=True, state="vetted").values_list("pk", flat=True))
        governments = list(
            Organisation.objects.filter(kind="government", state="vetted")
            .exclude(pk__in=office)
            .values_list("pk", "country")
        )
    told = {None: office} | {
        country: [pk for pk, home in governments if home == country] for country in {home for _pk, home in governments}
    }
    for country, organisations in told.items():
        those = [signal for signal in new if country is None or words.asks(signal).country == (country,)]
        if those and organisations:
            tell(
                kind="signal",
                title=words.heading(those),
                text="\n".join(words.line(signal) for signal in those[:20]),
                link=reverse("picture:signals"),
                organisations=organisations,
                roles=ROLES,
            )


def dismiss(*, by: Viewer, reference: UUID, why: str) -> None:
    """Set a signal aside, for a reason that everybody reads. Raises Signal.DoesNotExist, Refused."""
    why = why.replace("\0", "").strip()
    if not works_in_office(by):
        raise Refused(_("Only the alliance's office sets a signal aside."))
    if not why:
        raise Refused(_("Say why the signal is set aside: everybody in the alliance reads it."))
    with viewer(by):
        signal = Signal.objects.select_for_update().get(reference=reference)
        if signal.dismissed_at is not None:
            raise Refused(_("This signal has been set aside already."))
        Signal.objects.filter(pk=signal.pk).update(
            dismissed_at=Now(), dismissed_by=by.person, dismissed_why=why[:LONGEST]
        )
        audit.record(by=by, verb="dismiss", kind="signal", thing=signal.pk)
