"""Reports matched as they come, and what follows at once from a change or a judgement."""

from typing import Any

import pytest

from hueandcry.exchange import actions_report
from hueandcry.linkage.crimes import facts, live, queries
from hueandcry.linkage.crimes.rebuild import rebuild
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import CrimeEvent, CrimeReport, Judgement
from hueandcry.linkage.review import actions as review
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.crimes import told

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def people() -> list[Person]:
    rebuild()
    kinds = ("business", "law-enforcement", "cert", "government", "business")
    return [factory.person(factory.organisation(f"Body {n}", kind=kind)) for n, kind in enumerate(kinds)]


def test_nothing_is_matched_before_the_first_estimation() -> None:
    one = told.fraud(factory.person(factory.organisation()))
    assert live.attach_next() == 0
    assert told.crime(one) is None


def test_who_tells_of_the_same_fraud_is_put_together(people: list[Person]) -> None:
    first = told.fraud(people[0], 0)
    live.attach_due()
    second, other = told.fraud(people[1], 0), told.fraud(people[1], 1)
    live.attach_due()
    assert told.crimes(first, second, other) == [0, 0, 1]
    assert CrimeEvent.objects.using("owner").count() == 0, "joining is no event"


def test_many_at_once_are_put_together_as_one_by_one(people: list[Person]) -> None:
    reports = [told.fraud(person, number) for number in range(4) for person in people[:3]]
    assert live.attach_next() == 12
    assert told.crimes(*reports) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]


def test_one_source_tells_a_thing_once(people: list[Person]) -> None:
    twice = [told.fraud(people[0], 0), told.fraud(people[0], 0, what="The same account, the same day, again")]
    live.attach_due()
    assert told.crimes(*twice) == [0, 1]


def test_a_correction_moves_a_report_to_where_it_belongs(people: list[Person]) -> None:
    right, wrong = told.fraud(people[0], 0), told.fraud(people[1], 1)
    live.attach_due()
    assert told.crimes(right, wrong) == [0, 1]
    was = told.crime(wrong)
    actions_report.correct(
        by=factory.as_viewer(people[1]), report=wrong.pk, reason="another case", victim_reference="CASE-2026-00000",
        occurred_from=right.occurred_from, occurred_to=right.occurred_to, loss_amount=1250,
    )  # fmt: skip
    live.attach_due()
    assert told.crimes(right, wrong) == [0, 0]
    event = CrimeEvent.objects.using("owner").get()
    assert (event.kind, event.other, event.report) == ("merged", was, wrong.pk)


def test_a_report_that_goes_leaves_the_others_where_they_are(people: list[Person]) -> None:
    reports = [told.fraud(person, 0) for person in people[:3]]
    live.attach_due()
    actions_report.withdraw(by=factory.as_viewer(people[0]), report=reports[0].pk, reason="not ours")
    live.attach_due()
    assert told.crime(reports[0]) is None
    assert told.crimes(*reports[1:]) == [0, 0]


def test_killed_midway_the_next_round_does_it_all(people: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = told.fraud(people[0], 0), told.fraud(people[1], 0)

    def killed(*given: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(facts, "looked", killed)
        with pytest.raises(KeyboardInterrupt):
            live.attach_next()
    assert (told.fact(first), told.crime(second)) == (None, None)
    assert live.attach_next() == 2
    assert told.crimes(first, second) == [0, 0]
    assert live.attach_next() == 0


def test_a_fact_without_a_crime_gets_one_with_the_next_change(people: list[Person]) -> None:
    one = told.fraud(people[0], 0)
    with linker() as cursor:
        facts.refresh(cursor, [one.pk])  # as a nightly run that was killed leaves it
    live.attach_due()
    assert told.crime(one) is not None


def test_a_judgement_takes_effect_at_once_and_binds_the_night(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    live.attach_due()
    whole = told.crime(one)
    by = factory.as_viewer(people[2])
    review.judge(by=by, left=one.reference, right=other.reference, verdict="different", reason="two deeds")
    assert told.crimes(one, other) == [0, 1]
    assert told.crime(one) == whole, "the older report keeps the crime"
    event = CrimeEvent.objects.using("owner").get()
    assert (event.kind, event.report, event.judgement is not None) == ("split", other.pk, True)
    rebuild()
    assert told.crimes(one, other) == [0, 1]
    review.judge(by=by, left=one.reference, right=other.reference, verdict="same", reason="after all")
    assert told.crimes(one, other) == [0, 0]


def test_a_judgement_joins_what_nothing_ties(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 1)
    live.attach_due()
    review.judge(
        by=factory.as_viewer(people[2]), left=one.reference, right=other.reference, verdict="same", reason="seen"
    )
    assert told.crimes(one, other) == [0, 0]
    rebuild()
    assert told.crimes(one, other) == [0, 0]


def test_judgements_that_contradict_each_other_bind_nothing(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    live.attach_due()
    pair = {"left": one.reference, "right": other.reference, "reason": "so"}
    review.judge(by=factory.as_viewer(people[2]), verdict="different", **pair)
    review.judge(by=factory.as_viewer(people[3]), verdict="same", **pair)
    assert told.crimes(one, other) == [0, 0], "as if nobody had said anything"
    with viewer(factory.as_viewer(people[4])) as by:
        assert queries.of_report(by, one.pk).disputed  # type: ignore[union-attr]


def test_a_judgement_taken_back_binds_no_longer(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    live.attach_due()
    by = factory.as_viewer(people[2])
    review.judge(by=by, left=one.reference, right=other.reference, verdict="different", reason="two deeds")
    review.withdraw(by=by, judgement=Judgement.objects.using("owner").get().pk)
    assert told.crimes(one, other) == [0, 0]


class TestHidden:
    """A report that its owner keeps hidden joins, and ties nobody else."""

    def test_it_joins(self, people: list[Person]) -> None:
        one, hidden = told.fraud(people[0], 0), told.fraud(people[1], 0, handling=told.HIDDEN)
        live.attach_due()
        assert told.crimes(one, hidden) == [0, 0]

    def test_who_comes_after_it_does_not_take_over_its_crime(self, people: list[Person]) -> None:
        hidden = told.fraud(people[1], 0, handling=told.HIDDEN)
        live.attach_due()
        alone = told.crime(hidden)
        one = told.fraud(people[0], 0)
        live.attach_due()
        assert told.crimes(one, hidden) == [0, 0]
        assert told.crime(one) != alone

    def test_it_ties_nobody(self, people: list[Person]) -> None:
        """Two that only a hidden third shares anything with, by night and by day."""
        said = {"reference": "", "lost": "", "country": ""}
        left = told.fraud(people[0], 0, **said, area="1000")
        right = told.fraud(people[1], 1, when="2026-10-01", **(said | {"reference": "CASE-2026-77777"}))
        hidden = told.fraud(
            people[2],
            0,
            known=" ".join(told.IBANS[:2]),
            handling=told.HIDDEN,
            **(said | {"reference": "CASE-2026-77777"}),
        )
        live.attach_due()
        assert told.crime(left) != told.crime(right)
        assert told.crime(hidden) in (told.crime(left), told.crime(right))
        rebuild()
        assert told.crime(left) != told.crime(right)

    def test_made_hidden_it_holds_nobody_together_any_more(self, people: list[Person]) -> None:
        reports = [told.fraud(person, 0) for person in people[:2]]
        live.attach_due()
        before = CrimeReport.objects.using("owner").count()
        actions_report.handle(
            by=factory.as_viewer(people[1]), report=reports[1].pk, handling=told.HIDDEN, reason="quietly"
        )
        live.attach_due()
        assert CrimeReport.objects.using("owner").count() == before
        assert told.crimes(*reports) == [0, 0], "as a leaf"
