"""The budget: kept by the database, the same for hits and misses, for a person and for all people of a member."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, connections

from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.hits import actions, budget, guessable, values
from hueandcry.exchange.models import Lookup, LookupSpend
from hueandcry.exchange.observables import TYPES
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from hueandcry.notices.models import Notice
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def asker() -> Person:
    return factory.person(factory.organisation("Example Police", kind="law-enforcement"))


def numbers(count: int, start: int = 912_000_000, step: int = 7_919) -> list[tuple[str, str]]:
    """Phone numbers, far from each other."""
    return [("phone-number", f"+351{start + n * step}") for n in range(count)]


def look(person: Person, asked: Sequence[tuple[str, str]]) -> actions.Told:
    return actions.look_up(by=factory.as_viewer(person), asked=values.Asked(list(asked)), purpose="investigation")


def domains(count: int, start: int = 0) -> list[tuple[str, str]]:
    return [("domain-name", f"made-up-{n}.example") for n in range(start, start + count)]


def later(hours: float) -> None:
    """As if so much time had passed since everything that was spent."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE exchange_lookupspend SET at = at - %s", [timedelta(hours=hours)])


def test_misses_cost_and_the_refusal_says_when_to_come_back(asker: Person) -> None:
    look(asker, numbers(200))
    later(0.5)
    with pytest.raises(budget.OverBudget) as refused:
        look(asker, numbers(51, start=930_000_000))
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= 1800
    assert "30 minutes" in refused.value.reason
    assert look(asker, numbers(50, start=930_000_000)).hits == 0
    later(refused.value.retry_after / 3600)
    assert look(asker, numbers(51, start=940_000_000)).hits == 0
    assert Lookup.objects.using("owner").count() == 3
    act = Act.objects.using("owner").get(verb="refuse")
    assert (act.count, act.detail["why"], act.detail["guessable"]) == (51, "budget", 51)


def test_more_than_the_budget_ever_holds_is_refused_for_good(asker: Person) -> None:
    with pytest.raises(budget.OverBudget) as refused:
        look(asker, numbers(251))
    assert refused.value.retry_after is None
    assert "Ask for fewer" in refused.value.reason


def test_ten_thousand_values_that_cannot_be_guessed_are_one_question(asker: Person) -> None:
    assert look(asker, domains(10_000)).hits == 0
    with pytest.raises(budget.OverBudget):
        look(asker, domains(1, 20_000))


def test_other_values_do_not_wait_for_guessable_ones(asker: Person) -> None:
    look(asker, numbers(250))
    with pytest.raises(budget.OverBudget):
        look(asker, numbers(1, start=930_000_000))
    assert look(asker, domains(100)).hits == 0


def test_all_people_of_a_member_share_a_budget(asker: Person) -> None:
    colleagues = [asker, *(factory.person(asker.organisation) for _n in range(2))]
    for n, person in enumerate(colleagues[:2]):
        look(person, numbers(250, start=920_000_000 + n * 10_000_000))
    with pytest.raises(budget.OverBudget):
        look(colleagues[2], numbers(1, start=960_000_000))
    with viewer(factory.as_viewer(colleagues[2])):
        left = {(rule.whose, rule.hours): rule.left_guessable for rule in budget.left()}
    assert left == {("person", 1): 250, ("person", 24): 1000, ("organisation", 1): 0, ("organisation", 24): 1500}
    stranger = factory.person(factory.organisation())
    assert look(stranger, numbers(1)).hits == 0


def test_asking_at_once_does_not_spend_twice_what_is_left(asker: Person, django_db_blocker: object) -> None:
    """Eight people of one member at the same time; the budget of the hour holds two of their lists."""
    people = [factory.person(asker.organisation) for _n in range(8)]
    start, won, lost = threading.Barrier(8), [], []

    def run(place: int) -> None:
        try:
            start.wait(20)
            won.append(look(people[place], numbers(250, start=910_000_000 + place * 5_000_000)))
        except budget.OverBudget as error:
            lost.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (2, 6)
    spent = LookupSpend.objects.using("owner").values_list("guessable", flat=True)
    assert sum(spent) == 500


def test_the_same_types_are_guessable_here_and_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT t FROM unnest(%s::text[]) t WHERE hueandcry_guessable(t)", [list(TYPES)])
        assert {row[0] for row in cursor.fetchall()} == guessable.GUESSABLE
    assert set(TYPES) >= guessable.GUESSABLE


# Numbers in a row


def told_of_rows() -> set[int]:
    return set(
        Notice.objects.using("owner").filter(title__contains="one after the other").values_list("person", flat=True)
    )


def test_numbers_in_a_row_are_told_to_the_dpo_and_the_secretariat(asker: Person) -> None:
    dpo, colleague = (factory.person(asker.organisation, (role,)) for role in ("dpo", "analyst"))
    secretary = factory.person(factory.office(), ("secretary",))
    assert not look(asker, numbers(60)).flagged
    assert look(asker, numbers(30, start=960_000_000, step=1)).flagged
    assert told_of_rows() == {dpo.pk, secretary.pk}
    before = Notice.objects.using("owner").count()
    assert look(asker, numbers(30, start=970_000_000, step=1)).flagged
    assert Notice.objects.using("owner").count() == before, "once a day is enough"
    assert colleague.pk not in told_of_rows()
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_lookupblock b WHERE b::text LIKE '%%960000%%'")
        assert cursor.fetchone()[0] == 0, "no number stands in what is noted"


def test_numbers_asked_one_by_one_are_seen_as_a_row_too(asker: Person) -> None:
    colleague = factory.person(asker.organisation)
    flags = [
        look(asker if n % 2 else colleague, [("phone-number", f"+351960000{n:03}")]).flagged
        for n in range(guessable.MANY)
    ]
    assert flags == [False] * (guessable.MANY - 1) + [True]


# The other door: a report of one's own that holds guesses


def others(person: Person, report: int) -> tuple[int, bool]:
    with viewer(factory.as_viewer(person)), connection.cursor() as cursor:
        cursor.execute("SELECT reports, again_at IS NOT NULL FROM hueandcry_others_within(%s)", [report])
        found: tuple[int, bool] = cursor.fetchone()
        return found


def test_probing_by_submission_costs_too(asker: Person) -> None:
    holder = factory.person(factory.organisation())
    send.form(holder, "kept", Handling(tlp="AMBER"), known="+351912345678")
    guess = send.form(asker, "a guess", Handling(tlp="AMBER"), known="+351912345678 +351912345679")
    assert others(asker, guess.pk) == (1, False)
    assert others(asker, guess.pk) == (1, False)
    spent = LookupSpend.objects.using("owner").get()
    assert (spent.door, spent.amount, spent.guessable, spent.thing) == ("report", 2, 2, guess.pk)
    LookupSpend.objects.using("owner").create(
        organisation=asker.organisation_id, person=asker.pk, door="report", amount=998, guessable=998, at=spent.at
    )
    second = send.form(asker, "another guess", Handling(tlp="AMBER"), known="+351912345678")
    assert others(asker, second.pk) == (0, True)
    assert others(asker, guess.pk) == (1, False), "what was paid for stays readable for the day"
    plain = send.form(asker, "no guess", Handling(tlp="AMBER"), known="telling-value.pt")
    assert others(asker, plain.pk) == (0, False)
    shared = send.form(holder, "shared", known="+351912345678")
    assert others(asker, shared.pk) == (1, False), "others' reports hold no guesses of one's own"


def test_the_database_refuses_spending_that_makes_no_sense(asker: Person) -> None:
    from django.db import DatabaseError

    for door, amount, tries in (("nothing", 1, 0), ("values", -1, 0), ("values", 1, 2), ("values", 5, -5)):
        with pytest.raises(DatabaseError, match="no such spending"), viewer(factory.as_viewer(asker)):
            budget.spend(door, amount, tries)
    applicant = factory.person(factory.organisation(state="applicant"))
    with pytest.raises(DatabaseError, match="good standing"), viewer(factory.as_viewer(applicant)):
        budget.spend("values", 1, 0)


def test_what_an_attacker_learns_in_a_day() -> None:
    """The table of docs/hits.md, from the limits that the database keeps."""
    from pathlib import Path

    from hueandcry.exchange.hits import attack

    text = (Path(__file__).parents[3] / "docs" / "hits.md").read_text("utf-8")
    with connection.cursor() as cursor:
        cursor.execute("SELECT door, whose, hours, amount, guessable FROM hueandcry_budget()")
        table = attack.table(cursor.fetchall())
    assert table in text


def test_a_day_of_trying_comes_to_the_limit_and_no_further(asker: Person) -> None:
    """One token, at it all day: every refusal is waited out. Measured through the function that answers."""
    holder = factory.person(factory.organisation())
    known = [value for _type, value in numbers(4_000)][::500]
    for number in known:
        send.form(holder, f"kept {number}", Handling(tlp="AMBER"), known=number)
    tried = hits = 0
    guesses, hour = numbers(4_000), 0.0
    while hour < 24:
        try:
            hits += look(asker, guesses[tried : tried + 250]).hits
        except budget.OverBudget as error:
            wait = (error.retry_after or 0) / 3600
            hour += wait
            if hour < 24:
                later(wait)
        else:
            tried += 250
    assert (tried, hits) == (1_000, 2)
