"""Adding objects, following what became of them, and deleting them again."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

from hueandcry.exchange import actions, tasks
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Submission
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.taxii import given
from tests.exchange.taxii.given import MEDIA, STAMP, Taxii, envelope, error

pytestmark = pytest.mark.usefixtures("database")


def added(taxii: Taxii, body: bytes, collection: str = "alliance") -> dict[str, Any]:
    """The status of what was posted; its counts and lists agree, and it can be asked for again."""
    response = taxii.post(f"collections/{collection}/objects/", body)
    assert response.status_code == 202, response.content
    assert response["Content-Type"] == MEDIA
    status = json.loads(response.content)
    agrees(status)
    if status["status"] == "complete":
        assert json.loads(taxii.get(f"status/{status['id']}/").content) == status
    return dict(status)


def agrees(status: dict[str, Any]) -> None:
    assert uuid.UUID(status["id"]).version == 4
    assert status["status"] in ("complete", "pending")
    assert status["total_count"] == sum(status[f"{word}_count"] for word in ("success", "failure", "pending"))
    for word, name in (("success", "successes"), ("failure", "failures"), ("pending", "pendings")):
        assert len(status.get(name, [])) == status[f"{word}_count"]
        assert name not in status or status[name], "no empty lists"
        for one in status.get(name, []):
            assert all(isinstance(one[key], str) and one[key] for key in one)
            assert {"id", "version"} <= set(one) <= {"id", "version", "message"}


def test_objects_are_added_and_then_there(taxii: Taxii, other: Person) -> None:
    objects = [*given.indicators(3), given.domain()]
    status = added(taxii, envelope(objects))
    assert (status["status"], status["success_count"]) == ("complete", 4)
    assert [one["id"] for one in status["successes"]] == [one["id"] for one in objects]
    assert status["successes"][0]["version"] == STAMP
    assert given.program(other).objects("collections/alliance/objects/") == objects, "at once, and for the others"


def test_duplicates_are_successes(taxii: Taxii) -> None:
    objects = given.indicators(3)
    added(taxii, envelope(objects))
    for body in (envelope(objects), envelope(objects[:2]), envelope([*objects, *given.indicators(1)])):
        status = added(taxii, body)
        assert (status["failure_count"], status["success_count"]) == (0, len(json.loads(body)["objects"]))
    assert len(taxii.objects("collections/alliance/objects/")) == 4


def test_what_others_already_sent_is_a_success_too(taxii: Taxii, other: Person) -> None:
    objects = given.indicators(2)
    given.share(other, objects)
    assert added(taxii, envelope(objects))["success_count"] == 2
    assert taxii.objects("collections/alliance/objects/") == objects, "one id and version shows once"


def test_unreadable_objects_are_failures_by_name(taxii: Taxii) -> None:
    good = given.indicator()
    broken = [
        {**given.indicator(), "pattern": None},
        {"type": "indicator"},
        {**given.indicator(), "modified": "yesterday"},
        {**given.indicator(), "id": "indicator--1"},
        "text", 7, None, [],
        {**given.indicator(), "type": "malware"},
    ]  # fmt: skip
    status = added(taxii, envelope([good, *broken]))
    assert (status["success_count"], status["failure_count"]) == (1, len(broken))
    assert [one["id"] for one in status["successes"]] == [good["id"]]
    assert status["failures"][0]["id"] == broken[0]["id"]
    assert status["failures"][1]["id"] == "objects[2]"
    assert all(one["message"] for one in status["failures"])


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"null", b"7", b'"x"', b"{}", b'{"objects":[]}', b'{"objects":{}}', b'{"objects":null}',
     b'{"objects":[{]}', b"\xff\xfe", b"<html>", b'{"objects":[' + b"[" * 20_000, b'{"objects":"x"}', b"\x00" * 50,
     b'[{"type":"indicator"}]', b'{"type":"indicator","id":"indicator--1"}', b"GIF89a", b"PK\x03\x04"],
)  # fmt: skip
def test_malformed_bodies_are_422(taxii: Taxii, body: bytes) -> None:
    error(taxii.post("collections/alliance/objects/", body), 422)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_submission")
        assert cursor.fetchone() == (0,), "nothing was kept"


@pytest.mark.parametrize(
    "element", [b'{"a":NaN}', b'"\\ud800"', b'{"id":"a","id":"b"}', b"1e999", b"[" * 300 + b"]" * 300]
)
def test_one_element_that_is_no_json_spoils_no_other(taxii: Taxii, element: bytes) -> None:
    good = json.dumps(given.indicator()).encode()
    status = added(taxii, b'{"objects":[' + good + b"," + element + b"]}")
    assert (status["success_count"], status["failure_count"]) == (1, 1)


def test_own_properties_of_an_envelope_are_passed_over(taxii: Taxii) -> None:
    body = {"x_example_com_batch": 7, "objects": given.indicators(1), "more": False}
    assert added(taxii, json.dumps(body).encode())["success_count"] == 1


def test_the_kind_of_content_counts(taxii: Taxii) -> None:
    body = envelope(given.indicators(1))
    for media in (
        "application/json",
        "application/stix+json;version=2.1",
        "text/plain",
        "application/taxii+json;version=2.0",
    ):
        error(taxii.post("collections/alliance/objects/", body, media=media), 415)
    error(taxii.post("collections/alliance/objects/", body, headers={"Accept": "text/html"}), 406)
    assert taxii.post("collections/alliance/objects/", body, media="application/taxii+json").status_code == 202


def test_a_body_over_max_content_length_is_413(taxii: Taxii, monkeypatch: Any) -> None:
    body = envelope(given.indicators(1))
    monkeypatch.setattr(settings, "SUBMISSION_LIMIT", len(body) - 1)
    message = error(taxii.post("collections/alliance/objects/", body), 413)
    assert message["details"] == {"max_content_length": len(body) - 1}
    monkeypatch.setattr(settings, "SUBMISSION_LIMIT", len(body))
    assert taxii.post("collections/alliance/objects/", body).status_code == 202


def test_a_large_envelope_is_pending_until_a_job_has_read_it(taxii: Taxii, bank: Person, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings, "SUBMISSION_AT_ONCE", 100)
    waiting: list[dict[str, int]] = []
    monkeypatch.setattr(tasks.read_submission, "defer", lambda **given: waiting.append(given))
    objects = [*given.indicators(4), {"type": "indicator"}]
    status = added(taxii, envelope(objects))
    assert (status["status"], status["pending_count"], status["success_count"]) == ("pending", 5, 0)
    assert [one["id"] for one in status["pendings"]][:4] == [one["id"] for one in objects[:4]]
    path = f"status/{status['id']}/"
    # a reading that has come as far as the second object
    with viewer(factory.as_viewer(bank)):
        Submission.objects.filter(reference=status["id"]).update(read=2, stored=2, state="reading")
    half = json.loads(taxii.get(path).content)
    agrees(half)
    assert (half["status"], half["success_count"], half["pending_count"]) == ("pending", 2, 3)
    with viewer(factory.as_viewer(bank)):
        Submission.objects.filter(reference=status["id"]).update(read=0, stored=0, state="received")
    (job,) = waiting
    actions.read(by=factory.as_viewer(bank, "taxii"), submission=job["submission"])
    done = json.loads(taxii.get(path).content)
    agrees(done)
    assert (done["status"], done["success_count"], done["failure_count"]) == ("complete", 4, 1)


def test_a_status_is_its_senders_alone(taxii: Taxii, bank: Person, other: Person) -> None:
    path = f"status/{added(taxii, envelope(given.indicators(1)))['id']}/"
    colleague = given.program(factory.person(bank.organisation))
    for who in (given.program(other), colleague):
        error(who.get(path), 404)
    error(given.program(bank, "read").get(path), 403)
    by_page = actions.receive(by=factory.as_viewer(bank), raw=envelope(given.indicators(1)))
    error(taxii.get(f"status/{by_page.reference}/"), 404)
    actions.erase(by=factory.as_viewer(bank), submission=Submission.objects.none().count() or _newest(bank), reason="x")
    error(taxii.get(f"status/{by_page.reference}/"), 404)


def _newest(person: Person) -> int:
    with viewer(factory.as_viewer(person)):
        return int(Submission.objects.order_by("-pk").values_list("pk", flat=True)[0])


def test_an_erased_submission_has_no_status(taxii: Taxii, bank: Person) -> None:
    status = added(taxii, envelope(given.indicators(1)))
    actions.erase(by=factory.as_viewer(bank), submission=_newest(bank), reason="sent by mistake")
    error(taxii.get(f"status/{status['id']}/"), 404)
    assert taxii.objects("collections/alliance/objects/") == []


def test_the_collection_decides_who_gets_it(taxii: Taxii, bank: Person, other: Person) -> None:
    third = factory.person(factory.organisation("Third"))
    factory.circle("The Ring", [bank.organisation, other.organisation])
    into = {alias: given.indicator(alias) for alias in ("public", "alliance", "circle-the-ring", "inbox-a-bank")}
    with connections["owner"].cursor() as cursor:  # what this bank sends is its own, unless it says otherwise
        cursor.execute('UPDATE members_organisation SET handling = \'{"tlp": "AMBER", "recipients": []}\'')
    for alias, thing in into.items():
        assert added(taxii, envelope([thing]), alias)["success_count"] == 1
        assert [one["id"] for one in taxii.objects(f"collections/{alias}/objects/")] == [thing["id"]]

    def seen(who: Taxii) -> set[str]:
        found = set()
        for one in json.loads(who.get("collections/").content)["collections"]:
            found |= {thing["name"] for thing in who.objects(f"collections/{one['id']}/objects/")}
        return found

    assert seen(taxii) == set(into)
    assert seen(given.program(other)) == {"public", "alliance", "circle-the-ring"}
    assert seen(given.program(third)) == {"public", "alliance"}
    assert seen(Taxii()) == {"public"}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT title, tlp FROM exchange_report ORDER BY tlp")
        assert {row[1] for row in cursor.fetchall()} == {"CLEAR", "GREEN", "AMBER"}


def test_a_stricter_default_is_kept_as_far_as_the_collection_bears_it() -> None:
    from hueandcry.exchange.taxii.collections import Collection
    from hueandcry.exchange.taxii.intake import handling_for

    def label(kind: str, usual: str) -> str:
        into = Collection(1, uuid.uuid4(), kind, 7, "", "", "", True, True)
        return handling_for(into, Handling(tlp=usual, recipients=(9,))).tlp

    assert [label("circle", tlp) for tlp in ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")] == [
        "CLEAR", "GREEN", "AMBER", "AMBER", "AMBER"
    ]  # fmt: skip
    assert [label("alliance", tlp) for tlp in ("CLEAR", "AMBER", "RED")] == ["CLEAR", "GREEN", "GREEN"]
    assert [label("everyone", tlp) for tlp in ("CLEAR", "RED")] == ["CLEAR", "CLEAR"]
    assert label("organisation", "RED") == "RED"


def test_a_marking_in_the_object_is_never_widened(taxii: Taxii, other: Person) -> None:
    red = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"  # TLP 1 RED, fixed by STIX 2.1
    secret = given.indicator("secret", object_marking_refs=[red])
    status = added(taxii, envelope([secret]))
    assert status["failure_count"] == 1
    assert "not in this collection" in status["failures"][0]["message"]
    assert given.program(other).objects("collections/alliance/objects/") == []


def test_what_is_shared_otherwise_is_not_called_added(taxii: Taxii, bank: Person, other: Person) -> None:
    """The same object into a second collection: it is known, and stays where it is."""
    factory.circle("The Ring", [bank.organisation, other.organisation])
    objects = given.indicators(2)
    assert added(taxii, envelope(objects), "circle-the-ring")["success_count"] == 2
    again = taxii.post("collections/alliance/objects/", envelope(objects))
    status = json.loads(again.content)
    agrees(status)
    assert (status["success_count"], status["failure_count"]) == (0, 2)
    assert taxii.objects("collections/alliance/objects/") == []
    mixed = added(taxii, envelope([*objects, *given.indicators(1)]), "alliance")
    assert (mixed["success_count"], mixed["failure_count"]) == (1, 2)


def test_ones_own_object_goes_and_stays_away(taxii: Taxii) -> None:
    objects = given.indicators(3)
    added(taxii, envelope(objects))
    gone = objects[1]["id"]
    path = f"collections/alliance/objects/{gone}/"
    response = taxii.delete(path)
    assert (response.status_code, response.content, response["Content-Type"]) == (200, b"", MEDIA)
    for address in (path, path + "versions/"):
        error(taxii.get(address), 404)
    error(taxii.delete(path), 404)
    for page in ("objects/", "manifest/"):
        left = [one["id"] for one in taxii.objects("collections/alliance/" + page)]
        assert left == [objects[0]["id"], objects[2]["id"]]
    given.publish()
    assert added(taxii, envelope([objects[1]]))["success_count"] == 1, "it can come again"
    given.publish()
    assert taxii.objects(path) == [objects[1]]


def test_one_version_goes_and_the_others_stay(taxii: Taxii) -> None:
    shown = given.indicator()
    stamps = ["2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"]
    for stamp in stamps:
        added(taxii, envelope([{**shown, "modified": stamp}]))
    path = f"collections/alliance/objects/{shown['id']}/"
    assert taxii.delete(path + "?match[version]=last").status_code == 200
    assert json.loads(taxii.get(path + "versions/").content) == {"versions": stamps[:2]}
    assert taxii.objects(path)[0]["modified"] == stamps[1], "what was older is the latest now"
    error(taxii.get(path, match__version=stamps[2]), 404)
    assert taxii.delete(path + f"?match[version]={stamps[0]}").status_code == 200
    assert json.loads(taxii.get(path + "versions/").content) == {"versions": stamps[1:2]}
    error(taxii.delete(path + "?match[version]=new"), 400)
    assert taxii.delete(path).status_code == 200
    error(taxii.get(path), 404)


def test_nobody_deletes_what_others_reported(taxii: Taxii, other: Person) -> None:
    theirs, both = given.indicator("theirs"), given.indicator("both")
    given.share(other, [theirs, both])
    added(taxii, envelope([both]))
    for thing in (theirs, both):
        error(taxii.delete(f"collections/alliance/objects/{thing['id']}/"), 403)
    assert len(taxii.objects("collections/alliance/objects/")) == 2


def test_what_we_wrote_ourselves_is_not_deleted(taxii: Taxii, bank: Person) -> None:
    from tests.exchange import send

    send.rows(
        bank, "A false shop,2026-01-02,198.51.100.7,fraud", handling=Handling(tlp="GREEN", recipients=(ALLIANCE,))
    )
    given.publish()
    shown = taxii.objects("collections/alliance/objects/")
    assert shown
    error(taxii.delete(f"collections/alliance/objects/{shown[0]['id']}/"), 403)


@pytest.mark.parametrize(
    ("scopes", "status"), [(["export"], 404), (["read"], 403), (["submit"], 403), (["read", "submit"], 200)]
)
def test_deleting_takes_reading_and_writing(bank: Person, taxii: Taxii, scopes: list[str], status: int) -> None:
    shown = given.indicator()
    added(taxii, envelope([shown]))
    response = given.program(bank, *scopes).delete(f"collections/alliance/objects/{shown['id']}/")
    assert response.status_code == status
    if status != 200:
        error(response, status)


def test_deleting_is_in_the_record(taxii: Taxii) -> None:
    shown = given.indicator()
    added(taxii, envelope([shown]))
    taxii.delete(f"collections/alliance/objects/{shown['id']}/")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT channel, count FROM audit_act WHERE verb = 'delete'")
        assert cursor.fetchall() == [("taxii", 1)]
        cursor.execute("SELECT kind FROM exchange_change WHERE kind NOT IN ('added', 'gone')")
        assert cursor.fetchall() == [("erased",)]
