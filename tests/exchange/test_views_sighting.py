"""“We saw this too” on the page of a report."""

from __future__ import annotations

import pytest

from hueandcry.exchange.handling import Handling
from hueandcry.exchange.models import Report
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


def test_somebody_else_tells_and_the_owner_reads_how_many() -> None:
    bank = factory.person(factory.organisation("A Bank"))
    shop = factory.person(factory.organisation("A Shop"))
    made = send.form(bank, "A false shop")
    page, saw = f"/reports/{made.reference}/", f"/reports/{made.reference}/saw/"
    browser = factory.signed_in(shop)
    assert saw in browser.get(page).content.decode()
    form = browser.get(saw).content.decode()
    assert "A Bank" in form  # who hears of it
    answer = browser.post(saw, {"count": "3", "where": "victim", "first": "2026-01-02", "words": "twice"})
    assert (answer.status_code, answer.headers["Location"]) == (302, page)
    told = browser.get(page).content.decode()
    assert "1 organisation saw it too" in told
    assert saw not in told  # told once is told
    assert "1 organisation saw it too" in factory.signed_in(bank).get(page).content.decode()
    assert Report.objects.using("owner").count() == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"count": "0", "where": "own"}, "greater than or equal to 1"),
        ({"count": "1", "where": "nowhere"}, "valid choice"),
        ({"count": "1", "where": "own", "first": "2026-01-02", "last": "2026-01-01"}, "swap the two days"),
        ({"count": "1", "where": "own", "first": "2999-01-02"}, "not past yet"),
    ],
)
def test_what_cannot_be_told_is_said_beside_the_field(body: dict[str, str], said: str) -> None:
    bank = factory.person(factory.organisation("A Bank"))
    made = send.form(bank, "A false shop")
    answer = factory.signed_in(bank).post(f"/reports/{made.reference}/saw/", body)
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert Report.objects.using("owner").count() == 1


def test_who_may_not_see_or_send_may_not_tell() -> None:
    bank = factory.person(factory.organisation("A Bank"))
    made = send.form(bank, "ours", Handling(tlp="AMBER"))
    body = {"count": "1", "where": "own"}
    stranger = factory.person(factory.organisation("A Shop"))
    assert factory.signed_in(stranger).post(f"/reports/{made.reference}/saw/", body).status_code == 404
    reader = factory.person(bank.organisation, ["reader"])
    assert factory.signed_in(reader).post(f"/reports/{made.reference}/saw/", body).status_code == 403
    assert factory.signed_in(reader).get(f"/reports/{made.reference}/saw/").status_code == 403
    assert Report.objects.using("owner").count() == 1
