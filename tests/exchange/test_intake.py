"""Intake from end to end: files in, receipts that add up, versions, markings, copies; out again as they came."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from hueandcry.exchange import actions, actions_report, export, formats, receipts
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Grant, Object, Observable, Observation, Report, Revision
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
GREEN = Handling(tlp="GREEN", recipients=(ALLIANCE,))
T1, T2, T3 = ("2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "2026-03-01T00:00:00.000Z")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("A Bank"))


def ident(kind: str, number: int) -> str:
    return f"{kind}--{uuid.UUID(int=(4 << 76) | (8 << 60) | number)}"


def indicator(number: int, domain: str, modified: str = T1, **more: Any) -> dict[str, Any]:
    return {
        "type": "indicator", "spec_version": "2.1", "id": ident("indicator", number), "created": T1,
        "modified": modified, "pattern": f"[domain-name:value = '{domain}']", "pattern_type": "stix", "valid_from": T1,
        **more,
    }  # fmt: skip


def report(number: int, name: str, refs: list[str], modified: str = T1, **more: Any) -> dict[str, Any]:
    return {
        "type": "report", "spec_version": "2.1", "id": ident("report", number), "created": T1, "modified": modified,
        "name": name, "published": T1, "object_refs": refs, **more,
    }  # fmt: skip


def bundle(*objects: dict[str, Any]) -> bytes:
    return json.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects}).encode()


def one(number: int, name: str, domain: str, modified: str = T1, **more: Any) -> bytes:
    """A bundle of a report with one indicator."""
    return bundle(report(number, name, [ident("indicator", number)], modified, **more),
                  indicator(number, domain, modified))  # fmt: skip


def sent(person: Person, raw: bytes, handling: Handling = GREEN, filename: str = "") -> receipts.Receipt:
    reference = send.file(person, raw, filename, handling)
    who = factory.as_viewer(person)
    with viewer(who):
        return receipts.receipt(who, reference)


def counts(receipt: receipts.Receipt) -> tuple[int, int, int, int]:
    assert receipt.read == receipt.stored + receipt.known + receipt.refused
    return receipt.read, receipt.stored, receipt.known, receipt.refused


def values(person: Person, title: str) -> set[str]:
    """The values that this person sees in the report of that title."""
    with viewer(factory.as_viewer(person)):
        held = Observation.objects.filter(report__title=title).values_list("observable", flat=True)
        return set(Observable.objects.filter(pk__in=list(held)).values_list("value", flat=True))


def titles(person: Person | None) -> list[str]:
    with viewer(factory.as_viewer(person)):
        return sorted(Report.objects.values_list("title", flat=True))


def exported(person: Person) -> list[dict[str, Any]]:
    return list(json.loads(b"".join(export.stix_bundle(factory.as_viewer(person)))).get("objects", []))


# Each format


MISP = {
    "Event": {
        "uuid": "5f0c1f5e-0000-4000-8000-000000000001", "info": "Fake bank", "date": "2026-01-02",
        "timestamp": "1767312000", "threat_level_id": "1", "analysis": "2", "published": True,
        "Attribute": [
            {"uuid": f"5f0c1f5e-0000-4000-8000-00000000001{n}", "type": "domain", "category": "Network activity",
             "value": f"fake{n}.pt", "to_ids": True, "timestamp": "1767312000"} for n in range(3)
        ],
    }
}  # fmt: skip
VERIS = {
    "schema_version": "1.3.7", "incident_id": "5F0C1F5E-0000-4000-8000-000000000002", "summary": "A laptop was stolen",
    "action": {"physical": {"variety": ["Theft"], "vector": ["Victim work area"]}}, "actor": {"unknown": {}},
    "asset": {"assets": [{"variety": "U - Laptop"}]}, "attribute": {"availability": {"variety": ["Loss"]}},
    "timeline": {"incident": {"year": 2026}}, "victim": {"country": ["PT"], "industry": "52"},
    "security_incident": "Confirmed", "discovery_method": {"unknown": {}},
}  # fmt: skip
EML = (
    b"From: Bank <help@fake-bank.pt>\r\nTo: you@example.org\r\nSubject: Your account\r\n"
    b"Date: Fri, 02 Jan 2026 10:00:00 +0000\r\nMessage-ID: <1@fake-bank.pt>\r\n\r\nGo to hxxp://fake-bank[.]pt/login\r\n"
)
FORM = {"hueandcry-form": 1, "what": "A false invoice", "kind": "invoice", "country": "PT", "known": "fake-bank.pt"}


@pytest.mark.parametrize(
    ("raw", "filename", "form", "objects", "reports", "holds"),
    [
        (one(1, "A campaign", "fake-bank.pt"), "b.json", "stix", 2, 1, "fake-bank.pt"),
        (json.dumps(MISP).encode(), "e.json", "misp", 4, 1, "fake1.pt"),
        (b"title,date,domain\na,2026-01-02,fake-bank.pt\nb,2026-01-03,x-bank.pt\n", "t.csv", "csv", 2, 2, "x-bank.pt"),
        (json.dumps([VERIS]).encode(), "v.json", "veris", 1, 1, None),
        (b"They called from fake-bank[.]pt and wanted money.", "n.txt", "text", 1, 1, "fake-bank.pt"),
        (EML, "m.eml", "email", 1, 1, "http://fake-bank.pt/login"),
        (json.dumps(FORM).encode(), "", "form", 1, 1, "fake-bank.pt"),
    ],
)
def test_each_format(
    bank: Person, raw: bytes, filename: str, form: str, objects: int, reports: int, holds: str | None
) -> None:
    first = sent(bank, raw, filename=filename)
    assert (first.format, first.state, counts(first), first.reports) == (
        form,
        "done",
        (objects, objects, 0, 0),
        reports,
    )
    with viewer(factory.as_viewer(bank)):
        held = set(Observable.objects.values_list("value", flat=True))
    assert holds is None or holds in held
    got = actions.receive(by=factory.as_viewer(bank), raw=raw, filename="another name", at_once=True)
    assert (got.reference, got.repeat, got.state) == (first.reference, True, "done")
    again = sent(bank, raw)
    assert (again.reference, counts(again)) == (first.reference, counts(first))
    colleague = factory.person(bank.organisation)
    theirs = sent(colleague, raw, filename=filename)
    assert theirs.reference != first.reference
    assert (counts(theirs), theirs.reports) == ((objects, 0, objects, 0), 0)
    assert len(titles(bank)) == reports


def test_the_same_bytes_twice_at_once(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two uploads of one file side by side: one submission, and the slower hears that it came before."""
    by, raw, first = factory.as_viewer(bank), b"title,date\na row,2026-01-02\n", []
    sent(bank, b"only words")  # afterwards the audience is known, which two would otherwise wait for each other to make
    real = formats.forbidden

    def meanwhile(content: bytes) -> Any:
        monkeypatch.setattr(formats, "forbidden", real)

        def other() -> None:
            first.append(actions.receive(by=by, raw=raw, at_once=True))
            connections.close_all()

        thread = Thread(target=other)
        thread.start()
        thread.join(timeout=30)
        return real(content)

    monkeypatch.setattr(formats, "forbidden", meanwhile)
    second = actions.receive(by=by, raw=raw, at_once=True)
    assert (first[0].repeat, second.repeat) == (False, True)
    assert (second.submission, second.state) == (first[0].submission, "done")
    assert titles(bank) == ["a row", "only words"]


# Versions of one object


def test_same_content_in_other_clothes_is_known(bank: Person) -> None:
    raw = one(1, "A campaign", "fake-bank.pt")
    sent(bank, raw)
    other = json.dumps(json.loads(raw), indent=3, sort_keys=True).encode()
    assert counts(sent(bank, other)) == (2, 0, 2, 0)


def test_a_later_version_revises_the_report(bank: Person) -> None:
    sent(bank, one(1, "First words", "old-domain.pt"))
    assert counts(sent(bank, one(1, "Better words", "new-domain.pt", T2))) == (2, 2, 0, 0)
    assert titles(bank) == ["Better words"]
    assert values(bank, "Better words") == {"new-domain.pt"}
    with viewer(factory.as_viewer(bank)):
        revision = Revision.objects.get()
        assert (revision.act, revision.before["title"], revision.person) == ("resent", "First words", bank.pk)
        assert Object.objects.count() == 4  # every version is kept
        assert Report.objects.get().objects_count == 4


def test_an_older_version_that_comes_late_is_kept_and_says_nothing(bank: Person) -> None:
    sent(bank, one(1, "New words", "new-domain.pt", T3))
    assert counts(sent(bank, one(1, "Old words", "old-domain.pt", T2))) == (2, 2, 0, 0)
    assert titles(bank) == ["New words"]
    assert values(bank, "New words") == {"new-domain.pt"}
    with viewer(factory.as_viewer(bank)):
        assert not Revision.objects.exists()


def test_both_versions_in_one_file(bank: Person) -> None:
    raw = bundle(
        report(1, "Late", [ident("indicator", 1)], T2), indicator(1, "late-domain.pt", T2),
        indicator(1, "early-domain.pt", T1),
    )  # fmt: skip
    assert counts(sent(bank, raw)) == (3, 3, 0, 0)
    assert values(bank, "Late") == {"late-domain.pt"}


def test_one_version_with_two_contents_is_kept_twice_and_told(bank: Person) -> None:
    sent(bank, one(1, "Words", "domain-a.pt"))
    got = sent(bank, one(1, "Words", "domain-b.pt"))
    assert counts(got) == (2, 1, 1, 0)
    assert [what for _place, what in got.losses] == [
        what for _place, what in got.losses if what.startswith("the same id and version came before with other content")
    ]
    assert len(got.losses) == 1
    assert got.losses[0][0].startswith("objects[1]")


def test_a_revoked_report_is_withdrawn_and_comes_back(bank: Person) -> None:
    sent(bank, one(1, "Words", "domain-a.pt"))
    sent(bank, one(1, "Words", "domain-a.pt", T2, revoked=True))
    with viewer(factory.as_viewer(bank)):
        assert Report.objects.get().state == "withdrawn"
        assert Revision.objects.get().act == "withdrawn"
    sent(bank, one(1, "Words", "domain-a.pt", T3))
    with viewer(factory.as_viewer(bank)):
        assert Report.objects.get().state == "current"


def test_a_known_object_tells_its_values_to_a_new_report_too(bank: Person) -> None:
    shared = indicator(7, "shared-domain.pt")
    sent(bank, bundle(report(1, "First", [shared["id"]]), shared))
    assert counts(sent(bank, bundle(report(2, "Second", [shared["id"]]), shared))) == (2, 1, 1, 0)
    assert values(bank, "First") == values(bank, "Second") == {"shared-domain.pt"}


def test_a_new_version_of_a_shared_object_is_told_by_every_report_with_it(bank: Person) -> None:
    def both(domain: str, modified: str) -> bytes:
        shared = indicator(7, domain, modified)
        return bundle(
            report(1, "First", [shared["id"]], modified), report(2, "Second", [shared["id"]], modified), shared
        )

    sent(bank, both("old-domain.pt", T1))
    sent(bank, both("new-domain.pt", T2))
    assert values(bank, "First") == values(bank, "Second") == {"new-domain.pt"}


# Handling on the way


def test_sent_again_stricter_narrows_and_wider_does_not_widen(bank: Person) -> None:
    other = factory.person(factory.organisation())
    sent(bank, one(1, "Words", "domain-a.pt"))
    assert titles(other) == ["Words"]
    sent(bank, one(1, "Words 2", "domain-a.pt", T2), Handling(tlp="AMBER", recipients=(ALLIANCE,)))
    assert titles(other) == []
    sent(bank, one(1, "Words 3", "domain-a.pt", T3), Handling(tlp="CLEAR", recipients=(ALLIANCE,)))
    assert titles(other) == []
    assert titles(bank) == ["Words 3"]
    with viewer(factory.as_viewer(other)):
        assert not (Object.objects.exists() or Observation.objects.exists() or Observable.objects.exists())


def test_stricter_with_other_recipients_adds_nobody(bank: Person) -> None:
    """A resend narrows what was chosen: it is no way to let somebody new see a report, or to forget a grant."""
    named, granted, later = (factory.person(factory.organisation()) for _ in range(3))
    sent(bank, one(1, "Words", "domain-a.pt"), Handling(tlp="AMBER", recipients=(named.organisation.principal_id,)))
    with viewer(factory.as_viewer(bank)):
        number = Report.objects.get().pk
    by = factory.as_viewer(bank)
    actions_report.grant(by=by, report=number, principals=[granted.organisation.principal_id], reason="asked")
    chosen = (later.organisation.principal_id,)
    sent(bank, one(1, "Words 2", "domain-b.pt", T2), Handling(tlp="AMBER+STRICT", recipients=chosen))
    assert [titles(p) for p in (bank, named, granted, later)] == [["Words 2"], ["Words 2"], ["Words 2"], []]
    assert values(granted, "Words 2") == values(named, "Words 2") == {"domain-b.pt"}
    actions_report.take_back(by=by, report=number, principal=granted.organisation.principal_id, reason="done")
    assert [titles(p) for p in (bank, named, granted, later)] == [["Words 2"], ["Words 2"], [], []]


def test_red_by_its_sender_again(bank: Person) -> None:
    colleague = factory.person(bank.organisation)
    sent(bank, one(1, "Words", "domain-a.pt"))
    sent(bank, one(1, "Words 2", "domain-a.pt", T2), Handling(tlp="RED"))
    assert (titles(bank), titles(colleague)) == (["Words 2"], [])
    with viewer(factory.as_viewer(bank)):
        assert (Report.objects.get().discoverability, Report.objects.get().tlp) == ("hidden", "RED")


def test_red_by_a_colleague(bank: Person) -> None:
    """Who sent it and who now says it is for individuals both go on seeing it; nobody else does."""
    colleague, third = factory.person(bank.organisation), factory.person(bank.organisation)
    sent(bank, one(1, "Words", "domain-a.pt"))
    got = sent(colleague, one(1, "Words 2", "domain-a.pt", T2), Handling(tlp="RED"))
    assert (got.state, counts(got)) == ("done", (2, 2, 0, 0))
    assert [titles(p) for p in (bank, colleague, third)] == [["Words 2"], ["Words 2"], []]


def test_a_colleague_cannot_lock_themselves_out_unawares(bank: Person) -> None:
    colleague = factory.person(bank.organisation)
    sent(bank, one(1, "Words", "domain-a.pt"))
    by = factory.as_viewer(colleague)
    with viewer(by):
        number = Report.objects.get().pk
    with pytest.raises(actions.Refused, match="out of your own sight"):
        actions_report.handle(by=by, report=number, handling=Handling(tlp="RED"), reason="strict")
    actions_report.handle(
        by=by, report=number, handling=Handling(tlp="RED", recipients=(colleague.principal_id,)), reason=""
    )
    third = factory.person(bank.organisation)
    assert [titles(p) for p in (bank, colleague, third)] == [["Words"], ["Words"], []]


def test_red_of_one_person_is_unknown_to_a_colleague(bank: Person) -> None:
    colleague = factory.person(bank.organisation)
    raw = one(1, "Words", "domain-a.pt")
    sent(bank, raw, Handling(tlp="RED"))
    assert counts(sent(colleague, raw)) == (2, 2, 0, 0)  # their own copy; "known" would tell of the other


def test_a_marking_in_the_file_narrows(bank: Person) -> None:
    other = factory.person(factory.organisation())
    event = json.loads(json.dumps(MISP))
    event["Event"]["Tag"] = [{"name": "tlp:red"}, {"name": "PAP:AMBER"}]
    sent(bank, json.dumps(event).encode())
    assert (titles(bank), titles(other)) == (["Fake bank"], [])


def test_two_organisations_have_a_copy_each(bank: Person) -> None:
    other = factory.person(factory.organisation("Other"))
    raw = one(1, "Words", "domain-a.pt")
    assert counts(sent(bank, raw)) == counts(sent(other, raw)) == (2, 2, 0, 0)
    assert titles(bank) == ["Words", "Words"]
    sent(other, one(1, "Their words", "domain-b.pt", T2))
    assert titles(bank) == ["Their words", "Words"]  # nobody writes over another's report
    assert len(exported(bank)) == 4  # the same object goes out once, its two versions both


# Everything adds up and comes back


small = some.lists(
    some.tuples(some.integers(1, 4), some.sampled_from(["a-one.pt", "b-two.pt"]), some.sampled_from([T1, T2, T3])),
    min_size=1, max_size=8,
)  # fmt: skip
broken = some.lists(some.sampled_from([{}, {"type": "indicator"}, 7, "x", None, {"type": 1, "id": 2}]), max_size=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=some.lists(some.tuples(small, broken), min_size=1, max_size=3))
def test_whatever_comes_adds_up_and_comes_back(files: list[Any]) -> None:
    """read = stored + known + refused for any bundles in any order, and what was stored comes out equal as JSON."""
    person = factory.person(factory.organisation())
    expected: dict[str, Any] = {}
    for objects, faults in files:
        made = [indicator(n, domain, at) for n, domain, at in objects]
        got = sent(person, bundle(*made, *faults), Handling(tlp="GREEN"))
        if got.state != "done":  # not one object could be told apart
            assert counts(got)[1:3] == (0, 0)
            continue
        first: dict[Any, Any] = {}
        told = [o for o in made if first.setdefault((o["id"], o["modified"]), o) == o]  # the others contradict it
        new = {json.dumps(o, sort_keys=True) for o in told} - set(expected)
        assert (got.refused, len(got.refusals)) == (len(made) - len(told) + len(faults),) * 2
        assert counts(got)[:3] == (len(made) + len(faults), len(new), len(told) - len(new))
        expected |= dict.fromkeys(new)
    assert {json.dumps(o, sort_keys=True) for o in exported(person)} == set(expected)


def test_out_of_one_organisation_into_another(bank: Person) -> None:
    """An export is a submission like any other, and what came as STIX stays what it was, byte for byte of content."""
    other = factory.person(factory.organisation("Other"))
    only_us = Handling(tlp="GREEN")
    for raw, name in (
        (one(1, "A campaign", "fake-bank.pt"), "b.json"), (json.dumps(MISP).encode(), "e.json"), (EML, "m.eml"),
        (b"title,date,domain\na,2026-01-02,row-bank.pt\n", "t.csv"), (json.dumps(FORM).encode(), ""),
    ):  # fmt: skip
        sent(bank, raw, only_us, name)
    out = b"".join(export.stix_bundle(factory.as_viewer(bank)))
    got = sent(other, out, only_us, "bundle.json")
    assert (got.state, got.format, got.refused, got.known) == ("done", "stix", 0, 0)
    assert got.read == got.stored == len(json.loads(out)["objects"])
    assert titles(other) == titles(bank)
    for title in titles(bank):
        assert values(bank, title) <= values(other, title), title
    again = json.loads(b"".join(export.stix_bundle(factory.as_viewer(other))))["objects"]
    assert sorted(map(str, again)) == sorted(map(str, json.loads(out)["objects"]))


def test_grants_of_a_resend_are_kept_in_the_table(bank: Person) -> None:
    colleague = factory.person(bank.organisation)
    sent(bank, one(1, "Words", "domain-a.pt"))
    sent(colleague, one(1, "Words 2", "domain-a.pt", T2), Handling(tlp="RED"))
    with viewer(factory.as_viewer(bank)):
        assert [g.principal for g in Grant.objects.all()] == [colleague.principal_id]


# Real files

DATA = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files in ../shared/data are not on this machine")
def test_the_real_files_to_the_object(bank: Person) -> None:
    """Objects in = stored + known + refused; every STIX object comes back equal as JSON."""
    came: dict[str, Any] = {}
    for path in sorted((DATA / "stix").glob("*.json")):
        objects = json.loads(path.read_bytes())["objects"]
        got = sent(bank, path.read_bytes(), GREEN, path.name)
        new = {json.dumps(o, sort_keys=True) for o in objects} - set(came)
        assert (got.state, counts(got)) == ("done", (len(objects), len(new), len(objects) - len(new), 0)), path.name
        came |= dict.fromkeys(new)
    assert {json.dumps(o, sort_keys=True) for o in exported(bank)} == set(came)
    for path in sorted((DATA / "misp").glob("*.json")):
        event = json.loads(path.read_bytes())
        events = event.get("response", [event])
        event_count = sum(1 + _attributes(e.get("Event", e)) for e in events)
        got = sent(bank, path.read_bytes(), GREEN, path.name)
        assert (got.state, counts(got)[0]) == ("done", event_count), path.name
    got = sent(bank, (DATA / "incidents/eurepoc-1.1.csv").read_bytes(), GREEN, "eurepoc-1.1.csv")
    assert (got.state, got.format, got.refused) == ("done", "csv", 0)
    import csv

    with (DATA / "incidents/eurepoc-1.1.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert got.read == sum(1 for _ in csv.reader(lines)) - 1


def _attributes(event: dict[str, Any]) -> int:
    within = [a for o in event.get("Object", []) for a in o.get("Attribute", [])]
    return len(event.get("Attribute", [])) + len(within)
