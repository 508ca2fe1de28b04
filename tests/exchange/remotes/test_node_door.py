"""What a node answers to whom, and what it refuses of what another node tells."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import msgspec
import orjson
import pytest
from django.test import Client

from hueandcry.exchange.drafts import Options, Refusal, ReportDraft, Unreadable
from hueandcry.exchange.models import Delivery, Envelope, Remote, Report
from hueandcry.exchange.publication.actions import publish
from hueandcry.exchange.remotes import actions as connections
from hueandcry.exchange.remotes import envelope, identity, node_in, node_out, running
from hueandcry.members import actions as members
from hueandcry.members.models import Organisation
from tests import factory
from tests.exchange.remotes.conftest import Asked, Serving, being, send
from tests.exchange.remotes.test_federation import Node, build, indicator, tell

Serve = Callable[[Callable[[Asked, BaseHTTPRequestHandler], None]], Serving]


@pytest.fixture
def alone(database: Any) -> Node:
    return build("A", "", ["B"])


def token(person: Any, *scopes: str) -> str:
    return members.add_token(by=factory.as_viewer(person), name="x", scopes=list(scopes), days=3)


def ask(secret: str, path: str) -> Any:
    return Client().get(path, HTTP_AUTHORIZATION=f"Bearer {secret}")


def test_who_may_ask_what(alone: Node) -> None:
    tell(alone, [indicator("Bad", "198.51.100.7")])
    publish()
    path = f"/node/v1/circles/{alone.circle.slug}/envelopes"
    partner = alone.stands["B"]
    good = token(partner, "export")
    assert len(ask(good, path).json()["envelopes"]) == 1
    assert Client().get(path).status_code == 401
    assert ask("hc_nonsense", path).status_code == 401
    assert ask(token(partner, "submit"), path).status_code == 403
    stranger = factory.person(factory.organisation(), ["integrator"])
    assert ask(token(stranger, "export"), path).status_code == 404
    assert ask(good, "/node/v1/circles/no-such/envelopes").status_code == 404
    for after in ("x", "1", "1.2.3", "-1.0", "1.x", "9" * 30 + ".0", "٣.٤"):
        answer = ask(good, f"{path}?after={after}")
        assert answer.status_code == 422 and answer.json()["error"]["code"] == "misshapen"
    assert Client().post(path, HTTP_AUTHORIZATION=f"Bearer {good}").status_code == 405
    Organisation.objects.using("owner").filter(pk=partner.organisation_id).update(state="suspended")
    assert ask(good, path).status_code in (401, 403)


def test_what_goes_out_is_noted_and_signed(alone: Node) -> None:
    report = tell(alone, [indicator("Bad", "198.51.100.7")])
    publish()
    told = ask(token(alone.stands["B"], "export"), f"/node/v1/circles/{alone.circle.slug}/envelopes").json()
    [one] = told["envelopes"]
    sealed = msgspec.convert(one, node_out.Sealed)
    assert identity.is_signed(sealed.content, sealed.signature, sealed.key, identity.own_node())
    assert not identity.is_signed(sealed.content + " ", sealed.signature, sealed.key, identity.own_node())
    assert not identity.is_signed(sealed.content, sealed.signature, sealed.key, uuid.uuid4())
    assert not identity.is_signed(sealed.content, "!", sealed.key, identity.own_node())
    noted = Delivery.objects.using("owner").get()
    assert (noted.channel, noted.report) == ("node", report)
    assert noted.organisation == alone.stands["B"].organisation_id


def test_pages_join_without_gap_or_repeat(alone: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_out, "BYTES", 3_000)
    reports = [tell(alone, [indicator(f"N {n}", f"198.51.100.{n}")]) for n in range(7)]
    publish()
    secret, after, numbers = token(alone.stands["B"], "export"), "", []
    for _page in range(20):
        told = ask(secret, f"/node/v1/circles/{alone.circle.slug}/envelopes?after={after}").json()
        numbers += [envelope.parse(one["content"]).number for one in told["envelopes"]]
        after = told["next"]
        if not told["more"]:
            break
    assert len(numbers) == len(set(numbers)) == len(reports) and numbers == sorted(numbers)


# What another node may try


def hostile(alone: Node, serve: Serve, answer: Callable[[str], Any], **more: Any) -> Any:
    """Read a node that answers like this; ``answer`` gets the name of its key."""
    with being("Mallory"):
        hello = orjson.dumps({"node": str(identity.own_node()), "key": _b64(identity.public_key())})

    def answering(asked: Asked, to: BaseHTTPRequestHandler) -> None:
        if asked.path == "/node/v1/":
            send(to, hello)
        else:
            send(to, answer(asked.path))

    there = serve(answering)
    stand = alone.stands["B"]
    connections.add(
        by=factory.as_viewer(stand),
        wish=connections.Wish(
            kind="node", name="Mallory", url=there.url, circle=alone.circle.principal_id, filter={"circle": "x"}, **more
        ),
    )
    remote = Remote.objects.using("owner").get()
    return running.run(remote=remote.pk, person=stand.pk)


def _b64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode()


def sealed(name: str, content: str) -> dict[str, str]:
    with being(name):
        return {"content": content, "signature": identity.sign(content), "key": _b64(identity.public_key())}


def told(*envelopes: Any, **more: Any) -> bytes:
    with being("Mallory"):
        node = str(identity.own_node())
    return orjson.dumps({"node": node, "next": "1.0", "more": False, "envelopes": list(envelopes)} | more)


def content(origin: str, **more: Any) -> str:
    with being(origin):
        node = identity.own_node()
    plain = {
        "v": 1, "origin": str(node), "number": 1, "kind": "added", "report": str(uuid.uuid4()),
        "at": "2026-01-01T00:00:00Z", "reporter": {"name": "M", "kind": "cert", "country": "XX"}, "head": True,
        "said": {"title": "T", "reported_at": "2026-01-01T00:00:00Z"}, "handling": {"tlp": "GREEN"},
    }  # fmt: skip
    return orjson.dumps(plain | more).decode()


@pytest.fixture
def _keys(node: Any) -> None:
    """Keys by name."""


@pytest.mark.usefixtures("_keys")
def test_nobody_speaks_for_another_node(alone: Node, serve: Serve) -> None:
    forged = sealed("Mallory", content("Victim"))
    outcome = hostile(alone, serve, lambda path: told(forged))
    assert "not signed by the node it says it comes from" in outcome.error
    assert not Envelope.objects.using("owner").exists()


@pytest.mark.usefixtures("_keys")
def test_what_comes_back_is_dropped(alone: Node, serve: Serve) -> None:
    own = content("")
    mine = {"content": own, "signature": identity.sign(own), "key": _b64(identity.public_key())}
    outcome = hostile(alone, serve, lambda path: told(mine))
    assert (outcome.error, outcome.pulled) == ("", 0)


@pytest.mark.usefixtures("_keys")
@pytest.mark.parametrize(
    "body", [b"", b"{}", b"<html>", b"[" * 200_000, b'{"node":"x"}', orjson.dumps({"envelopes": 1})]
)
def test_garbage_of_a_node(alone: Node, serve: Serve, body: bytes) -> None:
    assert "does not answer as a node" in hostile(alone, serve, lambda path: body).error


@pytest.mark.usefixtures("_keys")
def test_a_node_that_turns_in_a_circle(alone: Node, serve: Serve) -> None:
    assert "again and again" in hostile(alone, serve, lambda path: told(more=True)).error


@pytest.mark.usefixtures("_keys")
@pytest.mark.parametrize(
    "wrong",
    [
        {"handling": {"tlp": "PURPLE"}}, {"handling": {"tlp": "GREEN", "codes": ["H9"]}}, {"handling": None},
        {"handling": {"tlp": "GREEN", "review_on": "soon"}},
    ],
)  # fmt: skip
def test_handling_that_is_none_keeps_a_report_out(alone: Node, serve: Serve, wrong: dict[str, Any]) -> None:
    good, bad = content("Mallory", number=1), content("Mallory", number=2, **wrong)
    outcome = hostile(alone, serve, lambda path: told(sealed("Mallory", bad), sealed("Mallory", good)))
    assert "cannot be applied" in outcome.error
    assert Report.objects.using("owner").count() == 1


@pytest.mark.usefixtures("_keys")
def test_a_node_cannot_touch_reports_of_others(alone: Node, serve: Serve) -> None:
    """It names a report of ours, and one of a third node, to have them erased."""
    report = tell(alone, [indicator("Ours", "198.51.100.7")])
    reference = str(Report.objects.using("owner").get(pk=report).reference)
    gone = content("Mallory", kind="erased", report=reference, said=None, head=False)
    assert hostile(alone, serve, lambda path: told(sealed("Mallory", gone))).error == ""
    assert Report.objects.using("owner").count() == 1


@pytest.mark.usefixtures("_keys")
def test_another_node_at_the_same_address_is_refused(alone: Node, serve: Serve) -> None:
    assert hostile(alone, serve, lambda path: told()).error == ""
    remote = Remote.objects.using("owner").get()
    with being("Victim"):
        Remote.objects.using("owner").update(node=identity.own_node())
    outcome = running.run(remote=remote.pk, person=remote.person)
    assert outcome is not None and "Another node answers" in outcome.error


# The format


def test_values_are_made_canonical_anew() -> None:
    raw = envelope.page([content("", told=[["ipv4-addr", "EVIL", "attacker"], ["domain-name", "Example.COM", "boss"]])])
    drafts = list(envelope.read(raw, Options()))
    assert isinstance(drafts[0], ReportDraft)
    head = drafts[1]
    assert [(o.type, o.value, o.role) for o in head.observations] == [  # type: ignore[union-attr]
        ("text", "EVIL", "attacker"), ("domain-name", "example.com", "unknown")
    ]  # fmt: skip


def test_elements_that_are_none_are_refused() -> None:
    raw = envelope.page([content("", objects=[{"key": "", "kind": "indicator", "text": "{}"},
                                              {"key": "k", "kind": "envelope", "text": "{}"}])])  # fmt: skip
    assert sum(isinstance(one, Refusal) for one in envelope.read(raw, Options())) == 2


@pytest.mark.parametrize(
    "raw",
    [
        envelope.START, envelope.START + b'"envelopes":[{}]}', envelope.START + b'"envelopes":[1]}',
        envelope.START + b'"envelopes":[' + b"[" * 100_000, envelope.page([content("", v=2)]),
        envelope.page([content("", kind="added", said=None)]),
    ],
)  # fmt: skip
def test_pages_that_are_none(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        list(envelope.read(raw, Options()))


@pytest.mark.parametrize(
    ("handling", "may"),
    [
        ({"tlp": "AMBER"}, True), ({"tlp": "GREEN", "codes": ["H1", "H3"]}, True),
        ({"tlp": "GREEN", "pap": "AMBER"}, True),
        ({"tlp": "GREEN", "codes": ["H2"]}, False), ({"tlp": "CLEAR", "pap": "RED"}, False),
    ],
)  # fmt: skip
def test_what_may_go_on_to_a_third_node(handling: dict[str, Any], may: bool) -> None:
    assert node_in.may_pass(envelope.parse(content("", handling=handling))) is may
