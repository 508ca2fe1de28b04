"""Reports for the tests of the picture, put in as the owner of the tables, past intake."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connections
from django.db.models.fields import NOT_PROVIDED

from hueandcry.exchange.models import Report, Submission
from hueandcry.members.models import Organisation
from tests import factory

FIELDS: dict[str, Any] = {
    "title": "Mule accounts",
    "tlp": "RED",
    "discoverability": "hidden",
    "purpose": ["prevention", "statistics"],
    "source_kind": "business",
    "main_class": "fraud",
    "victim_sector": "L",
    "victim_countries": ["PT"],
    "reported_at": datetime(2025, 3, 5, tzinfo=UTC),
}


def bodies(count: int, **more: Any) -> list[Organisation]:
    """Organisations, each with one person and one submission."""
    made = [factory.organisation(**more) for _ in range(count)]
    for body in made:
        person = factory.person(body)
        Submission.objects.using("owner").create(
            organisation_id=body.pk,
            person_id=person.pk,
            audience=_nobody(),
            sha256=uuid.uuid4().bytes,
            size=1,
            channel="web",
        )
    return made


def put(bodies: Sequence[Organisation], count: int, **fields: Any) -> None:
    """That many reports, given to the organisations in turn."""
    submissions = {s.organisation_id: s for s in Submission.objects.using("owner").all()}
    turn = [submissions[bodies[i % len(bodies)].pk] for i in range(count)]
    given = _defaults() | FIELDS | fields
    columns = ["organisation_id", "person_id", "submission_id", "audience", "reference", "key", *given]
    values = [
        [s.organisation_id, s.person_id, s.pk, s.audience, uuid.uuid4(), str(uuid.uuid4()), *given.values()]
        for s in turn
    ]
    with connections["owner"].cursor() as cursor:  # not by the model: its column of words is made by the database
        cursor.executemany(
            f"INSERT INTO exchange_report ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})",  # noqa: S608
            values,
        )


def _defaults() -> dict[str, Any]:
    """What the model fills in by itself: its columns that must not be empty, but for those the database fills."""
    own = ("id", "reference", "key", "audience", "organisation_id", "person_id", "submission_id")
    kept = [f for f in Report._meta.concrete_fields if not f.null and f.db_default is NOT_PROVIDED]
    return {str(f.column): f.get_default() for f in kept if f.column not in own}


def _nobody() -> int:
    """An audience that holds nobody: what is counted is not seen."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO members_audience (principals) VALUES ('{}') ON CONFLICT (principals)"
            " DO UPDATE SET principals = '{}' RETURNING id"
        )
        return int(cursor.fetchone()[0])
