"""The page of the picture and its tables: outsiders first, then what a member sees."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hueandcry.audit.models import Act
from tests import factory
from tests.picture import rows

pytestmark = pytest.mark.usefixtures("database")


def reader() -> Client:
    return factory.signed_in(factory.person(factory.organisation(), ["reader"]))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("address", ["/picture/", "/picture/months.csv"])
def test_outsiders(address: str) -> None:
    rows.put(rows.bodies(3), 60)
    assert Client().get(address).status_code == 302
    for state in ("applicant", "suspended", "left"):
        outsider = factory.signed_in(factory.person(factory.organisation(state=state)))
        answer = outsider.get(address)
        assert (answer.status_code, answer.url) == (302, "/membership/")  # type: ignore[attr-defined]


def test_an_empty_picture_says_what_would_be_here() -> None:
    page = text(reader(), "/picture/")
    assert "No picture yet" in page
    assert "at least 3 organisations" in page


def test_the_page_works_without_scripts() -> None:
    three = rows.bodies(3)
    rows.put(three, 60)
    rows.put(three, 40, main_class="malware", victim_countries=["ES"])
    page = text(reader(), "/picture/")
    assert "100 reports" in page
    assert '<th scope="row">Fraud</th><td class="num">60</td>' in page
    assert '<th scope="row">Spain</th><td class="num">40</td>' in page
    assert '<th scope="row">Disruption</th><td class="num withheld">suppressed</td>' in page, "small, or none: not told"
    assert "Przyborowski" in page
    assert "<style" not in page
    assert "crimes reported" not in page


def test_a_filter_is_a_chip_and_narrows() -> None:
    three = rows.bodies(3)
    rows.put(three, 60)
    rows.put(three, 40, main_class="malware")
    page = text(reader(), "/picture/?class=malware")
    assert "Malware: 40 reports" in page
    assert 'class="chip" href="?"' in page
    assert "/picture/months.csv?class=malware" in page


def test_what_is_not_shown_is_refused_with_the_reason() -> None:
    three = rows.bodies(3)
    rows.put(three, 60)
    rows.put(three, 4, main_class="malware")
    page = text(reader(), "/picture/?class=malware")
    assert "Malware: there is no number, for fewer than 10 reports or 3 organisations" in page
    assert "4 reports" not in page
    assert "There is no class called &lt;b&gt;" in text(reader(), "/picture/?class=%3Cb%3E")


def test_the_present_month_is_provisional() -> None:
    rows.put(rows.bodies(3), 60, reported_at=datetime.now(UTC))
    month = f"{datetime.now(UTC):%Y-%m}"
    assert f"provisional from {month}" in text(reader(), "/picture/")
    assert text(reader(), "/picture/months.csv").splitlines() == ["Month,Reports,state", f"{month},60,provisional"]


def test_each_chart_as_a_table() -> None:
    rows.put(rows.bodies(3), 60)
    client = reader()
    for name in ("months", "countries", "sectors", "classes", "sources", "class-by-sector"):
        answer = client.get(f"/picture/{name}.csv")
        assert answer["Content-Disposition"] == f'attachment; filename="picture-{name}.csv"'
        assert list(csv.reader(io.StringIO(answer.content.decode())))
    listed = dict(csv.reader(io.StringIO(text(client, "/picture/sources.csv"))))
    assert listed["businesses"] == "60"
    assert listed["CERTs"] == "fewer than 10 or from fewer than 3"
    assert client.get("/picture/elsewhere.csv").status_code == 404


def test_looking_is_recorded_once() -> None:
    rows.put(rows.bodies(3), 60)
    reader().get("/picture/?country=PT")
    acts = list(Act.objects.using("owner").filter(kind="picture").values_list("verb", "detail"))
    assert acts == [("read", {"filters": {"country": "PT"}})]


def test_questions_do_not_grow_with_the_reports() -> None:
    three, client = rows.bodies(3), reader()
    rows.put(three, 30)
    with CaptureQueriesContext(connection) as few:
        client.get("/picture/")
    rows.put(three, 300, victim_countries=["ES"], main_class="malware")
    with CaptureQueriesContext(connection) as many:
        client.get("/picture/")
    assert len(few) == len(many)
