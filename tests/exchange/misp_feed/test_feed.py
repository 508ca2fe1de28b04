"""The feed over HTTP: outsiders first, then what each collection shows, then what MISP and PyMISP make of it."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from pymisp import MISPEvent

from hueandcry.exchange import actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Permission, Report
from hueandcry.exchange.publication import actions as publication
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, EVERYONE, Organisation, Person, Token
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


def of(person: Person) -> Organisation:
    assert person.organisation is not None
    return person.organisation


def token(person: Person, scopes: tuple[str, ...] = ("read",), use: str = "passive") -> str:
    secret = members.add_token(by=factory.as_viewer(person), name="MISP", scopes=scopes)
    Token.objects.using("owner").filter(person=person).update(use=use)
    return secret


def get(secret: str, path: str, **headers: str) -> Any:
    return Client().get(f"/misp/{path}", headers={"Authorization": f"Bearer {secret}"} | headers)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def manifest(secret: str, feed: str = "everything") -> dict[str, Any]:
    answer = get(secret, f"{feed}/manifest.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(body(answer))
    return found


def acts(verb: str) -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_act WHERE verb = %s AND channel = 'misp'", [verb])
        return int(cursor.fetchone()[0])


def deliveries() -> list[tuple[Any, ...]]:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT channel, report, everything FROM exchange_delivery ORDER BY id")
        return list(cursor.fetchall())


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Bank"))


@pytest.fixture
def police() -> Person:
    return factory.person(factory.organisation("Police"))


class TestOutsiders:
    @pytest.mark.parametrize(
        "path",
        [
            "",
            "alliance/",
            "alliance/manifest.json",
            "alliance/hashes.csv",
            "alliance/6a8f7c1e-4f0e-4c52-9d3b-2f6f5b1f9a10.json",
        ],
    )
    def test_without_a_token_nothing_opens(self, path: str) -> None:
        answer = Client().get(f"/misp/{path}")
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/json")
        assert answer["WWW-Authenticate"].startswith("Basic ")

    def test_the_wrong_scope(self, bank: Person) -> None:
        assert get(token(bank, ("submit",)), "alliance/manifest.json").status_code == 403

    def test_suspended(self, bank: Person) -> None:
        secret = token(bank)
        Organisation.objects.using("owner").filter(pk=of(bank).pk).update(state="suspended")
        assert get(secret, "alliance/manifest.json").status_code == 403

    def test_somebody_elses_circle_is_no_feed(self, bank: Person, police: Person) -> None:
        factory.circle("Ring", [of(bank)])
        assert get(token(bank), "circle-ring/manifest.json").status_code == 200
        answer = get(token(police), "circle-ring/manifest.json")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "absent")
        assert get(token(police), "nowhere/manifest.json").content == answer.content

    def test_an_event_of_others_is_absent_as_one_that_never_was(self, bank: Person, police: Person) -> None:
        report = send.form(bank, handling=Handling(tlp="AMBER+STRICT"))
        there = get(token(police), f"everything/{report.reference}.json")
        assert (there.status_code, there.content) == (404, get(token(police), f"everything/{uuid4()}.json").content)
        assert str(report.reference) not in manifest(token(police))
        assert str(report.reference) in manifest(token(bank))


class TestCollections:
    def test_each_shows_what_is_addressed_to_it(self, bank: Person, police: Person) -> None:
        ring = factory.circle("Ring", [of(bank), of(police)])
        to = {
            "public": ("CLEAR", (EVERYONE,)),
            "alliance": ("GREEN", (ALLIANCE,)),
            "circle-ring": ("AMBER", (ring.principal_id,)),
            "inbox": ("AMBER+STRICT", (of(police).principal_id,)),
            "nobody": ("RED", ()),
        }
        sent = {
            feed: str(send.form(bank, f"For {feed}", handling=Handling(tlp=tlp, recipients=whom)).reference)
            for feed, (tlp, whom) in to.items()
        }
        red = str(
            send.form(bank, "In person", handling=Handling(tlp="RED", recipients=(police.principal_id,))).reference
        )
        secret = token(police)
        for feed in ("public", "alliance", "circle-ring"):
            assert set(manifest(secret, feed)) == {sent[feed]}, feed
        assert set(manifest(secret, "inbox")) == {sent["inbox"], red}
        assert set(manifest(secret)) == {*sent.values(), red} - {sent["nobody"]}
        colleague = factory.person(of(police))
        assert set(manifest(token(colleague), "inbox")) == {sent["inbox"]}
        for feed in ("public", "alliance", "circle-ring", "inbox"):  # and the event is in its own feed alone
            answers = {key: get(secret, f"{feed}/{key}.json").status_code for key in {*sent.values(), red}}
            assert {key for key, status in answers.items() if status == 200} == set(manifest(secret, feed))

    def test_the_index_is_what_misp_imports(self, bank: Person) -> None:
        found = json.loads(get(token(bank), "").content)
        assert [one["Feed"]["url"] for one in found][:2] == [
            "http://testserver/misp/public/",
            "http://testserver/misp/alliance/",
        ]
        assert {one["Feed"]["source_format"] for one in found} == {"misp"}
        # the very address that MISP is given answers too, for whoever tries it first
        assert json.loads(get(token(bank), "alliance/").content) == found[1:2]
        assert get(token(bank), "nowhere/").status_code == 404


class TestWhatIsServed:
    def test_manifest_event_and_hashes_agree(self, bank: Person, police: Person) -> None:
        send.rows(bank, "A false shop,2025-03-04,203.0.113.9,phishing", "Another,2025-03-05,198.51.100.7,phishing")
        secret = token(police)
        listed = manifest(secret, "alliance")
        assert len(listed) == 2
        lines = body(get(secret, "alliance/hashes.csv")).decode().splitlines()
        for key, entry in listed.items():
            event = json.loads(body(get(secret, f"alliance/{key}.json")))["Event"]
            assert entry["timestamp"] == int(event["timestamp"])
            assert (entry["info"], entry["date"], entry["Orgc"]) == (event["info"], event["date"], event["Orgc"])
            assert [tag["name"] for tag in entry["Tag"]] == [tag["name"] for tag in event["Tag"]]
            read = MISPEvent()
            read.from_dict(**event)
            told = {f"{md5},{key}" for md5 in read.attributes_hashes("md5")}
            assert told <= set(lines)
        assert {line.split(",")[1] for line in lines} == set(listed)
        md5 = hashlib.md5(b"203.0.113.9", usedforsecurity=False).hexdigest()
        assert sum(line.startswith(md5) for line in lines) == 1
        assert listed[lines[0].split(",")[1]]["Orgc"]["name"] == "Bank"

    def test_the_organisation_is_named_in_every_feed(self, bank: Person, police: Person) -> None:
        send.form(bank, handling=Handling(tlp="AMBER+STRICT", recipients=(of(police).principal_id,)))
        assert [one["Orgc"]["name"] for one in manifest(token(police), "inbox").values()] == ["Bank"]

    def test_all_ways_to_sign_in(self, bank: Person) -> None:
        secret = token(bank)
        basic = "Basic " + base64.b64encode(f"{bank.email}:{secret}".encode()).decode()
        for header in (f"Bearer {secret}", secret, basic):
            assert Client().get("/misp/alliance/manifest.json", headers={"Authorization": header}).status_code == 200

    def test_it_is_recorded_and_noted_and_not_again_where_nothing_changed(self, bank: Person, police: Person) -> None:
        report = send.form(bank)
        secret = token(police)
        first = get(secret, "alliance/manifest.json")
        assert (acts("export"), deliveries()) == (1, [("misp", None, True)])  # before the first byte is asked for
        body(first)
        same = get(secret, "alliance/manifest.json", **{"If-None-Match": first["ETag"]})
        assert (same.status_code, same.content, acts("export")) == (304, b"", 1)
        one = get(secret, f"alliance/{report.reference}.json")
        assert deliveries()[-1] == ("misp", report.pk, False)
        again = get(secret, f"alliance/{report.reference}.json", **{"If-None-Match": one["ETag"]})
        assert (again.status_code, acts("export")) == (304, 2)
        actions_report.correct(by=factory.as_viewer(bank), report=report.pk, reason="typo", title="Better")
        for path, tag in (
            ("alliance/manifest.json", first["ETag"]),
            (f"alliance/{report.reference}.json", one["ETag"]),
        ):
            answer = get(secret, path, **{"If-None-Match": tag})
            assert (answer.status_code, b"Better" in body(answer)) == (200, True)

    def test_head_gives_the_tag_alone(self, bank: Person) -> None:
        send.form(bank)
        answer = Client().head("/misp/alliance/manifest.json", headers={"Authorization": f"Bearer {token(bank)}"})
        assert (answer.status_code, answer.content, bool(answer["ETag"]), acts("export")) == (200, b"", True, 0)


class TestGates:
    @pytest.mark.parametrize(
        ("handling", "use", "opens"),
        [
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H1",)), "active", True),
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H2",)), "passive", False),
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H3",)), "passive", False),
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), pap="AMBER"), "passive", True),
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), pap="AMBER"), "active", False),
            (Handling(tlp="GREEN", recipients=(ALLIANCE,), pap="RED"), "passive", False),
        ],
    )
    def test_what_is_closed_is_in_no_file(
        self, bank: Person, police: Person, handling: Handling, use: str, opens: bool
    ) -> None:
        reference = send.rows(bank, "Closed,2025-03-04,203.0.113.9,phishing", handling=handling)
        report = Report.objects.using("owner").get(submission__reference=reference)
        secret = token(police, use=use)
        assert (str(report.reference) in manifest(secret)) == opens
        assert (str(report.reference).encode() in body(get(secret, "everything/hashes.csv"))) == opens
        assert (get(secret, f"everything/{report.reference}.json").status_code == 200) == opens
        assert str(report.reference) in manifest(token(bank, use=use)), "one's own is never closed"

    @pytest.mark.parametrize("came_as", ["a form", "MISP"])
    def test_a_restriction_that_was_read_goes_with_it(self, bank: Person, police: Person, came_as: str) -> None:
        handling = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H3",))
        if came_as == "MISP":
            send.file(bank, json.dumps({"Event": {"uuid": str(uuid4()), "info": "x"}}).encode(), "", handling)
        else:
            send.form(bank, handling=handling)
        Report.objects.using("owner").update(restriction="For the case team only.")
        Permission.objects.using("owner").create(
            report=Report.objects.using("owner").get(), code="H3", organisation=of(police).pk, person=police.pk,
            answered_at=datetime.now(UTC), allowed=True, conditions="For the case team only.",
        )  # fmt: skip
        secret = token(police)
        (key,) = manifest(secret)
        event = json.loads(body(get(secret, f"everything/{key}.json")))["Event"]
        assert [one["content"] for one in event["EventReport"] if "Restriction" in one["name"]] == [
            "For the case team only."
        ]


class TestNews:
    def test_a_withdrawn_report_is_an_event_deleted(self, bank: Person, police: Person) -> None:
        reference = send.rows(bank, "Wrong,2025-03-04,203.0.113.9,phishing")
        report = Report.objects.using("owner").get(submission__reference=reference)
        secret = token(police)
        before = manifest(secret)[str(report.reference)]
        Report.objects.using("owner").filter(pk=report.pk).update(created_at="2025-01-01T00:00:00Z")
        actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="a mistake")
        event = json.loads(body(get(secret, f"everything/{report.reference}.json")))["Event"]
        assert {one["deleted"] for one in event["Attribute"]} == {True}
        assert (event["published"], event["deleted"]) == (False, True)
        assert 'hueandcry:state="withdrawn"' in [tag["name"] for tag in event["Tag"]]
        assert int(event["timestamp"]) >= before["timestamp"]
        assert body(get(secret, "everything/hashes.csv")) == b""

    def test_what_a_newer_version_tells_no_more_is_deleted(self, bank: Person, police: Person) -> None:
        key, whole = f"indicator--{uuid4()}", f"bundle--{uuid4()}"

        def bundle(modified: str, value: str) -> bytes:
            indicator = {
                "type": "indicator", "spec_version": "2.1", "id": key, "created": "2025-01-01T00:00:00.000Z",
                "modified": modified, "pattern": f"[domain-name:value = '{value}']", "pattern_type": "stix",
                "valid_from": "2025-01-01T00:00:00Z",
            }  # fmt: skip
            return json.dumps({"type": "bundle", "id": whole, "objects": [indicator]}).encode()

        send.file(bank, bundle("2025-01-01T00:00:00.000Z", "right-shop.net"))
        secret = token(police)
        (reference,) = manifest(secret)

        def attributes() -> dict[str, tuple[str, bool]]:
            event = json.loads(body(get(secret, f"everything/{reference}.json")))["Event"]
            return {one["value"]: (one["uuid"], one["deleted"]) for one in event["Attribute"]}

        before = attributes()
        send.file(bank, bundle("2025-02-01T00:00:00.000Z", "false-shop.net"))
        after = attributes()
        assert {value: gone for value, (_uuid, gone) in before.items()} == {"right-shop.net": False}
        assert {value: gone for value, (_uuid, gone) in after.items()} == {
            "right-shop.net": True,
            "false-shop.net": False,
        }
        assert after["right-shop.net"][0] == before["right-shop.net"][0]

    def test_a_row_sent_anew_takes_its_old_value_back(self, bank: Person, police: Person) -> None:
        header, other = "case number,title,date,ip,label", "A-2,Another,2025-03-04,192.0.2.4,phishing"
        for value in ("203.0.113.9", "198.51.100.7"):
            send.rows(bank, f"A-1,Shop,2025-03-04,{value},phishing", other, header=header)
            publication.publish()
        secret = token(police)
        (reference,) = (key for key, entry in manifest(secret).items() if entry["info"] == "Shop")
        event = json.loads(body(get(secret, f"everything/{reference}.json")))["Event"]
        told = {one["value"]: one["deleted"] for one in event["Attribute"]}
        assert told == {"203.0.113.9": True, "198.51.100.7": False}

    def test_two_copies_of_one_event_are_one_entry_and_a_standing_copy_goes_first(
        self, bank: Person, police: Person
    ) -> None:
        key = str(uuid4())

        def event(stamp: str, value: str) -> bytes:
            attribute = {"uuid": str(uuid4()), "type": "domain", "category": "Network activity", "value": value}
            return json.dumps(
                {"Event": {"uuid": key, "info": value, "timestamp": stamp, "Attribute": [attribute]}}
            ).encode()

        send.file(bank, event("1700000000", "older.example.org"))
        send.file(police, event("1710000000", "newer.example.org"))
        secret = token(factory.person(factory.organisation()))
        assert (list(manifest(secret)), manifest(secret)[key]["info"]) == ([key], "newer.example.org")
        newer = Report.objects.using("owner").get(organisation=of(police))
        actions_report.withdraw(by=factory.as_viewer(police), report=newer.pk, reason="wrong")
        assert manifest(secret)[key]["info"] == "older.example.org"
        served = json.loads(body(get(secret, f"everything/{key}.json")))["Event"]
        assert (served["info"], served["Attribute"][0]["value"]) == ("older.example.org", "older.example.org")

    def test_what_comes_back_does_not_stand_for_what_it_was_made_of(self, bank: Person, police: Person) -> None:
        """Whoever sends an event under the id of somebody's report, in good faith or bad, does not replace it."""
        report = send.form(bank, "The report itself")
        secret = token(police)
        event = json.loads(body(get(secret, f"everything/{report.reference}.json")))
        event["Event"] |= {"info": "Another story", "timestamp": "2000000000", "Tag": []}
        send.file(police, json.dumps(event).encode())
        assert [one["info"] for one in manifest(secret).values()] == ["The report itself"]
        served = json.loads(body(get(secret, f"everything/{report.reference}.json")))["Event"]
        assert served["info"] == "The report itself"
