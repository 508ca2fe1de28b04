"""Judgements: what an analyst says of two reports binds, can be taken back, and does not bind where members differ."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection

from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from hueandcry.linkage.models import Judgement
from hueandcry.linkage.review import actions, queries
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.linkage.review import alliance
from tests.linkage.review.alliance import Scene

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def scene() -> Scene:
    return alliance.scene()


@pytest.fixture
def two(scene: Scene) -> tuple[Report, Report]:
    """Two reports of quite different frauds, of the bank and of the police."""
    found = alliance.fraud(scene.bank, "Mule account"), alliance.fraud(scene.police, "Stolen card", 1)
    alliance.estimated()
    return found


def judge(person: object, two: tuple[Report, Report], verdict: str, reason: str = "") -> bool:
    by = factory.as_viewer(person)  # type: ignore[arg-type]
    return actions.judge(by=by, left=two[0].reference, right=two[1].reference, verdict=verdict, reason=reason)


def test_same_joins_and_taking_it_back_parts(scene: Scene, two: tuple[Report, Report]) -> None:
    assert not alliance.together(two)
    assert judge(scene.bank, two, "same", "One victim, two payments") is False
    assert alliance.together(two)
    alliance.estimated()
    assert alliance.together(two), "a later run undid what was judged"
    made = Judgement.objects.using("owner").get()
    actions.withdraw(by=factory.as_viewer(scene.colleague), judgement=made.pk)
    alliance.estimated()
    assert not alliance.together(two)
    acts = Act.objects.using("owner").filter(kind="judgement").order_by("pk")
    assert [act.verb for act in acts] == ["judge", "take back"]
    assert all("One victim" not in str(act.detail) for act in acts)


def test_different_parts_what_linkage_joined(scene: Scene) -> None:
    same = alliance.fraud(scene.bank, "Mule account"), alliance.fraud(scene.police, "Mule account at the bank")
    alliance.estimated()
    assert alliance.together(same)
    judge(scene.police, same, "different")
    assert not alliance.together(same)
    alliance.estimated()
    assert not alliance.together(same)


def test_an_organisations_later_word_counts(scene: Scene, two: tuple[Report, Report]) -> None:
    judge(scene.bank, two, "different")
    judge(scene.colleague, (two[1], two[0]), "same")
    assert alliance.verdicts(*two) == ["same"]
    assert Judgement.objects.using("owner").count() == 2


def test_unsure_binds_nothing(scene: Scene, two: tuple[Report, Report]) -> None:
    assert judge(scene.bank, two, "unsure") is False
    assert not alliance.together(two)
    assert judge(scene.police, two, "same") is False
    assert alliance.together(two)


def test_members_that_disagree_are_told_and_nothing_binds(scene: Scene, two: tuple[Report, Report]) -> None:
    judge(scene.bank, two, "same", "The same payment")
    assert alliance.together(two)
    assert judge(scene.police, two, "different", "Two victims") is True
    assert not alliance.together(two), "a disputed judgement binds"
    told = Notice.objects.using("owner").filter(kind="judgement")
    assert {notice.person for notice in told} == {scene.bank.pk, scene.colleague.pk, scene.police.pk}
    assert all("payment" not in notice.text and "Mule" not in notice.title for notice in told)
    for person in (scene.bank, scene.police):
        who = factory.as_viewer(person)
        with viewer(who):
            (found,) = queries.disputes(who)
        assert {s.judgement.verdict for s in found.said} == {"same", "different"}
        assert all(s.disputed for s in found.said)
    judge(scene.police, two, "same")
    assert alliance.together(two)
    who = factory.as_viewer(scene.bank)
    with viewer(who):
        assert queries.disputes(who) == []


def test_some_of_a_crime_are_another(scene: Scene) -> None:
    same = [alliance.fraud(person, f"Mule {n}") for n, person in enumerate((scene.bank, scene.police, scene.outsider))]
    alliance.estimated()
    assert alliance.together(same)
    by = factory.as_viewer(scene.bank)
    count = actions.judge_apart(by=by, reports=[same[2].reference], rest=[r.reference for r in same[:2]], reason="x")
    assert count == 2
    assert alliance.together(same[:2])
    assert not alliance.together(same)


@pytest.mark.parametrize("roles", [["reader"], ["reporter"], ["administrator"], []])
def test_analysts_alone_judge(scene: Scene, two: tuple[Report, Report], roles: list[str]) -> None:
    with pytest.raises(Refused):
        judge(factory.person(scene.bank.organisation, roles), two, "same")
    assert alliance.verdicts(*two) == []


def test_members_in_good_standing_alone_judge(two: tuple[Report, Report]) -> None:
    applicant = factory.person(factory.organisation("Applicant", state="applicant"))
    with pytest.raises((Refused, Report.DoesNotExist)):
        judge(applicant, two, "same")
    assert alliance.verdicts(*two) == []


@pytest.mark.parametrize("verdict", ["", "SAME", "both", "same'; DROP TABLE linkage_judgement; --"])
def test_other_verdicts_are_refused(scene: Scene, two: tuple[Report, Report], verdict: str) -> None:
    with pytest.raises(Refused):
        judge(scene.bank, two, verdict)


def test_a_report_with_itself_is_refused(scene: Scene, two: tuple[Report, Report]) -> None:
    with pytest.raises(Refused):
        judge(scene.bank, (two[0], two[0]), "same")


def test_reasons_are_bounded_and_hold_no_null(scene: Scene, two: tuple[Report, Report]) -> None:
    judge(scene.bank, two, "same", "a\0b" + "x" * 5_000)
    made = Judgement.objects.using("owner").get()
    assert made.reason.startswith("abx")
    assert len(made.reason) == actions.LONGEST


# Attacks


def hidden(scene: Scene) -> tuple[Report, Report]:
    """Of the outsider's strict report the bank sees nothing."""
    return alliance.fraud(scene.bank, "Mule account"), alliance.fraud(scene.outsider, "Secret", 0, alliance.STRICT)


def test_a_pair_one_does_not_see_cannot_be_judged(scene: Scene) -> None:
    two = hidden(scene)
    with pytest.raises(Report.DoesNotExist):
        judge(scene.bank, two, "same")
    with pytest.raises(Report.DoesNotExist):
        actions.judge(by=factory.as_viewer(scene.bank), left=two[0].reference, right=uuid4(), verdict="same")
    assert alliance.verdicts(*two) == []


def test_the_database_itself_refuses_it(scene: Scene) -> None:
    left, right = sorted(r.pk for r in hidden(scene))
    who = factory.as_viewer(scene.bank)
    row = {"left": left, "right": right, "verdict": "same", "person": scene.bank.pk}
    with pytest.raises(ProgrammingError), viewer(who):
        Judgement.objects.create(organisation=who.organisation or 0, **row)


def test_in_the_name_of_another_is_refused_by_the_database(scene: Scene, two: tuple[Report, Report]) -> None:
    left, right = sorted(r.pk for r in two)
    with pytest.raises(ProgrammingError), viewer(factory.as_viewer(scene.bank)):
        Judgement.objects.create(
            left=left, right=right, verdict="same", person=scene.bank.pk, organisation=scene.police.organisation_id or 0
        )


def test_what_was_judged_is_not_rewritten(scene: Scene, two: tuple[Report, Report]) -> None:
    judge(scene.bank, two, "same")
    for statement in ("UPDATE linkage_judgement SET verdict = 'different'", "DELETE FROM linkage_judgement"):
        with pytest.raises(ProgrammingError), viewer(factory.as_viewer(scene.bank)), connection.cursor() as cursor:
            cursor.execute(statement)


def test_anothers_judgement_is_not_taken_back(scene: Scene, two: tuple[Report, Report]) -> None:
    judge(scene.bank, two, "same")
    made = Judgement.objects.using("owner").get()
    for person in (scene.police, scene.outsider):
        with pytest.raises(Judgement.DoesNotExist):
            actions.withdraw(by=factory.as_viewer(person), judgement=made.pk)
    assert alliance.verdicts(*two) == ["same"]


def test_a_reason_shows_to_those_who_see_both(scene: Scene) -> None:
    """The police sees one of two reports that the others judge: it learns of no judgement, and no count."""
    seen = alliance.fraud(scene.bank, "Mule account")
    both = Handling(tlp="AMBER", recipients=(scene.bank.organisation.principal_id,))  # type: ignore[union-attr]
    shared = alliance.fraud(scene.outsider, "For the bank alone", 1, both)
    alliance.estimated()
    judge(scene.bank, (seen, shared), "different", "Told in confidence")
    judge(scene.outsider, (seen, shared), "same", "We know the victim")
    counts = {}
    for name in ("bank", "outsider", "police"):
        who = factory.as_viewer(getattr(scene, name))
        with viewer(who):
            told = queries.judgements(who, [seen.pk, shared.pk])
            counts[name] = (sorted(t.judgement.reason for t in told), len(queries.disputes(who)))
    assert counts["police"] == ([], 0)
    assert counts["bank"] == counts["outsider"] == (["Told in confidence", "We know the victim"], 1)
