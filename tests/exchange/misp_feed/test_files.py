"""Feeds in folders and exports: what is written is what may be seen, PyMISP reads it, and it is read back here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connections
from pymisp import MISPEvent

from hueandcry.exchange import actions_report
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.misp_feed import files, queries, reading
from hueandcry.exchange.models import Report
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Bank"))


def read(folder: Path) -> dict[str, dict[str, Any]]:
    got = reading.read_feed(str(folder), fetch=reading.folder_fetch(folder), seen={})
    return {key: json.loads(raw)["Event"] for key, _stamp, raw in got}


def test_a_feed_in_a_folder_follows_what_happens(bank: Person, tmp_path: Path) -> None:
    peer = factory.as_viewer(factory.person(factory.organisation()))
    first, second = (send.form(bank, f"Shop {number}") for number in (1, 2))
    send.form(bank, "Own", handling=Handling(tlp="AMBER+STRICT"))
    folder = tmp_path / "feed"
    assert files.write_feed(peer, "alliance", folder) == files.Written(2, 2, 0)
    assert {one["info"] for one in read(folder).values()} == {"Shop 1", "Shop 2"}
    (folder / "ours.txt").write_text("left alone")
    assert files.write_feed(peer, "alliance", folder) == files.Written(2, 0, 0)
    by = factory.as_viewer(bank)
    actions_report.correct(by=by, report=first.pk, reason="typo", title="Shop one")
    actions_report.handle(by=by, report=second.pk, handling=Handling(tlp="AMBER+STRICT"), reason="a mistake")
    assert files.write_feed(peer, "alliance", folder) == files.Written(1, 1, 1)
    assert [one["info"] for one in read(folder).values()] == ["Shop one"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["manifest.json", "hashes.csv", "ours.txt", f"{first.reference}.json"]
    )
    with pytest.raises(Refused, match="There are: public, alliance, inbox, everything"):
        files.write_feed(peer, "circle-none", folder)


def test_a_hostile_manifest_in_the_folder_removes_nothing_else(bank: Person, tmp_path: Path) -> None:
    folder = tmp_path / "feed"
    folder.mkdir()
    (tmp_path / "x.json").write_text("stays")
    (folder / "manifest.json").write_text(json.dumps({"../x": {}, "ours": {}}))
    (folder / "ours.json").write_text("stays")
    files.write_feed(factory.as_viewer(bank), "everything", folder)
    assert (tmp_path / "x.json").exists()
    assert (folder / "ours.json").exists()


def test_an_export_holds_what_may_be_seen_and_is_recorded_first(bank: Person) -> None:
    peer = factory.as_viewer(factory.person(factory.organisation()))
    shared = send.form(bank, "Shared")
    held = send.form(bank, "Held", handling=Handling(tlp="AMBER+STRICT"))
    asked = send.form(bank, "Ask first", handling=Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H2",)))
    parts = files.misp_events(peer, [shared.pk, asked.pk])
    first = next(parts)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*), max(count) FROM audit_act WHERE verb = 'export'")
        assert cursor.fetchone() == (1, 1)
        cursor.execute("SELECT array_agg(report) FROM exchange_delivery WHERE channel = 'export'")
        assert cursor.fetchone() == ([shared.pk],)
    events = json.loads(first + b"".join(parts))["response"]
    loaded = MISPEvent()
    loaded.from_dict(**events[0]["Event"])
    assert ([one["Event"]["info"] for one in events], loaded.uuid) == (["Shared"], str(shared.reference))
    assert json.loads(b"".join(files.misp_events(peer, [held.pk])))["response"] == []
    own = json.loads(b"".join(files.misp_events(factory.as_viewer(bank))))["response"]
    assert {one["Event"]["info"] for one in own} == {"Shared", "Held", "Ask first"}


def test_the_page_and_the_command_offer_it(bank: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from hueandcry.project.commands import exchange

    report = send.form(bank, "A false shop")
    browser = factory.signed_in(bank)
    for answer in (
        browser.get("/reports/export/", {"format": "misp"}),
        browser.post("/reports/export/", {"format": "misp", "report": str(report.reference)}),
    ):
        assert answer["Content-Disposition"].endswith('reports.misp.json"')
        assert [one["Event"]["info"] for one in json.loads(b"".join(answer))["response"]] == ["A false shop"]
    assert b"Those ticked, MISP" in browser.get("/reports/").content
    monkeypatch.setattr(exchange, "installation", lambda: nullcontext(tmp_path))
    monkeypatch.setattr(exchange, "viewer_named", lambda email: factory.as_viewer(bank))
    done = CliRunner().invoke(exchange.export, ["--format", "misp", "--output", str(tmp_path / "out.json")])
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "out.json").read_bytes())["response"][0]["Event"]["uuid"] == str(report.reference)


def test_more_events_than_one_batch(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 3)
    send.rows(bank, *(f"Shop {n},2025-03-04,203.0.113.{n},phishing" for n in range(1, 9)))
    events = json.loads(b"".join(files.misp_events(factory.as_viewer(bank))))["response"]
    values = {part["value"] for one in events for part in one["Event"]["Attribute"]}
    assert (len(events), values) == (8, {f"203.0.113.{n}" for n in range(1, 9)})


def test_an_update_is_put_together_of_the_latest_of_each_part(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects change places between two versions of an event, and an attribute that did not change came with the
    first: it still stands in its object."""

    def key(number: int) -> str:
        return f"{number:08d}-2e48-4da3-9e01-01550a016219"

    def part(number: int, value: str, stamp: str, **more: Any) -> dict[str, Any]:
        return {"uuid": key(number), "type": "domain", "category": "Network activity", "value": value,
                "timestamp": stamp, "object_relation": "domain"} | more  # fmt: skip

    def thing(number: int, *parts: dict[str, Any]) -> dict[str, Any]:
        return {"uuid": key(number), "name": "domain-ip", "timestamp": "1700000000", "Attribute": list(parts)}

    def event(stamp: str, *objects: dict[str, Any]) -> dict[str, Any]:
        return {"uuid": key(1), "info": "x", "timestamp": stamp, "Tag": [{"name": "tlp:green"}], "Attribute": [],
                "Object": list(objects)}  # fmt: skip

    old, kept = part(11, "old.pt", "1700000000"), part(12, "kept.pt", "1700000000")
    gone = part(11, "old.pt", "1710000000", deleted=True)
    send.file(bank, json.dumps({"Event": event("1700000000", thing(2, old), thing(3, kept))}).encode())
    newer = event("1710000000", thing(4, part(13, "new.pt", "1710000000")), thing(2, gone), thing(3, kept))
    send.file(bank, json.dumps({"Event": newer}).encode())
    who = factory.as_viewer(bank)
    (made,) = json.loads(b"".join(files.misp_events(who)))["response"]
    assert made["Event"] == newer
    with viewer(who):
        from hueandcry.exchange.out_report import observations_of

        report = Report.objects.get()
        assert {one.value for one in observations_of([report.pk])[report.pk]} == {"kept.pt", "new.pt"}
    asked: list[str] = []
    rows = queries._rows

    def noted(name: str, facts: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
        asked.append(name)
        return rows(name, facts)

    monkeypatch.setattr(queries, "_rows", noted)
    beside = {"uuid": key(5), "info": "y", "timestamp": "1700000000", "Tag": [{"name": "tlp:green"}],
              "Attribute": [part(15, "beside.pt", "1700000000")], "Object": []}  # fmt: skip
    send.file(bank, json.dumps({"Event": beside}).encode())
    texts = json.loads(b"".join(files.misp_events(who)))["response"]
    assert [one["Event"] for one in texts] == [newer, beside]
    assert (asked.count("headers"), asked.count("parts")) == (1, 1)  # for both events
    with viewer(who):  # who passes an event over gets the next one's own parts
        every = queries._each(queries._facts(who, "true", whole=True))
        (later,) = [b"".join(parts) for ident, parts in every if ident == beside["uuid"]]
    assert json.loads(later) == beside


def test_the_command_writes_and_reads(bank: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    from hueandcry.project.commands import exchange, misp

    monkeypatch.setattr(misp, "installation", lambda: nullcontext(tmp_path))
    monkeypatch.setattr(exchange, "viewer_named", lambda email: factory.as_viewer(bank))
    send.rows(bank, "A false shop,2025-03-04,203.0.113.9,phishing")
    folder = tmp_path / "feed"
    done = CliRunner().invoke(misp.misp, ["feed", "--as", bank.email, "--to", str(folder)])
    assert (done.exit_code, "1 events, 1 new or changed" in done.output) == (0, True), done.output
    peer = factory.person(factory.organisation())
    monkeypatch.setattr(exchange, "viewer_named", lambda email: factory.as_viewer(peer))
    taken = CliRunner().invoke(misp.misp, ["read", str(folder)], standalone_mode=False)
    assert (taken.return_value, taken.output) == (0, "2 read, 2 stored, 0 known, 0 refused\n")
    assert Report.objects.using("owner").filter(organisation=peer.organisation).count() == 1
    (folder / "manifest.json").write_text("<html>")
    broken = CliRunner().invoke(misp.misp, ["read", str(folder)], standalone_mode=False)
    assert broken.return_value == 2
