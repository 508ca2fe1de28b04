"""Who may know that there is more: counts without content, and nothing else that tells what is hidden."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from hueandcry.exchange import actions_report, queries, receipts
from hueandcry.exchange.handling import Handling
from hueandcry.exchange.listing import Wanted
from hueandcry.exchange.models import Report
from hueandcry.linkage import queries as linkage
from hueandcry.members import actions as members
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")
VALUE = "telling-value.pt"


def _kept(person: Person, discoverability: str, tlp: str = "AMBER", value: str = VALUE) -> Report:
    """A report that only its owner sees."""
    return send.form(person, "kept", Handling(tlp=tlp, discoverability=discoverability), known=value)


def _others(reader: Person, report: Report) -> linkage.Others:
    who = factory.as_viewer(reader)
    with viewer(who):
        return linkage.others(who, report.pk)


@pytest.mark.parametrize(
    ("discoverability", "tlp", "reports", "organisations", "named"),
    [
        ("hidden", "AMBER", 0, 0, False),
        ("anonymous", "AMBER", 1, 1, False),
        ("named", "AMBER", 1, 1, True),
        ("", "AMBER", 1, 1, False),
        ("", "RED", 0, 0, False),
        ("anonymous", "RED", 1, 1, False),
        ("named", "RED", 1, 1, True),
    ],
)
def test_others_count_as_their_owners_allow(
    discoverability: str, tlp: str, reports: int, organisations: int, named: bool
) -> None:
    reader = factory.person(factory.organisation("Reader Bank"))
    holder = factory.person(factory.organisation("Holder Bank"))
    mine = send.form(reader, "mine", known=VALUE)
    _kept(holder, discoverability, tlp)
    assert _others(reader, mine) == linkage.Others(reports, organisations, ["Holder Bank"] if named else [])
    page = factory.signed_in(reader).get(f"/reports/{mine.reference}/?part=links").content.decode()
    assert ("Holder Bank" in page) == named


def test_what_counts_nowhere() -> None:
    """Withdrawn reports, values that tell nothing, and what the reader sees anyway."""
    reader = factory.person(factory.organisation())
    holder = factory.person(factory.organisation())
    mine = send.form(reader, "mine", known=f"{VALUE} 8.8.8.8")
    actions_report.withdraw(by=factory.as_viewer(holder), report=_kept(holder, "named").pk, reason="wrong")
    _kept(holder, "named", value="8.8.8.8")  # a public resolver, on the warning lists
    send.form(holder, "seen", known=VALUE)
    assert _others(reader, mine) == linkage.Others(0, 0, [])


def test_a_report_that_may_not_be_seen_has_no_others() -> None:
    reader, holder = factory.person(factory.organisation()), factory.person(factory.organisation())
    hidden = _kept(holder, "named")
    _kept(holder, "named")
    assert _others(reader, hidden) == linkage.Others(0, 0, [])


def test_no_oracle_of_existence() -> None:
    """Known, counts, receipts, pages and places in lists are the same whether others hold the thing or not."""
    holder, reader = factory.person(factory.organisation("Holder")), factory.person(factory.organisation("Reader"))
    alone = factory.person(factory.organisation("Alone"))
    raw = b"title,date,domain\nthe same row,2026-01-02,telling-value.pt\n"
    send.file(holder, raw, "t.csv", Handling(tlp="RED"))
    hidden = Report.objects.using("owner").get()
    told = []
    for person, content in ((reader, raw), (alone, raw.replace(b"telling", b"unheard"))):
        who = factory.as_viewer(person)
        reference = send.file(person, content, "t.csv", Handling(tlp="GREEN"))
        with viewer(who):
            got = receipts.receipt(who, reference)
            page = queries.reports_page(who, Wanted())
            told.append(
                (got.state, got.read, got.stored, got.known, got.refused, got.reports, got.losses,
                 len(page.reports), page.next, page.previous, queries.reports_count(who, Wanted()),
                 queries.submission_reported_too(who, 0))
            )  # fmt: skip
        assert got.known == 0
    assert told[0] == told[1]
    _the_same_answers(reader, hidden)


def _the_same_answers(reader: Person, hidden: Report) -> None:
    """A page or call for what is hidden answers as for what is not there, with as many queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    secret = members.add_token(by=factory.as_viewer(reader), name="t", scopes=("read",))
    absent = "00000000-0000-4000-8000-000000000000"
    browser = factory.signed_in(reader)
    Client().get("/api/v1/reports", headers={"Authorization": f"Bearer {secret}"})  # its first use is noted once
    for form in ("/reports/{}/", "/api/v1/reports/{}", "/reports/{}/objects/1/", "/reports/{}/correct/"):
        seen = []
        for reference in (str(hidden.reference), absent):
            with CaptureQueriesContext(connection) as queried:
                headers: Any = {"Authorization": f"Bearer {secret}"} if "/api/" in form else {}
                client = Client() if headers else browser
                answer = client.get(form.format(reference), headers=headers)
            body = answer.content.replace(reference.encode(), b"")
            seen.append((answer.status_code, body, len(queried)))
        assert seen[0] == seen[1], form
        assert seen[0][0] == 404
    api = Client().get(f"/api/v1/reports?after={hidden.pk}", headers={"Authorization": f"Bearer {secret}"})
    none = Client().get("/api/v1/reports?after=999999999", headers={"Authorization": f"Bearer {secret}"})
    assert (api.status_code, api.content) == (none.status_code, none.content)


def test_neighbours_in_a_list_pass_over_what_is_hidden() -> None:
    """Next and previous lead from one visible report to another, whatever lies between."""
    sender, reader = factory.person(factory.organisation()), factory.person(factory.organisation())
    shown = []
    for number in range(4):
        _kept(sender, "named", "RED")
        shown.append(send.form(sender, f"shown {number}", Handling(tlp="GREEN", recipients=(ALLIANCE,))).pk)
    who = factory.as_viewer(reader)
    with viewer(who):
        first = queries.reports_page(who, Wanted(order="-arrived"), size=2)
        second = queries.reports_page(who, Wanted(order="-arrived"), after=first.next, size=2)
        back = queries.reports_page(who, Wanted(order="-arrived"), before=second.previous, size=2)
    assert [r.pk for r in first.reports] == shown[:1:-1]
    assert [r.pk for r in second.reports] == shown[1::-1]
    assert [r.pk for r in back.reports] == shown[:1:-1]
    assert (first.previous, second.next, back.previous) == (None, None, None)


def test_an_observable_is_seen_with_an_observation_of_it_only() -> None:
    reader, holder = factory.person(factory.organisation()), factory.person(factory.organisation())
    _kept(holder, "named")
    who = factory.as_viewer(reader)
    with viewer(who):
        assert queries.found_value(who, VALUE) is None
        assert queries.found_ids(who, VALUE) == []
        assert json.dumps(queries.reports_count(who, Wanted(words=VALUE))) == "0"
