"""The list and the page of operations: for outsiders, with each part, and what they say of others."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from hueandcry.exchange.handling import Handling
from hueandcry.linkage.analysis import stamp
from hueandcry.linkage.models import Operation
from hueandcry.linkage.operations import queries
from hueandcry.linkage.operations.shown import Wanted
from hueandcry.linkage.operations.views import place, wanted
from hueandcry.linkage.operations.views_operation import PARTS
from hueandcry.members.models import ALLIANCE, Person
from hueandcry.members.viewer import viewer
from tests import factory
from tests.linkage import found

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


def plain(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def two(bank: Person, other: Person) -> Operation:
    """An operation of two crimes, one told by each bank, both seen by all."""
    return found.of_reports(found.told(bank, "Invoice of Porto"), found.told(other, "Invoice of Vigo", country="ES"))


def test_hidden_and_absent_answer_alike(bank: Person, other: Person) -> None:
    secret = found.of_reports(found.told(bank, "Secret", found.hidden(bank)))
    absent = uuid4()
    client = factory.signed_in(other)
    for path in ("", "grouping.json", "dossier.pdf"):
        answers = []
        for reference in (secret.reference, absent):
            with CaptureQueriesContext(connection) as caught:
                answer = client.get(f"/operations/{reference}/{path}")
            said = answer.content.decode().replace(str(reference), "")
            answers.append((answer.status_code, said, len(caught), dict(answer.headers)))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        assert Client().get(f"/operations/{secret.reference}/{path}").status_code == 302
    assert b"Secret" not in client.get("/operations/").content


@pytest.mark.parametrize("part", PARTS)
def test_each_part_shows(bank: Person, other: Person, part: str) -> None:
    operation = two(bank, other)
    for person in (bank, other, factory.person(bank.organisation, ["reader"])):
        answer = factory.signed_in(person).get(f"/operations/{operation.reference}/?part={part}")
        assert answer.status_code == 200, part
        assert "in Spain and Portugal, 2 crimes" in plain(answer.content)


def test_the_title_says_only_what_the_viewer_sees(bank: Person, other: Person) -> None:
    operation = found.of_reports(
        found.told(bank, "Seen by all"),
        found.told(bank, "Kept by the bank", found.hidden(bank), country="FR", lost="777777"),
    )
    mine = plain(factory.signed_in(bank).get(f"/operations/{operation.reference}/").content)
    theirs = plain(factory.signed_in(other).get(f"/operations/{operation.reference}/").content)
    assert "France and Portugal, 2 crimes" in mine or "Portugal and France, 2 crimes" in mine
    assert "in Portugal, 1 crime" in theirs
    for part in PARTS:
        page = factory.signed_in(other).get(f"/operations/{operation.reference}/?part={part}").content.decode()
        for secret in ("Kept by the bank", r"777\D{0,3}777", "France"):  # not three sevens: a time may hold them
            assert not re.search(secret, page), (part, secret)


def test_what_others_hold_is_told_as_they_let_it(bank: Person, other: Person) -> None:
    third = factory.person(factory.organisation("Third Bank", country="FR"))
    operation = found.of_reports(
        found.told(bank, "Mine"),
        found.told(other, "Seen"),
        found.told(third, "Unseen", Handling(tlp="AMBER+STRICT", discoverability="anonymous")),
        found.told(third, "Never told of", found.hidden(third, discoverability="hidden")),
    )
    page = plain(factory.signed_in(bank).get(f"/operations/{operation.reference}/").content)
    assert "Others hold 1 more report of it that you may not see (1 organisation)." in page
    assert "They tell of 1 crime more than you see." in page
    assert "Third Bank" not in page


def test_a_merged_operation_leads_on(bank: Person, other: Person) -> None:
    operation = two(bank, other)
    old = Operation(merged_into=operation.pk)
    old.save(using="owner")
    answer = factory.signed_in(bank).get(f"/operations/{old.reference}/")
    assert answer.status_code == 302
    assert answer["Location"] == f"/operations/{operation.reference}/"


def test_filters_narrow_and_the_table_has_what_is_filtered(
    bank: Person, other: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    two(bank, other)
    found.of_reports(found.told(other, "Elsewhere", country="DE", known="DE89370400440532013000"))
    client = factory.signed_in(bank)

    def count(query: str) -> int:
        listed = client.get(f"/operations/{query}").content.decode()
        table = b"".join(client.get(f"/operations/operations.csv{query}")).decode()
        shown = listed.count("data-row")
        assert len(table.splitlines()) == shown + 1
        return shown

    assert count("") == 2
    assert count("?country=DE") == 1
    assert count("?country=XX&class=nonsense&least=x&since=yesterday") == 2
    assert count("?ours=1") == 1
    assert count("?least=2") == 1
    assert count(f"?value={found.IBAN}") == 1
    assert count("?value=PT50+0002+0123+1234+5678+9015+4") == 1
    assert count("?since=2999-01-01") == 0
    who = factory.as_viewer(bank)
    with viewer(who):
        every = [line.id for line in queries.operations(who).lines]
        first, both = (queries.report_ids(who, Wanted(), [], most=most) for most in (1, 2))
        assert queries.report_ids(who, Wanted(), every[1:], most=1) == both
        assert (len(first), len(both)) == (2, 3)
        assert queries.report_ids(who, Wanted(country="DE"), [], most=9) == sorted(set(both) - set(first))
        few = stamp.of_operations(who, every)
        monkeypatch.setattr(stamp, "MANY", 1)
        assert stamp.of_operations(who, every) == few
        assert set(few) == set(every)
    assert "No operation fits" in client.get("/operations/?least=25").content.decode()


def test_pages_follow_each_other(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    from hueandcry.linkage.operations import queries

    for number in range(5):
        found.of_reports(found.told(bank, f"Invoice {number}", lost=str(100 * (number + 1))))
    monkeypatch.setattr(queries.operations, "__kwdefaults__", {"after": None, "most": 2})
    client, seen, path = factory.signed_in(bank), [], "/operations/"
    while path:
        page = client.get(path).content.decode()
        seen += re.findall(r'href="/operations/([0-9a-f-]{36})/" data-open', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = f"/operations/{following[1]}".replace("&amp;", "&") if following else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("text", ["", "x", "1~", "~1", "NaN~1", "1e999~1", "50~-1", "50~" + "9" * 30, "101~1", "٣~٣"])
def test_a_place_that_is_none_begins_anew(text: str) -> None:
    assert place(text) is None


def test_an_address_that_makes_no_sense_narrows_nothing() -> None:
    odd = {"class": ["\0", "'; DROP"], "country": ["Portugal"], "least": ["-1"], "since": ["0001-01-01"], "ours": ["2"]}
    assert wanted(odd) == wanted({})


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_queries_does_not_grow(bank: Person, other: Person, part: str) -> None:
    def queries(operation: Operation) -> int:
        client.get(f"/operations/{operation.reference}/?part={part}")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(f"/operations/{operation.reference}/?part={part}").status_code == 200
        return len(caught)

    client = factory.signed_in(bank)
    small = queries(two(bank, other))
    lands = ("PT", "ES", "FR", "DE")
    reports = [found.told(person, f"Invoice in {land}", country=land) for person in (bank, other) for land in lands]
    assert queries(found.of_reports(*reports)) == small


def test_what_it_holds_is_never_markup(bank: Person, other: Person) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    operation = found.of_reports(found.told(bank, evil), found.told(other, evil, known="http://evil.example.com/<b>"))
    client = factory.signed_in(bank)
    for part in PARTS:
        page = client.get(f"/operations/{operation.reference}/?part={part}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="http://evil' not in page
    crimes = client.get(f"/operations/{operation.reference}/?part=crimes&crime={uuid4()}&all=1")
    assert crimes.status_code == 200


def test_what_has_to_be_read_first_is_neither_shown_nor_counted(bank: Person, other: Person) -> None:
    restricted = Handling(tlp="GREEN", recipients=(ALLIANCE,), codes=("H3",), restriction="For the eyes of the bank.")
    operation = found.of_reports(
        found.told(bank, "Open to all"), found.told(bank, "Read me first", restricted, known="DE89370400440532013000")
    )
    page = factory.signed_in(other).get(f"/operations/{operation.reference}/?part=values")
    assert "1 report of it asks to be read and promised first" in plain(page.content)
    assert b"DE89" not in page.content
    assert "1 crime" in plain(page.content)
    own = factory.signed_in(bank).get(f"/operations/{operation.reference}/?part=values")
    assert b"DE89" in own.content


def test_each_read_is_recorded(bank: Person, other: Person) -> None:
    operation = two(bank, other)
    client = factory.signed_in(other)
    client.get(f"/operations/{operation.reference}/?part=values")
    client.get("/operations/")
    acts = Act.objects.using("owner").filter(person=other.pk, kind="operation").order_by("pk")
    assert [(a.verb, a.thing) for a in acts] == [("read", str(operation.pk)), ("list", "")]


def test_one_operation_is_read_without_all_others_but_for_its_rank(bank: Person, other: Person) -> None:
    operation, client = two(bank, other), factory.signed_in(bank)
    for part, all_read in (("graph", False), ("harm", True)):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/operations/{operation.reference}/?part={part}").status_code == 200
        assert any("hueandcry_operations_all_seen" in one["sql"] for one in asked) == all_read
