"""Crimes attached as they come, by what the night found; what is left to the night."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hueandcry.linkage.crimes import writing
from hueandcry.linkage.linker import linker
from hueandcry.linkage.models import Operation
from hueandcry.linkage.operations import live, queries
from hueandcry.linkage.operations.rebuild import rebuild
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage.operations import crimes_told as told
from tests.linkage.operations.crimes_told import WALLETS

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def people() -> list[Person]:
    return [factory.person(factory.organisation(f"Body {n}")) for n in range(4)]


def attach(*crimes: int) -> tuple[int, ...]:
    with linker() as cursor:
        writing.lock(cursor)
        return live.attach(cursor, crimes)


def test_a_new_crime_joins_the_operation_its_values_point_to(people: list[Person]) -> None:
    old = [told.crime(by, WALLETS[0]) for by in people[:2]]
    rebuild()
    new = told.crime(people[2], WALLETS[0], WALLETS[1])
    assert attach(new) == (new,)
    assert told.operation(new) == told.operation(old[0])
    assert told.member(new).run is None, "told apart from what the night found"
    assert attach(new) == (), "once is enough"
    rebuild()
    assert told.member(new).run is not None


def test_two_that_are_alone_form_one(people: list[Person]) -> None:
    first = told.crime(people[0], WALLETS[0])
    assert attach(first) == ()
    second = told.crime(people[1], WALLETS[0])
    assert set(attach(second)) == {first, second}
    third = told.crime(people[2], WALLETS[0])
    attach(third)
    assert len({told.operation(c) for c in (first, second, third)}) == 1
    assert Operation.objects.using("owner").count() == 1


def test_many_at_once_come_to_the_same(people: list[Person]) -> None:
    crimes = [told.crime(by, WALLETS[n % 2]) for n, by in enumerate(people)]
    attach(*crimes)
    assert told.operation(crimes[0]) == told.operation(crimes[2]) != told.operation(crimes[1])
    assert told.operation(crimes[1]) == told.operation(crimes[3])


def test_two_operations_are_never_made_one_here(people: list[Person]) -> None:
    left = [told.crime(by, WALLETS[0]) for by in people[:3]]
    right = [told.crime(by, WALLETS[1]) for by in people[:2]]
    rebuild()
    bridge = told.crime(people[3], WALLETS[0], WALLETS[1])
    attach(bridge)
    assert told.operation(left[0]) != told.operation(right[0])
    with viewer(factory.as_viewer(people[0])) as who:
        found = queries.suggestions(who, told.operation(bridge) or 0)
        assert len(found) == 1
        assert found[0].values == 1
    rebuild()
    assert told.operation(left[0]) == told.operation(right[0]), "the night decides"
    with viewer(factory.as_viewer(people[0])) as who:
        assert queries.suggestions(who, told.operation(bridge) or 0) == []


def test_hidden_crimes_join_and_form_nothing(people: list[Person]) -> None:
    first = told.crime(people[0], WALLETS[0])
    hidden = told.crime(people[1], WALLETS[0], handling=told.HIDDEN)
    assert attach(first, hidden) == ()
    assert told.operation(first) is None, "whoever sees the first would learn of the hidden one"
    second = told.crime(people[2], WALLETS[0])
    attach(second)
    attach(hidden)
    assert told.operation(hidden) == told.operation(first) is not None


def test_what_only_a_hidden_report_of_a_crime_tells_ties_nothing(people: list[Person]) -> None:
    """The crime is seen by its other report: those who see that must not learn what the hidden one holds."""
    old = [told.crime(by, WALLETS[0]) for by in people[:2]]
    rebuild()
    seen = told.crime(people[2], WALLETS[1])
    told.crime(people[3], WALLETS[0], handling=told.HIDDEN, into=seen)
    assert attach(seen) == ()
    rebuild()
    assert told.operation(seen) is None
    assert told.operation(old[0]) is not None


def test_a_crime_that_is_gone_leaves(people: list[Person]) -> None:
    crimes = [told.crime(by, WALLETS[0]) for by in people[:3]]
    rebuild()
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM linkage_crimereport WHERE crime = %s", [crimes[0]])
    attach(crimes[0])
    assert told.operation(crimes[0]) is None


def test_what_strangers_share_attaches_nothing(people: list[Person]) -> None:
    crimes = [told.crime(by, "198.18.7.9", "5.188.206.14") for by in people]
    for crime in crimes:
        assert attach(crime) == ()


def test_it_costs_a_few_statements_however_much_is_there(people: list[Person]) -> None:
    for by in people:
        told.crime(by, WALLETS[0])
    rebuild()
    new = told.crime(people[0], *WALLETS)
    with linker() as cursor, CaptureQueriesContext(connection) as caught:
        live.attach(cursor, [new])
    assert len(caught) <= 6
