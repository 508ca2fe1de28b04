"""Who sees which row of the capacity desk: every table filled as the demonstration fills it, read by people who must
not see it and by those who may, past the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, connections

from hueandcry.capacity.clearing import actions as clearing
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from hueandcry.world import lived_capacity
from tests import factory
from tests.capacity.clearing.test_calls import opened

pytestmark = pytest.mark.usefixtures("database")
TODAY = datetime.now(UTC).date()
OWN = {"capacity_ballot", "capacity_offer", "capacity_assignment", "capacity_invitation"}  # between two, or one's own
SUMS = {"capacity_resourceshown", "capacity_channeluse", "capacity_resourceimport", "capacity_resourceword"}

EMPTY = SUMS | {  # which the demonstration does not fill; each has a test of its own
    "capacity_assignment", "capacity_confirmation", "capacity_countryanswer",
    "capacity_dissent", "capacity_invitation", "capacity_objection", "capacity_proposalcomment",
    "capacity_resourceduplicate", "capacity_treatystatus",
}  # fmt: skip


def tables() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_app_config("capacity").get_models())


def rows(by: Viewer) -> dict[str, int]:
    found = {}
    with viewer(by), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our own tables
            found[table] = cursor.fetchone()[0]
    return found


def filled() -> dict[str, int]:
    found = {}
    with connections["owner"].cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our own tables
            found[table] = cursor.fetchone()[0]
    return found


def test_nobody_sees_what_is_not_theirs() -> None:
    def somebody(kind: str, country: str, *roles: str, state: str = "vetted") -> Viewer:
        body = factory.organisation(kind=kind, country=country, state=state)
        return factory.as_viewer(factory.person(body, roles))

    office = factory.as_viewer(factory.person(factory.office(), ("secretary", "analyst")))
    people = {
        "capacity-officer": somebody("law-enforcement", "KE", "officer"),
        "trainer": somebody("academia", "GB", "assessor"),
        "investigator": somebody("law-enforcement", "DE", "analyst", "assessor"),
        "secretary": office,
        "police-analyst": somebody("law-enforcement", "PL", "analyst"),
        "analyst": somebody("business", "PT", "analyst"),
    }
    lived_capacity.live(people)
    asker = people["capacity-officer"]
    closed = opened(asker, closed=True)
    drafted = clearing.draft(by=asker, asked=clearing.Asked("KE", "A draft that nobody else sees"))
    clearing.add_places(by=asker, call=drafted, asked=clearing.PlaceAsked(TODAY + timedelta(9), TODAY + timedelta(10)))

    whole = filled()
    assert {table for table, count in whole.items() if count == 0} <= EMPTY

    for stranger in (ANYONE, somebody("business", "FR", "analyst", "officer", state="applicant"),
                     somebody("business", "FR", "officer", state="suspended")):  # fmt: skip
        assert not any(rows(stranger).values())

    bank, police = rows(people["analyst"]), rows(people["police-analyst"])
    for table in OWN:
        assert bank[table] <= whole[table] - (whole[table] > 0), table
    assert bank["capacity_ballot"] <= 1 and police["capacity_ballot"] <= 1 and rows(office)["capacity_ballot"] <= 1
    assert whole["capacity_call"] == 3
    assert (bank["capacity_call"], police["capacity_call"], rows(asker)["capacity_call"]) == (1, 2, 3)
    assert bank["capacity_place"] < police["capacity_place"] < rows(asker)["capacity_place"]
    for table in set(tables()) - OWN - SUMS - {"capacity_call", "capacity_place"}:
        assert bank[table] == whole[table], f"{table} is every member's"

    client = factory.signed_in(factory.person(factory.organisation(), ("officer",)))
    for reference in (closed, drafted):
        assert client.get(f"/clearing/{reference}/").status_code == 404
    assert "A draft that nobody else sees" not in client.get("/clearing/").content.decode()
    assert "A draft that nobody else sees" not in client.get("/countries/KE/").content.decode()
