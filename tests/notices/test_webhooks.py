"""Webhooks: signed, tried again, given up, paused; never into inner networks; each organisation's own."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices import actions, actions_webhook, calls, naming, outward, sealing, signatures
from hueandcry.notices.models import Notice, Webhook, WebhookCall
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


class Receiver:
    """A server of somebody's that is called; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.status, self.headers = 204, {}  # type: int, dict[str, str]
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.taken.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/told?by=us"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", True)
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def integrator() -> Person:
    return factory.person(factory.organisation("Example Bank"), ["integrator"])


def hook(person: Person, url: str, kinds: tuple[str, ...] = (), name: str = "Our SIEM") -> tuple[UUID, bytes]:
    reference, secret = actions_webhook.add(by=factory.as_viewer(person), name=name, url=url, kinds=kinds)
    return reference, base64.b64decode(secret.removeprefix("whsec_"))


def tell(person: Person, kind: str = "hit", title: str = "A hit", link: str = "/hits/") -> None:
    assert person.organisation_id
    actions.tell(kind=kind, title=title, link=link, organisations=[person.organisation_id])


def due() -> None:
    """All that waits is due, and then called."""
    WebhookCall.objects.using("owner").filter(next_at__isnull=False).update(next_at=timezone.now())
    calls.call_due()


def only_call() -> WebhookCall:
    return WebhookCall.objects.using("owner").get()


def test_a_call_is_signed_and_says_what_a_notice_says(receiver: Receiver, integrator: Person) -> None:
    _reference, secret = hook(integrator, receiver.url)
    tell(integrator)
    calls.call_due()
    ((path, headers, body),) = receiver.taken
    said = json.loads(body)
    assert path == "/told?by=us"
    assert (said["kind"], said["title"], said["organisation"]) == ("hit", "A hit", "example-bank")
    assert said["link"] == f"{settings.PUBLIC_URL}/hits/"
    assert said["id"] == headers["webhook-id"] == str(only_call().reference)
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    calls.call_due()
    assert len(receiver.taken) == 1
    assert (only_call().status, only_call().error, only_call().next_at) == (204, "", None)


def test_the_check_that_the_guide_gives_works() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "notices.md").read_text("utf-8")
    found: dict[str, Any] = {}
    exec(guide.split("```python\n")[1].split("```")[0], found)  # noqa: S102  our own words
    secret = signatures.new_secret()
    headers = signatures.headers(secret, "an-id", 1_700_000_000, b"{}")
    assert found["ours"](signatures.shown(secret), headers, b"{}")
    assert not found["ours"](signatures.shown(secret), headers, b"{ }")
    assert not found["ours"](signatures.shown(secret), headers | {"webhook-timestamp": "1700000001"}, b"{}")
    assert not found["ours"](signatures.shown(signatures.new_secret()), headers, b"{}")


def test_the_secret_is_kept_sealed(receiver: Receiver, integrator: Person) -> None:
    _reference, secret = hook(integrator, receiver.url)
    kept = bytes(Webhook.objects.using("owner").get().secret)
    assert secret not in kept and base64.b64encode(secret) not in kept
    assert sealing.unseal(kept) == secret


def test_kinds_others_and_titles_of_reports(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url, ("outcome",))
    tell(integrator, "hit")
    tell(factory.person(factory.organisation()), "outcome")
    tell(integrator, "outcome", "Title of a report", "/reports/nobody-vouches/")
    calls.call_due()
    assert [json.loads(body)["title"] for _p, _h, body in receiver.taken] == ["What came of a report you may see"]


def test_whoever_set_it_up_and_left_vouches_for_nothing(
    receiver: Receiver, integrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int | None] = []

    def check(by: Viewer, links: frozenset[str]) -> frozenset[str]:
        asked.append(by.organisation)
        return links if by.organisation else frozenset()

    monkeypatch.setattr(naming, "_checks", [check])
    hook(integrator, receiver.url)
    tell(integrator, "outcome", "Of the bank", "/reports/one/")
    calls.call_due()
    home = integrator.organisation_id
    tell(integrator, "outcome", "Of the bank too", "/reports/two/")
    Person.objects.filter(pk=integrator.pk).update(organisation_id=factory.organisation().pk)
    calls.call_due()
    titles = [json.loads(body)["title"] for _p, _h, body in receiver.taken]
    assert titles == ["Of the bank", "What came of a report you may see"]
    assert asked == [home, None]


def test_webhooks_of_are_called_without_telling_people(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    analyst = factory.person(integrator.organisation)
    actions.tell(
        kind="alert", title="3 new reports", people=[analyst.pk], webhooks_of=[integrator.organisation_id or 0]
    )
    calls.call_due()
    assert len(receiver.taken) == 1
    assert Notice.objects.using("owner").values_list("person", flat=True).get() == analyst.pk


def test_a_failure_is_tried_again_later_each_time_and_given_up_with_a_notice(
    receiver: Receiver, integrator: Person
) -> None:
    reference, _secret = hook(integrator, receiver.url)
    tell(integrator)
    receiver.status = 503
    waits = []
    for _try in calls.DELAYS:
        due()
        call = only_call()
        assert call.next_at and call.error == "The server answered 503."
        waits.append(call.next_at.timestamp() - time.time())
    assert all(0.85 * delay < wait < 1.15 * delay for delay, wait in zip(calls.DELAYS, waits, strict=True))
    assert sum(calls.DELAYS) < 86_400
    assert not Webhook.objects.using("owner").get().paused
    due()
    assert (only_call().next_at, only_call().tries) == (None, len(calls.DELAYS) + 1)
    assert Webhook.objects.using("owner").get().paused
    told = Notice.objects.using("owner").get(kind="connection")
    assert (told.person, told.link) == (integrator.pk, f"/webhooks/{reference}/")
    count = len(receiver.taken)
    tell(integrator)
    due()
    assert len(receiver.taken) == count, "paused"

    by = factory.as_viewer(integrator)
    receiver.status = 200
    actions_webhook.pause(by=by, reference=reference, paused=False)
    actions_webhook.send_again(by=by, reference=reference, call=only_call().reference)
    calls.call_due()
    assert (only_call().error, Webhook.objects.using("owner").get().failures) == ("", 0)


def test_a_success_between_keeps_it_going(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    tell(integrator)
    receiver.status = 500
    for _try in calls.DELAYS:
        due()
    receiver.status = 200
    tell(integrator)
    calls.call_due()
    receiver.status = 500
    due()
    assert not Webhook.objects.using("owner").get().paused


def test_gone_is_believed_at_once(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    tell(integrator)
    receiver.status = 410
    calls.call_due()
    assert Webhook.objects.using("owner").get().paused
    assert only_call().next_at is None


def test_no_redirect_is_followed(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    tell(integrator)
    receiver.status, receiver.headers = 307, {"Location": receiver.url}
    calls.call_due()
    assert len(receiver.taken) == 1
    assert only_call().error == "The server answered 307."


def test_a_server_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PRIVATE_REMOTES", True)
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        taken, _from = listening.accept()
        with taken:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"a" * 10_000:
                try:
                    taken.sendall(bytes([byte]))
                except OSError:
                    return
                if ended.wait(0.05):
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(outward.Unsent, match="did not answer in"):
        outward.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {}, seconds=0.6)
    assert time.monotonic() - begun < 5
    ended.set()
    thread.join()
    listening.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://10.0.0.8/", "https://192.168.1.1/", "https://[::1]/",
        "https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/",
        "https://[64:ff9b::a00:1]/", "https://0.0.0.0/", "https://224.0.0.1/", "https://user:word@example.org/",
        "ftp://example.org/", "https://", "https://example.org/\r\nX: 1", "https://example.org:99999/", "gopher://x/",
        "https://100.64.0.1/", "https://[2002:a00:1::]/",
    ],
)  # fmt: skip
def test_addresses_that_are_never_called(url: str, integrator: Person) -> None:
    with pytest.raises(outward.Unsent):
        outward.check(url)
    with pytest.raises(Refused):
        hook(integrator, url)
    with pytest.raises(outward.Unsent):
        outward.post(url, b"", {})


@pytest.mark.parametrize("answers", [["127.0.0.1"], ["10.1.2.3"], ["93.184.216.34", "10.1.2.3"], ["::1"]])
def test_a_name_that_leads_inside_is_not_called(answers: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answers]

    def never(*_args: Any, **_more: Any) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", never)
    with pytest.raises(outward.Unsent, match="not of the public internet"):
        outward.post("https://inner.example.org/", b"", {})


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time is not asked a second time."""
    asked: list[str] = []
    connected: list[tuple[str, int]] = []

    def look_up(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port))
        ]

    def connect(address: tuple[str, int], *_args: Any, **_more: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outward.Unsent, match="broke"):
        outward.post("https://turning.example.org/", b"", {})
    assert (asked, connected) == (["turning.example.org"], [("93.184.216.34", 443)])


def test_two_workers_send_each_call_once(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    for number in range(12):
        tell(integrator, title=f"Hit {number}")
    together = threading.Barrier(3, timeout=10)

    def work() -> None:
        together.wait()
        try:
            calls.call_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert sorted(json.loads(body)["title"] for _p, _h, body in receiver.taken) == sorted(f"Hit {n}" for n in range(12))


def test_a_call_whose_process_died_is_sent_after_its_lease(receiver: Receiver, integrator: Person) -> None:
    hook(integrator, receiver.url)
    tell(integrator)
    assert len(calls._claim()) == 1  # and then the process is killed
    calls.call_due()
    assert receiver.taken == []
    due()
    assert len(receiver.taken) == 1


def test_only_their_organisations_machine_keepers_see_them(receiver: Receiver, integrator: Person) -> None:
    reference, _secret = hook(integrator, receiver.url)
    tell(integrator)
    strangers = [
        factory.person(factory.organisation(), ["integrator", "administrator"]),
        factory.person(integrator.organisation, ["analyst"]),
    ]
    for person in strangers:
        by = factory.as_viewer(person)
        with viewer(by):
            assert (Webhook.objects.count(), WebhookCall.objects.count()) == (0, 0)
        for act in (actions_webhook.new_secret, actions_webhook.delete, actions_webhook.test):
            with pytest.raises(Webhook.DoesNotExist):
                act(by=by, reference=reference)
        client = factory.signed_in(person)
        assert client.get(f"/webhooks/{reference}/").status_code in (403, 404)
        assert client.post(f"/webhooks/{reference}/delete/").status_code in (403, 404)
    with pytest.raises(Refused):
        hook(strangers[1], "https://example.org/")
    assert Webhook.objects.using("owner").count() == 1


def test_the_pages(receiver: Receiver, integrator: Person) -> None:
    client = factory.signed_in(integrator)
    assert b"No webhook yet" in client.get("/webhooks/").content
    refused = client.post("/webhooks/", {"name": "Ours", "url": "ftp://example.org/"})
    assert refused.status_code == 422 and b"begins with https://" in refused.content
    page = client.post("/webhooks/", {"name": "Ours", "url": receiver.url, "kinds": ["hit"]}, follow=True)
    address = page.redirect_chain[-1][0]
    assert b"whsec_" in page.content and b"whsec_" not in client.get(address).content
    again = client.post("/webhooks/", {"name": "Ours", "url": receiver.url})
    assert again.status_code == 422 and b"of this name already" in again.content
    client.post(f"{address}test/")
    calls.call_due()
    assert json.loads(receiver.taken[0][2])["kind"] == "test"
    page = client.get(address)
    assert b"taken" in page.content
    client.post(f"{address}again/", {"call": str(only_call().reference)})
    assert client.post(f"{address}again/", {"call": "x"}).status_code == 404
    calls.call_due()
    assert len(receiver.taken) == 2
    client.post(f"{address}pause/")
    assert b"Paused" in client.get(address).content
    client.post(f"{address}resume/")
    assert b"whsec_" in client.post(f"{address}secret/", follow=True).content
    client.post(f"{address}edit/", {"name": "Theirs", "url": receiver.url})
    assert b"Theirs" in client.get("/webhooks/").content
    client.post(f"{address}delete/")
    assert WebhookCall.objects.using("owner").count() == 0
