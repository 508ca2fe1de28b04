"""Two agencies at the same thing learn of each other; nobody else does, and nobody can fish for what others work on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection

from hueandcry.audit.models import Act
from hueandcry.exchange.actions import Refused
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits.guessable import MANY
from hueandcry.exchange.models import Observation, Report
from hueandcry.linkage.deconfliction import actions, look, queries
from hueandcry.linkage.deconfliction.actions import InARowError, OverBudget, Wish
from hueandcry.linkage.models import (
    Crime,
    CrimeReport,
    Interest,
    InterestSpend,
    InterestValue,
    Operation,
    OperationCrime,
    Overlap,
    OverlapMessage,
    OverlapSide,
)
from hueandcry.members.actions import change_state
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
IBAN = ("iban", "DE89370400440532013000")
WALLET = ("btc-address", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT")
DOMAIN = ("domain-name", "siskin-secure.top")
OWN = Handling(tlp="AMBER+STRICT", recipients=())
HIDDEN = Handling(tlp="AMBER+STRICT", recipients=(), discoverability="hidden")


def agency(name: str, country: str = "PT") -> Person:
    return factory.person(factory.organisation(name, kind="law-enforcement", country=country))


@pytest.fixture
def ana() -> Person:
    return agency("Lisbon Police")


@pytest.fixture
def jan() -> Person:
    return agency("Prague Police", "CZ")


@pytest.fixture
def third() -> Person:
    return agency("Rome Police", "IT")


def today() -> Any:
    return datetime.now(UTC).date()


def registered(person: Person, *values: tuple[str, str], **more: Any) -> UUID:
    facts = {
        "title": f"Of {person.email}", "until": today() + timedelta(days=30), "contact": f"{person.email} desk",
        "note": "Ask for the search team", "values": values,
    }  # fmt: skip
    return actions.register(by=factory.as_viewer(person), wish=Wish(**facts | more))


def sides(person: Person) -> list[OverlapSide]:
    who = factory.as_viewer(person)
    with viewer(who):
        return list(queries.sides(who).order_by("pk"))


def side(person: Person) -> OverlapSide:
    found = sides(person)
    assert len(found) == 1
    return found[0]


def other(person: Person, reference: UUID | None = None) -> queries.Other | None:
    who = factory.as_viewer(person)
    reference = reference or side(person).reference
    with viewer(who):
        return queries.other(who, reference)


def notices(person: Person) -> list[Notice]:
    return list(Notice.objects.using("owner").filter(person=person.pk, kind="overlap").order_by("pk"))


def told(person: Person, what: str = "A fraud", handling: Handling = OWN, *, known: str = "") -> Report:
    return send.form(person, what, handling, known=known)


def crime(*reports: Report) -> Crime:
    """A crime that these reports tell of, and an operation around it."""
    made = Crime.objects.using("owner").create()
    CrimeReport.objects.using("owner").filter(report__in=[report.pk for report in reports]).delete()
    CrimeReport.objects.using("owner").bulk_create(CrimeReport(report=r.pk, crime=made.pk) for r in reports)
    return made


def operation(*crimes: Crime) -> Operation:
    made = Operation.objects.using("owner").create()
    OperationCrime.objects.using("owner").bulk_create(
        OperationCrime(crime=each.pk, operation=made.pk, weight=1.0) for each in crimes
    )
    return made


# -- meeting -------------------------------------------------------------------------------------------------------


def test_the_same_value_tells_both_sides_once_and_nobody_else(ana: Person, jan: Person, third: Person) -> None:
    registered(ana, IBAN, DOMAIN)
    registered(third, WALLET)
    assert sides(ana) == [] and notices(ana) == []
    registered(jan, IBAN)
    assert [len(notices(each)) for each in (ana, jan, third)] == [1, 1, 0]
    for person in (ana, jan):
        mine = side(person)
        assert mine.kinds == ["value"]
        who = factory.as_viewer(person)
        with viewer(who):
            assert [v.value for v in queries.values(who, mine.interest, mine.values)] == [IBAN[1]]
    assert sides(third) == []
    look.look_due()
    look.look_due()
    assert len(notices(ana)) == len(notices(jan)) == 1


def test_what_nobody_has_answered_waits_at_home(ana: Person, jan: Person, third: Person) -> None:
    registered(ana, IBAN, title="Heron")
    registered(jan, IBAN, title="Plover")
    mine = side(ana).reference
    home = factory.signed_in(ana).get("/").content.decode()
    assert "Heron" in home and "Plover" not in home and str(mine) in home
    assert str(mine) not in factory.signed_in(third).get("/").content.decode()
    actions.stand(by=factory.as_viewer(ana), side=mine, stand="talk first")
    actions.write(by=factory.as_viewer(ana), side=mine, words="Shall we talk?")
    assert str(mine) not in factory.signed_in(ana).get("/").content.decode()
    actions.write(by=factory.as_viewer(jan), side=side(jan).reference, words="Yes.")
    assert "They wrote to you." in factory.signed_in(ana).get("/").content.decode()
    OverlapSide.objects.using("owner").filter(reference=mine).update(urgent_at=datetime.now(UTC))
    assert "Before an action day. They wrote to you." in factory.signed_in(ana).get("/").content.decode()
    actions.close(by=factory.as_viewer(ana), side=mine, outcome="together")
    assert str(mine) not in factory.signed_in(ana).get("/").content.decode()


def test_values_meet_however_they_are_written(ana: Person, jan: Person) -> None:
    client, again = factory.signed_in(ana), factory.signed_in(jan)
    given = {"title": "x", "tells": "meeting", "until": (today() + timedelta(days=9)).isoformat(), "action_zone": "UTC"}
    for browser, text in (
        (client, "DE89 3704 0044 0532 0130 00\nhxxp://siskin-secure[.]top/login"),
        (again, IBAN[1]),
    ):
        assert browser.post("/deconfliction/new/", given | {"values": text}).status_code == 302
    assert side(ana).kinds == side(jan).kinds == ["value"]


def test_a_notice_names_nothing(ana: Person, jan: Person) -> None:
    registered(ana, IBAN, title="Operation Kingfisher", case="PT-77")
    registered(jan, IBAN, title="Operation Heron", action_at=datetime.now(UTC) + timedelta(days=3))
    said = " ".join(f"{one.title} {one.text}" for one in (*notices(ana), *notices(jan)))
    for word in ("Kingfisher", "Heron", "PT-77", IBAN[1], "Lisbon", "Prague", "police", "Police", "agency", "action"):
        assert word not in said
    assert notices(ana)[0].link == f"/deconfliction/overlaps/{side(ana).reference}/"
    assert notices(jan)[0].link == f"/deconfliction/overlaps/{side(jan).reference}/"


def test_the_same_crime_and_the_same_operation_meet(ana: Person, jan: Person, third: Person) -> None:
    shared = [told(person, handling=send.SHARED) for person in (ana, jan)]
    first, second = crime(shared[0]), crime(shared[1])
    whole = operation(first, second)
    registered(ana, crime=first.reference)
    registered(jan, crime=first.reference)
    assert sorted(side(jan).kinds) == ["crime", "operation"]
    registered(third, operation=whole.reference)
    assert sorted(one.kinds[0] for one in sides(third)) == ["operation", "operation"]


def test_two_crimes_of_one_operation_meet(ana: Person, jan: Person) -> None:
    mine, theirs = (crime(told(person)) for person in (ana, jan))
    operation(mine, theirs)
    registered(ana, crime=mine.reference)
    registered(jan, crime=theirs.reference)
    assert side(ana).kinds == side(jan).kinds == ["operation"]


def test_crimes_that_were_merged_meet_as_what_took_them(ana: Person, jan: Person) -> None:
    old, new = crime(told(ana, handling=send.SHARED)), crime(told(jan, handling=send.SHARED))
    registered(ana, crime=old.reference)
    registered(jan, crime=new.reference)
    assert sides(ana) == []
    CrimeReport.objects.using("owner").filter(crime=old.pk).update(crime=new.pk)
    Crime.objects.using("owner").filter(pk=old.pk).update(merged_into=new.pk)
    look.look_due()
    assert side(ana).kinds == ["crime"]


def test_a_value_inside_an_operation_of_the_other_counts(ana: Person, jan: Person) -> None:
    mine = crime(told(ana, known=DOMAIN[1]))
    whole = operation(mine)
    registered(ana, operation=whole.reference)
    registered(jan, DOMAIN)
    assert side(ana).kinds == side(jan).kinds == ["inside"]
    assert side(ana).values == []
    who = factory.as_viewer(jan)
    with viewer(who):
        theirs = side_in(who)
        assert [v.value for v in queries.values(who, theirs.interest, theirs.values)] == [DOMAIN[1]]


def side_in(who: Viewer) -> OverlapSide:
    found = queries.sides(who).first()
    assert found is not None
    return found


def test_it_counts_when_the_report_comes_later(ana: Person, jan: Person) -> None:
    mine = crime(told(ana))
    registered(ana, crime=mine.reference)
    registered(jan, DOMAIN)
    assert sides(jan) == []
    later = told(ana, "Again", known=DOMAIN[1])
    CrimeReport.objects.using("owner").filter(report=later.pk).delete()
    CrimeReport.objects.using("owner").create(report=later.pk, crime=mine.pk)
    look.look_due()
    assert side(jan).kinds == ["inside"]


@pytest.mark.parametrize("handling", [HIDDEN, Handling(tlp="AMBER+STRICT", recipients=(), purpose=("statistics",))])
def test_a_hidden_report_and_one_for_other_purposes_tells_nobody_anything(
    ana: Person, jan: Person, handling: Handling
) -> None:
    mine = crime(told(ana, known=DOMAIN[1], handling=handling))
    registered(ana, crime=mine.reference)
    registered(jan, DOMAIN)
    assert Observation.objects.using("owner").exists()
    assert sides(ana) == sides(jan) == []


def test_one_agency_does_not_meet_itself(ana: Person) -> None:
    registered(ana, IBAN)
    registered(factory.person(ana.organisation), IBAN)
    assert sides(ana) == []


# -- what each side learns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "name", "contact", "note", "holds_back"),
    [
        ("note", "note", True, True, True, False),
        ("note", "contact", True, True, False, False),
        ("contact", "note", True, True, False, True),
        ("contact", "contact", True, True, False, False),
        ("note", "meeting", False, False, False, False),
        ("meeting", "note", False, False, False, True),
        ("meeting", "meeting", False, False, False, False),
    ],
)
def test_a_side_learns_what_the_other_tells_and_no_more_than_it_tells_itself(
    ana: Person, jan: Person, ours: str, theirs: str, name: bool, contact: bool, note: bool, holds_back: bool
) -> None:
    registered(ana, IBAN, tells=ours)
    registered(jan, IBAN, tells=theirs)
    found = other(ana)
    assert found is not None
    assert (bool(found.name), bool(found.contact), bool(found.note), found.holds_back) == (
        name,
        contact,
        note,
        holds_back,
    )
    assert (found.name == "Prague Police") is name


def test_telling_more_later_is_told(ana: Person, jan: Person) -> None:
    mine = registered(ana, IBAN, tells="meeting")
    registered(jan, IBAN, tells="note")
    assert other(jan).name == ""  # type: ignore[union-attr]
    more = {"tells": "note", "contact": "Ana", "note": "", "until": today(), "action_at": None, "action_zone": ""}
    actions.change(by=factory.as_viewer(ana), interest=mine, **more)
    assert (other(jan).name, other(jan).contact) == ("Lisbon Police", "Ana")  # type: ignore[union-attr]


def test_both_write_say_where_they_stand_and_close(ana: Person, jan: Person) -> None:
    registered(ana, IBAN)
    registered(jan, IBAN)
    here, there = side(ana).reference, side(jan).reference
    actions.write(by=factory.as_viewer(ana), side=here, words="We search on Tuesday.")
    actions.stand(by=factory.as_viewer(jan), side=there, stand="talk first")
    who = factory.as_viewer(jan)
    with viewer(who):
        assert [m.words for m in queries.messages(who, side_in(who))] == ["We search on Tuesday."]
    assert (other(ana).stand, other(jan).stand) == ("talk first", "")  # type: ignore[union-attr]
    assert len(notices(ana)) == len(notices(jan)) == 2
    actions.close(by=factory.as_viewer(ana), side=here, outcome="together")
    assert other(jan).outcome == "together"  # type: ignore[union-attr]
    with pytest.raises(Refused):
        actions.write(by=factory.as_viewer(ana), side=here, words="More")
    actions.write(by=factory.as_viewer(jan), side=there, words="Thank you")
    for act, words in (
        (actions.stand, {"stand": "maybe"}),
        (actions.close, {"outcome": "won"}),
        (actions.write, {"words": " "}),
    ):
        with pytest.raises(Refused):
            act(by=factory.as_viewer(jan), side=there, **words)


# -- urgency -------------------------------------------------------------------------------------------------------


def test_an_action_day_makes_it_urgent_for_both_when_it_comes_near(ana: Person, jan: Person) -> None:
    mine = registered(ana, IBAN, action_at=datetime.now(UTC) + timedelta(days=20))
    registered(jan, IBAN)
    assert side(ana).urgent_at is None
    Interest.objects.using("owner").filter(reference=mine).update(action_at=datetime.now(UTC) + timedelta(days=13))
    look.look_due()
    assert side(ana).urgent_at is not None and side(jan).urgent_at is not None
    assert [one.title for one in notices(jan)][-1] == "Deconfliction: please look today"
    look.look_due()
    assert len(notices(jan)) == 2
    assert other(jan) is not None and not hasattr(other(jan), "action_at")


def test_an_action_day_that_is_past_or_far_is_not_urgent(ana: Person, jan: Person) -> None:
    registered(ana, IBAN, action_at=datetime.now(UTC) - timedelta(days=3))
    registered(jan, IBAN, action_at=datetime.now(UTC) + timedelta(days=15))
    assert side(ana).urgent_at is None


# -- ends ----------------------------------------------------------------------------------------------------------


def test_what_is_taken_back_or_over_meets_nothing(ana: Person, jan: Person, third: Person) -> None:
    mine = registered(ana, IBAN)
    actions.withdraw(by=factory.as_viewer(ana), interest=mine)
    over = registered(third, IBAN)
    Interest.objects.using("owner").filter(reference=over).update(until=today() - timedelta(days=1))
    registered(jan, IBAN)
    assert sides(jan) == sides(ana) == sides(third) == []
    with pytest.raises(Refused):
        actions.withdraw(by=factory.as_viewer(ana), interest=mine)


def test_what_met_stays_and_says_that_it_ended(ana: Person, jan: Person) -> None:
    mine = registered(ana, IBAN)
    registered(jan, IBAN)
    assert other(jan).there  # type: ignore[union-attr]
    actions.withdraw(by=factory.as_viewer(ana), interest=mine)
    assert not other(jan).there  # type: ignore[union-attr]


@pytest.mark.parametrize("state", ["suspended", "left"])
def test_who_is_suspended_or_left_stops_at_once(ana: Person, jan: Person, third: Person, state: str) -> None:
    registered(ana, IBAN)
    registered(jan, IBAN)
    here = side(jan).reference
    office = factory.person(factory.office(), ["secretary"])
    change_state(by=factory.as_viewer(office), organisation=ana.organisation_id or 0, state=state)
    assert other(jan, here) is None
    registered(third, IBAN)
    assert len(sides(third)) == 1  # with Prague alone
    assert sides(ana) == []
    before = len(notices(ana))
    actions.write(by=factory.as_viewer(jan), side=here, words="Still there?")
    assert len(notices(ana)) == before
    with pytest.raises(Refused):
        registered(ana, WALLET)


# -- attacks -------------------------------------------------------------------------------------------------------


def test_a_second_registration_tells_nobody_a_second_time(ana: Person, jan: Person) -> None:
    registered(ana, IBAN)
    registered(jan, IBAN)
    registered(ana, IBAN)
    registered(jan, IBAN)
    look.look_due()
    assert len(sides(ana)) == len(sides(jan)) == 1
    assert len(notices(ana)) == len(notices(jan)) == 1


def test_the_same_value_twice_in_one_interest_counts_once(ana: Person) -> None:
    mine = registered(ana, IBAN, IBAN)
    assert (
        InterestValue.objects.using("owner")
        .filter(interest=Interest.objects.using("owner").get(reference=mine).pk)
        .count()
        == 1
    )


def test_nobody_else_sees_anything(ana: Person, jan: Person, third: Person) -> None:
    mine = registered(ana, IBAN)
    registered(jan, IBAN)
    here = side(ana).reference
    bank = factory.person(factory.organisation("A Bank"), ["analyst", "administrator"])
    office = factory.person(factory.office(), ["secretary", "administrator", "analyst"])
    dpo = factory.person(ana.organisation, ["dpo"])
    for person in (third, bank, office, dpo):
        who = factory.as_viewer(person)
        with viewer(who):
            for model in (Interest, InterestValue, OverlapSide, OverlapMessage):
                assert model.objects.count() == 0
            assert queries.other(who, here) is None
            assert queries.other_address(here) is None
            with pytest.raises(Interest.DoesNotExist):
                queries.interest(who, mine)
        tries: tuple[Callable[[], None], ...] = (
            partial(actions.write, by=who, side=here, words="Hello"),
            partial(actions.stand, by=who, side=here, stand="go on"),
            partial(actions.close, by=who, side=here, outcome="together"),
            partial(actions.withdraw, by=who, interest=mine),
        )
        for act in tries:
            with pytest.raises((Refused, Interest.DoesNotExist, OverlapSide.DoesNotExist)):
                act()
    assert InterestSpend.objects.using("owner").count() == 2


def test_the_other_side_s_rows_are_out_of_reach(ana: Person, jan: Person) -> None:
    registered(ana, IBAN)
    registered(jan, IBAN, WALLET)
    theirs = side(jan)
    who = factory.as_viewer(ana)
    with viewer(who):
        assert InterestValue.objects.filter(organisation=jan.organisation_id or 0).count() == 0
        assert OverlapSide.objects.filter(pk=theirs.pk).count() == 0
        assert OverlapSide.objects.filter(pk=theirs.pk).update(stand="go on") == 0
    with pytest.raises(DatabaseError), viewer(who):
        Overlap.objects.count()
    with pytest.raises(DatabaseError), viewer(who):
        OverlapMessage.objects.create(overlap=theirs.overlap, side=theirs.pk, words="As if they had said it")


def test_only_law_enforcement_registers_whatever_way_it_tries(ana: Person) -> None:
    bank = factory.person(factory.organisation("A Bank"), ["analyst", "administrator"])
    reader = factory.person(ana.organisation, ["reader"])
    for person in (bank, reader):
        who = factory.as_viewer(person)
        with pytest.raises(Refused):
            registered(person, IBAN)
        with pytest.raises(DatabaseError), viewer(who):
            Interest.objects.create(
                organisation=who.organisation or 0, person=who.person or 0, title="x", until=today(), tells="meeting"
            )


def test_nobody_registers_in_the_name_of_another(ana: Person, jan: Person) -> None:
    with pytest.raises(DatabaseError), viewer(factory.as_viewer(ana)):
        Interest.objects.create(organisation=jan.organisation_id or 0, person=jan.pk, title="x", until=today())


def test_an_interest_in_what_one_does_not_see_cannot_be_registered(ana: Person, jan: Person) -> None:
    theirs = crime(told(jan))
    whole = operation(theirs)
    said = []
    for wish in (
        {"crime": theirs.reference},
        {"operation": whole.reference},
        {"crime": uuid4()},
        {"operation": uuid4()},
    ):
        with pytest.raises(Refused) as refused:
            registered(ana, **wish)
        said.append(refused.value.reason)
    assert len(set(said)) == 1  # hidden and not there answer alike
    who = factory.as_viewer(ana)
    for column, number in (("crime", theirs.pk), ("operation", whole.pk)):
        with pytest.raises(DatabaseError), viewer(who):
            facts = {
                "organisation": who.organisation,
                "person": who.person,
                "title": "x",
                "until": today(),
                column: number,
            }
            Interest.objects.create(**facts)


def test_what_is_registered_cannot_be_changed_to_try_values(ana: Person) -> None:
    mine = registered(ana, IBAN)
    who = factory.as_viewer(ana)
    with viewer(who):
        number = queries.interest(who, mine).pk
    call = "SELECT hueandcry_interest_values(%s, ARRAY['iban'], ARRAY['x'], ARRAY['y'], ARRAY[1]::bigint[])"
    for statement, facts in (
        ("UPDATE linkage_interestvalue SET hash = 'x'", []),
        ("DELETE FROM linkage_interestspend", []),
        ("UPDATE linkage_interest SET crime = 1", []),
        ("INSERT INTO linkage_interestvalue (interest, organisation, type, value, hash, observable)"
         " VALUES (%s, 1, 'iban', 'x', 'y', 1)", [number]),
        (call, [number]),
        ("SELECT * FROM hueandcry_meetings()", []),
        ("SELECT * FROM hueandcry_live_interests()", []),
        ("SELECT * FROM hueandcry_deconflict()", []),
    ):  # fmt: skip
        with pytest.raises(DatabaseError), viewer(who), connection.cursor() as cursor:
            cursor.execute(statement, facts)


def numbers(count: int, start: int = 0) -> list[tuple[str, str]]:
    return [("phone-number", f"+3519{(start + n) * 7919:08d}") for n in range(count)]


def test_fishing_is_bounded_and_taking_back_gives_nothing_back(ana: Person) -> None:
    domains = [("domain-name", f"a{n}-siskin.top") for n in range(500)]
    with pytest.raises(OverBudget) as never:
        registered(ana, *domains, ("domain-name", "one-more-siskin.top"))
    assert never.value.retry_after is None
    with pytest.raises(OverBudget) as guesses:
        registered(ana, *numbers(101))
    assert guesses.value.retry_after is None
    mine = registered(ana, *domains)
    actions.withdraw(by=factory.as_viewer(ana), interest=mine)
    with pytest.raises(OverBudget) as later:
        registered(ana, IBAN)
    assert 0 < (later.value.retry_after or 0) <= 24 * 3600
    colleague = factory.person(ana.organisation)
    registered(colleague, *[("domain-name", f"b{n}-siskin.top") for n in range(500)])
    with pytest.raises(OverBudget):
        registered(factory.person(ana.organisation), DOMAIN)
    refused = Act.objects.using("owner").filter(verb="refuse", kind="interest")
    assert refused.count() == 4
    assert Interest.objects.using("owner").count() == 2


def test_numbers_in_a_row_are_refused_also_when_they_come_in_parts(ana: Person) -> None:
    row = [("phone-number", f"+3519123400{n:02d}") for n in range(MANY)]
    with pytest.raises(InARowError):
        registered(ana, *row)
    registered(ana, *row[:20])
    with pytest.raises(InARowError):
        registered(ana, *row[20:])


def test_what_everybody_meets_is_refused(ana: Person) -> None:
    with pytest.raises(Refused, match=r"8\.8\.8\.8"):
        registered(ana, IBAN, ("ipv4-addr", "8.8.8.8"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": ()}, {"title": " "}, {"until": datetime.now(UTC).date() - timedelta(days=1)},
        {"until": datetime.now(UTC).date() + timedelta(days=400)}, {"tells": "everything"},
        {"crime": uuid4(), "operation": uuid4()}, {"action_at": datetime.now(UTC) + timedelta(days=300)},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(ana: Person, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        registered(ana, **{"values": (IBAN,)} | wrong)
    assert Interest.objects.using("owner").count() == 0


def test_the_record_shows_acts_without_values(ana: Person, jan: Person) -> None:
    registered(ana, IBAN, DOMAIN, title="Operation Kingfisher")
    registered(jan, IBAN)
    actions.write(by=factory.as_viewer(ana), side=side(ana).reference, words="We search on Tuesday.")
    acts = list(Act.objects.using("owner").filter(kind__in=["interest", "overlap"]).order_by("pk"))
    assert [(a.verb, a.count) for a in acts] == [("register", 2), ("register", 1), ("write", 1)]
    said = json.dumps([a.detail for a in acts])
    for word in (IBAN[1], DOMAIN[1], "Kingfisher", "Tuesday", "Prague"):
        assert word not in said


def test_values_are_forgotten_after_the_end(ana: Person) -> None:
    mine = registered(ana, IBAN)
    long_ago = datetime.now(UTC) - timedelta(days=91)
    Interest.objects.using("owner").filter(reference=mine).update(withdrawn_at=long_ago)
    InterestSpend.objects.using("owner").update(at=datetime.now(UTC) - timedelta(days=32))
    look.look_due()
    assert InterestValue.objects.using("owner").count() == InterestSpend.objects.using("owner").count() == 0
