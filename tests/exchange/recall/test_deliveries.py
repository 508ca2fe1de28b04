"""Deliveries: each way out leaves a row, nobody reads another's rows, one's own reports are not noted."""

from __future__ import annotations

from typing import Any

from django.db import connection, connections

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Delivery
from hueandcry.exchange.recall import deliveries
from hueandcry.members.models import ALLIANCE, EVERYONE
from hueandcry.members.viewer import ANYONE, viewer
from tests import factory
from tests.exchange import send

CSV = b"title,date,domain\nOne,2026-01-02,one-evil.pt\nTwo,2026-01-02,two-evil.pt\n"


def _ids() -> list[int]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id FROM exchange_report ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def _rows() -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT organisation, person, channel, report, collection, first_entry, last_entry, everything"
            " FROM exchange_delivery ORDER BY id"
        )
        return list(cursor.fetchall())


def test_reports_are_noted_once_and_own_ones_never(database: Any) -> None:
    bank, shop = factory.organisation("Bank"), factory.organisation("Shop")
    sender, reader = factory.person(bank), factory.person(shop)
    send.file(sender, CSV, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,)))
    one, two = _ids()
    for who in (reader, reader, sender):
        by = factory.as_viewer(who)
        with viewer(by):
            deliveries.note_reports(by=by, channel="page", reports=[two, one, 999_999])
    assert _rows() == [
        (shop.pk, reader.pk, "page", one, None, None, None, False),
        (shop.pk, reader.pk, "page", two, None, None, None, False),
    ]


def test_what_is_not_seen_is_not_noted(database: Any) -> None:
    sender, other = factory.person(factory.organisation("Bank")), factory.person(factory.organisation("Shop"))
    send.file(sender, CSV, handling=Handling(tlp="AMBER"))
    by = factory.as_viewer(other)
    with viewer(by):
        deliveries.note_reports(by=by, channel="page", reports=_ids())
    assert _rows() == []


def test_strangers_and_stretches_and_everything(database: Any) -> None:
    bank = factory.organisation("Bank")
    sender = factory.person(bank)
    send.file(sender, CSV, handling=Handling(tlp="CLEAR", recipients=(EVERYONE,)))
    one, _two = _ids()
    for _again in range(2):
        with viewer(ANYONE):
            deliveries.note_reports(by=ANYONE, channel="taxii", reports=[one])
            deliveries.note_stretch(by=ANYONE, channel="taxii", collection=3, first=1, last=9)
    by = factory.as_viewer(sender)
    with viewer(by):
        deliveries.note_everything(by=by, channel="export")
    assert _rows() == [
        (None, None, "taxii", one, None, None, None, False),
        (None, None, "taxii", None, 3, 1, 9, False),
        (None, None, "taxii", None, 3, 1, 9, False),
        (bank.pk, sender.pk, "export", None, None, None, None, True),
    ]


def test_nobody_reads_or_writes_the_rows_of_another(database: Any) -> None:
    bank, shop = factory.organisation("Bank"), factory.organisation("Shop")
    sender, reader = factory.person(bank), factory.person(shop)
    send.file(sender, CSV, handling=Handling(tlp="GREEN", recipients=(ALLIANCE,)))
    by = factory.as_viewer(reader)
    with viewer(by):
        deliveries.note_reports(by=by, channel="page", reports=_ids())
        assert Delivery.objects.count() == 2
    for other in (factory.as_viewer(sender), ANYONE):
        with viewer(other):
            assert Delivery.objects.count() == 0
    with viewer(factory.as_viewer(sender)), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_delivery SET channel = 'x'")
        assert cursor.rowcount == 0
