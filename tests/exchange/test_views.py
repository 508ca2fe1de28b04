"""Pages of reports: the list, search, export, one object. Outsiders first, then what is found."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.exchange import queries as reads
from hueandcry.exchange.handling import Handling
from hueandcry.members.models import Person
from tests import factory
from tests.exchange import send

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def bank() -> Person:
    return factory.person(factory.organisation("Example Bank"))


@pytest.fixture
def other() -> Person:
    return factory.person(factory.organisation("Other Bank", country="ES"))


def titles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/reports/{query}")
    assert answer.status_code == 200
    return re.findall(r'<th scope="row"><a href="/reports/[^"]+" data-open>([^<]*)</a>', answer.content.decode())


def test_who_may_not_come_in(bank: Person) -> None:
    suspended = factory.person(factory.organisation("Out", state="suspended"))
    applicant = factory.person(factory.organisation("New", state="applicant"))
    for path in ("/reports/", "/submissions/", "/submissions/add/", "/report/", "/handling/default/"):
        assert Client().get(path).status_code == 302
        for outsider in (suspended, applicant):
            assert factory.signed_in(outsider).get(path).headers.get("Location") == "/membership/", path
    assert factory.signed_in(bank).get("/handling/default/").status_code == 403  # an analyst is no administrator
    reader = factory.signed_in(factory.person(bank.organisation, ["reader"]))
    assert [reader.get(p).status_code for p in ("/reports/", "/submissions/add/", "/report/")] == [200, 403, 403]


def test_each_sees_what_is_theirs_to_see(bank: Person, other: Person) -> None:
    send.form(bank, "shared")
    send.form(bank, "kept", Handling(tlp="GREEN", recipients=()))
    assert sorted(titles(factory.signed_in(bank))) == ["kept", "shared"]
    assert titles(factory.signed_in(other)) == ["shared"]


def test_filters_and_search(bank: Person, other: Person) -> None:
    send.form(bank, "Mule accounts", kind="invoice", country="PT", known="PT50000201231234567890154")
    send.form(bank, "Ransom note", kind="ransom", country="ES", handling=Handling(tlp="CLEAR", recipients=(2,)))
    send.form(other, "False parcels", kind="phishing", country="FR", known="hxxp://parcel[.]example[.]com/x")
    client = factory.signed_in(bank)
    found = {
        "?class=malware": ["Ransom note"],
        "?country=PT": ["Mule accounts"],
        "?tlp=CLEAR": ["Ransom note"],
        "?own=1": ["Ransom note", "Mule accounts"],
        "?organisation=other-bank": ["False parcels"],
        "?organisation=nobody": [],
        "?holds=iban": ["Mule accounts"],
        "?source=cert": [],
        "?until=2020-01-01": [],
        "?class=malware&country=PT": [],
        "?q=parcels": ["False parcels"],
        "?q=PT50+0002+0123+1234+5678+9015+4": ["Mule accounts"],
        "?q=parcel[.]example[.]com": ["False parcels"],
        "?q=parcels&country=PT": [],
        "?q=PT500002": ["Mule accounts"],
        "?q=pt500002": ["Mule accounts"],
        "?q=http://parcel.example": ["False parcels"],
        "?q=%25T5000": [],
        "?q=nothing-like-it": [],
        "?sort=arrived": ["Mule accounts", "Ransom note", "False parcels"],
        "?sort=-arrived": ["False parcels", "Ransom note", "Mule accounts"],
    }
    assert {query: titles(client, query) for query in found} == found


def test_a_search_is_made_once_and_a_short_list_is_not_counted(bank: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    rows = reads._rows

    def noted(name: str, facts: dict[str, Any]) -> list[tuple[Any, ...]]:
        asked.append(name)
        return rows(name, facts)

    monkeypatch.setattr(reads, "_rows", noted)
    send.rows(bank, *(f"False parcels {n},2026-01-0{n},198.51.100.{n},phishing" for n in range(1, 4)))
    client = factory.signed_in(bank)
    assert len(titles(client, "?q=parcels")) == 3
    assert (asked.count("search"), asked.count("among")) == (1, 1)
    assert len(titles(client)) == 3
    assert "count" not in asked


def test_a_search_finds_no_value_of_what_is_hidden(bank: Person, other: Person) -> None:
    hidden = Handling(tlp="AMBER+STRICT", recipients=())
    send.form(other, "Theirs", handling=hidden, known="PT50000201231234567890154")
    client = factory.signed_in(bank)
    of_hidden = client.get("/reports/?q=PT50000201231234567890154").content
    of_nothing = client.get("/reports/?q=PT50000201231234567890155").content
    assert b"0 reports" in of_hidden
    assert strip(of_hidden).replace("155", "154") == strip(of_nothing).replace("155", "154")


def strip(page: bytes) -> str:
    """A page without what differs each time: the tokens of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode())


@pytest.mark.parametrize("sort", ["-reported", "reported", "-arrived", "arrived"])
def test_pages_hold_each_report_once_both_ways(bank: Person, sort: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "hueandcry.exchange.queries.reports_page.__kwdefaults__", {"after": None, "before": None, "size": 4}
    )
    send.rows(bank, *(f"Row {n:02},2026-01-{n:02},198.51.100.{n},phishing" for n in range(1, 12)))
    client = factory.signed_in(bank)
    pages, url, back = [], f"?sort={sort}", ""
    while url:
        pages.append(titles(client, url))
        page = client.get(f"/reports/{url}").content.decode()
        back = link(page, "prev")
        url = link(page, "next")
    assert [len(p) for p in pages] == [4, 4, 3]
    assert len({t for p in pages for t in p}) == 11
    for earlier in reversed(pages[:-1]):
        assert titles(client, back) == earlier
        back = link(client.get(f"/reports/{back}").content.decode(), "prev")
    assert not back


def link(page: str, way: str) -> str:
    found = re.search(rf'rel="{way}" href="([^"]+)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_the_number_of_queries_does_not_grow_with_the_rows(bank: Person, other: Person) -> None:
    client = factory.signed_in(other)
    send.rows(bank, "Row,2026-01-01,198.51.100.1,phishing")
    few = queries(client, "/reports/")
    send.rows(bank, *(f"Row {n},2026-01-02,198.51.100.{n},phishing" for n in range(2, 45)))
    assert queries(client, "/reports/") == few
    assert len(titles(client)) == 44


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def test_the_search_box_leads_to_the_list_and_a_reference_to_its_report(bank: Person) -> None:
    report = send.form(bank)
    client = factory.signed_in(bank)
    assert client.get("/search/?q=a+b").headers["Location"] == "/reports/?q=a+b"
    assert client.get(f"/reports/?q={report.reference}").headers["Location"] == f"/reports/{report.reference}/"


def test_export_takes_what_is_filtered_or_ticked_and_nothing_hidden(bank: Person, other: Person) -> None:
    one, two = send.form(bank, "First"), send.form(bank, "Second", kind="ransom")
    hidden = send.form(bank, "Third", Handling(tlp="AMBER+STRICT", recipients=()))
    client = factory.signed_in(other)

    def body(path: str, **posted: object) -> str:
        answer = client.post(path, posted) if posted else client.get(path)
        return b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]

    assert "First" in body("/reports/export/?format=csv")
    filtered = body("/reports/export/?format=csv&class=malware")
    assert ("Second" in filtered, "First" in filtered) == (True, False)
    ticked = body("/reports/export/", format="csv", report=[str(one.reference), str(hidden.reference)])
    assert ("First" in ticked, "Second" in ticked, "Third" in ticked) == (True, False, False)
    assert '"bundle"' in body(f"/reports/export/?format=stix&q={two.title}")
    assert client.get("/reports/export/?format=exe").status_code == 404
    assert client.post("/reports/export/", {"format": "csv"}).status_code == 302


def test_an_object_opens_as_text(bank: Person, other: Person) -> None:
    report = send.form(bank, "<script>alert(1)</script>", Handling(tlp="AMBER+STRICT", recipients=()))
    client = factory.signed_in(bank)
    page = client.get(f"/reports/{report.reference}/?part=objects").content.decode()
    path = re.search(rf'href="(/reports/{report.reference}/objects/\d+/)"', page)
    assert path is not None
    answer = client.get(path[1])
    assert "<script>" in answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert factory.signed_in(other).get(path[1]).status_code == 404
    assert client.get(f"/reports/{uuid4()}/objects/1/").status_code == 404
