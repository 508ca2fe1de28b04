"""Evidence told, reviewed, taken back; who may, by action and by direct write; what becomes of stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, connection

from hueandcry.capacity.assessment import actions, queries
from hueandcry.capacity.assessment.actions import Told, months_after
from hueandcry.capacity.assessment.model import model
from hueandcry.capacity.models import EvidenceReview, IndicatorEvidence
from hueandcry.members.actions import Refused
from hueandcry.members.viewer import ANYONE, Viewer, viewer
from tests import factory

pytestmark = pytest.mark.usefixtures("database")
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
ASPECT = "4.3.a"


def somebody(*roles: str, kind: str = "law-enforcement", country: str = "PT") -> Viewer:
    return factory.as_viewer(factory.person(factory.organisation(kind=kind, country=country), roles or ("assessor",)))


def told(indicator: str = "4.3.a-1-1", **more: object) -> Told:
    kind = model().indicators[indicator].evidence[0]
    made = Told("MZ", indicator, True, kind, "Order 12 of the police, 2026", YESTERDAY)
    return replace(made, **more)  # type: ignore[arg-type]


def stage(by: Viewer, day: date | None = None) -> int | None:
    with viewer(by):
        found = queries.stages(by, countries=["MZ"], day=day).get("MZ")
        return found[ASPECT].stage if found else None


def prove(by: Viewer, reviewers: list[Viewer], up_to: int) -> list[str]:
    wanted = [i.id for i in model().aspects[ASPECT].indicators if i.stage <= up_to]
    made = actions.add_all(by=by, told=[told(key) for key in wanted])
    for reference in made:
        for each in reviewers:
            actions.review(by=each, evidence=reference, accepted=True)
    return wanted


def test_an_assessor_proves_a_stage_and_a_reviewer_refuses_it() -> None:
    teller, one, other, third = (somebody() for _ in range(4))
    prove(teller, [one, other], up_to=2)
    assert stage(teller) == 2
    reference = IndicatorEvidence.objects.using("owner").filter(indicator="4.3.a-2-1").get().reference
    actions.review(by=third, evidence=reference, accepted=False, reason="The order was repealed.")
    assert stage(teller) == 1
    actions.review(by=third, evidence=reference, accepted=True)
    assert stage(teller) == 2


def test_without_one_indicators_evidence_the_stage_drops() -> None:
    teller, one, other = (somebody() for _ in range(3))
    prove(teller, [one, other], up_to=3)
    assert stage(teller) == 3
    gone = IndicatorEvidence.objects.using("owner").get(indicator="4.3.a-1-2")
    actions.withdraw(by=teller, evidence=gone.reference, why="It was another country's.")
    assert stage(teller) == 0


def test_what_was_known_on_a_day_stays_what_it_was() -> None:
    teller, one, other = (somebody() for _ in range(3))
    prove(teller, [one, other], up_to=1)
    earlier = datetime.now(UTC) - timedelta(days=10)
    IndicatorEvidence.objects.using("owner").update(recorded_at=earlier, dated=earlier.date())
    EvidenceReview.objects.using("owner").update(at=earlier)
    day = earlier.date() + timedelta(days=2)
    with viewer(one):
        before = queries.as_of(one, "MZ", day=day)
    prove(teller, [one, other], up_to=3)
    for row in IndicatorEvidence.objects.using("owner").filter(dated=earlier.date()):
        actions.withdraw(by=teller, evidence=row.reference, why="Replaced.")
    with viewer(one):
        assert queries.as_of(one, "MZ", day=day) == before
    assert stage(one, day) == 1


def test_nobody_reviews_their_own_organisations_evidence() -> None:
    body = factory.organisation(kind="law-enforcement")
    teller, colleague = (factory.as_viewer(factory.person(body, ("assessor",))) for _ in range(2))
    reference = actions.add(by=teller, told=told())
    for by in (teller, colleague):
        with pytest.raises(Refused):
            actions.review(by=by, evidence=reference, accepted=True)


@pytest.mark.parametrize("verdict", ["accepted", "refused"])
def test_a_direct_write_reviews_no_evidence_of_ones_own(verdict: str) -> None:
    body = factory.organisation(kind="law-enforcement")
    teller, colleague = (factory.as_viewer(factory.person(body, ("assessor",))) for _ in range(2))
    actions.add(by=teller, told=told())
    row = IndicatorEvidence.objects.using("owner").get()
    statement = (
        "INSERT INTO capacity_evidencereview (evidence_id, audience, organisation, person, verdict, reason)"
        " VALUES (%s, %s, %s, %s, %s, 'x')"
    )
    for by, organisation, person in (
        (colleague, colleague.organisation, colleague.person),
        (colleague, somebody().organisation, colleague.person),  # in another's name
        (somebody("analyst"), None, None),  # without the role
    ):
        values = [row.pk, row.audience, organisation or by.organisation, person or by.person, verdict]
        with pytest.raises(ProgrammingError), viewer(by), connection.cursor() as cursor:
            cursor.execute(statement, values)
    assert not EvidenceReview.objects.using("owner").exists()


def test_evidence_is_never_changed_and_a_review_neither() -> None:
    teller, one = somebody(), somebody()
    actions.review(by=one, evidence=actions.add(by=teller, told=told()), accepted=True)
    for by, statement in (
        (teller, "UPDATE capacity_indicatorevidence SET holds = false"),
        (teller, "DELETE FROM capacity_indicatorevidence"),
        (one, "UPDATE capacity_evidencereview SET verdict = 'refused'"),
        (one, "DELETE FROM capacity_evidencereview"),
    ):
        with pytest.raises(ProgrammingError), viewer(by), connection.cursor() as cursor:
            cursor.execute(statement)


def test_closed_evidence_counts_for_those_who_see_it_alone() -> None:
    teller, one, other = (somebody() for _ in range(3))
    bank = somebody("analyst", kind="business")
    for key in [i.id for i in model().aspects[ASPECT].indicators if i.stage == 1]:
        reference = actions.add(by=teller, told=told(key, closed=True))
        for each in (one, other):
            actions.review(by=each, evidence=reference, accepted=True)
    assert (stage(one), stage(bank)) == (1, None)


def test_outsiders_see_nothing() -> None:
    actions.add(by=somebody(), told=told())
    for state in ("applicant", "suspended"):
        who = factory.as_viewer(factory.person(factory.organisation(state=state), ("assessor",)))
        with viewer(who):
            assert queries.held(who) == {}
    with viewer(ANYONE):
        assert queries.held(ANYONE) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "ZZ"},
        {"indicator": "9.9.z-1-1"},
        {"kind": "hearsay"},
        {"source": "x"},
        {"dated": YESTERDAY + timedelta(days=5)},
        {"dated": date(1960, 1, 1)},
        {"url": "javascript:alert(1)"},
    ],
)
def test_what_is_wrong_is_refused_and_nothing_of_the_file_is_kept(wrong: dict[str, object]) -> None:
    by = somebody()
    with pytest.raises(Refused):
        actions.add_all(by=by, told=[told(), replace(told(), **wrong)])  # type: ignore[arg-type]
    assert not IndicatorEvidence.objects.using("owner").exists()


def test_only_a_countrys_own_government_or_police_answers_for_it() -> None:
    actions.answer(by=somebody("officer", country="MZ"), country="MZ", aspect=ASPECT, text="We have two units.")
    for by in (somebody("officer", country="PT"), somebody("officer", kind="business", country="MZ")):
        with pytest.raises(Refused):
            actions.answer(by=by, country="MZ", aspect=ASPECT, text="They have none.")
    reader = somebody("reader", kind="business")
    with viewer(reader):
        assert [a.text for a in queries.answers(reader, "MZ")[ASPECT]] == ["We have two units."]


def test_what_waits_for_review_is_others_and_not_reviewed_by_me() -> None:
    teller, one, other = (somebody() for _ in range(3))
    reference = actions.add(by=teller, told=told())

    def waits(by: Viewer) -> int:
        with viewer(by):
            return queries.waiting(by).count()

    assert [waits(each) for each in (teller, one, other)] == [0, 1, 1]
    actions.review(by=one, evidence=reference, accepted=True)
    assert [waits(one), waits(other)] == [0, 1]


def test_a_statement_on_a_treaty_has_a_source_and_a_law() -> None:
    by, good = somebody(), {"country": "MZ", "treaty": "ETS-185", "day": date(2010, 5, 1), "source": "Treaty Office"}
    for wrong in (
        good | {"status": "signed", "day": date(1999, 1, 1)},
        good | {"status": "in law", "provision": "ETS-185:2"},
        good | {"status": "in law", "provision": "UN-CYBERCRIME:7", "law": "Act 1"},
        good | {"status": "signed", "source": "x"},
    ):
        with pytest.raises(Refused):
            actions.state(by=by, **wrong)  # type: ignore[arg-type]
    actions.state(by=by, **good, status="signed")  # type: ignore[arg-type]
    with viewer(by):
        said = queries.statements(by, country="MZ")
    assert [(s.treaty, s.status) for s in said] == [("ETS-185", "signed")]
    with pytest.raises(Refused):
        actions.unstate(by=somebody(), status=said[0].key)
    actions.unstate(by=by, status=said[0].key)


def test_months_are_counted_to_the_last_day_of_the_month() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 3, 15), 24) == date(2028, 3, 15)
    assert months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_what_changed_since_a_day_is_said_by_country() -> None:
    teller, one, other = (somebody() for _ in range(3))
    wanted = prove(teller, [one, other], up_to=1)
    with viewer(one):
        found = queries.changes(one, since=YESTERDAY)["MZ"]
        assert queries.changes(one, since=queries.today()) == {}
    assert [(each.aspect, each.before, each.after) for each in found] == [(ASPECT, None, 1)]
    assert list(found[0].came) == sorted(wanted)


def test_a_direct_write_is_not_dated_back() -> None:
    teller, one = somebody(), somebody()
    actions.add(by=teller, told=told())
    row = IndicatorEvidence.objects.using("owner").get()
    review = (
        "INSERT INTO capacity_evidencereview (evidence_id, audience, organisation, person, verdict, reason, at)"
        " VALUES (%s, %s, %s, %s, 'accepted', '', now() - interval '{}')"
    )
    values = [row.pk, row.audience, one.organisation, one.person]
    withdrawal = "UPDATE capacity_indicatorevidence SET withdrawn_at = now() - interval '2 days'"
    for by, statement, given in ((one, review.format("2 days"), values), (teller, withdrawal, [])):
        with pytest.raises(ProgrammingError, match="row-level security"), viewer(by), connection.cursor() as cursor:
            cursor.execute(statement, given)
    with viewer(one), connection.cursor() as cursor:
        cursor.execute(review.format("0 days"), values)
    assert EvidenceReview.objects.using("owner").count() == 1
