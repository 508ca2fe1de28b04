"""What people of the demonstration have done with crimes and operations: there once, and seen by who may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from hueandcry.chain.models import Link
from hueandcry.exchange.handling import Handling
from hueandcry.linkage.crimes import nightly
from hueandcry.linkage.deconfliction import queries as deconfliction
from hueandcry.linkage.models import (
    Evidence,
    Hypothesis,
    Interest,
    Judgement,
    Note,
    OperationName,
    Overlap,
    OverlapMessage,
    OverlapSide,
    PairReading,
    Post,
    ReviewRound,
    Room,
    RoomEvent,
    RoomOrganisation,
    SampledPair,
    Task,
    Thread,
)
from hueandcry.linkage.review import queries as review
from hueandcry.linkage.rooms import queries as rooms
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import Viewer, identify, viewer
from hueandcry.world import lived_judging, lived_linkage
from tests import factory
from tests.exchange import send

OPEN = Handling(tlp="GREEN", recipients=(ALLIANCE,), discoverability="named")
SHARED = "DE89370400440532013000"  # the account that all these frauds used
KEPT = (
    Evidence, Hypothesis, Interest, Judgement, Link, Note, OperationName, Overlap, OverlapMessage, OverlapSide,
    PairReading, Post, ReviewRound, Room, RoomEvent, RoomOrganisation, SampledPair, Task, Thread,
)  # fmt: skip


def told(person: Person, number: int, *, day: int, lost: int) -> None:
    """The fraud of this number as this person tells it."""
    send.form(
        person, f"A false invoice, number {number}", OPEN, kind="invoice", country="PT", currency="EUR",
        lost=f"{lost}.00", when=f"2026-{8 + number // 4:02d}-{1 + number % 4 * 7 + day:02d}",
        known=f"{SHARED} payments{number}@mule.example",
    )  # fmt: skip


@pytest.fixture
def people(database: object) -> Mapping[str, Viewer]:
    """The four who act, in an alliance whose bank and police agencies tell of the same twelve frauds."""
    bank, cert = factory.organisation("Example Bank"), factory.organisation("Example CERT", kind="cert", country="IT")
    police = factory.organisation("Example Police", kind="law-enforcement", country="PL")
    other = factory.organisation("Other Police", kind="law-enforcement", country="DE")
    factory.circle("payments", [bank, police, other])
    acting = {
        "analyst": factory.person(bank), "police-analyst": factory.person(police),
        "investigator": factory.person(other), "integrator": factory.person(cert),
    }  # fmt: skip
    factory.person(police)  # the colleague who reads again
    for number in range(12):
        told(acting["analyst"], number, day=0, lost=1000 + 377 * number)
        if number % 3:
            told(acting["police-analyst"], number, day=number % 2 * 2, lost=1000 + 377 * number + number % 2 * 40)
        told(acting["investigator"], number, day=1, lost=1000 + 377 * number)
    nightly.rebuild_all()
    return {role: factory.as_viewer(person) for role, person in acting.items()}


def test_everything_is_there_once_and_run_again_nothing_is_added(people: Mapping[str, Viewer]) -> None:
    lived_linkage.live(people)
    before = counts()
    assert all(before.values()), before
    lived_linkage.live(people)
    assert counts() == before


def test_a_loading_that_was_stopped_goes_on_where_it_was(
    people: Mapping[str, Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(**_given: object) -> None:
        raise KeyboardInterrupt

    for act in (
        "analysis.actions.weigh", "analysis.actions_task.go_on", "rooms.actions.share", "forum.actions.post",
        "deconfliction.actions.stand",
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(f"hueandcry.linkage.{act}", stopped)
            with pytest.raises(KeyboardInterrupt):
                lived_linkage.live(people)
    lived_linkage.live(people)
    held = counts()
    once = ("OperationName", "Room", "Overlap", "OverlapMessage")
    assert [held[name] for name in once] == [1] * len(once)
    assert (held["Hypothesis"], held["Note"], held["Task"], held["Thread"], held["Post"], held["Interest"]) == (
        2,
        2,
        3,
        3,
        6,
        2,
    )


def test_both_judge_and_neither_of_two_that_contradict_each_other_binds(people: Mapping[str, Viewer]) -> None:
    bank, police = people["analyst"], people["police-analyst"]
    lived_judging.live(bank, police)
    for by in (bank, police):
        with viewer(by):
            own = Judgement.objects.filter(organisation=by.organisation or 0, sample=None)
            assert set(own.values_list("verdict", flat=True)) >= {"same", "different"}
            assert all(own.values_list("reason", flat=True))
            assert len(review.disputes(by)) == 1


def test_the_review_is_read_in_part_by_two(people: Mapping[str, Viewer], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lived_judging, "READ", 6)
    lived_judging.live(people["analyst"], people["police-analyst"])
    police = people["police-analyst"]
    with viewer(police):
        round_ = ReviewRound.objects.get(organisation=police.organisation or 0)
        held = review.stands(round_)
        readings = list(PairReading.objects.filter(pair__round=round_).values_list("person", flat=True))
    assert round_.closed_at is None
    assert readings.count(police.person or 0) == 6 < len(held)
    assert all(len({one.person for one in state.readings}) == len(state.readings) for _pair, state in held)
    with viewer(people["analyst"]):
        assert not ReviewRound.objects.exists(), "another organisation's open review"


def test_the_bank_is_in_the_room_with_a_report_and_the_cert_is_asked(people: Mapping[str, Viewer]) -> None:
    lived_linkage.live(people)
    police, bank, cert = (again(people[role]) for role in ("police-analyst", "analyst", "integrator"))
    with viewer(police):
        room = Room.objects.get()
        states = dict(RoomOrganisation.objects.filter(room=room).values_list("organisation", "state"))
        shared = Link.objects.filter(from_kind="room", relation="shares").count()
    assert states == {police.organisation: "joined", bank.organisation: "joined", cert.organisation: "invited"}
    assert shared == 1
    assert room.principal in bank.principals and room.principal not in cert.principals
    with viewer(cert):
        assert len(rooms.offers(cert)) == 1
        assert not Thread.objects.exists(), "neither the room's nor the circle's"


def test_two_agencies_are_told_to_look_today_and_the_bank_of_nothing(people: Mapping[str, Viewer]) -> None:
    lived_linkage.live(people)
    for role in ("police-analyst", "investigator"):
        with viewer(people[role]):
            side = OverlapSide.objects.get()
            interest = deconfliction.interests(people[role]).get()
            assert side.urgent_at is not None
            assert interest.organisation == side.organisation == people[role].organisation
    with viewer(people["police-analyst"]):
        action = Interest.objects.get().action_at
        assert action is not None and 0 < (action - datetime.now(UTC)).days < deconfliction.NEAR.days
        assert OverlapMessage.objects.count() == 1
    with viewer(people["analyst"]):
        assert not Interest.objects.exists() and not OverlapSide.objects.exists()
        assert not Thread.objects.filter(scope="le").exists()


def test_hypotheses_hold_evidence_for_and_against_and_the_circle_knows_the_name(people: Mapping[str, Viewer]) -> None:
    lived_linkage.live(people)
    for role in ("analyst", "police-analyst", "investigator"):
        with viewer(people[role]):
            assert OperationName.objects.get().name == lived_linkage.NAME
            for one in Hypothesis.objects.all():
                assert {"for", "against"} <= set(
                    Evidence.objects.filter(hypothesis=one).values_list("bearing", flat=True)
                )
            assert sorted(Task.objects.values_list("state", flat=True)) == ["doing", "done", "open"]
    with viewer(people["integrator"]):
        assert not any(model.objects.exists() for model in (OperationName, Hypothesis, Evidence, Note, Task))


def test_without_an_operation_that_all_see_nothing_is_written_of_one(
    people: Mapping[str, Viewer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lived_linkage, "LEAST", 1_000)
    lived_linkage.live(people)
    assert counts()["Judgement"] and not counts()["Room"] and not counts()["OperationName"]


def report(**said: object) -> Any:
    """A report that says this and nothing else."""
    day = said.pop("day", 1)
    blank = {
        "occurred_from": datetime(2026, 10, int(str(day)), tzinfo=UTC), "victim_reference": "",
        "victim_countries": ["PT"], "victim_area": "", "loss_amount": None, "loss_currency": "EUR",
    }  # fmt: skip
    return SimpleNamespace(**(blank | said))


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ({"victim_reference": "x"}, {"victim_reference": "x", "day": 30}, "same"),
        ({"loss_amount": Decimal(900)}, {"loss_amount": Decimal(900), "day": 3}, "same"),
        ({"loss_amount": Decimal(900)}, {"loss_amount": Decimal(900), "day": 9}, "unsure"),
        ({"loss_amount": Decimal(900)}, {"loss_amount": Decimal(900), "loss_currency": "PLN"}, "unsure"),
        ({"loss_amount": Decimal(900)}, {"loss_amount": Decimal(500), "day": 9}, "different"),
        ({"victim_area": "3000"}, {"victim_area": "3000"}, "same"),
        ({"victim_area": "3000"}, {"victim_area": "4000", "day": 9}, "different"),
        ({"victim_area": "3000"}, {"victim_countries": ["ES"], "victim_area": "3000"}, "different"),
        ({}, {"day": 30}, "different"),
        ({}, {}, "unsure"),
    ],
)
def test_a_pair_is_judged_by_what_both_say(left: dict[str, Any], right: dict[str, Any], verdict: str) -> None:
    for pair in ((left, right), (right, left)):
        said, why = lived_judging.verdict(report(**pair[0]), report(**pair[1]))
        assert (said, bool(why)) == (verdict, True)


def counts() -> dict[str, int]:
    """How many rows each table holds, past every rule."""
    return {model.__name__: model.objects.using("owner").count() for model in KEPT}


def again(by: Viewer) -> Viewer:
    """The same person, with the principals that they have by now."""
    return identify(by.person)
