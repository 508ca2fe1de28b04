"""The Python client against a live server, and against one that fails on purpose; the examples of docs/rest.md run."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection

from hueandcry.client import Client, Problem
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.exchange.rest import rate
from hueandcry.members import actions as members
from hueandcry.members.models import Person
from tests import factory

DOCUMENT = Path(__file__).parents[3] / "docs" / "rest.md"


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


class _Threading(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture
def bank(database: Path) -> Person:
    return factory.person(factory.organisation("A Bank"), ["analyst", "administrator"])


@pytest.fixture
def server(database: Path) -> Iterator[str]:
    application = get_wsgi_application()

    def closing(environ: Any, start: Any) -> Iterator[bytes]:
        try:
            yield from application(environ, start)
        finally:
            connection.close()

    running = make_server("127.0.0.1", 0, closing, server_class=_Threading, handler_class=_Quiet)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()


def token(person: Person, *scopes: str) -> str:
    return members.add_token(by=factory.as_viewer(person), name="client", scopes=scopes or ("read", "submit", "export"))


def test_everything_it_can_do(server: str, bank: Person, tmp_path: Path) -> None:
    circle = factory.circle("The Ring", [bank.organisation])  # type: ignore[list-item]
    factory.organisation("A Shop")
    table = tmp_path / "cases.csv"
    table.write_text("title,date,domain\n" + "".join(f"Shop {n},2026-01-02,shop{n}.pt\n" for n in range(120)))
    with Client(server, token(bank)) as alliance:
        me = alliance.whoami()
        assert (me.organisation, me.scopes) == ("a-bank", ("export", "read", "submit"))
        receipt = alliance.submit(table, tlp="AMBER")
        assert (receipt.state, receipt.stored, receipt.finished, receipt.format) == ("done", 120, True, "csv")
        assert alliance.submit(table.read_bytes()).repeat
        assert alliance.wait_for(receipt.submission) == alliance.receipt(receipt.submission)
        assert [s.submission for s in alliance.submissions(state="done")] == [receipt.submission]
        assert len({r.reference for r in alliance.reports()}) == 120  # two pages
        assert len(list(alliance.reports_of(receipt.submission))) == 120
        (found,) = alliance.reports(q="shop7.pt")
        report = alliance.report(found.reference)
        assert (report.title, report.handling and report.handling.tlp) == ("Shop 7", "AMBER")
        assert [(o.type, o.value) for o in report.observations] == [("domain-name", "shop7.pt")]
        assert report.occurred_from is not None
        (element, *_rest) = alliance.objects(report.reference)
        assert "Shop 7" in alliance.object(report.reference, element.number).text
        alliance.correct(report.reference, reason="so", title="Shop seven", loss_amount="12.50", loss_currency="EUR")
        assert str(alliance.report(report.reference).loss_amount) == "12.50"
        alliance.handle(report.reference, reason="wider", tlp="GREEN", recipients=["alliance"])
        alliance.grant(report.reference, to=["circle:the-ring", "organisation:a-shop"], reason="they ask")
        assert alliance.handling(report.reference).granted == ("circle:the-ring", "organisation:a-shop")
        alliance.take_back(report.reference, recipient="circle:the-ring", reason="enough")
        assert alliance.handling(report.reference).recipients == ("alliance",)
        alliance.sight(report=report.reference, count=2)
        assert [s.count for s in alliance.sightings(report=report.reference)] == [2]
        alliance.withdraw(report.reference, reason="wrong")
        assert alliance.report(report.reference).state == "withdrawn"
        alliance.restore(report.reference, reason="right after all")
        (other,) = alliance.reports(q="shop8.pt")
        alliance.supersede(other.reference, successor=report.reference, reason="told better")
        assert alliance.report(other.reference).superseded_by == report.reference
        assert [c.slug for c in alliance.circles()] == [circle.slug]
        assert {o.slug for o in alliance.organisations(q="shop")} == {"a-shop"}
        size = alliance.export(tmp_path / "all.json")
        assert len((tmp_path / "all.json").read_bytes()) == size
        assert json.loads((tmp_path / "all.json").read_text())["type"] == "bundle"
        alliance.export(tmp_path / "some.csv", format="csv", reports=[report.reference])
        assert len((tmp_path / "some.csv").read_text("utf-8-sig").splitlines()) == 2


def test_hits_requests_and_notices(server: str, bank: Person) -> None:
    from datetime import UTC, datetime, timedelta

    from tests.exchange import send

    holder = factory.person(factory.organisation("Holder"), ["analyst", "administrator"])
    send.form(holder, "theirs", Handling(tlp="AMBER"), known="held-there.pt")
    with Client(server, token(bank)) as ours, Client(server, token(holder)) as theirs:
        asked = ours.look_up(["held-there.pt"], purpose="investigation", words="a case")
        assert [(hit.value, hit.organisations) for hit in asked.answers] == [("held-there.pt", 1)]
        soon = (datetime.now(UTC) + timedelta(days=7)).date()
        made = ours.ask(["held-there.pt"], purpose="investigation", words="a case", answer_by=soon)
        assert (made.mine, [part.state for part in made.parts]) == (True, ["open"])
        assert [one.reference for one in ours.requests(side="mine")] == [made.reference]
        (waiting,) = theirs.requests()
        assert len(theirs.request(waiting.reference).parts) == 1
        assert all(notice.read_at is None for notice in theirs.notices(unread=True))


def test_what_the_server_refuses_is_told(server: str, bank: Person, tmp_path: Path) -> None:
    with Client(server, token(bank, "read")) as alliance:
        with pytest.raises(Problem) as absent:
            alliance.report("8c680848-3138-4da1-a290-cb20a7983326")
        assert (absent.value.status, absent.value.code) == (404, "absent")
        with pytest.raises(Problem) as wrong:
            next(alliance.reports(tlp="PINK"))
        assert (wrong.value.status, wrong.value.field) == (422, "tlp")
        with pytest.raises(Problem) as closed:
            alliance.export(tmp_path / "no.json")
        assert (closed.value.status, list(tmp_path.iterdir())) == (403, [])
        with pytest.raises(Problem) as misspelt:
            next(alliance.reports(countrie="PT"))
        assert (misspelt.value.status, misspelt.value.field) == (422, "countrie")
    with Client(f"{server}/api/v1/", token(bank, "read")) as alliance:
        assert alliance.whoami().organisation == "a-bank"
    with Client(f"{server}/nowhere", token(bank, "read")) as lost, pytest.raises(Problem) as page:
        lost.whoami()
    assert (page.value.status, "address" in page.value.message, "<" in page.value.message) == (404, True, False)
    with Client(server, "hc_nothing") as stranger, pytest.raises(Problem) as unknown:
        stranger.whoami()
    assert unknown.value.status == 401


def test_it_comes_back_when_it_was_told_to(server: str, bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(rate, "LIMITS", dict.fromkeys(rate.LIMITS, 1))
    monkeypatch.setattr(rate.time, "time", lambda: clock[0])
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    with Client(server, token(bank), sleep=sleep) as alliance:
        alliance.whoami()
        alliance.whoami()
    assert slept == [20.0]  # until the minute ended


class _Failing(httpx.BaseTransport):
    """Gives these answers one after the other; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, content, headers = answer
        return httpx.Response(status, json=content, headers=headers)


RECEIPT = {"submission": "8c680848-3138-4da1-a290-cb20a7983326", "state": "done", "a_new_field": 1}


def _client(transport: _Failing, **more: Any) -> tuple[Client, list[float]]:
    slept: list[float] = []
    return Client("https://x.example", "hc_x", transport=transport, sleep=slept.append, **more), slept


def test_a_call_that_failed_on_the_way_is_the_same_call_again() -> None:
    error = {"error": {"code": "running", "message": "m"}}
    transport = _Failing(
        httpx.ConnectError("down"), (503, {}, {}), (409, error, {"Retry-After": "1"}), (200, RECEIPT, {})
    )
    client, slept = _client(transport)
    assert client.submit(b"words").submission == UUID(RECEIPT["submission"])  # type: ignore[arg-type]
    keys = {request.headers["Idempotency-Key"] for request in transport.asked}
    assert (len(transport.asked), len(keys), {r.content for r in transport.asked}) == (4, 1, {b"words"})
    assert (0.4 <= slept[0] <= 0.6, 0.8 <= slept[1] <= 1.2, slept[2]) == (True, True, 1.0)
    other, _slept = _client(_Failing((200, RECEIPT, {}), (200, RECEIPT, {})))
    other.submit(b"words")
    assert transport.asked[0].headers["Authorization"] == "Bearer hc_x"


def test_it_gives_up_in_time() -> None:
    client, slept = _client(_Failing(*[httpx.ReadTimeout("slow")] * 3), tries=3)
    with pytest.raises(Problem) as gone:
        client.whoami()
    assert (gone.value.code, len(slept)) == ("unreachable", 2)
    for answer, sleeps in (
        ((500, {}, {}), 0),  # a fault of the server's own: the same call would meet it again
        ((422, {"error": {"code": "key", "message": "m", "field": "f"}}, {}), 0),
        ((429, {}, {"Retry-After": "3600"}), 0),  # too long to wait in a call
        ((302, {}, {"Location": "https://elsewhere.example/"}), 0),
    ):
        transport = _Failing(answer)
        client, slept = _client(transport)
        with pytest.raises(Problem):
            client.whoami()
        assert (len(slept), len(transport.asked)) == (sleeps, 1)


def test_a_date_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from hueandcry.client import calls

    monkeypatch.setattr(calls.time, "time", lambda: 1_800_000_000.0)
    transport = _Failing((429, {}, {"Retry-After": "Fri, 15 Jan 2027 08:00:09 GMT"}), (200, RECEIPT, {}))
    client, slept = _client(transport)
    client.receipt("x")
    assert slept == [9.0]


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = RECEIPT | {"state": "reading"}
    client, slept = _client(_Failing((200, reading, {}), (200, reading, {}), (200, RECEIPT, {})))
    assert client.wait_for("x").finished
    assert slept == [2.0, 2.0]
    client, _slept = _client(_Failing((200, reading, {})))
    with pytest.raises(Problem, match="still being read"):
        client.wait_for("x", at_most=0)


def test_the_examples_of_the_document_run(
    server: str, bank: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every python block of docs/rest.md, one after the other, as a program would have it."""
    blocks = re.findall(r"^```python\n(.*?)^```", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cases.csv").write_text("title,date,domain\nA false shop,2026-01-02,false-shop.example\n")
    program = "\n".join(blocks).replace("https://alliance.example", server).replace("hc_...", token(bank))
    exec(compile(program, str(DOCUMENT), "exec"), {})  # noqa: S102  our own document
    assert Report.objects.using("owner").filter(title="A false shop").exists()
    assert (tmp_path / "fraud.json").exists()
