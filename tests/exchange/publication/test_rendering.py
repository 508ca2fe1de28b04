"""Reports of other formats written as STIX, and versions of what came as STIX."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from hueandcry.exchange import actions, actions_report, export, queries
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report, Submission
from hueandcry.exchange.publication import actions as publication
from hueandcry.exchange.publication import rendering
from hueandcry.members.models import ALLIANCE, EVERYONE, Organisation, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange.publication.conftest import SHARED, bundle, grouped, indicator, owner, seen, send, texts
from tests.exchange.send import form

pytestmark = pytest.mark.usefixtures("database")
DATA = Path(__file__).parents[4] / "shared" / "data"


def read(person: Person | None, kind: str = "alliance", *, latest: bool = True) -> list[dict[str, Any]]:
    """The objects a person sees in their collection of a kind, the latest versions only."""
    return [json.loads(text) for _key, text in texts(person, kind, latest=latest)]


def by_type(objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in objects if one["type"] == kind]


def said(objects: list[dict[str, Any]]) -> set[str]:
    """The names of the reports among them."""
    return {one["name"] for one in objects if one["type"] in ("incident", "report")}


def event(info: str, moment: str, *values: int) -> bytes:
    """A MISP event with an address for each value."""
    attributes = [
        {"uuid": f"5f000000-0000-4000-8000-00000000000{n}", "type": "ip-dst", "category": "Network activity",
         "value": f"198.51.100.{n}", "to_ids": True, "timestamp": moment}
        for n in values
    ]  # fmt: skip
    said = {"uuid": "5f000000-0000-4000-8000-000000000100", "info": info, "date": "2026-05-01", "timestamp": moment}
    return json.dumps({"Event": {**said, "Attribute": attributes}}).encode()


def test_a_form_is_written_as_stix(bank: Person, police: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    objects = read(police)
    incident = by_type(objects, "incident")[0]
    assert incident["id"] == f"incident--{report.reference}"
    assert [one["value"] for one in by_type(objects, "ipv4-addr")] == ["198.51.100.7"]
    assert [one["name"] for one in by_type(objects, "identity")] == ["Hue & Cry", "Bank"]
    ids = {one["id"] for one in objects}
    assert incident["created_by_ref"] in ids and set(incident["object_marking_refs"]) <= ids
    assert owner("SELECT DISTINCT kind FROM exchange_object WHERE NOT ours") == [("form",)]


def test_what_is_written_once_does_not_pile_up(bank: Person, police: Person) -> None:
    for n in range(5):
        form(bank, f"Fraud number {n}")
    objects = read(police)
    assert len(by_type(objects, "incident")) == 5
    for kind, count in (("identity", 2), ("extension-definition", 1), ("marking-definition", 1)):
        assert len(by_type(objects, kind)) == count
    assert owner("SELECT count(*) FROM exchange_object WHERE report_id = 0") == [(4,)]
    # another audience does not see those, so it gets its own
    form(bank, "Between us", handling=Handling(tlp="AMBER+STRICT", recipients=(police.organisation.principal_id,)))
    inbox = read(police, "organisation")
    assert {one["type"] for one in inbox} == {"identity", "extension-definition", "marking-definition", "incident"}


def test_lists_counts_and_exports_do_not_meet_it(bank: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    who = factory.as_viewer(bank)
    with viewer(who):
        rows, _next = queries.objects_page(who, report.pk)
        assert [row.kind for row in rows] == ["form"] and queries.object_kinds(who, report.pk) == [("form", 1)]
        assert Report.objects.get(pk=report.pk).objects_count == 1
        assert Submission.objects.get().stored == 1
    out = json.loads(b"".join(export.stix_bundle(who)))["objects"]
    assert len(out) == len({one["id"] for one in out})
    assert {one["id"] for one in out} == {one["id"] for one in read(bank)}


def test_a_correction_gives_a_later_version_of_what_it_changes(bank: Person, police: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    before = read(police, latest=False)
    actions_report.correct(by=factory.as_viewer(bank), report=report.pk, reason="x", title="A true invoice")
    after = read(police, latest=False)
    new = after[len(before) :]
    assert after[: len(before)] == before
    assert [one["type"] for one in new] == ["incident"]  # observed-data and the value say what they said
    old = by_type(before, "incident")[0]
    assert new[0]["name"] == "A true invoice" and new[0]["created"] == old["created"]
    assert new[0]["modified"] > old["modified"]
    assert by_type(read(police), "incident") == new


def test_a_withdrawal_and_its_undoing(bank: Person, police: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    who = factory.as_viewer(bank)
    actions_report.withdraw(by=who, report=report.pk, reason="wrong")
    versioned = [one for one in read(police) if one["type"] in ("incident", "observed-data", "relationship")]
    assert len(versioned) == 3 and all(one["revoked"] is True for one in versioned)
    actions_report.restore(by=who, report=report.pk, reason="right after all")
    versioned = [one for one in read(police) if one["type"] in ("incident", "observed-data", "relationship")]
    assert len(versioned) == 3 and not any("revoked" in one for one in versioned)


def test_stix_withdrawn_is_revoked_and_restored(bank: Person, police: Person) -> None:
    marking = {
        "type": "marking-definition", "spec_version": "2.1", "created": "2026-05-01T00:00:00.000Z",
        "id": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da", "definition_type": "tlp",
        "definition": {"tlp": "green"},
    }  # fmt: skip
    address = {"type": "ipv4-addr", "spec_version": "2.1", "value": "198.51.100.9",
               "id": "ipv4-addr--0b6a89e3-e345-51b7-a8ee-aaff7ebf2df5"}  # fmt: skip
    odd = indicator(2, x_big=2**70)
    report = send(bank, grouped(1, odd, marking, address))
    who = factory.as_viewer(bank)
    received = read(police, latest=False)
    actions_report.withdraw(by=who, report=report.pk, reason="wrong")
    new = read(police, latest=False)[len(received) :]
    assert {one["type"] for one in new} == {"report", "indicator"}  # nothing else has versions
    for one in new:
        old = next(r for r in received if r["id"] == one["id"])
        assert one["revoked"] is True and one["modified"] > old["modified"]
        assert {k: v for k, v in one.items() if k not in ("modified", "revoked")} == {
            k: v for k, v in old.items() if k != "modified"
        }
    # exports show what was received; counts are of what was received
    assert len(json.loads(b"".join(export.stix_bundle(who)))["objects"]) == len(received)
    actions_report.restore(by=who, report=report.pk, reason="right after all")
    latest = {one["id"]: one for one in read(police)}
    for one in new:
        assert latest[one["id"]]["modified"] > one["modified"] and "revoked" not in latest[one["id"]]


def test_a_withdrawal_leaves_what_others_hold_too(bank: Person, police: Person) -> None:
    send(police, bundle(indicator(2)))
    report = send(bank, grouped(1, indicator(2), indicator(3)))
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="wrong")
    revoked = {one["name"] for one in read(police) if one.get("revoked")}
    assert revoked == {"Report 1", "Number 3"}


def test_who_resends_after_a_withdrawal_has_the_last_word(bank: Person, police: Person) -> None:
    report = send(bank, grouped(1, indicator(2)))
    actions_report.withdraw(by=factory.as_viewer(bank), report=report.pk, reason="wrong")
    send(bank, grouped(1, indicator(2, version=3, name="better"), version=3))
    with viewer(factory.as_viewer(bank)):
        assert Report.objects.get(pk=report.pk).state == "current"
        assert Submission.objects.order_by("-pk")[0].stored == 2  # our versions are not taken for the sender's
    assert {one["name"]: one.get("revoked", False) for one in read(police)} == {"Report 1": False, "better": False}


def test_a_stricter_marking_is_written_into_values_too(bank: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    actions_report.handle(by=factory.as_viewer(bank), report=report.pk, handling=Handling(tlp="AMBER"), reason="x")
    objects = read(bank, "organisation")
    marked = {ref for one in objects for ref in one.get("object_marking_refs", [])}
    assert marked == {"marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"}
    assert marked <= {one["id"] for one in objects}
    assert by_type(objects, "ipv4-addr")


def test_who_the_members_are_is_not_told_to_everyone(bank: Person) -> None:
    form(bank, "A warning to all", handling=Handling(tlp="CLEAR", recipients=(EVERYONE, ALLIANCE)))
    for person, kind in ((None, "everyone"), (bank, "alliance")):
        assert [one["name"] for one in by_type(read(person, kind), "identity")] == ["Hue & Cry"]


def test_of_a_suspended_member_too(bank: Person, police: Person) -> None:
    who = factory.as_viewer(bank)
    raw = b'{"hueandcry-form": 1, "what": "A false invoice"}'
    got = actions.receive(by=who, raw=raw, handling=SHARED, at_once=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions, "soon", lambda: None)
        actions.read(by=who, submission=got.submission)
    Organisation.objects.using("owner").filter(pk=bank.organisation_id).update(state="suspended")
    publication.publish()
    assert by_type(read(police), "incident")


def test_erasing_what_changed_a_report_leaves_no_version_of_it(bank: Person, police: Person) -> None:
    who = factory.as_viewer(bank)
    send(bank, event("First words", "1770000000", 1))
    second = actions.receive(by=who, raw=event("Secret words", "1770000999", 2), handling=SHARED, at_once=True)
    assert said(read(police)) == {"Secret words"}
    actions.erase(by=who, submission=second.submission, reason="asked")
    assert said(read(police, latest=False)) == {"First words"}
    assert [one["value"] for one in by_type(read(police), "ipv4-addr")] == ["198.51.100.1"]
    assert owner("SELECT count(*) FROM exchange_object WHERE text LIKE '%%Secret%%'") == [(0,)]


def test_erasing_the_last_report_of_an_audience_takes_what_all_shared(bank: Person) -> None:
    first, second = form(bank, "One"), form(bank, "Two")
    who = factory.as_viewer(bank)
    actions.erase(by=who, submission=first.submission_id, reason="asked")
    assert owner("SELECT count(*) FROM exchange_object WHERE report_id = 0") == [(4,)]
    actions.erase(by=who, submission=second.submission_id, reason="asked")
    assert owner("SELECT count(*) FROM exchange_object") == owner("SELECT count(*) FROM exchange_entry") == [(0,)]


def test_one_report_that_cannot_be_written_holds_up_no_other(
    bank: Person, police: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real = rendering._objects

    def breaking(report: Report, *given: Any, **named: Any) -> Any:
        if report.title == "Two":
            raise ValueError("what is this")
        return real(report, *given, **named)

    monkeypatch.setattr(rendering, "_objects", breaking)
    raw = "title,date\n" + "".join(f"{word},2026-05-0{n + 1}\n" for n, word in enumerate(("One", "Two", "Three")))
    actions.receive(by=factory.as_viewer(bank), raw=raw.encode(), handling=SHARED, at_once=True)
    assert {one["name"] for one in by_type(read(police), "incident")} == {"One", "Three"}
    assert "cannot be written as STIX" in caplog.text
    assert owner("SELECT count(*) FROM exchange_change WHERE number IS NULL") == [(0,)]


def test_a_file_in_two_chunks_is_written_whole(bank: Person, police: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A MISP event whose second chunk comes after its first was published."""
    monkeypatch.setattr(actions, "CHUNK", 3)
    merged = actions._merge_chunk

    def after_publishing(*given: Any) -> None:
        """As the worker does: what earlier chunks committed is published, on a connection of its own."""
        thread = threading.Thread(target=_published)
        thread.start()
        thread.join()
        merged(*given)

    monkeypatch.setattr(actions, "_merge_chunk", after_publishing)
    send(bank, event("An event", "1770000000", *range(1, 9)))
    objects = read(police)
    assert sorted(one["value"] for one in by_type(objects, "ipv4-addr")) == [f"198.51.100.{n}" for n in range(1, 9)]
    observed = by_type(objects, "observed-data")
    assert len(observed) == 1 and len(observed[0]["object_refs"]) == 8


def _published() -> None:
    try:
        publication.publish()
    finally:
        connections.close_all()


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_real_events_validate(bank: Person, police: Person) -> None:
    import stix2

    for path in sorted((DATA / "misp").glob("*.json"))[:3]:
        got = actions.receive(by=factory.as_viewer(bank), raw=path.read_bytes(), handling=SHARED, at_once=True)
        assert got.state == "done", path
    publication.publish()
    objects = read(police)
    assert len(objects) > 10
    ids = {one["id"] for one in objects}
    for one in objects:
        stix2.parse(one, allow_custom=True)
        assert set(one.get("object_refs", [])) <= ids


def test_written_and_seen_agree(bank: Person) -> None:
    form(bank, "One")
    assert {key for key, _name in seen(bank)} == {key for (key,) in owner("SELECT key FROM exchange_object WHERE ours")}


def test_what_is_no_incident_any_more_is_revoked_as_one(bank: Person, police: Person) -> None:
    report = form(bank, "A false invoice from 198.51.100.7")
    owner("UPDATE exchange_report SET kind = 'intelligence' WHERE id = %s", report.pk)
    actions_report.correct(by=factory.as_viewer(bank), report=report.pk, reason="x", title="More than one")
    found = {one["type"]: one.get("revoked", False) for one in read(police)}
    assert (found["incident"], found["relationship"], found["report"]) == (True, True, False)
