"""Pages of connections: who comes in, what they show, and that no secret does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.db import connections as databases
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.models import Object, Remote, RemoteRun, Submission
from hueandcry.exchange.remotes import actions as connections
from hueandcry.exchange.remotes import running
from hueandcry.exchange.remotes.credentials import Unsealable, seal, unseal
from hueandcry.members.models import Circle, Organisation, Person
from tests import factory
from tests.exchange.remotes.conftest import Asked, Serving, send
from tests.exchange.remotes.test_taxii_client import Remotely, indicator

Serve = Callable[[Callable[[Asked, BaseHTTPRequestHandler], None]], Serving]
SECRET = "hunter2-hunter2"


@pytest.fixture
def person(database: Any) -> Person:
    return factory.person(factory.organisation("Reader"), ["integrator"])


@pytest.fixture
def circle(person: Person) -> Circle:
    return factory.circle("Shared", [Organisation.objects.using("owner").get(pk=person.organisation_id)])


@pytest.fixture
def browser(person: Person) -> Client:
    return factory.signed_in(person)


def add_feed(browser: Client, url: str, **more: Any) -> Any:
    fields = {"name": "A feed", "url": url, "login": "", "secret": SECRET, "every": "900", "circle": ""} | more
    return browser.post("/connections/add/misp/", fields)


def test_sealed_secrets_open_here_only(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = seal(SECRET)
    assert SECRET.encode() not in kept and seal(SECRET) != kept
    assert unseal(kept) == SECRET
    for broken in (b"", kept[:10], kept[:-1], bytes([kept[0] ^ 1]) + kept[1:]):
        with pytest.raises(Unsealable):
            unseal(broken)
    monkeypatch.setattr("django.conf.settings.SECRET_KEY", "another")
    with pytest.raises(Unsealable):
        unseal(kept)


def test_a_feed_is_added_shown_changed_paused_and_deleted(browser: Client) -> None:
    assert "No connection yet" in browser.get("/connections/").content.decode()
    answer = add_feed(browser, "http://127.0.0.1:1/feed/")
    remote = Remote.objects.using("owner").get()
    page = f"/connections/{remote.reference}/"
    assert answer.status_code == 302 and answer["Location"] == page
    assert unseal(bytes(remote.credentials or b"")) == f"\n{SECRET}"
    assert "kept, encrypted" in browser.get(page).content.decode()
    assert "A feed" in browser.get("/connections/").content.decode()
    same = {"name": "Renamed", "url": remote.url, "login": "", "secret": "", "every": "60", "circle": ""}
    assert browser.post(page + "edit/", same).status_code == 302
    remote.refresh_from_db(using="owner")
    assert (remote.name, remote.every) == ("Renamed", 60)
    assert unseal(bytes(remote.credentials or b"")) == f"\n{SECRET}"
    browser.post(page + "pause/")
    assert "when it goes on" in browser.get(page).content.decode()
    browser.post(page + "run/")
    assert "It is paused" in browser.get(page).content.decode()
    browser.post(page + "pause/")
    browser.post(page + "run/")
    assert browser.get(page + "delete/").status_code == 200
    assert Remote.objects.using("owner").count() == 1
    browser.post(page + "delete/")
    assert not Remote.objects.using("owner").exists()
    assert browser.get(page).status_code == 404


def test_a_secret_goes_to_no_other_server(browser: Client) -> None:
    add_feed(browser, "http://127.0.0.1:1/feed/")
    remote = Remote.objects.using("owner").get()
    moved = {"name": "A feed", "url": "http://127.0.0.1:2/", "login": "", "secret": "", "every": "900", "circle": ""}
    browser.post(f"/connections/{remote.reference}/edit/", moved)
    remote.refresh_from_db(using="owner")
    assert remote.url == "http://127.0.0.1:2/" and remote.credentials is None


def test_no_secret_shows_anywhere(
    browser: Client, person: Person, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither on a page, nor in the log, the audit record, a notice or any column of the database as it stands."""
    caplog.set_level(logging.DEBUG)
    there = serve(lambda asked, to: send(to, f"you sent {asked.headers}".encode(), 500))
    add_feed(browser, there.url)
    remote = Remote.objects.using("owner").get()
    for _time in range(3):
        running.run(remote=remote.pk, person=person.pk)
    assert SECRET in there.asked[0].headers["Authorization"]
    for path in ("", "edit/", "delete/"):
        assert SECRET not in browser.get(f"/connections/{remote.reference}/{path}").content.decode()
    assert SECRET not in browser.get("/connections/").content.decode() + browser.get("/").content.decode()
    ours = [r for r in caplog.records if not r.name.startswith(("httpcore", "asyncio"))]
    assert SECRET not in " ".join(record.getMessage() for record in ours)
    assert SECRET not in repr(list(Act.objects.using("owner").values_list()))
    with databases["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        for (table,) in cursor.fetchall():
            asked = f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s'  # noqa: S608  names from the catalogue
            cursor.execute(asked, [f"%{SECRET}%"])
            assert cursor.fetchone()[0] == 0, table


@pytest.mark.parametrize("roles", [["analyst"], ["reporter"], ["reader"], ["dpo"]])
def test_others_have_no_business_here(browser: Client, person: Person, roles: list[str]) -> None:
    add_feed(browser, "http://127.0.0.1:1/feed/")
    remote = Remote.objects.using("owner").get()
    body = Organisation.objects.using("owner").get(pk=person.organisation_id)
    colleague = factory.person(body, roles)
    there = factory.signed_in(colleague)
    for path in ("/connections/", f"/connections/{remote.reference}/", "/connections/add/misp/"):
        assert there.get(path).status_code == 403
    by = factory.as_viewer(colleague)
    for act in (connections.run_soon, connections.remove):
        with pytest.raises(Refused):
            act(by=by, remote=remote.pk)
    assert Remote.objects.using("owner").count() == 1


def test_another_organisation_sees_and_does_nothing(browser: Client) -> None:
    add_feed(browser, "http://127.0.0.1:1/feed/")
    remote = Remote.objects.using("owner").get()
    other = factory.person(factory.organisation(), ["administrator"])
    there = factory.signed_in(other)
    assert "A feed" not in there.get("/connections/").content.decode()
    for path in ("", "edit/", "delete/"):
        assert there.get(f"/connections/{remote.reference}/{path}").status_code == 404
    for path in ("run/", "pause/", "delete/"):
        assert there.post(f"/connections/{remote.reference}/{path}").status_code == 404
    connections.remove(by=factory.as_viewer(other), remote=remote.pk)
    connections.pause(by=factory.as_viewer(other), remote=remote.pk, paused=True)
    assert Remote.objects.using("owner").get().paused is False


def test_forms_say_what_is_wrong(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "already" not in add_feed(browser, "http://127.0.0.1:1/").content.decode()
    again = add_feed(browser, "http://127.0.0.1:1/")
    assert again.status_code == 422 and "a connection of this name already" in again.content.decode()
    assert SECRET not in again.content.decode()
    monkeypatch.setattr("django.conf.settings.PRIVATE_REMOTES", False)
    plain = add_feed(browser, "http://feed.example/", name="B").content.decode()
    assert "has to begin with https://" in plain
    inside = add_feed(browser, "https://ana:x@feed.example/", name="C").content.decode()
    assert "password out of the address" in inside
    assert browser.get("/connections/add/telnet/").status_code == 404
    assert Remote.objects.using("owner").count() == 1


def test_a_taxii_collection_is_chosen_from_what_the_server_offers(
    browser: Client, person: Person, serve: Serve, circle: Circle
) -> None:
    there = serve(Remotely([indicator(1)]))
    fields = {"name": "T", "url": f"{there.url}/taxii2/", "login": "ana", "secret": SECRET, "every": "900",
              "pulls": "on", "circle": str(circle.principal_id), "unmarked": "AMBER", "widest": "GREEN"}  # fmt: skip
    offered = browser.post("/connections/add/taxii/", fields).content.decode()
    assert "Bad things" in offered and "Others" in offered and SECRET not in offered
    assert not Remote.objects.using("owner").exists()
    chosen = fields | {"secret": "", "collection": f"{there.url}/api/collections/c1/"}
    assert browser.post("/connections/add/taxii/", chosen).status_code == 302
    remote = Remote.objects.using("owner").get()
    assert remote.url == f"{there.url}/api/collections/c1/"
    assert unseal(bytes(remote.credentials or b"")) == f"ana\n{SECRET}"
    assert remote.handling == {"tlp": "AMBER", "widest": "GREEN", "recipients": [circle.principal_id]}
    assert running.run(remote=remote.pk, person=person.pk).error == ""  # type: ignore[union-attr]
    assert Object.objects.using("owner").count() >= 1
    page = browser.get(f"/connections/{remote.reference}/").content.decode()
    assert "well" in page and "2026-01-01T00:00:00.000000Z" in page
    failing = browser.post("/connections/add/taxii/", fields | {"url": "http://127.0.0.1:1/"})
    assert failing.status_code == 422 and "cannot be reached" in failing.content.decode()


def test_deleting_leaves_what_came(browser: Client, person: Person, serve: Serve) -> None:
    there = serve(Remotely([indicator(1)]))
    connections.add(
        by=factory.as_viewer(person),
        wish=connections.Wish(kind="taxii", name="T", url=f"{there.url}/api/collections/c1/"),
    )
    remote = Remote.objects.using("owner").get()
    running.run(remote=remote.pk, person=person.pk)
    connections.remove(by=factory.as_viewer(person), remote=remote.pk)
    assert Submission.objects.using("owner").count() == 1 and not RemoteRun.objects.using("owner").exists()


def test_a_node_wants_a_circle_that_one_is_in(browser: Client, person: Person, circle: Circle) -> None:
    fields = {"name": "N", "url": "http://127.0.0.1:1", "secret": SECRET, "every": "60", "theirs": "shared",
              "widest": "CLEAR", "circle": ""}  # fmt: skip
    assert browser.post("/connections/add/node/", fields).status_code == 422
    other = factory.circle("Not ours", [factory.organisation()])
    assert browser.post("/connections/add/node/", fields | {"circle": other.principal_id}).status_code == 422
    with pytest.raises(Refused):
        connections.add(
            by=factory.as_viewer(person),
            wish=connections.Wish(kind="node", name="N", url="http://127.0.0.1:1", circle=other.principal_id),
        )
    assert browser.post("/connections/add/node/", fields | {"circle": circle.principal_id}).status_code == 302


def test_filters_narrow_the_list(browser: Client, circle: Circle) -> None:
    add_feed(browser, "http://127.0.0.1:1/", name="One")
    add_feed(browser, "http://127.0.0.1:2/", name="Two")
    two = Remote.objects.using("owner").get(name="Two")
    browser.post(f"/connections/{two.reference}/pause/")
    page = browser.get("/connections/?health=paused").content.decode()
    assert "Two" in page and "One" not in page
    assert "None of these" in browser.get("/connections/?kind=node").content.decode()
