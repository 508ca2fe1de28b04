"""Reading a TAXII collection: on from where it stopped, nothing twice, whatever the server does; and sending to one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Object, Remote, RemoteRun, Report, Submission
from hueandcry.exchange.publication.actions import publish
from hueandcry.exchange.remotes import actions as connections
from hueandcry.exchange.remotes import pushing, running, taking, taxii
from hueandcry.exchange.remotes.outward import RemoteError, Server
from hueandcry.members import actions as members
from hueandcry.members.models import Circle, Organisation, Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange.remotes.conftest import Asked, Serving, send

Serve = Callable[[Callable[[Asked, BaseHTTPRequestHandler], None]], Serving]
AMBER = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def indicator(number: int, **more: Any) -> dict[str, Any]:
    return {
        "type": "indicator", "spec_version": "2.1", "id": f"indicator--{uuid.UUID(int=number + 2**120, version=4)}",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": f"I {number}",
        "indicator_types": ["malicious-activity"],
        "pattern": f"[ipv4-addr:value = '198.51.{number // 250}.{number % 250}']",
        "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z", **more,
    }  # fmt: skip


class Remotely:
    """A TAXII server with one collection of ``objects``, in pages of ten. ``fail``: answers of these requests."""

    def __init__(self, objects: list[dict[str, Any]]) -> None:
        self.objects = objects
        self.fail: dict[int, tuple[int, bytes, dict[str, str]]] = {}
        self.count = 0
        self.posted: list[Any] = []
        self.status: dict[str, Any] = {}
        self.forgets = False
        self.stamps = True

    def __call__(self, asked: Asked, to: BaseHTTPRequestHandler) -> None:
        assert asked.headers["Accept"] == taxii.MEDIA
        self.count += 1
        if self.count in self.fail:
            status, body, headers = self.fail[self.count]
            send(to, body, status, **headers)
            return
        parts = urlsplit(asked.path)
        found = getattr(self, "_" + re.sub(r"\W+", "_", parts.path.strip("/")), None)
        if asked.method == "POST":
            self.posted.append(orjson.loads(asked.body))
            self._say(to, {"id": "s1", "status": "pending", "total_count": 1} | self.status, 202)
        elif parts.path.endswith("/objects/"):
            self._page(to, {k: v[0] for k, v in parse_qs(parts.query).items()})
        elif "/status/" in parts.path:
            self._say(to, {"id": "s1", "status": "complete"} | self.status)
        elif found:
            self._say(to, found)
        else:
            send(to, b"", 404)

    _taxii2 = {"title": "T", "default": "/api/", "api_roots": ["/api/"]}
    _api = {"title": "Root", "versions": [taxii.MEDIA], "max_content_length": 1000}
    _api_collections = {
        "collections": [
            {"id": "c1", "title": "Bad things", "can_read": True, "can_write": True},
            {"id": "c2", "title": "Others", "can_read": True, "can_write": False},
        ]
    }
    _api_collections_c1 = _api_collections["collections"][0]

    def _say(self, to: BaseHTTPRequestHandler, what: Any, status: int = 200, **headers: str) -> None:
        send(to, orjson.dumps(what), status, Content_Type=taxii.MEDIA, **headers)

    def _page(self, to: BaseHTTPRequestHandler, query: dict[str, str]) -> None:
        """Each object was added one microsecond after the one before, which its number says."""
        after = int(query["added_after"][20:26]) if query.get("added_after") else -1
        if self.forgets and "next" in query:
            self.forgets = False
            send(to, b'{"title":"unknown next"}', 400)
            return
        start = int(query.get("next", after + 1))
        chosen = [
            one for one in self.objects[start : start + 10]
            if query.get("match[type]", one["type"]) == one["type"]
        ]  # fmt: skip
        end = min(start + 10, len(self.objects))
        said: dict[str, Any] = {"objects": chosen} if chosen else {}
        if end < len(self.objects):
            said |= {"more": True, "next": str(end)}
        headers = {"X_TAXII_Date_Added_Last": f"2026-01-01T00:00:00.{end - 1:06}Z"} if chosen and self.stamps else {}
        self._say(to, said, **headers)


@pytest.fixture
def person(database: Any) -> Person:
    return factory.person(factory.organisation("Reader"), ["integrator"])


def connect(person: Person, url: str, **more: Any) -> Remote:
    wish = {"kind": "taxii", "name": "Bad things", "url": f"{url}/api/collections/c1/"} | more
    connections.add(by=factory.as_viewer(person), wish=connections.Wish(**wish))
    return Remote.objects.using("owner").get()


def run(remote: Remote) -> running.Outcome:
    outcome = running.run(remote=remote.pk, person=remote.person)
    assert outcome is not None
    return outcome


def stored() -> list[str]:
    return list(Object.objects.using("owner").order_by("pk").values_list("text", flat=True))


def test_discovery_gives_what_the_server_offers(serve: Serve) -> None:
    there = serve(Remotely([]))
    for path in ("/taxii2/", "/api/"):
        offered = taxii.collections(Server(there.url + path))
        assert [(o.title, o.can_write) for o in offered] == [("Bad things", True), ("Others", False)]
        assert offered[0].url == f"{there.url}/api/collections/c1/"
    [one] = taxii.collections(Server(there.url + "/api/collections/c1/"))
    assert one.url == f"{there.url}/api/collections/c1/"


def test_all_comes_as_sent_and_once(serve: Serve, person: Person) -> None:
    far = Remotely([indicator(n, x_custom=1.50) for n in range(35)])
    there = serve(far)
    remote = connect(person, there.url, login="ana", secret="s3cret")
    assert (run(remote).error, len(stored())) == ("", 35)
    assert sorted(map(orjson.loads, stored()), key=lambda o: o["name"]) == sorted(far.objects, key=lambda o: o["name"])
    assert {s.channel for s in Submission.objects.using("owner").all()} == {"taxii pull"}
    assert all(a.headers["Authorization"] == "Basic YW5hOnMzY3JldA==" for a in there.asked)
    asked = len(there.asked)
    assert run(remote).pulled == 0 and len(there.asked) == asked + 1
    far.objects += [indicator(n) for n in range(35, 38)]
    assert (run(remote).pulled, len(stored())) == (3, 38)


def test_it_goes_on_where_it_was_stopped(serve: Serve, person: Person) -> None:
    """The third page fails: what came is kept, and the next run begins there."""
    far = Remotely([indicator(n) for n in range(45)])
    there = serve(far)
    far.fail[3] = (502, b"<html>bad gateway</html>", {})
    remote = connect(person, there.url)
    outcome = run(remote)
    assert "error of its own (502)" in outcome.error and len(stored()) == 20
    assert run(remote).error == "" and len(stored()) == 45
    assert [parse_qs(urlsplit(a.path).query).get("next") for a in there.asked] == [
        None, ["10"], ["20"], ["20"], ["30"], ["40"]
    ]  # fmt: skip


def test_a_crash_between_page_and_place_repeats_nothing(
    serve: Serve, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = serve(Remotely([indicator(n) for n in range(25)]))
    remote = connect(person, there.url)
    stand = taking._stand
    calls = []

    def killed(by: Any, remote: Any, place: Any) -> None:
        calls.append(place)
        if len(calls) == 2:
            raise SystemExit
        stand(by, remote, place)

    monkeypatch.setattr(taking, "_stand", killed)
    with pytest.raises(SystemExit):
        run(remote)
    monkeypatch.setattr(taking, "_stand", stand)
    assert len(stored()) == 20
    assert run(remote).error == "" and len(stored()) == 25
    assert Report.objects.using("owner").count() == 3


def test_a_server_that_forgets_its_token(serve: Serve, person: Person) -> None:
    far = Remotely([indicator(n) for n in range(35)])
    far.fail[3] = (503, b"", {"Retry-After": "77"})
    there = serve(far)
    remote = connect(person, there.url)
    assert run(remote).wait == 77
    far.forgets = True
    assert run(remote).error == "" and len(stored()) == 35


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>", "as a TAXII 2.1 server does"), (b"[]", "as a TAXII"), (b'{"objects":{}}', "as a TAXII"),
        (b'{"objects":[1],"more":"yes"}', "as a TAXII"), (b"\xff\xfe", "as a TAXII"), (b"[" * 100_000, "as a TAXII"),
    ],
)  # fmt: skip
def test_garbage_is_a_failure_in_words(serve: Serve, person: Person, body: bytes, said: str) -> None:
    there = serve(lambda asked, to: send(to, body))
    remote = connect(person, there.url)
    assert said in run(remote).error
    assert not Submission.objects.using("owner").exists()


def test_bad_objects_are_refused_on_a_receipt_and_the_rest_comes(serve: Serve, person: Person) -> None:
    far = Remotely([indicator(1), {"type": "indicator", "id": "x"}, indicator(2)])
    assert run(connect(person, serve(far).url)).error == ""
    [kept] = Submission.objects.using("owner").all()
    assert (kept.stored, kept.refused) == (2, 1)


def test_a_server_that_turns_in_a_circle(serve: Serve, person: Person) -> None:
    page = orjson.dumps({"objects": [indicator(1)], "more": True, "next": "same"})
    there = serve(lambda asked, to: send(to, page))
    assert "again and again" in run(connect(person, there.url)).error
    assert len(stored()) == 1


def test_filter_and_labels(serve: Serve, person: Person) -> None:
    """A label of the server holds where it is stricter than the widest we believe; what has none gets ours."""
    malware = {
        "type": "malware", "spec_version": "2.1", "id": f"malware--{uuid.uuid4()}", "name": "M", "is_family": False,
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
    }  # fmt: skip
    far = Remotely([
        indicator(1), malware, indicator(2, object_marking_refs=[GREEN]),
    ])  # fmt: skip
    there = serve(far)
    remote = connect(person, there.url, filter={"type": "indicator"}, handling={"tlp": "AMBER", "widest": "CLEAR"})
    assert run(remote).error == ""
    assert "match%5Btype%5D=indicator" in there.asked[0].path
    labels = {
        orjson.loads(o.text)["name"]: o.report.tlp
        for o in Object.objects.using("owner").filter(kind="indicator", ours=False).select_related("report")
    }
    assert labels == {"I 1": "AMBER", "I 2": "GREEN"}
    far.objects.append(indicator(3, object_marking_refs=[AMBER]))
    Remote.objects.using("owner").update(handling={"tlp": "CLEAR", "widest": "CLEAR"})
    run(remote)
    assert Report.objects.using("owner").latest("pk").tlp == "AMBER"


def test_labelled_and_unlabelled_part_where_reports_are_labelled() -> None:
    inside = indicator(1)
    report = {
        "type": "report", "spec_version": "2.1", "id": f"report--{uuid.uuid4()}", "name": "R",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "published": "2026-01-01T00:00:00Z", "object_refs": [inside["id"]], "object_marking_refs": [GREEN],
    }  # fmt: skip
    loose = indicator(2)
    red = indicator(3, object_marking_refs=["marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"])
    definition = {
        "type": "marking-definition", "spec_version": "2.1", "id": f"marking-definition--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z", "definition_type": "tlp", "definition": {"tlp": "amber"},
    }  # fmt: skip
    amber = indicator(4, object_marking_refs=[definition["id"]])
    found = taking.by_label([orjson.dumps(o) for o in (report, inside, loose, red, definition, amber)])
    assert {level: [orjson.loads(o)["id"] for o in group] for level, group in found.items()} == {
        "reports": [definition["id"], report["id"], inside["id"]],
        "": [definition["id"], loose["id"]],
        "RED": [definition["id"], red["id"]],
        "AMBER": [definition["id"], amber["id"]],
    }


def test_failures_are_counted_told_and_waited_for(serve: Serve, person: Person) -> None:
    there = serve(lambda asked, to: send(to, b"", 500))
    remote = connect(person, there.url)
    for failures in (1, 2, 3, 4):
        assert run(remote).error
        remote.refresh_from_db(using="owner")
        assert remote.failures == failures
    assert Notice.objects.using("owner").filter(kind="connection").count() == 1
    with viewer(factory.as_viewer(person)):
        assert [r.error for r in RemoteRun.objects.all()] == [RemoteRun.objects.first().error] * 4  # type: ignore[union-attr]


def test_refused_credentials_are_told_at_once(serve: Serve, person: Person) -> None:
    there = serve(lambda asked, to: send(to, b"", 401))
    assert run(connect(person, there.url)).closed
    assert Notice.objects.using("owner").filter(kind="connection").count() == 1


def test_waits_grow_with_jitter_and_honour_the_server() -> None:
    for failures in range(1, 30):
        waits = {running.next_try(failures, 900, None) for _ in range(20)}
        longest = min(running.WORST, 60 * 2 ** (failures - 1))
        assert all(longest / 2 <= wait <= longest for wait in waits) and len(waits) > 1
    assert running.next_try(1, 900, 50_000) == 50_000


def test_what_is_due_runs_side_by_side(serve: Serve, person: Person) -> None:
    far = Remotely([indicator(n) for n in range(5)])
    remote = connect(person, serve(far).url)
    connections.run_due()
    assert len(stored()) == 5
    asked = far.count
    connections.run_due()
    assert far.count == asked  # it is not its turn
    connections.run_soon(by=factory.as_viewer(person), remote=remote.pk)
    connections.run_due()
    assert far.count > asked
    connections.pause(by=factory.as_viewer(person), remote=remote.pk, paused=True)
    asked = far.count
    connections.run_due()
    assert far.count == asked


# Sending


@pytest.fixture
def circle(person: Person) -> Circle:
    other = factory.organisation("Other member")
    return factory.circle("Shared", [Organisation.objects.using("owner").get(pk=person.organisation_id), other])


def tell(person: Person, objects: list[dict[str, Any]], **handling: Any) -> None:
    raw = orjson.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects})
    got = actions.receive(by=factory.as_viewer(person), raw=raw, handling=Handling(**handling), at_once=True)
    assert got.state == "done"


def test_what_the_circle_may_share_is_sent_once(serve: Serve, person: Person, circle: Circle) -> None:
    other = factory.person(Organisation.objects.using("owner").get(name="Other member"))
    to = (circle.principal_id,)
    tell(person, [indicator(1)], tlp="AMBER", recipients=to)
    tell(other, [indicator(2)], tlp="AMBER", recipients=to)
    tell(other, [indicator(3)], tlp="GREEN", recipients=to)
    tell(other, [indicator(4)], tlp="GREEN", recipients=to, codes=("H2",))
    tell(other, [indicator(5)], tlp="GREEN", recipients=to, pap="RED")
    publish()
    far = Remotely([])
    remote = connect(person, serve(far).url, pulls=False, pushes=True, circle=circle.principal_id)
    assert run(remote).error == ""
    [posted] = far.posted
    assert {o["name"]: o["object_marking_refs"] for o in posted["objects"]} == {"I 1": [AMBER], "I 3": [GREEN]}
    assert run(remote).pushed == 0 and len(far.posted) == 1
    tell(person, [indicator(6)], tlp="CLEAR", recipients=to)
    publish()
    assert run(remote).pushed == 1


def test_what_the_server_refuses_is_told(serve: Serve, person: Person, circle: Circle) -> None:
    tell(person, [indicator(1)], tlp="AMBER", recipients=(circle.principal_id,))
    publish()
    far = Remotely([])
    far.status = {"failure_count": 1, "failures": [{"message": "no such thing"}]}
    remote = connect(person, serve(far).url, pulls=False, pushes=True, circle=circle.principal_id)
    assert "refused 1 of the objects sent to it. no such thing" in run(remote).error


def test_a_label_goes_along_and_one_that_is_there_stays() -> None:
    bare, own = orjson.dumps(indicator(1)).decode(), orjson.dumps(indicator(1, object_marking_refs=[AMBER])).decode()
    assert orjson.loads(pushing.marked(bare, "GREEN"))["object_marking_refs"] == [GREEN]
    assert pushing.marked(own, "GREEN") == own


# Our own server


def test_our_client_reads_and_fills_our_server(node: Callable[[str], str], person: Person, circle: Circle) -> None:
    url = node("")
    there = factory.person(factory.organisation("There"), ["analyst", "administrator"])
    body = Organisation.objects.using("owner").get(pk=there.organisation_id)
    far = factory.circle("Far", [body, factory.organisation("Far too")])
    for number in range(3):
        tell(there, [indicator(n) for n in range(number * 400, number * 400 + 400)], tlp="AMBER",
             recipients=(far.principal_id,))  # fmt: skip
    publish()
    token = members.add_token(by=factory.as_viewer(there), name="x", scopes=["read", "submit", "export"], days=3)
    offered = taxii.collections(Server(f"{url}/taxii2/", "", token))
    [chosen] = [one for one in offered if "Far" in one.title]
    remote = connect(person, url, kind="taxii", secret=token)
    Remote.objects.using("owner").update(url=chosen.url)
    remote.refresh_from_db(using="owner")
    outcome = run(remote)
    assert (outcome.error, outcome.pulled) == ("", 1_200)
    mine = Object.objects.using("owner").filter(organisation=person.organisation_id, ours=False)
    assert mine.values("key").distinct().count() == mine.count() == 1_200
    assert run(remote).pulled == 0


def test_not_a_taxii_server(serve: Serve) -> None:
    with pytest.raises(RemoteError):
        taxii.collections(Server(serve(lambda asked, to: send(to, b"{}")).url))
