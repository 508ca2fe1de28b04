"""Builders: what was given away, and changes as the publisher numbers them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from hueandcry.exchange.models import Report
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.recall import actions, deliveries
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory


def owner(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows as the owner of the tables sees them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, list(values))
        return list(cursor.fetchall()) if cursor.description else []


def taken(who: Person, *reports: Report, channel: str = "page") -> None:
    """These reports went to this person."""
    by = factory.as_viewer(who)
    with viewer(by):
        deliveries.note_reports(by=by, channel=channel, reports=[report.pk for report in reports])


def told() -> None:
    """What was committed is published, and told."""
    publication.publish()
    while actions.tell(most=50):
        pass


@contextmanager
def within(who: Person | Viewer) -> Iterator[Viewer]:
    """Inside this person's view."""
    with viewer(who if isinstance(who, Viewer) else factory.as_viewer(who)) as by:
        yield by
