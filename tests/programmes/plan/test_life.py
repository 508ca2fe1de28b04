"""The life of a programme: who may move it, what is asked first; by the actions and by direct writes."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.db import ProgrammingError, connections

from hueandcry.academy.moves import Move
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.programmes import life
from hueandcry.programmes.ledger import actions as ledger
from hueandcry.programmes.ledger import entries
from hueandcry.programmes.ledger.entries import Draft
from hueandcry.programmes.models import Appraisal, Ballot, Component, Milestone, Programme, Reading, Vote
from hueandcry.programmes.plan import actions, outlines
from tests import factory
from tests.programmes import worlds
from tests.programmes.worlds import TODAY

pytestmark = pytest.mark.usefixtures("database")
ANSWERS = dict.fromkeys(outlines.questions(), "Yes, for these reasons.")
STATES = life.MOVES.states(life.MACHINE)


@pytest.fixture
def people() -> dict[str, Person]:
    """One person for each part that somebody can have in a programme for Kenya."""
    made = {
        "owner": worlds.officer("Interpol bureau", "FR", "law-enforcement"),
        "office": worlds.office(),
        "country": worlds.officer("Police of Kenya", "KE", "law-enforcement"),
        "appraiser": worlds.officer("Foundation", "NL", "non-profit"),
        "second": worlds.officer("University", "DE", "academia"),
        "board": factory.person(factory.organisation("Board bank", country="ES"), roles=("board",)),
        "nobody": factory.person(factory.organisation("Shop", country="IT"), roles=("analyst", "administrator")),
    }
    worlds.seat(factory.as_viewer(made["office"]), made["board"].organisation)  # type: ignore[arg-type]
    return made


def by(people: dict[str, Person], who: str) -> Viewer:
    return factory.as_viewer(people[who])


def test_the_database_has_the_same_table() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT before, after, who FROM programmes_moverule")
        assert {Move(life.MACHINE, *row) for row in cursor.fetchall()} == life.MOVES.all


def test_the_database_tells_everybody_of_the_same_states() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT s FROM unnest(%s::text[]) s WHERE hueandcry_told_to_all(s)", [STATES])
        assert {state for (state,) in cursor.fetchall()} == set(life.PUBLIC)


def test_the_drawing_is_in_step() -> None:
    assert (Path(__file__).parents[3] / "docs" / "programmes-moves.md").read_text(encoding="utf-8") == life.page()


def test_from_a_draft_to_its_evaluation(people: dict[str, Person]) -> None:
    owner, office = by(people, "owner"), by(people, "office")
    made = worlds.programme(owner)
    key = made.reference
    actions.move(by=owner, programme=key, state="appraisal")
    actions.appraise(by=by(people, "appraiser"), programme=key, verdict="sound", words="Good.", answers=ANSWERS)
    with viewer(office):
        assert Programme.objects.get(pk=made.pk).state == "appraisal"  # one is not enough
    actions.appraise(by=by(people, "second"), programme=key, verdict="sound", words="Good.", answers=ANSWERS)
    with pytest.raises(Refused, match="board has not adopted"):
        actions.move(by=office, programme=key, state="approved")
    with viewer(office):
        ballot = Ballot.objects.create(programme=made, closes=TODAY + timedelta(days=7), person=office.person or 0)
    with viewer(by(people, "board")) as who:
        Vote.objects.create(ballot=ballot, organisation=who.organisation, person=who.person, choice="for")
    with viewer(office):
        Ballot.objects.filter(pk=ballot.pk).update(outcome="rejected")  # whatever is written, it is counted
        assert Ballot.objects.get(pk=ballot.pk).outcome == "adopted"
    actions.move(by=office, programme=key, state="approved")
    actions.agree(by=by(people, "country"), programme=key, name="The commissioner", words="Twelve posts for two years.")
    with pytest.raises(Refused, match="money is committed"):
        actions.move(by=owner, programme=key, state="running")
    fund = worlds.fund(office)
    with viewer(office):
        part = Component.objects.filter(programme=made).order_by("pk")[0]
    ledger.book(by=office, drafts=[Draft("receipt", TODAY, "Gift", entries.receipt(worlds.euro(fund, 500_00)))])
    promise = Draft("commitment", TODAY, "x", entries.commitment(worlds.euro(fund, 400_00)), made.pk, part.pk)
    ledger.book(by=office, drafts=[promise])
    actions.move(by=owner, programme=key, state="running")
    with viewer(owner):
        point = Milestone.objects.get(programme=made)
    actions.done(by=owner, programme=key, milestone=point.pk, day=TODAY, evidence="List of who was there")
    with pytest.raises(Refused, match="not yours"):
        actions.seen(by=owner, programme=key, milestone=point.pk)
    actions.seen(by=by(people, "country"), programme=key, milestone=point.pk)
    with pytest.raises(Refused, match="still committed"):
        actions.move(by=owner, programme=key, state="closed")
    paid = entries.disbursement(worlds.euro(fund, 400_00), overhead=False, promised=400_00)
    ledger.book(by=office, drafts=[Draft("disbursement", TODAY, "x", paid, made.pk, part.pk, "Trainer")])
    actions.learn(by=owner, programme=key, words="Begin with the agreement.")
    actions.move(by=owner, programme=key, state="closed")
    grades = dict.fromkeys(outlines.criteria(), 3)
    third = factory.as_viewer(worlds.officer("Evaluators", "SE", "academia"))
    with pytest.raises(Refused):  # a year has not passed
        actions.evaluate(by=third, programme=key, grades=grades, words="It held.")
    past = "UPDATE programmes_programme SET starts = starts - 800, ends = ends - 800 WHERE id = %s"
    worlds.past_the_rules(past, [made.pk])
    for wrong in ("owner", "appraiser", "nobody"):  # who owns it, or appraised it, does not evaluate it
        with pytest.raises(Refused):
            actions.evaluate(by=by(people, wrong), programme=key, grades=grades, words="It held.")
    actions.evaluate(by=third, programme=key, grades=grades, words="It held.")
    with viewer(owner):
        row = Programme.objects.get(pk=made.pk)
        assert row.state == "evaluated"
        told = [(m.before, m.after) for m in row.moves.order_by("pk")]
    assert told[0] == ("draft", "appraisal")
    assert told[-1] == ("closed", "evaluated")


@pytest.mark.parametrize("who", ["owner", "office", "country", "appraiser", "board", "nobody"])
def test_nobody_moves_it_where_the_table_says_no(people: dict[str, Person], who: str) -> None:
    """Every pair of states, by direct writes: what the table does not allow this person, the database refuses."""
    made = worlds.programme(by(people, "owner"))
    is_who = {"appraiser": ("appraiser", "evaluator"), "nobody": ()}.get(who, (who,))
    me, passed = by(people, who), []
    for before, after in product(STATES, repeat=2):
        if before == after or any(life.MOVES.may(life.MACHINE, before, after, each) for each in is_who):
            continue
        worlds.in_state(made, before)
        try:
            with viewer(me):
                if Programme.objects.filter(pk=made.pk).update(state=after, reason="Because"):
                    passed.append((before, after))
        except ProgrammingError:
            continue
    assert passed == []


LACKS = {
    "objective": "UPDATE programmes_programme SET objective = ''",
    "theory": "UPDATE programmes_programme SET theory = ''",
    "first day": "UPDATE programmes_programme SET starts = NULL",
    "milestone": "DELETE FROM programmes_milestone",
    "indicator": "DELETE FROM programmes_indicator",
    "component": "DELETE FROM programmes_component",
    "safeguard": "DELETE FROM programmes_risk WHERE kind = 'corruption'",
}


@pytest.mark.parametrize("drop", LACKS)
def test_a_plan_that_lacks_something_is_not_put_up(people: dict[str, Person], drop: str) -> None:
    owner = by(people, "owner")
    made = worlds.programme(owner)
    statement = LACKS[drop]
    worlds.past_the_rules(statement, [])
    with pytest.raises(Refused, match="put up when it has"):
        actions.move(by=owner, programme=made.reference, state="appraisal")


def test_a_plan_under_appraisal_does_not_change(people: dict[str, Person]) -> None:
    owner = by(people, "owner")
    made = worlds.programme(owner)
    actions.move(by=owner, programme=made.reference, state="appraisal")
    with pytest.raises(Refused, match="take it back first"):
        actions.edit(by=owner, programme=made.reference, values={"title": "Another"})
    with pytest.raises(Refused):
        actions.add(
            by=owner, programme=made.reference, part="component", values={"kind": "expert", "title": "x", "cost": 1}
        )
    with viewer(owner):
        part = Component.objects.filter(programme=made)[0]
        assert Component.objects.filter(pk=part.pk).update(cost=1) == 0
        assert Component.objects.filter(pk=part.pk).delete()[0] == 0
    actions.move(by=owner, programme=made.reference, state="draft")
    actions.edit(by=owner, programme=made.reference, values={"title": "Another"})


def test_appraisers_come_from_two_other_organisations_and_say_it_once_a_round(people: dict[str, Person]) -> None:
    owner = by(people, "owner")
    made = worlds.programme(owner)
    key = made.reference
    actions.move(by=owner, programme=key, state="appraisal")
    say = {"programme": key, "words": "Good.", "answers": ANSWERS}
    with pytest.raises(Refused):
        actions.appraise(by=owner, verdict="sound", **say)
    colleague = factory.as_viewer(factory.person(people["appraiser"].organisation, roles=("officer",)))
    actions.appraise(by=by(people, "appraiser"), verdict="sound", **say)
    with pytest.raises(Refused):
        actions.appraise(by=colleague, verdict="sound", **say)
    with pytest.raises(Refused, match="Answer this too"):
        actions.appraise(by=by(people, "second"), verdict="sound", programme=key, words="x", answers={})
    actions.appraise(by=by(people, "second"), verdict="returned", **say)
    with viewer(owner):
        assert Programme.objects.get(pk=made.pk).state == "draft"
    actions.move(by=owner, programme=key, state="appraisal")  # a new round: the old word does not count
    actions.appraise(by=by(people, "appraiser"), verdict="sound", **say)
    with viewer(owner):
        assert Programme.objects.get(pk=made.pk).state == "appraisal"
        assert Appraisal.objects.filter(programme=made).count() == 3


def test_a_draft_is_seen_by_its_owner_and_the_office_alone(people: dict[str, Person]) -> None:
    made = worlds.programme(by(people, "owner"))
    seen = {}
    for who in people:
        with viewer(by(people, who)):
            seen[who] = Programme.objects.exists() and Component.objects.exists()
    with viewer(factory.as_viewer(None)):
        seen["stranger"] = Programme.objects.exists()
    assert {who for who, sees in seen.items() if sees} == {"owner", "office"}
    worlds.in_state(made, "appraisal")
    with viewer(by(people, "nobody")):
        assert Programme.objects.exists()
    with viewer(factory.as_viewer(None)):
        assert not Programme.objects.exists()
    worlds.in_state(made, "running")
    with viewer(factory.as_viewer(None)):
        assert Programme.objects.exists()
        assert Component.objects.exists()


def test_readings_and_milestones_are_not_told_by_others(people: dict[str, Person]) -> None:
    made = worlds.in_state(worlds.programme(by(people, "owner")), "running")
    for who in ("country", "nobody", "appraiser"):
        with pytest.raises(ProgrammingError), viewer(by(people, who)) as me:
            Reading.objects.create(
                indicator=made.indicators.all()[0], day=TODAY, value=5, words="x", person=me.person or 0
            )
        with viewer(by(people, "owner")):
            point = made.milestones.all()[0]
        with pytest.raises(Refused):
            actions.done(by=by(people, who), programme=made.reference, milestone=point.pk, day=TODAY, evidence="x")
