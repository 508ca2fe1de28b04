"""Reads of the record: row-level security shows each viewer the acts that concern them, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hueandcry.audit import actions, chain, queries
from hueandcry.audit.models import Act
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")


def act(by: Viewer, verb: str, **more: object) -> None:
    with viewer(by):
        actions.record(by=by, verb=verb, kind="report", **more)  # type: ignore[arg-type]


def seen(by: Viewer) -> set[str]:
    with viewer(by):
        return set(queries.acts(queries.Wanted()).values_list("verb", flat=True))


def test_who_sees_whose_acts() -> None:
    one, two, office = factory.organisation("One"), factory.organisation("Two"), factory.office()
    out = factory.organisation("Out", state="suspended")
    who = {
        "ana of one": factory.as_viewer(factory.person(one, ["analyst"])),
        "admin of one": factory.as_viewer(factory.person(one, ["administrator"])),
        "dpo of one": factory.as_viewer(factory.person(one, ["dpo"])),
        "admin of two": factory.as_viewer(factory.person(two, ["administrator"])),
        "reader of two": factory.as_viewer(factory.person(two, ["reader"])),
        "admin of out": factory.as_viewer(factory.person(out, ["administrator"])),
        "secretary": factory.as_viewer(factory.person(office, ["secretary"])),
        "dpo of the office": factory.as_viewer(factory.person(office, ["dpo"])),
        "admin of the office": factory.as_viewer(factory.person(office, ["administrator"])),
        "nobody": ANYONE,
    }
    for name, by in who.items():
        act(by, name)
    ones = {"ana of one", "admin of one", "dpo of one"}
    offices = {"secretary", "dpo of the office", "admin of the office"}
    truth = {
        "ana of one": {"ana of one"},
        "admin of one": ones,
        "dpo of one": ones,
        "admin of two": {"admin of two", "reader of two"},
        "reader of two": {"reader of two"},
        "admin of out": {"admin of out"},
        "secretary": set(who),
        "dpo of the office": set(who),
        "admin of the office": offices,
        "nobody": set(),
    }
    assert {name: seen(by) for name, by in who.items()} == truth


def test_no_viewer_sees_no_act() -> None:
    act(ANYONE, "read")
    assert not Act.objects.exists()
    assert Act.objects.using("owner").count() == 1


def test_filters(database: Path) -> None:
    by = factory.as_viewer(factory.person(factory.office(), ["secretary"]))
    act(by, "read", thing=7)
    act(by, "export", thing=8, count=3)
    chain.seal(database)
    act(ANYONE, "search")
    today = datetime.now(UTC).date()
    asked = {
        queries.Wanted(verb="export"): ["export"],
        queries.Wanted(thing="7"): ["read"],
        queries.Wanted(thing="7", verb="export"): [],
        queries.Wanted(people=(by.person or 0,)): ["read", "export"],
        queries.Wanted(people=()): [],
        queries.Wanted(organisations=(by.organisation or 0,)): ["read", "export"],
        queries.Wanted(since=today, until=today): ["read", "export", "search"],
        queries.Wanted(until=today - timedelta(days=1)): [],
        queries.Wanted(since=today + timedelta(days=1)): [],
    }
    with viewer(by):
        for wanted, right in asked.items():
            assert list(queries.acts(wanted).order_by("pk").values_list("verb", flat=True)) == right
        assert queries.recent_words(queries.Wanted()) == {
            "verb": ["export", "read", "search"],
            "kind": ["report"],
            "channel": ["web"],
        }
        assert queries.recent_words(queries.Wanted(thing="7"))["verb"] == ["read"]
        assert queries.recent_words(queries.Wanted(people=())) == {"verb": [], "kind": [], "channel": []}
        state = queries.chain_state()
        assert (state.sealed, state.unsealed) == (2, 1)
        ids = list(Act.objects.order_by("pk").values_list("pk", flat=True))
        assert queries.sealed_among(ids) == set(ids[:2])
