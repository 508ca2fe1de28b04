"""Nodes that share a circle: what one is told, the other has, once and in order, and nothing goes round."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from hueandcry.exchange import actions, actions_report
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Envelope, Object, Observation, Remote, RemoteRun, Report
from hueandcry.exchange.publication.actions import publish
from hueandcry.exchange.remotes import actions as connections
from hueandcry.exchange.remotes import running
from hueandcry.members import actions as members
from hueandcry.members.models import Circle, CircleMember, Organisation, Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory
from tests.exchange.remotes.conftest import being

Start = Callable[[str], str]


@dataclass
class Node:
    """A node with one member of its own; ``stands`` holds, for each other node, the organisation that stands for it."""

    name: str
    url: str
    circle: Circle
    member: Person
    stands: dict[str, Person]

    @property
    def by(self) -> Viewer:
        return factory.as_viewer(self.member)

    def remote(self, other: str) -> Remote:
        return Remote.objects.using("owner").get(name=f"{self.name} reads {other}")

    def reports(self, person: Person | None = None) -> list[Report]:
        with viewer(factory.as_viewer(person or self.member)):
            return list(Report.objects.order_by("pk").defer("document"))


def build(name: str, url: str, others: Sequence[str]) -> Node:
    body = factory.organisation(f"Member of {name}", country="PT")
    stands = {other: factory.person(factory.organisation(f"{other} at {name}"), ["integrator"]) for other in others}
    bodies = [body, *(Organisation.objects.using("owner").get(pk=p.organisation_id) for p in stands.values())]
    return Node(name, url, factory.circle(f"Fraud at {name}", bodies), factory.person(body), stands)


def connect(reader: Node, told: Node, **more: Any) -> Remote:
    """``reader`` reads from ``told``, with a token of the organisation that stands for it there."""
    secret = members.add_token(by=factory.as_viewer(told.stands[reader.name]), name="node", scopes=["export"], days=30)
    connections.add(
        by=factory.as_viewer(reader.stands[told.name]),
        wish=connections.Wish(
            kind="node", name=f"{reader.name} reads {told.name}", url=told.url, secret=secret,
            circle=reader.circle.principal_id, filter={"circle": told.circle.slug}, **more,
        ),
    )  # fmt: skip
    return reader.remote(told.name)


def read(reader: Node, told: Node) -> running.Outcome:
    publish()
    with being(reader.name):
        remote = reader.remote(told.name)
        for _time in range(100):  # the server takes a moment to notice that a process was killed, and its locks with it
            outcome = running.run(remote=remote.pk, person=remote.person)
            if outcome is not None:
                break
            time.sleep(0.2)
    publish()
    assert outcome is not None
    return outcome


def indicator(name: str, address: str, modified: str = "2026-01-01T00:00:00.000Z", ident: str = "") -> dict[str, Any]:
    return {
        "type": "indicator", "spec_version": "2.1", "id": ident or f"indicator--{uuid.uuid4()}",
        "created": "2026-01-01T00:00:00.000Z", "modified": modified, "name": name,
        "indicator_types": ["malicious-activity"], "pattern": f"[ipv4-addr:value = '{address}']",
        "pattern_type": "stix", "valid_from": "2026-01-01T00:00:00Z",
    }  # fmt: skip


def tell(node: Node, objects: list[dict[str, Any]], **handling: Any) -> int:
    """Send a bundle to the node's circle; gives the report it made, or 0."""
    chosen = Handling(**{"tlp": "AMBER", "recipients": (node.circle.principal_id,)} | handling)
    raw = orjson.dumps({"type": "bundle", "id": f"bundle--{uuid.uuid4()}", "objects": objects})
    got = actions.receive(by=node.by, raw=raw, handling=chosen, at_once=True)
    assert got.state == "done"
    made = Report.objects.using("owner").filter(submission=got.submission).order_by("pk").first()
    return made.pk if made else 0


@pytest.fixture
def two(node: Start) -> tuple[Node, Node]:
    a, b = build("A", node("A"), ["B"]), build("B", node("B"), ["A"])
    connect(b, a)
    return a, b


def objects_of(report: Report) -> list[tuple[str, str]]:
    rows = Object.objects.using("owner").filter(report=report, ours=False).exclude(kind="envelope").order_by("pk")
    return list(rows.values_list("key", "text"))


def test_a_report_arrives_whole_and_once(two: tuple[Node, Node]) -> None:
    a, b = two
    sent = [indicator("Bad", "198.51.100.7"), indicator("Worse", "198.51.100.8")]
    first = tell(
        a, sent, codes=("H1",), pap="AMBER", source_grade="B", purpose=("investigation",), legal_basis="consent"
    )
    outcome = read(b, a)
    assert (outcome.error, outcome.pulled) == ("", 1)
    [there] = b.reports()
    here = Report.objects.using("owner").get(pk=first)
    assert there.pk != here.pk
    assert objects_of(there) == objects_of(here)
    assert (there.tlp, there.pap, there.codes, there.source_grade) == ("AMBER", "AMBER", ["H1"], "B")
    assert (there.purpose, there.legal_basis, there.title) == (["investigation"], "consent", here.title)
    assert there.organisation_id == b.stands["A"].organisation_id
    assert "reported by: Member of A (PT)" in there.labels
    seen = Observation.objects.using("owner").filter(report=there).values_list("observable", "role")
    was = Observation.objects.using("owner").filter(report=here).values_list("observable", "role")
    assert sorted(seen) == sorted(was) and len(seen) == 2
    again = read(b, a)
    assert (again.error, again.pulled) == ("", 0)
    assert len(b.reports()) == 1


def test_acts_of_the_originator_arrive(two: tuple[Node, Node]) -> None:
    a, b = two
    report = tell(a, [indicator("Bad", "198.51.100.7")])
    read(b, a)
    actions_report.correct(by=a.by, report=report, reason="typo", title="Better", victim_countries=["BE"])
    read(b, a)
    [there] = b.reports()
    assert (there.title, there.victim_countries) == ("Better", ["BE"])
    actions_report.withdraw(by=a.by, report=report, reason="wrong")
    assert read(b, a).error == ""
    assert b.reports()[0].state == "withdrawn"
    actions_report.restore(by=a.by, report=report, reason="right after all")
    read(b, a)
    assert b.reports()[0].state == "current"
    chosen = actions_report.handling_of(a.reports()[0])
    actions_report.handle(by=a.by, report=report, handling=replace(chosen, pap="AMBER", codes=("H1",)), reason="x")
    read(b, a)
    assert (b.reports()[0].pap, b.reports()[0].codes) == ("AMBER", ["H1"])


def test_all_at_once_after_being_away(two: tuple[Node, Node]) -> None:
    a, b = two
    report = tell(a, [indicator("Bad", "198.51.100.7")])
    actions_report.correct(by=a.by, report=report, reason="typo", title="Better")
    actions_report.withdraw(by=a.by, report=report, reason="wrong")
    assert read(b, a).pulled == 3
    assert [(r.title, r.state) for r in b.reports()] == [("Better", "withdrawn")]


def test_a_new_version_and_more_objects(two: tuple[Node, Node]) -> None:
    a, b = two
    one = indicator("Bad", "198.51.100.7")
    group = {
        "type": "report", "spec_version": "2.1", "id": f"report--{uuid.uuid4()}", "name": "Group",
        "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z",
        "published": "2026-01-01T00:00:00Z", "object_refs": [one["id"]],
    }  # fmt: skip
    tell(a, [group, one])
    read(b, a)
    more = indicator("More", "198.51.100.9")
    later = group | {"modified": "2026-02-01T00:00:00.000Z", "name": "Group 2", "object_refs": [one["id"], more["id"]]}
    tell(a, [later, more])
    assert read(b, a).error == ""
    [there] = b.reports()
    assert there.title == "Group 2"
    assert [key for key, _text in objects_of(there)] == [group["id"], one["id"], group["id"], more["id"]]
    assert there.objects_count == Object.objects.using("owner").filter(report=there, ours=False).count()


def test_erasure_arrives(two: tuple[Node, Node]) -> None:
    a, b = two
    report = tell(a, [indicator("Bad", "198.51.100.7")])
    kept = tell(a, [indicator("Kept", "198.51.100.8")])
    read(b, a)
    assert len(b.reports()) == 2
    submission = Report.objects.using("owner").get(pk=report).submission_id
    actions.erase(by=a.by, submission=submission, reason="request of the person")
    assert read(b, a).error == ""
    assert [r.title for r in b.reports()] == [Report.objects.using("owner").get(pk=kept).title]
    assert not Object.objects.using("owner").filter(text__contains="198.51.100.7").exists()
    assert not Envelope.objects.using("owner").filter(content__contains="198.51.100.7").exists()


def test_what_is_narrowed_shows_no_more(two: tuple[Node, Node]) -> None:
    a, b = two
    report = tell(a, [indicator("Bad", "198.51.100.7")])
    read(b, a)
    actions_report.handle(by=a.by, report=report, handling=Handling(tlp="AMBER+STRICT"), reason="ours alone")
    assert read(b, a).error == ""
    assert b.reports() == []
    [kept] = b.reports(b.stands["A"])
    assert kept.state == "withdrawn"
    chosen = Handling(tlp="AMBER", recipients=(a.circle.principal_id,))
    actions_report.handle(by=a.by, report=report, handling=chosen, reason="again")
    assert read(b, a).error == ""
    assert [r.state for r in b.reports()] == ["current"]


@pytest.mark.parametrize("closed", [{"codes": ("H2",)}, {"pap": "RED"}, {"recipients": ()}, {"tlp": "AMBER+STRICT"}])
def test_what_is_closed_does_not_leave(two: tuple[Node, Node], closed: dict[str, Any]) -> None:
    a, b = two
    tell(a, [indicator("Secret", "198.51.100.7")], **closed)
    tell(a, [indicator("Open", "198.51.100.8")])
    read(b, a)
    assert len(b.reports()) == 1
    assert not Envelope.objects.using("owner").filter(content__contains="198.51.100.7").exists()


def test_two_nodes_that_read_each_other(two: tuple[Node, Node]) -> None:
    a, b = two
    connect(a, b)
    tell(a, [indicator("Of A", "198.51.100.7")])
    tell(b, [indicator("Of B", "198.51.100.8")])
    for _round in range(3):
        assert read(b, a).error == read(a, b).error == ""
    assert len(a.reports()) == len(b.reports()) == 2
    assert Envelope.objects.using("owner").count() == 2


def test_three_nodes_in_a_ring(node: Start) -> None:
    """Each passes on; each report is with each node once, also a correction that comes by the other way first."""
    names = ["A", "B", "C"]
    nodes = {name: build(name, node(name), [n for n in names if n != name]) for name in names}
    for reader in nodes.values():
        for told in nodes.values():
            if reader is not told:
                connect(reader, told, passes_on=True)
    reports = {name: tell(one, [indicator(name, f"198.51.100.{ord(name)}")]) for name, one in nodes.items()}
    a, b, c = (nodes[name] for name in names)
    read(b, a)
    read(c, b)  # C has A's report through B
    assert len(c.reports()) == 3
    actions_report.correct(by=a.by, report=reports["A"], reason="typo", title="Corrected")
    assert read(c, a).error == ""  # the correction comes from A itself, for a report that B's connection holds
    for _round in range(3):
        for reader in nodes.values():
            for told in nodes.values():
                if reader is not told:
                    assert read(reader, told).error == ""
    for one in nodes.values():
        titles = sorted(r.title for r in one.reports())
        assert len(titles) == 3 and titles.count("Corrected") == 1
    numbers = Envelope.objects.using("owner").values_list("remote__circle", "origin", "number")
    assert len(set(numbers)) == len(numbers)
    assert not Envelope.objects.using("owner").filter(applied_at=None).exists()


def test_a_node_that_does_not_pass_on(node: Start) -> None:
    a, b, c = build("A", node("A"), ["B"]), build("B", node("B"), ["A", "C"]), build("C", node("C"), ["B"])
    connect(b, a)
    connect(c, b)
    tell(a, [indicator("Of A", "198.51.100.7")])
    read(b, a)
    assert read(c, b).pulled == 0
    assert c.reports() == []


def test_what_is_passed_on_is_recalled_too(node: Start) -> None:
    a, b, c = build("A", node("A"), ["B"]), build("B", node("B"), ["A", "C"]), build("C", node("C"), ["B"])
    connect(b, a, passes_on=True)
    connect(c, b)
    report = tell(a, [indicator("Of A", "198.51.100.7")])
    read(b, a)
    read(c, b)
    assert [r.organisation_id for r in c.reports()] == [c.stands["B"].organisation_id]
    submission = Report.objects.using("owner").get(pk=report).submission_id
    actions.erase(by=a.by, submission=submission, reason="gone")
    read(b, a)
    read(c, b)
    assert c.reports() == []
    assert not Envelope.objects.using("owner").filter(content__contains="198.51.100.7").exists()


def test_the_widest_label_that_is_believed(node: Start) -> None:
    a, b = build("A", node("A"), ["B"]), build("B", node("B"), ["A"])
    connect(b, a, handling={"widest": "AMBER"})
    tell(a, [indicator("Green", "198.51.100.7")], tlp="GREEN")
    read(b, a)
    assert [r.tlp for r in b.reports()] == ["AMBER"]


def test_one_bad_change_holds_up_its_own_report_only(two: tuple[Node, Node], monkeypatch: pytest.MonkeyPatch) -> None:
    from hueandcry.exchange.remotes import applying

    a, b = two
    bad = tell(a, [indicator("Bad", "198.51.100.7")])
    tell(a, [indicator("Good", "198.51.100.8")])
    actions_report.correct(by=a.by, report=bad, reason="x", title="Corrected")
    merge = applying._merge

    def failing(by: Any, remote: Any, told: Any) -> None:
        if any("198.51.100.7" in element.text for one in told for element in one.objects):
            raise applying.Unapplied("it does not please us")
        merge(by, remote, told)

    monkeypatch.setattr(applying, "_merge", failing)
    outcome = read(b, a)
    assert "cannot be applied" in outcome.error
    assert len(b.reports()) == 1
    assert [e.error for e in Envelope.objects.using("owner").filter(applied_at=None).order_by("pk")] == [
        "it does not please us", ""
    ]  # fmt: skip
    monkeypatch.undo()
    monkeypatch.setattr("django.conf.settings.PRIVATE_REMOTES", True)
    with being("B"):  # nothing new has to be told: what waits is enough
        remote = b.remote("A")
        applying.apply(by=factory.as_viewer(b.stands["A"]), remote=remote, ended=lambda: False, stuck=set())
    assert sorted(r.title for r in b.reports())[0] == "Corrected" and len(b.reports()) == 2


def test_a_person_without_standing_runs_nothing(two: tuple[Node, Node]) -> None:
    a, b = two
    tell(a, [indicator("Bad", "198.51.100.7")])
    Organisation.objects.using("owner").filter(pk=b.stands["A"].organisation_id).update(state="suspended")
    outcome = read(b, a)
    assert "member in good standing" in outcome.error and outcome.closed
    assert RemoteRun.objects.using("owner").get().error == outcome.error
    assert not Envelope.objects.using("owner").exists()


def test_a_node_that_lost_its_place_in_the_circle_hears_nothing(two: tuple[Node, Node]) -> None:
    a, b = two
    tell(a, [indicator("Bad", "198.51.100.7")])
    CircleMember.objects.using("owner").filter(circle=a.circle, organisation=a.stands["B"].organisation_id).delete()
    assert "nothing at this address" in read(b, a).error
    assert b.reports() == []
