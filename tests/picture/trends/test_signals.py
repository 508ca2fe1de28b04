"""Signals: which series are looked at, what is noted of them, who is told, and setting one aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.db import connections
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.chain import things
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from hueandcry.picture.freezes import reader
from hueandcry.picture.models import Freeze, Signal
from hueandcry.picture.question import SOURCES
from hueandcry.picture.trends import actions, queries, signals, words
from hueandcry.picture.trends.series import Change
from tests import factory
from tests.picture.expressions import small

TODAY = date(2026, 1, 20)  # of small.frozen
RISE = date(2025, 6, 1)


def tables(*, bodies: int = 5, ratio: float = 2.5, only: int | None = None) -> dict[str, list[dict[str, Any]]]:
    """Thirty months of fraud in Portugal, told by so many; it rises (with ``only``: as one of them tells), malware in
    Spain does not."""
    rng = np.random.default_rng(3)
    made: dict[str, list[dict[str, Any]]] = {"crimes": [], "reports": [], "rates": [], "denominators": []}
    for back in range(30, 0, -1):
        month = date(2026 - (back + 11) // 12, (12 - back) % 12 + 1, 1)
        for kind, land, level in (("fraud", "PT", 6.0), ("malware", "ES", 4.0)):
            for body in range(1, bodies + 1):
                risen = kind == "fraud" and month >= RISE and only in (None, body)
                for _ in range(rng.poisson(level * (ratio if risen else 1.0))):
                    occurred = month + timedelta(days=int(rng.integers(28)))
                    arrived = occurred + timedelta(days=int(rng.exponential(20)))
                    if arrived <= TODAY:
                        _put(made, body, occurred, arrived, kind, land)
    made["organisations"] = [
        {"organisation": body, "kind": "cert", "country": "PT", "sector": "K", "joined": date(2020, 1, 1),
         "first": date(2023, 7, 2), "last": TODAY} for body in range(1, bodies + 1)
    ]  # fmt: skip
    return made


def _put(made: dict[str, list[dict[str, Any]]], body: int, occurred: date, arrived: date, kind: str, land: str) -> None:
    number = len(made["crimes"]) + 1
    shared = {
        "occurred": occurred, "reported": arrived, "arrived": arrived, "cls": kind, "type": "", "nature": "",
        "countries": [land], "sector": "", "size": "", "techniques": [], "loss": None, "record_key": number % 256,
    }  # fmt: skip
    made["crimes"].append(
        shared | {"crime": number, "reports": 1, "organisations": [body], "sources": 1 << SOURCES.index("cert"),
                  "delay": (arrived - occurred).days}
    )  # fmt: skip
    made["reports"].append(
        shared | {"report": number, "crime": number, "organisation": body, "source": "cert", "loss_given": None,
                  "currency": ""}
    )  # fmt: skip


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Path]:
    """Freezes of this test are closed after it."""
    before = dict(reader._held)
    yield tmp_path
    for name in set(reader._held) - set(before):
        del reader._held[name]


def test_a_rise_that_everybody_tells_of(opened: Path) -> None:
    look = signals.looked(small.frozen(tables(), opened, "rise"))
    assert look.series == 7, "all, two classes, two countries, two of both"
    assert {each.series for each in look.found} >= {"class=fraud", "country=PT", "country=PT&class=fraud", ""}
    assert not any("malware" in each.series or "ES" in each.series for each in look.found)
    for each in look.found:
        assert each.recent
        assert each.change.direction == "up"
        assert each.change.since in ("2025-05", "2025-06", "2025-07")
        assert each.change.false_alarms < 0.5


def test_what_one_tells_of_is_no_signal(opened: Path) -> None:
    """Six times as many frauds, all of one reporter: it would be a signal about that reporter."""
    assert signals.looked(small.frozen(tables(only=2, ratio=6.0), opened, "one")).found == ()


def test_too_few_organisations_are_not_looked_at(opened: Path) -> None:
    assert signals.looked(small.frozen(tables(bodies=2, ratio=4.0), opened, "two")) == signals.Look(0, ())


CHANGE = Change("2025-06", "2025-05", "2025-06", "up", 2.5, 2.0, 3.1, 0.02)
FOUND = signals.Found("country=PT&class=fraud", CHANGE, True)


def freeze() -> Freeze:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO picture_freeze (reference, at, reason, version, reports, crimes, sha256, manifest)"
            " VALUES (gen_random_uuid(), %s, 'night', '0', 1, 1, %s, '{}') RETURNING id",
            [datetime.now(UTC), uuid4().hex],
        )
        return Freeze.objects.using("owner").get(pk=cursor.fetchone()[0])


def held() -> list[Signal]:
    return list(Signal.objects.using("owner").order_by("pk"))


@pytest.mark.usefixtures("database")
def test_new_still_there_gone_and_back() -> None:
    assert len(actions.note(freeze(), signals.Look(5, (FOUND,)))) == 1
    first = held()[0]
    assert (first.series, first.since, first.direction, first.gone_at) == (FOUND.series, "2025-06", "up", None)
    moved = replace(FOUND, change=replace(CHANGE, since="2025-07", ratio=2.7), recent=False)
    later = freeze()
    assert actions.note(later, signals.Look(5, (moved,))) == []
    assert [(each.pk, each.since, each.ratio, each.freeze_id) for each in held()] == [
        (first.pk, "2025-06", 2.7, later.pk)
    ], "the same signal, of the month in which it was first seen"
    actions.note(freeze(), signals.Look(5, ()))
    assert held()[0].gone_at is not None
    assert actions.note(freeze(), signals.Look(5, (FOUND,))) == []
    assert held()[0].gone_at is None
    act = Act.objects.using("owner").filter(verb="look", kind="signal").order_by("-pk").first()
    assert act is not None
    assert act.count == 1


@pytest.mark.usefixtures("database")
def test_what_is_long_past_or_the_other_way_is_another_matter() -> None:
    old = replace(FOUND, recent=False)
    assert actions.note(freeze(), signals.Look(5, (old,))) == []
    assert held() == []
    down = replace(FOUND, change=replace(CHANGE, direction="down", since="2025-11"))
    assert len(actions.note(freeze(), signals.Look(5, (FOUND, down)))) == 2


@pytest.mark.usefixtures("database")
def test_the_office_and_the_countrys_government_are_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    office = factory.person(factory.office(), ["secretary"])
    here = factory.person(factory.organisation("Ministry", kind="government"), ["analyst"])
    elsewhere = factory.person(factory.organisation("Ministerio", kind="government", country="ES"), ["analyst"])
    bank = factory.person(factory.organisation())
    found = signals.Look(5, (FOUND, replace(FOUND, series="class=malware")))
    monkeypatch.setattr(actions, "looked", lambda frozen: found)
    for _ in range(2):
        actions.look(freeze())
    told = {notice.person: notice for notice in Notice.objects.using("owner").filter(kind="signal")}
    assert set(told) == {office.pk, here.pk}
    assert Notice.objects.using("owner").count() == 2
    assert told[office.pk].title == "2 new signals"
    assert told[here.pk].title == "Fraud, Portugal: 2.50 times as many a month since June 2025 (2.00 to 3.10)"
    assert told[here.pk].link == "/picture/signals/"
    assert not {elsewhere.pk, bank.pk} & set(told)


def page(client: Client, address: str = "/picture/signals/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.usefixtures("database")
def test_the_list_is_the_alliances() -> None:
    actions.note(freeze(), signals.Look(5, (FOUND,)))
    assert Client().get("/picture/signals/").status_code == 302
    for state in ("applicant", "suspended", "left"):
        outsider = factory.signed_in(factory.person(factory.organisation(state=state)))
        assert outsider.get("/picture/signals/").status_code == 302
    member = factory.signed_in(factory.person(factory.organisation(), ["reader"]))
    shown = page(member)
    assert "Fraud, Portugal" in shown
    assert "June 2025" in shown
    assert "Set aside" not in shown
    assert Act.objects.using("owner").filter(verb="list", kind="signal").exists()
    address = f"/picture/signals/{held()[0].reference}/dismiss/"
    assert member.get(address).status_code == 403
    assert member.post(address, {"why": "because"}).status_code == 403


@pytest.mark.usefixtures("database")
def test_nobody_outside_reads_one_by_the_database() -> None:
    actions.note(freeze(), signals.Look(5, (FOUND,)))
    reference = held()[0].reference
    inside = factory.as_viewer(factory.person(factory.organisation()))
    outside = factory.as_viewer(factory.person(factory.organisation(state="applicant")))
    with viewer(inside) as by:
        assert [signal.reference for signal in queries.open_signals(by)] == [reference]
        shown = things.find(by, "signal", str(reference))
        assert shown is not None
        assert shown.url == f"/picture/signals/#{reference}"
        assert things.find(by, "signal", "no reference") is None
    with viewer(outside) as by:
        assert queries.signals(by) == []
        assert things.find(by, "signal", str(reference)) is None


@pytest.mark.usefixtures("database")
def test_an_empty_list_says_what_would_be_here() -> None:
    assert "No signals" in page(factory.signed_in(factory.person(factory.organisation(), ["reader"])))


@pytest.mark.usefixtures("database")
def test_the_office_sets_one_aside_and_says_why() -> None:
    actions.note(freeze(), signals.Look(5, (FOUND,)))
    reference = held()[0].reference
    officer = factory.person(factory.office(), ["secretary"])
    client = factory.signed_in(officer)
    address = f"/picture/signals/{reference}/dismiss/"
    assert "Fraud, Portugal" in page(client, address)
    assert "signal-dismiss" not in page(client, address)
    assert client.post(address, {"why": " "}).status_code == 200, "asked again"
    assert held()[0].dismissed_at is None
    assert client.post(address, {"why": "A campaign that asked for reports."}).status_code == 302
    kept = held()[0]
    assert (kept.dismissed_by, kept.dismissed_why) == (officer.pk, "A campaign that asked for reports.")
    assert "A campaign that asked for reports." in page(factory.signed_in(factory.person(factory.organisation())))
    assert Act.objects.using("owner").filter(verb="dismiss", kind="signal", thing=str(kept.pk)).count() == 1
    with pytest.raises(Refused, match="already"):
        actions.dismiss(by=factory.as_viewer(officer), reference=reference, why="Again.")
    assert client.get(f"/picture/signals/{uuid4()}/dismiss/").status_code == 404
    assert actions.note(freeze(), signals.Look(5, (FOUND,))) == [], "found again, it stays aside"
    assert held()[0].dismissed_at is not None


@pytest.mark.usefixtures("database")
def test_only_the_office() -> None:
    actions.note(freeze(), signals.Look(5, (FOUND,)))
    analyst = factory.as_viewer(factory.person(factory.organisation()))
    with pytest.raises(Refused, match="office"):
        actions.dismiss(by=analyst, reference=held()[0].reference, why="I say so.")
    with viewer(analyst):  # nor past the action: the table itself refuses
        assert Signal.objects.update(dismissed_why="I say so.") == 0


@pytest.mark.parametrize(
    ("a_year", "said"),
    [
        (2.958, "3 times a year"),
        (1.2, "once a year"),
        (0.312, "once in 3 years"),
        (0.0001, "less than once in 1\u202f000 years"),
    ],
)
def test_chance_in_words(a_year: float, said: str) -> None:
    assert words.by_chance(a_year) == said
