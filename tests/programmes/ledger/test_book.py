"""What may be booked: by the actions and by direct writes. The database decides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, connections

from hueandcry.members.actions import Refused
from hueandcry.members.models import Organisation
from hueandcry.members.viewer import Viewer, viewer
from hueandcry.programmes.ledger import actions, entries, queries
from hueandcry.programmes.ledger.entries import Draft, Line, Sum
from hueandcry.programmes.models import Balance, Entry, Fund, Posting, Programme
from tests import factory
from tests.programmes import worlds
from tests.programmes.worlds import TODAY, euro

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def by() -> Viewer:
    return factory.as_viewer(worlds.office())


@pytest.fixture
def running(by: Viewer) -> Programme:
    return worlds.in_state(worlds.programme(factory.as_viewer(worlds.officer())), "running")


def gift(by: Viewer, fund: Fund, amount: int) -> None:
    actions.book(by=by, drafts=[Draft("receipt", TODAY, "Gift", entries.receipt(euro(fund, amount)))])


def committed(fund: Fund, programme: Programme, amount: int, n: int = 0) -> Draft:
    part = programme.components.order_by("pk")[n]
    return Draft("commitment", TODAY, "Promised", entries.commitment(euro(fund, amount)), programme.pk, part.pk)


def paid(
    fund: Fund, programme: Programme, amount: int, n: int = 0, promised: int = 0, money: Sum | None = None
) -> Draft:
    part = programme.components.order_by("pk")[n]
    lines = entries.disbursement(money or euro(fund, amount), overhead=part.kind == "overhead", promised=promised)
    return Draft("disbursement", TODAY, "Paid", lines, programme.pk, part.pk, "Trainer Ltd")


def book(by: Viewer, *drafts: Draft) -> None:
    actions.book(by=by, drafts=drafts)


def standing(by: Viewer, fund: Fund) -> dict[str, int]:
    with viewer(by):
        rows = [row for row in queries.trial_balance(by, TODAY) if row.fund == fund.pk]
    assert sum(row.value for row in rows) == 0
    told: dict[str, int] = {}
    for row in rows:
        told[row.account] = told.get(row.account, 0) + row.value
    return {account: value for account, value in told.items() if value}


def test_money_comes_is_promised_and_paid(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by)
    book(by, Draft("pledge", TODAY, "Pledge", entries.pledge(euro(fund, 900_00))))
    book(by, Draft("receipt", TODAY, "First half", entries.receipt(euro(fund, 600_00), of=entries.PLEDGES)))
    _within(by, running, fund)
    assert standing(by, fund) == {
        "1000": 200_00,
        "1100": 300_00,
        "4000": -900_00,
        "5000": 400_00,
        "9000": 100_00,
        "9100": -100_00,
    }


def _within(by: Viewer, running: Programme, fund: Fund) -> None:
    with viewer(by):
        first, then = committed(fund, running, 500_00), paid(fund, running, 400_00, promised=400_00)
    book(by, first)
    book(by, then)


def test_more_than_came_is_not_spent_nor_promised(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by)
    gift(by, fund, 100_00)
    with viewer(by):
        spent, promised = paid(fund, running, 100_01), committed(fund, running, 100_01)
        half, rest = committed(fund, running, 60_00), paid(fund, running, 50_00)
    with pytest.raises(Refused, match="has not received so much"):
        book(by, spent)
    with pytest.raises(Refused, match="has promised what is left"):
        book(by, promised)
    book(by, half)
    with pytest.raises(Refused, match="has promised what is left"):
        book(by, rest)
    assert standing(by, fund) == {"1000": 100_00, "4000": -100_00, "9000": 60_00, "9100": -60_00}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"countries": ["UG"]}, "pays for UG alone"),
        ({"aspects": ["4.1.a"]}, "pays for 4.1.a alone"),
        ({"opens": TODAY + timedelta(days=1)}, "pays from"),
        ({"closes": TODAY - timedelta(days=1)}, "pays from"),
        ({"share": 10}, "at most 10 percent of a programme"),
    ],
)
def test_restricted_money_is_spent_where_it_may(
    by: Viewer, running: Programme, told: dict[str, object], says: str
) -> None:
    fund = worlds.fund(by, **told)
    gift(by, fund, 1000_00)
    with viewer(by):
        promise, spend = committed(fund, running, 100_00), paid(fund, running, 100_00)
    for draft in (promise, spend):
        with pytest.raises(Refused, match=says):
            book(by, draft)
    assert standing(by, fund) == {"1000": 1000_00, "4000": -1000_00}


def test_restricted_money_is_kept_by_the_database_from_direct_writes(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by, countries=["UG"])
    gift(by, fund, 1000_00)
    with pytest.raises(ProgrammingError, match="pays for UG alone"), viewer(by):
        part = running.components.order_by("pk")[0]
        entry = Entry.objects.create(
            key="x", kind="disbursement", day=TODAY, words="x", programme=running, component=part, person=by.person or 0
        )
        for line in entries.disbursement(euro(fund, 100), overhead=False):
            Posting.objects.create(
                entry=entry, account_id=line.account, fund=fund, amount=line.amount, currency="EUR", value=line.value
            )
    assert standing(by, fund) == {"1000": 1000_00, "4000": -1000_00}


def test_the_owner_of_the_tables_is_held_to_the_balance_too(by: Viewer) -> None:
    fund = worlds.fund(by)
    with pytest.raises(ProgrammingError, match="two lines at least"), connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO programmes_entry (reference, key, kind, day, words, party, document, act, person)"
            " VALUES (gen_random_uuid(), 'k', 'receipt', current_date, 'x', '', '', 0, 1)"
        )
    assert standing(by, fund) == {}


def test_an_entry_that_does_not_balance_is_refused(by: Viewer) -> None:
    fund, other = worlds.fund(by), worlds.fund(by)
    lines = (Line("1000", fund.pk, 100, "EUR", 100), Line("4000", fund.pk, -99, "EUR", -99))
    with pytest.raises(Refused, match="does not balance"):
        book(by, Draft("receipt", TODAY, "x", lines))
    # nor may one fund pay for the other: each balances by itself
    with pytest.raises(Refused, match="does not balance"):
        book(
            by,
            Draft("receipt", TODAY, "x", (Line("1000", fund.pk, 9, "EUR", 9), Line("4000", other.pk, -9, "EUR", -9))),
        )
    with pytest.raises(Refused, match="the amount is the value"):
        book(
            by, Draft("receipt", TODAY, "x", (Line("1000", fund.pk, 9, "EUR", 8), Line("4000", fund.pk, -9, "EUR", -8)))
        )


def test_what_is_booked_does_not_change(by: Viewer) -> None:
    fund = worlds.fund(by)
    gift(by, fund, 100_00)
    with viewer(by):
        entry = Entry.objects.get()
    for statement in (
        "UPDATE programmes_entry SET words = 'y'",
        "DELETE FROM programmes_posting",
        "UPDATE programmes_posting SET value = 1",
        "UPDATE programmes_fund SET countries = '{}'",
        "UPDATE programmes_balance SET value = 0",
        "INSERT INTO programmes_account VALUES ('1', 'x', 'asset')",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), viewer(by):
            Entry.objects.raw(statement)._fetch_all()  # type: ignore[attr-defined]
    with pytest.raises(ProgrammingError, match="reverse it"), viewer(by):
        Posting.objects.create(entry=entry, account_id="1000", fund=fund, amount=1, currency="EUR", value=1)


def test_a_reversal_takes_back_all_of_it_once(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by)
    gift(by, fund, 100_00)
    with viewer(by):
        entry = Entry.objects.get()
    made = actions.reverse(by=by, entry=entry.reference, words="Booked twice", day=TODAY)
    assert standing(by, fund) == {}
    with pytest.raises(Refused, match="reversed already"):
        actions.reverse(by=by, entry=entry.reference, words="Again", day=TODAY)
    with pytest.raises(Refused, match="not reversed"):
        actions.reverse(by=by, entry=made, words="Back", day=TODAY)
    half = (Line("1000", fund.pk, -50, "EUR", -50), Line("4000", fund.pk, 50, "EUR", 50))
    gift(by, fund, 100_00)
    with viewer(by):
        entry = Entry.objects.order_by("-pk")[0]
    with pytest.raises(Refused, match="each line of what it reverses"):
        book(by, Draft("reversal", TODAY, "Half", half, reverses=entry.pk))
    # what was spent since cannot be taken back from under it
    with viewer(by):
        spend = paid(fund, running, 80_00)
    book(by, spend)
    with pytest.raises(Refused, match="has not received so much"):
        actions.reverse(by=by, entry=entry.reference, words="Taken back", day=TODAY)


def test_closed_books_stay_closed(by: Viewer) -> None:
    fund = worlds.fund(by)
    yesterday = TODAY - timedelta(days=1)
    book(by, Draft("receipt", yesterday, "Gift", entries.receipt(euro(fund, 100))))
    actions.close(by=by, until=yesterday)
    for day in (yesterday, yesterday - timedelta(days=400)):
        with pytest.raises(Refused, match="closed up to"):
            book(by, Draft("receipt", day, "Late", entries.receipt(euro(fund, 100))))
    gift(by, fund, 100)
    with pytest.raises(Refused, match="closed up to"):
        actions.close(by=by, until=yesterday)
    with pytest.raises(Refused, match="has passed"):
        actions.close(by=by, until=TODAY)


def test_paid_in_another_currency(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by)
    gift(by, fund, 1000_00)
    actions.rate(by=by, day=TODAY, currency="KES", base="EUR", rate=Decimal("0.007"), source="ECB")
    with viewer(by):
        spend = paid(fund, running, 0, money=Sum(fund.pk, 50_000_00, "KES", 350_00, "EUR"))
    book(by, spend)
    assert standing(by, fund) == {"1000": 650_00, "4000": -1000_00, "5000": 350_00}


def test_told_twice_is_booked_once(by: Viewer) -> None:
    fund = worlds.fund(by)
    draft = Draft("receipt", TODAY, "Gift", entries.receipt(euro(fund, 100)), key="bank 17")
    assert actions.book(by=by, drafts=[draft]) == actions.book(by=by, drafts=[draft])
    assert standing(by, fund) == {"1000": 100, "4000": -100}


def test_only_the_treasurer_of_the_office_books(by: Viewer) -> None:
    fund = worlds.fund(by)
    office = Organisation.objects.using("owner").get(secretariat=True)
    book(  # who holds no other role there, too
        factory.as_viewer(factory.person(office, roles=("treasurer",))),
        Draft("receipt", TODAY, "Gift", entries.receipt(euro(fund, 100))),
    )
    others = [
        factory.person(factory.organisation(), roles=("treasurer", "secretary", "administrator")),
        factory.person(factory.organisation(), roles=("officer", "board")),
    ]
    for each in others:
        with pytest.raises(Refused):
            book(factory.as_viewer(each), Draft("receipt", TODAY, "Gift", entries.receipt(euro(fund, 100))))
        with viewer(factory.as_viewer(each)):
            assert not Entry.objects.exists()


def test_overheads_are_bounded_and_told_as_such(by: Viewer) -> None:
    made = worlds.programme(factory.as_viewer(worlds.officer()), costs=(900_00, 100_00))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE programmes_component SET kind = 'overhead' WHERE cost = 10000 AND programme_id = %s", [made.pk]
        )
    worlds.in_state(made, "running")
    fund = worlds.fund(by, overhead=10)
    gift(by, fund, 1000_00)
    with viewer(by):
        course, over, much = paid(fund, made, 90_00), paid(fund, made, 10_00, 1), paid(fund, made, 1_00, 1)
        hidden = Draft(
            "disbursement", TODAY, "x", entries.disbursement(euro(fund, 5_00), overhead=False), made.pk, over.component
        )
    with pytest.raises(Refused, match="overheads up to 10 percent"):
        book(by, over)
    book(by, course)
    book(by, over)
    with pytest.raises(Refused, match="overheads up to 10 percent"):
        book(by, much)
    with pytest.raises(Refused, match="booked as overheads"):
        book(by, hidden)


def test_balances_are_the_sums(by: Viewer, running: Programme) -> None:
    fund = worlds.fund(by)
    gift(by, fund, 1000_00)
    _within(by, running, fund)
    with viewer(by):
        sums: dict[tuple[int, str, int, int], int] = {}
        for row in Posting.objects.select_related("entry"):
            key = (row.fund_id, row.account_id, row.entry.programme_id or 0, row.entry.component_id or 0)
            sums[key] = sums.get(key, 0) + row.value
        kept = {(b.fund, b.account, b.programme, b.component): b.value for b in Balance.objects.all()}
    assert {key: value for key, value in kept.items() if value} == {key: value for key, value in sums.items() if value}
