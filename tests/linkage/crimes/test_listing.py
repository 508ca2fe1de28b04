"""The list of everything is found from the latest reports on: the same crimes in the same order as of all reports."""

from __future__ import annotations

import re

import pytest

from hueandcry.exchange.models import Report
from hueandcry.linkage.crimes import queries
from hueandcry.linkage.crimes.shown import Wanted
from hueandcry.members.models import Person
from hueandcry.members.viewer import Viewer, viewer
from tests import factory
from tests.exchange import send
from tests.linkage import found
from tests.linkage.review.alliance import STRICT

pytestmark = pytest.mark.usefixtures("database")
DAY = "2026-03-05T10:00:00Z"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank"))


def crimes_of(bank: Person, other: Person) -> None:
    """Crimes of one to nine reports; many of one moment, the largest also the latest, one that only the bank sees."""
    lines = [f"Fraud {n},2026-03-{1 + n % 9:02}" for n in range(40)]
    send.rows(bank, *lines, header="title,date")
    made = list(Report.objects.using("owner").order_by("pk"))
    for at, group in enumerate((made[0:9], made[9:12], made[12:13], made[13:15], *([one] for one in made[15:]))):
        found.crime(*group)
        if at % 3:  # several crimes were last reported at one moment
            Report.objects.using("owner").filter(pk__in=[one.pk for one in group]).update(reported_at=DAY)
    found.crime(found.told(bank, "For us alone", STRICT))
    found.crime(found.told(other, "Told by others"))


def pages(by: Viewer, size: int) -> list[int]:
    """All crimes by their numbers, page after page."""
    with viewer(by):
        page = queries.crimes(by, most=size)
        seen = [line.id for line in page.crimes]
        while page.next is not None:
            page = queries.crimes(by, after=page.next, most=size)
            seen += [line.id for line in page.crimes]
    return seen


@pytest.mark.parametrize("size", [1, 3, 25])
def test_it_is_the_list_that_going_through_all_gives(bank: Person, other: Person, size: int) -> None:
    crimes_of(bank, other)
    for person, count in ((bank, 31), (other, 30)):
        by = factory.as_viewer(person)
        with viewer(by):
            whole = [row[0] for row in queries._listed(by, Wanted(), most=1_000)]
            page = queries.crimes(by)
        assert pages(by, size) == whole
        assert (page.count, page.more) == (count, False) == (len(whole), False)


def test_beyond_what_is_counted_it_says_more(bank: Person, other: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    crimes_of(bank, other)
    monkeypatch.setattr(queries, "LOOKED", 20)
    assert re.search(r"more than \d+ crimes", factory.signed_in(bank).get("/crimes/").content.decode())
    monkeypatch.setattr(queries, "LOOKED", 1_000)
    assert re.search(r"\b31 crimes", factory.signed_in(bank).get("/crimes/").content.decode())


def test_a_report_whose_restriction_is_unread_is_neither_listed_nor_counted(bank: Person, other: Person) -> None:
    from hueandcry.exchange.handling import Handling
    from hueandcry.members.models import ALLIANCE

    closed = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H3",), restriction="Only so.")
    found.crime(found.told(bank, "Read me first", closed))
    found.crime(found.told(bank, "Open to all", Handling(tlp="GREEN", recipients=(ALLIANCE,))))
    for person, count in ((bank, 2), (other, 1)):
        by = factory.as_viewer(person)
        with viewer(by):
            page = queries.crimes(by)
        assert (len(page.crimes), page.count) == (count, count)
