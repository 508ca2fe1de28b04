"""Fixtures of publication: members, and looking at what is in a collection as somebody sees it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.db import connections

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Collection, Report
from hueandcry.exchange.publication import queries
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory

SHARED = Handling(tlp="GREEN", recipients=(ALLIANCE,))
MOMENT = "2026-05-0{}T00:00:00.000Z"


@pytest.fixture
def bank(database: Any) -> Person:
    """An analyst of a member."""
    return factory.person(factory.organisation("Bank"))


@pytest.fixture
def police(database: Any) -> Person:
    """An analyst of another member."""
    return factory.person(factory.organisation("Police", kind="law-enforcement"))


def indicator(number: int, *, version: int = 1, name: str = "", **more: Any) -> dict[str, Any]:
    """An indicator whose id is that of its number."""
    return {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.UUID(int=(4 << 76) + (2 << 62) + number)}",
        "created": MOMENT.format(1), "modified": MOMENT.format(version), "name": name or f"Number {number}",
        "pattern": f"[domain-name:value = 'host{number}.example.com']", "pattern_type": "stix",
        "valid_from": MOMENT.format(1), **more,
    }  # fmt: skip


def grouped(number: int, *objects: dict[str, Any], version: int = 1, **more: Any) -> bytes:
    """A bundle with a report of that number over these objects."""
    report = {
        "type": "report", "spec_version": "2.1", "id": f"report--{uuid.UUID(int=(4 << 76) + (2 << 62) + number)}",
        "created": MOMENT.format(1), "modified": MOMENT.format(version), "name": f"Report {number}",
        "published": MOMENT.format(1), "object_refs": [one["id"] for one in objects], **more,
    }  # fmt: skip
    return bundle(report, *objects)


def bundle(*objects: dict[str, Any]) -> bytes:
    """A bundle of these objects."""
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": list(objects)}).encode()


def send(person: Person, raw: bytes, handling: Handling = SHARED) -> Report:
    """Sent by this person, published; gives the report that came of it, or that got it."""
    who = factory.as_viewer(person)
    got = actions.receive(by=who, raw=raw, handling=handling, at_once=True)
    assert got.state == "done"
    with viewer(who):
        made = Report.objects.filter(submission=got.submission).order_by("pk").last()
        return made or Report.objects.order_by("-changed_at")[0]


def seen(person: Person | None, kind: str = "alliance", *, latest: bool = False) -> list[tuple[str, str]]:
    """(id, name) of what this person sees in their collection of a kind, in order."""
    return [(key, json.loads(text).get("name", "")) for key, text in texts(person, kind, latest=latest)]


def texts(person: Person | None, kind: str = "alliance", *, latest: bool = False) -> list[tuple[str, str]]:
    """(id, text) of what this person sees in their collection of a kind, in order; the latest versions if asked."""
    return [(key, text) for key, text, is_latest, _n, _a, _g in entries(person, kind) if is_latest or not latest]


def entries(person: Person | None, kind: str = "alliance") -> list[tuple[str, str, bool, int, Any, int]]:
    """(id, text, latest, number, added, gate) of what this person sees, as every reader of a collection reads it."""
    who = factory.as_viewer(person)
    with viewer(who):
        ids = [one.id for one in queries.collections(who) if one.kind == kind]
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT o.key, o.text, e.latest, e.number, e.added, e.gate FROM exchange_entry e"
                " JOIN exchange_object o ON o.id = e.object WHERE e.collection = ANY (%s)"
                " ORDER BY e.collection, e.number",
                [ids],
            )
            return list(cursor.fetchall())


def owner(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Ask as the owner of the tables, past every policy."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def collection_of(principal: int) -> Collection:
    """The collection of a principal."""
    return Collection.objects.using("owner").get(principal=principal)
