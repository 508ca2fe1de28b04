"""Every forbidden step: every pair of states of every machine, by everybody, written past the program. Whom the table
of moves does not name is refused; the attempts are counted, and none gets through."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from hueandcry.academy import life
from hueandcry.academy.accreditation import actions as accrediting
from hueandcry.academy.certification import actions as certifying
from hueandcry.academy.courses import actions as teaching
from hueandcry.academy.models import Accreditation, Candidacy, Certificate, Course, Enrolment
from hueandcry.members.viewer import viewer
from tests.academy import scene

pytestmark = pytest.mark.usefixtures("database")
# What belongs to any move, so that it is not refused for want of it.
FULL = {
    "candidacy": "reason = 'because', decided_by = hueandcry_person(), decided_at = now()",
    "accreditation": "reason = 'because'",
    "certificate": "reason = 'because'",
    "enrolment": "reason = 'because'",
}


def put(machine: str, key: int, state: str) -> None:
    """The row in a state, whatever triggers say: by the owner of the table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ALTER TABLE academy_{machine} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE academy_{machine} SET state = %s WHERE id = %s", [state, key])  # noqa: S608
        cursor.execute(f"ALTER TABLE academy_{machine} ENABLE TRIGGER USER")


def tried(who: scene.Scene, name: str, machine: str, key: int, after: str) -> bool:
    """Whether a direct write of this person moves the row; taken back again."""
    values = f", {FULL[machine]}" if machine in FULL else ""
    with viewer(getattr(who, name)), connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(f"UPDATE academy_{machine} SET state = %s{values} WHERE id = %s", [after, key])  # noqa: S608
                done = cursor.rowcount > 0
                transaction.set_rollback(True)
        except DatabaseError:
            return False
    return done


def through(who: scene.Scene, machine: str, key: int, roles: dict[str, set[str]]) -> tuple[int, list[str], int]:
    """How many forbidden moves were tried, which got through, and how many allowed ones did."""
    tries, let, allowed = 0, [], 0
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"SELECT state FROM academy_{machine} WHERE id = %s", [key])  # noqa: S608
        was = cursor.fetchone()[0]
    for before, after in product(life.MOVES.states(machine), repeat=2):
        if before == after:
            continue
        put(machine, key, before)
        for name in who.people:
            mine = {role for role, names in roles.items() if name in names}
            done = tried(who, name, machine, key, after)
            if any(life.MOVES.may(machine, before, after, role) for role in mine):
                allowed += done
            else:
                tries += 1
                if done:
                    let.append(f"{name}: {before} -> {after}")
    put(machine, key, was)
    return tries, let, allowed


def test_no_forbidden_move_gets_through() -> None:
    who = scene.scene()
    provider = scene.ready(who)
    session = scene.trained(who)
    sat = scene.sat(who)
    scene.marked(who, sat)
    other = scene.certified(who, "other")
    with viewer(who.trainer):
        course = Course.objects.get().pk
        enrolment = Enrolment.objects.get().pk
        accreditation = Accreditation.objects.get(reference=provider).pk
        candidacy = Candidacy.objects.get(reference=sat).pk
        certificate = Certificate.objects.get(reference=other).pk
    inside = {"trainer", "marker", "second", "third", "decider"}
    # the trainer taught `learner`; marker and second marked both; decider decided on `other`
    cases: dict[str, tuple[int, dict[str, set[str]]]] = {
        "course": (course, {"provider": {"trainer"}}),
        "session": (session.pk, {"provider": {"trainer"}}),
        "enrolment": (enrolment, {"person": {"learner"}, "home": {"officer"}, "provider": {"trainer"}}),
        "accreditation": (
            accreditation,
            {
                "applicant": {"trainer"},
                "office": {"secretary", "office_examiner"},
                "assessor": {"assessor", "assessor2"},
                "panel": {"panel"},
            },
        ),
        "candidacy": (
            candidacy,
            {
                "candidate": {"learner"},
                "body": inside,
                "marker": {"marker", "second"},
                "decider": {"third", "decider"},
                "appeal": {"third", "decider", "office_examiner"},
            },
        ),
        "certificate": (
            certificate,
            {
                "body": inside,
                "decider": {"trainer", "third", "decider"},
                "appeal": {"trainer", "third", "decider", "office_examiner"},
            },
        ),
    }
    found: dict[str, Any] = {machine: through(who, machine, *case) for machine, case in cases.items()}
    assert {machine: let for machine, (_tries, let, _allowed) in found.items() if let} == {}
    assert sum(tries for tries, _let, _allowed in found.values()) > 5_000
    assert all(allowed for _tries, _let, allowed in found.values()), found  # what is allowed does get through


def test_who_trained_neither_marks_nor_decides() -> None:
    who = scene.scene()
    scene.ready(who)
    scene.trained(who)
    key = scene.sat(who)
    with viewer(who.marker):
        [item, *_rest] = certifying.PaperItem.objects.exclude(question__kind="choice").filter(candidacy__reference=key)
    with pytest.raises(certifying.Refused, match="trained somebody does not mark"):
        certifying.mark(by=who.trainer, item=item.pk, points=1)
    with pytest.raises(certifying.Refused, match="Accredited examiners"):
        certifying.mark(by=who.decider, item=item.pk, points=1)
    scene.marked(who, key)
    for name in ("trainer", "marker", "second", "learner", "officer"):
        with pytest.raises((certifying.Refused, Candidacy.DoesNotExist)):
            certifying.move(by=getattr(who, name), candidacy=key, state="certified", reason="Passed.")
    certifying.move(by=who.decider, candidacy=key, state="certified", reason="Passed.")


def test_a_certificate_cannot_be_written_without_a_decision() -> None:
    who = scene.scene()
    scene.ready(who)
    key = scene.sat(who)
    scene.marked(who, key)
    with viewer(who.decider):
        found = Candidacy.objects.get(reference=key)
        with pytest.raises(DatabaseError), transaction.atomic():
            certifying._certify(who.decider, found)
    certifying.move(by=who.decider, candidacy=key, state="certified", reason="Passed.")
    for name in ("third", "trainer", "learner"):  # nor a second time, nor by others
        with viewer(getattr(who, name)), pytest.raises(DatabaseError), transaction.atomic():
            certifying._certify(getattr(who, name), found)


def test_nobody_sees_anothers_marks_before_the_marking_is_over_nor_the_candidate_the_key() -> None:
    who = scene.scene()
    scene.ready(who)
    key = scene.sat(who)
    with viewer(who.marker):
        item = certifying.PaperItem.objects.exclude(question__kind="choice").filter(candidacy__reference=key)[0].pk
    certifying.mark(by=who.marker, item=item, points=1)
    with viewer(who.second):
        assert not certifying.Mark.objects.exists()
    with viewer(who.learner), connection.cursor() as cursor:
        assert not certifying.Question.objects.exists()
        assert not certifying.Mark.objects.exists()
        cursor.execute("SELECT * FROM hueandcry_paper(%s)", [Candidacy.objects.get().pk])
        columns = {each.name for each in cursor.description or ()}
        assert len(cursor.fetchall()) == 6
    assert not columns & {"key", "guide"}
    with viewer(who.officer):
        assert not Candidacy.objects.exists()
        assert not certifying.PaperItem.objects.exists()


def test_assessors_come_from_elsewhere_and_declare_before_they_act() -> None:
    who = scene.scene()
    key = accrediting.draft(by=who.trainer, kind="provider", scope=[scene.SCHEME])
    with pytest.raises(accrediting.Refused, match="Say how P1"):
        accrediting.move(by=who.trainer, accreditation=key, state="applied")
    accrediting.answer(by=who.trainer, accreditation=key, answers=scene.answered("provider"))
    accrediting.move(by=who.trainer, accreditation=key, state="applied")

    def ask(name: str, part: str = "assessor") -> None:
        accrediting.ask(by=who.secretary, accreditation=key, email=who.people[name].email, part=part)

    with pytest.raises(accrediting.Refused, match="another country"):
        ask("national")
    with pytest.raises(accrediting.Refused, match="an assessor of a member"):
        ask("decider")
    ask("assessor")
    with pytest.raises(accrediting.Refused, match="one each"):
        ask("assessor", "panel")
    with pytest.raises(accrediting.Refused, match="Two assessors"):
        accrediting.move(by=who.secretary, accreditation=key, state="review")
    accrediting.declare(by=who.assessor, accreditation=key, no_conflict=True)
    ask("assessor2")
    accrediting.declare(by=who.assessor2, accreditation=key, no_conflict=False, conflict="My brother works there.")
    with pytest.raises(accrediting.Refused, match="Two assessors"):
        accrediting.move(by=who.secretary, accreditation=key, state="review")
    ask("panel")
    with pytest.raises(accrediting.Refused, match="not yours"):  # asked, not declared
        accrediting.look(by=who.panel, accreditation=key, how="documents", day=scene.TODAY, notes="Read.")
    accrediting.declare(by=who.panel, accreditation=key, no_conflict=True)
    accrediting.move(by=who.secretary, accreditation=key, state="review")
    with pytest.raises(accrediting.Refused, match="visit or an observation"):
        accrediting.move(by=who.assessor, accreditation=key, state="decision")
    with pytest.raises(accrediting.Refused, match="no open finding"):
        accrediting.move(by=who.assessor, accreditation=key, state="corrective")
    with pytest.raises(accrediting.Refused, match="not yours"):  # who has a conflict finds nothing
        accrediting.find(by=who.assessor2, accreditation=key, requirement="P1", grade="major", text="Bad.")


def test_a_place_wants_the_agencys_consent_and_nobody_gives_their_own() -> None:
    who = scene.scene()
    told = teaching.Described(
        "First response", "DE", 8, languages=["en"], teaches={"EV-01": 4}, outcomes="x", assessment="y"
    )
    course = teaching.draft(by=who.trainer, told=told)
    with viewer(who.officer):
        assert not Course.objects.exists()
    teaching.move(by=who.trainer, course=course, state="published")
    with pytest.raises(teaching.Refused, match="does not change"):
        teaching.edit(by=who.trainer, course=course, told=replace(told, hours=80))
    planned = teaching.Planned(scene.TODAY, scene.TODAY, "DE", "en", 1, trainers=[who.people["trainer"].email])
    session = teaching.plan(by=who.trainer, course=course, told=planned)
    with pytest.raises(teaching.Refused):  # not open yet
        teaching.enrol(by=who.learner, session=session)
    teaching.move_session(by=who.trainer, session=session, state="open")
    first, second = (teaching.enrol(by=by, session=session) for by in (who.learner, who.other))
    with pytest.raises(teaching.Refused, match="already"):
        teaching.enrol(by=who.learner, session=session)
    with pytest.raises(teaching.Refused, match="others to decide"):
        teaching.answer(by=who.learner, enrolment=first, state="approved")
    own = teaching.enrol(by=who.officer, session=session)
    with pytest.raises(teaching.Refused, match="others to decide"):
        teaching.answer(by=who.officer, enrolment=own, state="approved")
    assert teaching.answer(by=who.officer, enrolment=first, state="approved") == "placed"
    assert teaching.answer(by=who.officer, enrolment=second, state="approved") == "waiting"
    with pytest.raises(teaching.Refused, match="All places are taken"):
        teaching.answer(by=who.trainer, enrolment=second, state="placed")
    with pytest.raises(teaching.Refused, match="not taken out"):
        teaching.teach(by=who.trainer, session=session, trainers=[])
    teaching.answer(by=who.learner, enrolment=first, state="withdrawn")
    assert teaching.answer(by=who.trainer, enrolment=second, state="placed") == "placed"
    with pytest.raises(teaching.Refused, match="session was held"):
        teaching.answer(by=who.trainer, enrolment=second, state="attended")
    with pytest.raises(teaching.Refused):
        teaching.evaluate(by=who.other, enrolment=second, level=1, score=5)
    teaching.move_session(by=who.trainer, session=session, state="held")
    teaching.answer(by=who.trainer, enrolment=second, state="attended")
    teaching.evaluate(by=who.other, enrolment=second, level=1, score=5, text="Good.")
    with pytest.raises(teaching.Refused):  # months after, not at once
        teaching.evaluate(by=who.other, enrolment=second, level=3, score=5)


def test_a_holder_takes_a_credential_back_and_writes_none() -> None:
    who = scene.scene()
    scene.ready(who)
    made = scene.certified(who)
    with viewer(who.learner), pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(reference=made).update(credential={"name": "Head of unit"})
    certifying.show(by=who.learner, certificate=made, named=True, public=False)
    with viewer(who.learner):
        assert Certificate.objects.get(reference=made).credential is None
