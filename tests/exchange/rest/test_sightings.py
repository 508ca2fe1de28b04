"""Sightings: what is told takes the way of every report, and shows to those who may see it and to nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stix2
from django.test import Client
from django.utils.timezone import now

from hueandcry.exchange import sightings, stix_sighting
from hueandcry.exchange.drafts import Observation
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Object, Report
from hueandcry.exchange.stix_out import OutOrganisation, organisation_id
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
INDICATOR = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
BUNDLE = {
    "type": "bundle", "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982",
    "objects": [
        {
            "type": "indicator", "spec_version": "2.1", "id": INDICATOR, "created": "2026-01-02T03:04:05.000Z",
            "modified": "2026-01-02T03:04:05.000Z", "name": "a domain", "pattern_type": "stix",
            "pattern": "[domain-name:value = 'seen.example']", "valid_from": "2026-01-02T03:04:05Z",
        }
    ],
}  # fmt: skip


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


@pytest.fixture
def shop() -> Person:
    return factory.person(factory.organisation("A Shop"))


def token(person: Person) -> str:
    scopes = ("read", "submit", "export")
    return members.add_token(by=factory.as_viewer(person), name="t", scopes=scopes)


def tell(person: Person, secret: str, **body: Any) -> Any:
    headers = {"Authorization": f"Bearer {secret}"}
    return Client().post("/api/v1/sightings", json.dumps(body), content_type="application/json", headers=headers)


def seen(secret: str, **query: str) -> Any:
    answer = Client().get("/api/v1/sightings", query, headers={"Authorization": f"Bearer {secret}"})
    return json.loads(answer.content)


def test_a_report_is_seen_by_another(bank: Person, shop: Person) -> None:
    made = send.form(bank, "A false shop", known="false-shop.pt")
    ours, theirs = token(bank), token(shop)
    told = tell(
        shop,
        theirs,
        report=str(made.reference),
        count=4,
        first_seen="2026-01-01T00:00:00Z",
        where="victim",
        words="two",
    )
    assert (told.status_code, json.loads(told.content)["state"]) == (200, "done")
    for secret, own in ((ours, False), (theirs, True)):
        found = seen(secret, report=str(made.reference))
        (one,) = found["sightings"]
        assert (one["organisation"], one["own"], one["count"], one["where"], one["words"]) == (
            "A Shop", own, 4, "victim", "two",
        )  # fmt: skip
        assert (one["first_seen"][:10], one["last_seen"], found["organisations"]) == ("2026-01-01", None, 1)
    with viewer(factory.as_viewer(bank)):
        report = Report.objects.get(reference=one["report"])
        assert (report.tlp, report.kind, report.title) == ("GREEN", "intelligence", "Sighting of incident")


def test_a_sighting_is_never_for_more_eyes_than_what_was_seen(bank: Person, shop: Person) -> None:
    both = factory.circle("Both", [bank.organisation, shop.organisation])  # type: ignore[list-item]
    made = send.form(bank, "secret words", Handling(tlp="AMBER", recipients=(both.principal_id,)))
    assert tell(shop, token(shop), report=str(made.reference)).status_code == 200
    told = Report.objects.using("owner").exclude(pk=made.pk).get()
    assert told.tlp == "AMBER"
    assert "secret" not in told.title
    third = factory.person(factory.organisation("Third"))
    with viewer(factory.as_viewer(third)):
        assert not Report.objects.exists()
    assert len(seen(token(bank), report=str(made.reference))["sightings"]) == 1


def test_who_may_not_see_it_can_neither_sight_it_nor_read_who_did(bank: Person, shop: Person) -> None:
    made = send.form(bank, "ours only", Handling(tlp="AMBER"))
    held = send.file(bank, json.dumps(BUNDLE).encode(), handling=Handling(tlp="AMBER"))
    assert held
    secret = token(shop)
    assert tell(shop, secret, report=str(made.reference)).status_code == 404
    assert tell(shop, secret, object=INDICATOR).status_code == 404
    answer = Client().get(
        "/api/v1/sightings", {"report": str(made.reference)}, headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 404
    assert seen(secret, type="domain-name", value="seen.example") == {"sightings": [], "organisations": 0}


def test_values_and_objects(bank: Person, shop: Person) -> None:
    send.file(bank, json.dumps(BUNDLE).encode())
    assert tell(shop, token(shop), object=INDICATOR, count=2).status_code == 200
    assert tell(bank, token(bank), type="domain-name", value="SEEN.example", count=3).status_code == 200
    found = seen(token(shop), type="domain-name", value="seen.example")
    assert sorted((s["organisation"], s["count"]) for s in found["sightings"]) == [("A Bank", 3), ("A Shop", 2)]
    assert found["organisations"] == 2
    assert seen(token(shop), type="domain-name", value="other.example")["sightings"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"report": "8c680848-3138-4da1-a290-cb20a7983326", "object": INDICATOR}, 422),
        ({"value": "x.example"}, 422),
        ({"type": "nonsense", "value": "x"}, 422),
        ({"type": "ipv4-addr", "value": "999.1.1.1"}, 403),
        ({"type": "iban", "value": "PT50000201231234567890154"}, 403),
        ({"type": "domain-name", "value": "x.example", "count": 0}, 422),
        ({"type": "domain-name", "value": "x.example", "first_seen": "2026-01-01T00:00:00"}, 422),
        (
            {
                "type": "domain-name", "value": "x.example", "first_seen": "2026-01-02T00:00:00Z",
                "last_seen": "2026-01-01T00:00:00Z",
            },
            422,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_told(bank: Person, body: dict[str, Any], status: int) -> None:
    answer = tell(bank, token(bank), **body)
    assert answer.status_code == status, answer.content
    assert Report.objects.using("owner").count() == 0


def test_what_is_withdrawn_is_no_sighting_any_more(bank: Person, shop: Person) -> None:
    from hueandcry.exchange import actions_report

    made = send.form(bank, "A false shop")
    tell(shop, token(shop), report=str(made.reference))
    told = Report.objects.using("owner").exclude(pk=made.pk).get()
    actions_report.withdraw(by=factory.as_viewer(shop), report=told.pk, reason="a mistake")
    assert seen(token(bank), report=str(made.reference)) == {"sightings": [], "organisations": 0}


def test_it_is_a_stix_sighting_that_validates(bank: Person) -> None:
    organisation = OutOrganisation(organisation_id("a-bank"), "A Bank", now())
    for more in ({"of": INDICATOR}, {"value": Observation("domain-name", "x.example")}):
        raw = stix_sighting.bundle(
            stix_sighting.Seen(organisation, now(), count=2, first=now(), tlp="AMBER", words="so", **more)  # type: ignore[arg-type]
        )
        parsed = stix2.parse(raw.decode(), allow_custom=True)
        assert {"sighting", "grouping", "identity", "marking-definition"} <= {o["type"] for o in parsed.objects}
        (told,) = [stix_sighting.read(json.dumps(o)) for o in json.loads(raw)["objects"] if o["type"] == "sighting"]
        assert told is not None
        assert (told.count, told.where, told.words) == (2, "own", "so")


def test_foreign_sightings_count_as_well(bank: Person, shop: Person) -> None:
    """Those that came over TAXII or in a file, in whatever order their properties stand."""
    send.file(bank, json.dumps(BUNDLE).encode())
    sighting = {
        "sighting_of_ref": INDICATOR, "description": 'a trap: \\"sighting_of_ref\\": \\"x\\"', "count": 7,
        "modified": "2026-02-02T03:04:05.000Z", "created": "2026-02-02T03:04:05.000Z", "type": "sighting",
        "id": "sighting--ee20065d-2555-424f-ad9e-0f8428623c75", "spec_version": "2.1",
    }  # fmt: skip
    send.file(shop, json.dumps({"type": "bundle", "id": BUNDLE["id"], "objects": [sighting]}, indent=2).encode())
    found = seen(token(bank), type="domain-name", value="seen.example")
    assert [(s["organisation"], s["count"], s["where"]) for s in found["sightings"]] == [("A Shop", 7, "other")]
    by = factory.as_viewer(bank)
    with viewer(by):
        report = Object.objects.get(key=INDICATOR).report
        assert sightings.organisations(sightings.of_report(by, report)) == 1
