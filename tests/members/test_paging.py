"""Pages by key: every row once, in order, both ways; a key that is not ours does no harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.members.models import Person
from hueandcry.members.paging import _read, page, words
from tests import factory

ORDERS = {"name": "name", "email": "email", "since": "created_at"}


@pytest.fixture
def people(database: object) -> Iterator[list[Person]]:
    one = factory.organisation("One")
    yield [factory.person(one, name=name, email=f"p{n}@example.org") for n, name in enumerate("CABBAAC")]


@pytest.mark.parametrize("sort", ["name", "-name", "email", "-since"])
def test_every_row_once_forth_and_back(people: list[Person], sort: str) -> None:
    by = sort.removeprefix("-")
    right = sorted(people, key=lambda p: (getattr(p, ORDERS[by]), p.pk), reverse=sort.startswith("-"))
    forth, shown = [], page(Person.objects.all(), {"sort": sort}, ORDERS, "name", size=3)
    assert shown.previous is None
    pages = [shown]
    while shown.next:
        shown = page(Person.objects.all(), {"sort": sort, "after": shown.next}, ORDERS, "name", size=3)
        pages.append(shown)
    forth = [row for each in pages for row in each.rows]
    assert [row.pk for row in forth] == [row.pk for row in right]
    assert [len(each.rows) for each in pages] == [3, 3, 1]
    back = list(shown.rows)
    while shown.previous:
        shown = page(Person.objects.all(), {"sort": sort, "before": shown.previous}, ORDERS, "name", size=3)
        back = [*shown.rows, *back]
    assert [row.pk for row in back] == [row.pk for row in right]


@pytest.mark.parametrize(
    "key", ["", "x", "e30", "WzEsMl0", "WyJhIiwiYiJd", "W251bGwsMV0", "WyJhXHUwMDAwIiwxXQ", "=" * 2000]
)
@pytest.mark.parametrize("sort", ["name", "since", "nothing", "-"])
def test_a_key_that_is_not_ours_does_no_harm(people: list[Person], key: str, sort: str) -> None:
    for way in ("after", "before"):
        assert len(page(Person.objects.all(), {"sort": sort, way: key}, ORDERS, "name").rows) <= 7


@given(st.text())
def test_keys_are_read_or_not(text: str) -> None:
    _read(text)


def test_words_fit_for_a_query() -> None:
    assert words({"q": " a\x00b "}, "q") == "ab"
    assert len(words({"q": "x" * 5_000}, "q")) == 200
    assert words({}, "q") == ""
