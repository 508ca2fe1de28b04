"""What a viewer reads of crimes is of the reports it sees, and of the rest counts, as their owners allow."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hueandcry.exchange import actions
from hueandcry.exchange.handling import Handling
from hueandcry.linkage.crimes import live, queries
from hueandcry.linkage.crimes.actions import separate, undo
from hueandcry.linkage.crimes.rebuild import rebuild
from hueandcry.linkage.crimes.shown import CrimeLine, Wanted
from hueandcry.linkage.models import Crime, CrimeEvent, CrimeReport, Judgement
from hueandcry.linkage.review import actions as review
from hueandcry.members.actions import Refused
from hueandcry.members.models import Person
from hueandcry.members.viewer import ANYONE, viewer
from tests import factory
from tests.linkage.crimes import told

pytestmark = pytest.mark.usefixtures("database")
ACKNOWLEDGED = Handling(
    tlp="GREEN", recipients=told.OPEN.recipients, codes=("H3",), restriction="for eyes that promised"
)


@pytest.fixture
def people() -> list[Person]:
    rebuild()
    return [
        factory.person(factory.organisation(f"Body {n}"), roles=("analyst", "reporter", "administrator"))
        for n in range(5)
    ]


def listed(person: Person, wanted: Wanted | None = None) -> list[CrimeLine]:
    with viewer(factory.as_viewer(person)) as by:
        return queries.crimes(by, wanted).crimes


def test_a_crime_is_what_one_sees_of_it(people: list[Person]) -> None:
    one = told.fraud(people[0], 0, lost="1250.00")
    other = told.fraud(people[1], 0, country="ES", lost="1250.00", handling=told.CLOSED)
    live.attach_due()
    assert told.crimes(one, other) == [0, 0]
    [outside], [inside] = listed(people[2]), listed(people[1])
    assert (outside.size, outside.countries, outside.organisations) == (1, ["PT"], ["Body 0"])
    assert (inside.size, inside.countries, inside.organisations) == (2, ["ES", "PT"], ["Body 0", "Body 1"])
    assert [(loss.currency, loss.amount) for loss in inside.losses] == [("EUR", Decimal("1250.00"))], "counted once"
    assert outside.reference == inside.reference


def test_a_crime_of_which_one_sees_nothing_is_not_there(people: list[Person]) -> None:
    one = told.fraud(people[0], 0, handling=told.CLOSED)
    live.attach_due()
    reference = Crime.objects.using("owner").get().reference
    assert listed(people[1]) == []
    with viewer(factory.as_viewer(people[1])) as by:
        with pytest.raises(Crime.DoesNotExist):
            queries.crime(by, reference)
        with pytest.raises(Crime.DoesNotExist):
            queries.crime(by, uuid4())
        assert queries.of_report(by, one.pk) is None
        assert queries.others(by, told.crime(one) or 0).reports == 0
        assert CrimeReport.objects.count() == 0


def test_others_are_counted_as_their_owners_allow(people: list[Person]) -> None:
    one = told.fraud(people[0], 0)
    named = Handling(tlp="AMBER+STRICT", recipients=(), discoverability="named")
    hidden = Handling(tlp="AMBER+STRICT", recipients=(), discoverability="hidden")
    for person, handling in ((people[1], named), (people[2], told.CLOSED), (people[3], hidden)):
        told.fraud(person, 0, handling=handling)
    live.attach_due()
    assert CrimeReport.objects.using("owner").filter(crime=told.crime(one)).count() == 4
    with viewer(factory.as_viewer(people[4])) as by:
        found = queries.others(by, told.crime(one) or 0)
    assert (found.reports, found.organisations, found.names) == (2, 2, ["Body 1"])
    with viewer(ANYONE) as by:
        assert queries.others(by, told.crime(one) or 0).reports == 0


def test_trying_out_values_costs_the_budget_of_questions(people: list[Person]) -> None:
    told.fraud(people[1], 0, handling=told.CLOSED)
    mine = told.fraud(people[0], 0)
    live.attach_due()
    spent = "SELECT count(*) FROM exchange_lookupspend"
    with viewer(factory.as_viewer(people[0])) as by, connection.cursor() as cursor:
        assert queries.others(by, told.crime(mine) or 0).reports == 1
        cursor.execute(spent)
        once = cursor.fetchone()[0]
        queries.others(by, told.crime(mine) or 0)
        cursor.execute(spent)
        assert (once, cursor.fetchone()[0]) == (1, 1), "once a day for one report"


def test_what_has_to_be_acknowledged_first_is_not_on_the_page(people: list[Person]) -> None:
    one, closed = told.fraud(people[0], 0), told.fraud(people[1], 0, handling=ACKNOWLEDGED)
    live.attach_due()
    assert told.crimes(one, closed) == [0, 0]
    assert [line.size for line in listed(people[2])] == [1]
    with viewer(factory.as_viewer(people[2])) as by:
        assert queries.evidence(by, one.pk, closed.pk) is None


def test_the_list_is_narrowed_ordered_and_paged(people: list[Person]) -> None:
    for number in range(6):
        for person in people[: 1 + number % 3]:
            told.fraud(person, number, country="ES" if number < 2 else "PT", size="micro")
    live.attach_due()
    assert len(listed(people[4])) == 6
    assert len(listed(people[4], Wanted(country="ES"))) == 2
    assert [line.size for line in listed(people[4], Wanted(least=3))] == [3, 3]
    assert len(listed(people[4], Wanted(several=True))) == 4
    assert len(listed(people[4], Wanted(currency="EUR", loss=Decimal(4000)))) == 3
    assert len(listed(people[4], Wanted(cls="fraud"))) == 6
    assert listed(people[4], Wanted(cls="malware")) == []
    assert len(listed(people[4], Wanted(since=datetime(2100, 1, 1, tzinfo=UTC)))) == 0
    assert [line.size for line in listed(people[4], Wanted(order="-reports"))] == [3, 3, 2, 2, 1, 1]
    losses = [line.losses[0].amount for line in listed(people[4], Wanted(order="-loss", currency="EUR"))]
    assert losses == sorted(losses, reverse=True)
    with viewer(factory.as_viewer(people[4])) as by:
        seen, after = [], None
        for _page in range(3):
            page = queries.crimes(by, Wanted(order="-reports"), after=after, most=2)
            seen += [line.id for line in page.crimes]
            after = page.next
            assert page.count == 6
    assert (len(set(seen)), after) == (6, None)


def test_as_many_queries_for_few_crimes_as_for_many(people: list[Person]) -> None:
    told.fraud(people[0], 0)
    live.attach_due()
    with viewer(factory.as_viewer(people[4])) as by, CaptureQueriesContext(connection) as few:
        queries.crimes(by)
    for number in range(1, 8):
        told.fraud(people[0], number)
    live.attach_due()
    with viewer(factory.as_viewer(people[4])) as by, CaptureQueriesContext(connection) as many:
        assert len(queries.crimes(by).crimes) == 8
    assert len(many) == len(few)


def test_evidence_adds_up_and_counts_what_the_viewer_sees(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    live.attach_due()
    with viewer(factory.as_viewer(people[2])) as by:
        found = queries.evidence(by, one.pk, other.pk)
    assert found is not None
    assert found.weight == pytest.approx(sum(step.weight for step in found.steps))
    assert found.weight > found.threshold
    assert found.probability > 0.9
    for number in range(2, 5):
        told.fraud(people[number], 0, handling=told.CLOSED)
    live.attach_due()
    with viewer(factory.as_viewer(people[2])) as by:
        assert queries.evidence(by, one.pk, other.pk) != found, "its own holds the value too"
    with viewer(factory.as_viewer(people[0])) as by:
        again = queries.evidence(by, one.pk, other.pk)
    assert again is not None
    assert again.weight == pytest.approx(found.weight), "how many others hold a value is not told by how it weighs"


def test_a_merger_shows_to_who_sees_a_report_that_moved(people: list[Person]) -> None:
    one, closed = told.fraud(people[0], 0), told.fraud(people[1], 1, handling=told.CLOSED)
    live.attach_due()
    was = Crime.objects.using("owner").get(pk=told.crime(closed))
    review.judge(
        by=factory.as_viewer(people[1]), left=one.reference, right=closed.reference, verdict="same", reason="x"
    )
    assert told.crimes(one, closed) == [0, 0]
    with viewer(factory.as_viewer(people[2])) as by:
        assert queries.events(by, told.crime(one) or 0) == []
        assert not Crime.objects.filter(pk=was.pk).exists(), "that something was merged tells of it"
        with pytest.raises(Crime.DoesNotExist):
            queries.crime(by, was.reference)
    with viewer(factory.as_viewer(people[1])) as by:
        assert queries.crime(by, was.reference).id == told.crime(one)
        [event] = queries.events(by, told.crime(one) or 0)
        assert (event.kind, event.other, event.reports) == ("merged", was.reference, [closed.pk])


def test_a_merger_is_undone_and_stays_so(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 1)
    live.attach_due()
    was = told.crime(other)
    review.judge(by=factory.as_viewer(people[2]), left=one.reference, right=other.reference, verdict="same", reason="x")
    event = CrimeEvent.objects.using("owner").get()
    assert event.kind == "merged"
    assert undo(by=factory.as_viewer(people[2]), event=event.pk, reason="a mistake") == 1
    assert told.crime(other) == was, "it is itself again"
    assert Crime.objects.using("owner").get(pk=was).merged_into is None
    rebuild()
    assert told.crimes(one, other) == [0, 1]
    with pytest.raises(Refused, match="already"):
        undo(by=factory.as_viewer(people[2]), event=event.pk)


def test_a_split_is_undone(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0), told.fraud(people[1], 0)
    live.attach_due()
    assert separate(by=factory.as_viewer(people[2]), report=other.pk, reason="another victim") == 1
    assert told.crimes(one, other) == [0, 1]
    event = CrimeEvent.objects.using("owner").get()
    undo(by=factory.as_viewer(people[2]), event=event.pk)
    assert told.crimes(one, other) == [0, 0]


def test_only_analysts_who_see_it_undo(people: list[Person]) -> None:
    one, other = told.fraud(people[0], 0, handling=told.CLOSED), told.fraud(people[0], 1, handling=told.CLOSED)
    live.attach_due()
    review.judge(by=factory.as_viewer(people[0]), left=one.reference, right=other.reference, verdict="same", reason="x")
    event = CrimeEvent.objects.using("owner").get()
    with pytest.raises(CrimeEvent.DoesNotExist):
        undo(by=factory.as_viewer(people[1]), event=event.pk)
    clerk = factory.person(people[0].organisation, roles=("reporter",))
    with pytest.raises(Refused):
        undo(by=factory.as_viewer(clerk), event=event.pk)
    assert Judgement.objects.using("owner").count() == 1


def test_with_the_hidden_report_erased_nothing_visible_changes(people: list[Person]) -> None:
    """Lists, crimes and evidence of everybody but its owner, before and after."""
    for number in range(3):
        for person in people[:2]:
            told.fraud(person, number)
    hidden = told.fraud(people[3], 0, handling=told.HIDDEN, known=" ".join(told.IBANS[:3]))
    invisible = Handling(tlp="AMBER+STRICT", recipients=(), discoverability="hidden")
    quiet = told.fraud(people[3], 1, handling=invisible, known=" ".join(told.IBANS[:3]))
    live.attach_due()
    before = {line.reference: [r.id for r in line.reports if r.id != hidden.pk] for line in listed(people[4])}
    assert len(before) == 3
    for one in (hidden, quiet):
        actions.erase(by=factory.as_viewer(people[3]), submission=one.submission_id, reason="asked for")
    live.attach_due()
    rebuild()
    assert {line.reference: [r.id for r in line.reports] for line in listed(people[4])} == before


@pytest.mark.parametrize("table", ["fact", "run", "crime", "crimereport", "crimeevent", "model", "judgement"])
def test_without_a_viewer_nothing_is_there(people: list[Person], table: str) -> None:
    told.fraud(people[0], 0)
    told.fraud(people[1], 0)
    live.attach_due()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM linkage_{table}")  # noqa: S608  names of our tables
        assert cursor.fetchone()[0] == 0


@pytest.mark.parametrize("table", ["fact", "crime", "crimereport", "crimeevent", "model", "run"])
def test_a_viewer_writes_none_of_it(people: list[Person], table: str) -> None:
    told.fraud(people[0], 0)
    live.attach_due()
    kept = f"SELECT count(*) FROM linkage_{table}"  # noqa: S608
    with viewer(factory.as_viewer(people[0])), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM linkage_{table}")  # noqa: S608
        assert cursor.rowcount == 0
    with connection.cursor() as cursor:
        cursor.execute(kept)
