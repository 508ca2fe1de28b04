"""An attack: a report that holds guesses, and a look at the operation that it lands in. It costs what a hit costs."""

from __future__ import annotations

import pytest
from django.db import connection, connections
from django.db.utils import ProgrammingError

from hueandcry.linkage.crimes import writing
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Operation, OperationCrime, OperationSuggestion
from hueandcry.linkage.operations import live, queries
from hueandcry.linkage.operations.rebuild import rebuild
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.operations import crimes_told as told
from tests.linkage.operations.crimes_told import WALLETS

pytestmark = pytest.mark.usefixtures("database")
MULE, OTHER = "DE02 1203 0000 0000 2020 51", "DE02 5001 0517 0137 0750 30"  # anybody can count accounts up


@pytest.fixture
def people() -> list[Person]:
    return [factory.person(factory.organisation(f"Body {n}")) for n in range(4)]


def shown(by: Person) -> list[int]:
    """Crimes of each operation on the list."""
    with viewer(factory.as_viewer(by)) as who:
        return [line.crimes for line in queries.operations(who).lines]


def in_one(by: Person, crime: int) -> bool:
    """Whether any door tells that this crime is in an operation: table, list, of a crime, ids."""
    with viewer(factory.as_viewer(by)) as who, connection.cursor() as cursor:
        cursor.execute("SELECT crime FROM hueandcry_operations_all_seen()")
        found = [
            (crime,) in cursor.fetchall(), crime in queries.of_crimes(who, [crime]),
            OperationCrime.objects.filter(crime=crime).exists(),
        ]  # fmt: skip
        assert len(set(found)) == 1, "each door says the same"
        return found[0]


def paid(by: Person, crime: int) -> None:
    """Somebody looked at how many others hold what the report of this crime holds."""
    with viewer(factory.as_viewer(by)), connection.cursor() as cursor:
        cursor.execute("SELECT reports FROM hueandcry_crime_others(%s)", [crime])


def test_landing_among_what_others_hide_is_told_for_the_price_of_a_hit(people: list[Person]) -> None:
    for by in people[:2]:
        told.crime(by, MULE, handling=told.CLOSED)
    wrong, right = told.crime(people[2], OTHER, handling=told.CLOSED), told.crime(people[2], MULE, handling=told.CLOSED)
    rebuild()
    assert told.operation(right), "it is found, all the same"
    assert [in_one(people[2], crime) for crime in (wrong, right)] == [False, False]
    assert shown(people[2]) == []
    assert not Operation.objects.exists(), "nor without anybody"
    paid(people[2], right)
    assert in_one(people[2], right)
    assert shown(people[2]) == [1]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT sum(guessable) FROM exchange_lookupspend WHERE door = 'report'")
        assert cursor.fetchone()[0] == 1


def test_who_has_used_up_the_budget_is_told_nothing(people: list[Person]) -> None:
    told.crime(people[0], MULE, handling=told.CLOSED)
    mine = told.crime(people[2], MULE, handling=told.CLOSED)
    rebuild()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO exchange_lookupspend (organisation, person, door, amount, guessable, thing, at)"
            " VALUES (%s, %s, 'report', 1000, 1000, -1, now())",
            [people[2].organisation_id, people[2].pk],
        )
    paid(people[2], mine)
    assert not in_one(people[2], mine)


def test_a_guess_beside_what_one_sees_tells_nothing(people: list[Person]) -> None:
    """What is open and what is closed are one operation; a guess of what only the closed one holds lands in it."""
    told.crime(people[0], WALLETS[0], handling=told.OPEN)
    for by in (people[1], people[3]):
        told.crime(by, WALLETS[0], MULE, handling=told.CLOSED)
    first = told.crime(people[2], MULE, "first-lure.top", handling=told.CLOSED)
    again = told.crime(
        people[2], MULE, "second-lure.top", handling=told.CLOSED
    )  # two of one's own do not vouch for each other
    rebuild()
    assert len({told.operation(crime) for crime in (first, again)}) == 1
    assert shown(people[2]) == [1]
    assert not in_one(people[2], first)
    assert not in_one(people[2], again)


def test_what_one_sees_or_tells_alone_needs_no_price(people: list[Person]) -> None:
    mine = [told.crime(people[2], MULE, f"lure-{n}.top", handling=told.CLOSED) for n in range(2)]
    rebuild()
    assert all(in_one(people[2], crime) for crime in mine), "both are one's own"
    seen = told.crime(people[0], OTHER, handling=told.OPEN)
    joined = told.crime(people[2], OTHER, handling=told.CLOSED)
    wallet = told.crime(people[2], WALLETS[1], handling=told.CLOSED)
    told.crime(people[0], WALLETS[1], handling=told.CLOSED)
    rebuild()
    assert in_one(people[2], seen)
    assert in_one(people[2], joined), "the value is open to see"
    assert in_one(people[2], wallet), "nobody guesses a wallet"


def test_a_suggestion_is_no_way_around(people: list[Person]) -> None:
    told.crime(people[0], WALLETS[0], handling=told.OPEN)
    told.crime(people[1], WALLETS[0], handling=told.OPEN)
    told.crime(people[0], WALLETS[1], handling=told.OPEN)
    told.crime(people[1], WALLETS[1], MULE, handling=told.CLOSED)
    told.crime(people[3], MULE, handling=told.CLOSED)
    rebuild()
    guess = told.crime(people[2], WALLETS[0], MULE, handling=told.CLOSED)
    with linker() as cursor:
        writing.lock(cursor)
        live.attach(cursor, [guess])
    assert OperationSuggestion.objects.using("owner").filter(crime=guess).exists()
    with viewer(factory.as_viewer(people[2])):
        assert not OperationSuggestion.objects.exists()
    paid(people[2], guess)
    with viewer(factory.as_viewer(people[2])):
        assert OperationSuggestion.objects.exists()


def test_what_happened_is_no_list_of_crimes(people: list[Person]) -> None:
    with (
        viewer(factory.as_viewer(people[0])),
        connection.cursor() as cursor,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        cursor.execute("SELECT crimes FROM linkage_operationevent")
