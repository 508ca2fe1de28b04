"""Writes of recalls: telling every recipient what happened to a report, and what recipients did about it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hueandcry.audit import actions as audit
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.models import Recall, RecallReceipt
from hueandcry.exchange.recall import signing, statements
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import actions as notices

BATCH = 200  # changes told in one transaction
LOOK_EVERY = 30.0  # seconds between two looks at what was fetched
ACTORS = ("analyst", "administrator", "reporter", "integrator")
NOTE = 2_000  # characters
_looked: list[float] = []


@dataclass(slots=True)
class _News:
    """What one change means for those who stay in sight of the report, or for those who do not."""

    number: int
    kind: str
    report: int
    report_reference: uuid.UUID
    organisation: int
    person: int | None
    at: datetime
    revision: int | None
    reference: uuid.UUID = field(default_factory=uuid.uuid4)
    receipts: list[dict[str, Any]] = field(default_factory=list)


def tell_due() -> None:
    """Round of the worker: tell what changed of what was given away, see who fetched it, and say which reviews are due.

    The position moves in the transaction that tells, so that a killed round tells nothing twice and leaves nothing out.
    """
    while tell(most=BATCH):
        pass
    if not _looked or time.monotonic() - _looked[-1] > LOOK_EVERY:
        look()
        _looked[:] = [time.monotonic()]
    remind(today=datetime.now(UTC))


def tell(*, most: int) -> bool:
    """Tell of the next changes, at most ``most``; whether there were any."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            before = _position()
            cursor.execute(
                "SELECT number, kind, report, reference, owner, sender, at, revision, organisation, person, remote,"
                " channel, stays FROM hueandcry_recall_news(%s)",
                [most],
            )
            news = _gathered(cursor.fetchall())
            if news:
                node = signing.fingerprint()
                kept = orjson.dumps([_record(one, node) for one in news], default=str).decode()
                cursor.execute("SELECT hueandcry_recall_keep(%s::jsonb)", [kept])
            moved = _position() > before
        for one in news:
            _notify(one)
    return moved


def _position() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_recall_position()")
        return int(cursor.fetchone()[0])


def _gathered(rows: Sequence[tuple[Any, ...]]) -> list[_News]:
    found: dict[tuple[int, str], _News] = {}
    for number, kind, report, reference, owner, sender, at, revision, body, person, remote, channel, stays in rows:
        said = Recall.Kind.RESTRICTED.value if kind == "handled" and not stays else kind
        one = found.setdefault(
            (number, said), _News(number, said, report, reference, owner, sender, at.astimezone(UTC), revision)
        )
        one.receipts.append({"organisation": body, "person": person, "remote": remote, "channel": channel})
    return list(found.values())


def _record(one: _News, node: str) -> dict[str, Any]:
    text = statements.statement(recall=one.reference, report=one.report_reference, kind=one.kind, at=one.at, node=node)
    return {
        "reference": one.reference, "report": one.report, "report_reference": one.report_reference,
        "organisation": one.organisation, "person": one.person, "change": one.number, "kind": one.kind,
        "revision": one.revision, "at": one.at.isoformat(), "due_on": statements.due_on(one.kind, one.at),
        "statement": text, "signature": signing.sign(text.encode()).hex(), "receipts": one.receipts,
    }  # fmt: skip


def _notify(one: _News) -> None:
    """Notices, and webhooks with them, to every organisation that got it; to a person where it was theirs alone."""
    notices.tell(
        kind="recall",
        title=_("News of a report that you received: %(what)s") % {"what": Recall.Kind(one.kind).label},
        text=str(statements.WORDS[Recall.Kind(one.kind)]),
        link=reverse("exchange:recall", args=[one.reference]),
        organisations={r["organisation"] for r in one.receipts if r["organisation"] and not r["person"]},
        people={r["person"] for r in one.receipts if r["person"]},
    )


def look() -> int:
    """Note which recipients took the news by the way they got the report; how many are new."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT hueandcry_recall_fetched()")
        return int(cursor.fetchone()[0])


def remind(*, today: datetime) -> None:
    """Tell owners of reports whose review fell due, once a day."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SELECT organisation, person, reports FROM hueandcry_reviews_due(%s)", [today.date()])
        for organisation, person, count in cursor.fetchall():
            notices.tell(
                kind="request",
                title=ngettext(
                    "%(n)s of your reports is due for review", "%(n)s of your reports are due for review", count
                )
                % {"n": count},
                text=_("Say that its handling still holds, or change it."),
                link=reverse("exchange:reviews"),
                organisations=() if person else (organisation,),
                people=(person,) if person else (),
            )


def done(*, by: Viewer, recall: uuid.UUID, note: str = "") -> None:
    """Say for one's organisation that the recall was acted on. Raises Recall.DoesNotExist, Refused."""
    if not by.may(*ACTORS):
        raise Refused(_("Your role reads only. Ask an analyst or an administrator of your organisation."))
    with viewer(by):
        found = Recall.objects.get(reference=recall)
        changed = RecallReceipt.objects.filter(recall=found, organisation=by.organisation, acted_at=None).update(
            acted_at=Now(), acted_by=by.person, note=note.replace("\0", "").strip()[:NOTE]
        )
        if changed:
            audit.record(by=by, verb="act on", kind="recall", thing=found.pk, count=changed)
        elif not RecallReceipt.objects.filter(recall=found, organisation=by.organisation).exists():
            raise Refused(_("This recall was not sent to your organisation."))
