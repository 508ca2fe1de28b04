"""Neighbours by query: what is shared, how telling it is, and what may be said of reports that may not be seen."""

from __future__ import annotations

import pytest
from django.db import connections, transaction

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.queries import SQL
from hueandcry.linkage import queries
from hueandcry.members.models import Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
WALLET = "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"
COMMON = "5.188.206.14"


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


def strict(discoverability: str = "") -> Handling:
    return Handling(tlp="AMBER+STRICT", discoverability=discoverability)


def test_the_rare_value_ranks_above_the_common_one(bank: Person, other: Person) -> None:
    mine = send.form(bank, "mine", known=f"{WALLET} {COMMON}")
    rare = send.form(other, "rare", known=WALLET)
    for n in range(6):
        send.form(other, f"common {n}", known=COMMON)
    with viewer(factory.as_viewer(bank)) as who:
        found = queries.neighbours(who, mine.pk)
        values = {v.type: v for v in queries.shared_values(who, mine.pk)}
        summary = queries.summary(who, mine.pk)
    assert found[0].id == rare.pk
    assert found[0].telling == "strong"
    assert len(found) == 7
    assert (values["eth-address"].reports, values["ipv4-addr"].reports) == (1, 6)
    assert (summary.values, summary.reports, summary.organisations, summary.countries) == (2, 7, 1, 1)


def test_a_report_shares_nothing_with_itself_and_not_by_different_values(bank: Person, other: Person) -> None:
    mine = send.form(bank, "mine", known=WALLET)
    send.form(other, "theirs", known="203.0.113.77")
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.neighbours(who, mine.pk) == []
        assert queries.summary(who, mine.pk).reports == 0
        assert queries.others(who, mine.pk).reports == 0


def test_what_is_hidden_is_counted_only_as_its_owner_allows(bank: Person, other: Person) -> None:
    mine = send.form(bank, "mine", known=WALLET)
    send.form(other, "hidden", strict("hidden"), known=WALLET)
    with viewer(factory.as_viewer(bank)) as who:
        assert (queries.others(who, mine.pk).reports, queries.neighbours(who, mine.pk)) == (0, [])
    send.form(other, "anonymous", strict("anonymous"), known=WALLET)
    with viewer(factory.as_viewer(bank)) as who:
        told = queries.others(who, mine.pk)
    assert (told.reports, told.organisations, told.names) == (1, 1, [])
    send.form(other, "named", strict("named"), known=WALLET)
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.others(who, mine.pk).names == ["Other Bank"]
        assert queries.neighbours(who, mine.pk) == []


def test_nobody_learns_of_others_through_a_report_they_may_not_see(bank: Person, other: Person) -> None:
    theirs = send.form(other, "theirs", strict(), known=WALLET)
    send.form(other, "more", strict("named"), known=WALLET)
    with viewer(factory.as_viewer(bank)) as who:
        assert queries.others(who, theirs.pk).reports == 0
        assert queries.shared_values(who, theirs.pk) == []


def test_a_page_of_reports_walks_the_index_of_each_audience(bank: Person) -> None:
    """No sort of all that the viewer may see: what a page costs does not grow with the table."""
    send.rows(bank, *(f"Row {n},2026-01-02,198.51.100.{n % 250},phishing" for n in range(300)))
    nothing = dict.fromkeys(
        ("classes", "countries", "sectors", "sources", "tlp", "states", "kinds", "types", "organisation", "submission",
         "since", "until", "id", "at")
    )  # fmt: skip
    # 300 rows are read whole otherwise, or sorted, or walked by their number: which of these is cheapest hangs on when
    # the server last counted. So those ways are taken out, as the tables' owner, and given back with the transaction.
    owner = connections["owner"]
    with transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute("ALTER TABLE exchange_report DROP CONSTRAINT exchange_report_pkey CASCADE")
        for way in ("seqscan", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for name, index in (("by_date_down", "report_by_date"), ("by_arrival_down", "report_page")):
            cursor.execute("EXPLAIN (COSTS OFF) " + SQL[name], nothing | {"most": 51})
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert index in plan
            assert "Index Cond" in plan
            assert "OFFSET" not in SQL[name].upper()
        transaction.set_rollback(True, using="owner")
