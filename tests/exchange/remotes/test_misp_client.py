"""Reading a MISP feed from a server and from a folder: new and changed events, nothing from outside it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import orjson
import pytest

from hueandcry.exchange.models import Object, Remote, Report
from hueandcry.exchange.remotes import actions as connections
from hueandcry.exchange.remotes import running
from hueandcry.members.models import Person
from tests import factory
from tests.exchange.remotes.conftest import Asked, Serving, send

Serve = Callable[[Callable[[Asked, BaseHTTPRequestHandler], None]], Serving]


def event(ident: str, info: str, stamp: int, tlp: str = "") -> dict[str, Any]:
    return {
        "Event": {
            "uuid": ident, "info": info, "timestamp": str(stamp), "date": "2026-01-01", "analysis": "2",
            "threat_level_id": "1", "published": True, "Orgc": {"name": "Far", "uuid": str(uuid.uuid4())},
            "Tag": [{"name": f"tlp:{tlp}"}] if tlp else [],
            "Attribute": [
                {"uuid": str(uuid.uuid5(uuid.UUID(ident), "a")), "type": "domain", "category": "Network activity",
                 "value": f"{info.lower().replace(' ', '-')}.example", "to_ids": True, "timestamp": str(stamp)}
            ],
        }
    }  # fmt: skip


def files(events: list[dict[str, Any]]) -> dict[str, bytes]:
    inside = [one["Event"] for one in events]
    made = {f"{e['uuid']}.json": orjson.dumps({"Event": e}) for e in inside}
    made["manifest.json"] = orjson.dumps({e["uuid"]: {"timestamp": e["timestamp"], "info": e["info"]} for e in inside})
    return made


@pytest.fixture
def person(database: Any) -> Person:
    return factory.person(factory.organisation("Reader"), ["integrator"])


def connect(person: Person, url: str, **more: Any) -> Remote:
    connections.add(by=factory.as_viewer(person), wish=connections.Wish(kind="misp", name="Feed", url=url, **more))
    return Remote.objects.using("owner").get()


def run(remote: Remote) -> running.Outcome:
    outcome = running.run(remote=remote.pk, person=remote.person)
    assert outcome is not None
    return outcome


def titles() -> list[str]:
    return sorted(Report.objects.using("owner").values_list("title", flat=True))


def test_new_and_changed_events_come(serve: Serve, person: Person) -> None:
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    held = files([event(first, "One", 100), event(second, "Two", 200, "amber")])
    there = serve(lambda asked, to: send(to, held[asked.path.rsplit("/", 1)[1]]))
    remote = connect(person, f"{there.url}/feed", handling={"tlp": "GREEN", "widest": "CLEAR"})
    assert (run(remote).error, titles()) == ("", ["One", "Two"])
    assert dict(Report.objects.using("owner").values_list("title", "tlp")) == {"One": "GREEN", "Two": "AMBER"}
    asked = len(there.asked)
    assert run(remote).pulled == 0 and len(there.asked) == asked + 1
    held |= files([event(first, "One", 100), event(second, "Two changed", 300, "amber")])
    assert run(remote).pulled == 1
    assert titles() == ["One", "Two changed"]
    assert {a.path.split("/")[1] for a in there.asked} == {"feed"}


def test_one_bad_event_is_left_out_and_said(serve: Serve, person: Person) -> None:
    good, bad = str(uuid.uuid4()), str(uuid.uuid4())
    held = files([event(bad, "Bad", 100), event(good, "Good", 200)])
    held[f"{bad}.json"] = b'{"Event": {"uuid": "another"}}'
    there = serve(lambda asked, to: send(to, held[asked.path.rsplit("/", 1)[1]]))
    remote = connect(person, f"{there.url}/feed/")
    assert bad in run(remote).error and titles() == ["Good"]
    assert run(remote).error == ""


@pytest.mark.parametrize("body", [b"<html>", b'{"../../etc/passwd":{"timestamp":"1"}}', b"[1]", b"{" * 9_000])
def test_a_manifest_that_is_none(serve: Serve, person: Person, body: bytes) -> None:
    there = serve(lambda asked, to: send(to, body))
    assert "manifest.json" in run(connect(person, there.url)).error
    assert len(there.asked) == 1


def test_a_server_that_fails_in_the_middle(serve: Serve, person: Person) -> None:
    idents = [str(uuid.uuid4()) for _ in range(3)]
    held = files([event(one, f"N {n}", 100 + n) for n, one in enumerate(idents)])

    def answer(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        name = asked.path.rsplit("/", 1)[1]
        if name.startswith(idents[2]) and len(there.asked) < 6:
            send(to, b"", 500)
        else:
            send(to, held[name])

    there = serve(answer)
    remote = connect(person, there.url)
    assert "error of its own" in run(remote).error and len(titles()) == 2
    time.sleep(0)
    run(remote)
    assert run(remote).error == "" and len(titles()) == 3
    assert Object.objects.using("owner").filter(kind="misp-event").count() == 3


def test_a_folder_below_the_one_that_is_open(person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUEANDCRY_FEEDS", raising=False)
    inside = tmp_path / "feeds" / "circl"
    inside.mkdir(parents=True)
    for name, raw in files([event(str(uuid.uuid4()), "In a folder", 100)]).items():
        (inside / name).write_bytes(raw)
    remote = connect(person, "folder:circl")
    assert "named none" in run(remote).error
    monkeypatch.setenv("HUEANDCRY_FEEDS", str(tmp_path / "feeds"))
    assert run(remote).error == "" and titles() == ["In a folder"]
    (tmp_path / "secret").mkdir()
    (tmp_path / "feeds" / "link").symlink_to(tmp_path / "secret")
    for url in ("folder:../secret", "folder:link", "folder:/../../etc"):
        Remote.objects.using("owner").update(url=url)
        assert "not below the one" in run(remote).error
