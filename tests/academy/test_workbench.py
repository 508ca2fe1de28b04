"""What waits for whom in the academy: each step of a training shows with who can take it, and with nobody else."""

from __future__ import annotations

import pytest
from django.test import Client

from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.workbench import waiting
from hueandcry.members.viewer import viewer
from tests.academy import scene

pytestmark = pytest.mark.usefixtures("database")
NAMES = ("secretary", "trainer", "marker", "second", "third", "decider", "officer", "learner", "other", "assessor")


def lists(who: scene.Scene) -> dict[str, dict[str, int]]:
    """Name -> key of a list -> how many rows, of those for whom anything waits."""
    made = {}
    for name in NAMES:
        by = getattr(who, name)
        with viewer(by):
            if found := {each.key: len(each.rows) for each in waiting(by)}:
                made[name] = found
    return made


def test_each_step_waits_for_who_can_take_it() -> None:
    who = scene.scene()
    assert lists(who) == {}
    key = scene.applied(who)
    assert lists(who) == {"secretary": {"assign": 1}}
    scene.accrediting.move(by=who.secretary, accreditation=key, state="review")
    assert lists(who) == {"assessor": {"assess": 1}}


def test_from_a_place_to_a_certificate() -> None:
    who = scene.scene()
    scene.ready(who)
    told = teaching.Described(
        "First response",
        "DE",
        40,
        languages=["en"],
        roles=["FRE"],
        teaches=dict.fromkeys(scene.BLUEPRINT, 4),
        outcomes="So.",
        assessment="Task.",
    )
    course = teaching.draft(by=who.trainer, told=told)
    teaching.move(by=who.trainer, course=course, state="published")
    planned = teaching.Planned(scene.TODAY, scene.day(4), "DE", "en", 1, trainers=[who.people["trainer"].email])
    session = teaching.plan(by=who.trainer, course=course, told=planned)
    teaching.move_session(by=who.trainer, session=session, state="open")
    numbers = [teaching.enrol(by=getattr(who, name), session=session) for name in ("learner", "other")]
    assert lists(who) == {"officer": {"approve": 2}}
    for number in numbers:
        teaching.answer(by=who.officer, enrolment=number, state="approved")
    assert lists(who) == {"trainer": {"place": 1}}  # who has no place: the second is on the waiting list

    body = who.people["marker"].organisation_id
    assert body is not None
    candidacy = certifying.apply(by=who.other, scheme=scene.SCHEME, body=body)
    examiners = ("trainer", "marker", "second", "third", "decider")
    found = lists(who)
    assert {name: found[name]["eligible"] for name in examiners} == dict.fromkeys(examiners, 1)
    certifying.move(by=who.third, candidacy=candidacy, state="eligible", reason="Seen.")
    certifying.set_paper(by=who.third, candidacy=candidacy)
    assert lists(who)["decider"] == {"paper": 1}
    certifying.move(by=who.third, candidacy=candidacy, state="sitting")
    assert lists(who)["other"] == {"sit": 1}
    pages = Client()
    pages.force_login(who.people["other"])
    assert f"/certification/candidacies/{candidacy}/" in pages.get("/courses/workbench/").content.decode()
    assert "Your paper is open" in pages.get("/").content.decode()
    certifying.move(by=who.other, candidacy=candidacy, state="examined")
    assert lists(who)["marker"] == {"mark": 1}
    scene.marked(who, candidacy)
    assert lists(who)["decider"] == {"decide": 1}
    certifying.move(by=who.decider, candidacy=candidacy, state="refused", reason="No.")
    found = lists(who)
    assert found["other"] == {"refused": 1}
    certifying.move(by=who.other, candidacy=candidacy, state="appealed", reason="Why?")
    found = lists(who)
    assert "decider" not in found  # who decided hears no appeal
    assert found["third"] == {"appeals": 1}
