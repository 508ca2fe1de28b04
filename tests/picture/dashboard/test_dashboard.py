"""The page of the picture, out of a real freeze: outsiders, empty states, three numbers, filters, files."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connections
from django.test import Client

from hueandcry.audit.models import Act
from hueandcry.picture import estimates
from hueandcry.picture.cells import Shown
from hueandcry.picture.dashboard import words
from hueandcry.picture.disclosure.cellkey import NOISE
from hueandcry.picture.freezes import actions, reader
from hueandcry.picture.models import Estimate
from hueandcry.picture.question import Question, asked
from tests import factory
from tests.picture import rows

pytestmark = pytest.mark.usefixtures("database")


def reader_of() -> Client:
    return factory.signed_in(factory.person(factory.organisation(), ["reader"]))


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def frozen() -> None:
    """Three organisations that told of fraud in Portugal and malware in Spain, over a year; then a freeze."""
    three = rows.bodies(3)
    for month in range(1, 13):
        at = {"reported_at": datetime(2025, month, 5, tzinfo=UTC)}
        rows.put(three, 36, **at)
        rows.put(three, 24, main_class="malware", victim_countries=["ES"], victim_sector="R", **at)
    rows.put(three, 4, main_class="abusive-content", reported_at=datetime(2025, 6, 5, tzinfo=UTC))
    actions.take()


@pytest.mark.parametrize(
    "address", ["/picture/", "/picture/months.csv", "/picture/countries/", "/picture/countries/PT/"]
)
def test_outsiders(address: str) -> None:
    assert Client().get(address).status_code == 302
    for state in ("applicant", "suspended", "left"):
        outsider = factory.signed_in(factory.person(factory.organisation(state=state)))
        answer = outsider.get(address)
        assert (answer.status_code, answer.url) == (302, "/membership/")  # type: ignore[attr-defined]


def test_without_a_freeze_the_page_says_so_and_the_office_can_take_one() -> None:
    page = text(reader_of(), "/picture/")
    assert "No picture yet" in page
    assert "Freeze now" not in page
    office = factory.signed_in(factory.person(factory.office(), ["secretary"]))
    assert "Freeze now" in text(office, "/picture/")
    assert reader_of().post("/picture/freeze/").status_code == 403
    assert office.post("/picture/freeze/").status_code == 302


def test_three_numbers_stand_side_by_side_with_their_freeze() -> None:
    frozen()
    page = text(reader_of(), "/picture/?time=reported")
    for label in ("Distinct crimes", "Reports", "Estimated, reported or not"):
        assert f'<div class="figure-label">{label}</div>' in page
    held = reader.latest()
    assert held is not None
    assert f"freeze {held.number}" in page
    assert "not estimated" in page, "a number that nobody worked out is not made up"
    assert "<style" not in page


def test_an_estimate_is_shown_with_its_interval_or_its_refusal() -> None:
    frozen()
    held = reader.latest()
    assert held is not None
    kept = Estimate.objects.using("owner").create(
        freeze_id=held.number,
        question=Question(number="estimated").address(),
        content={
            "estimate": 7000.0,
            "low": 5000.0,
            "high": 9000.0,
            "lower_bound": 4000.0,
            "refused": False,
            "reason": "",
        },
    )
    page = text(reader_of(), "/picture/")
    assert "we see about 1 in 10" in page
    assert "5\u202f000 to 9\u202f000" in page
    kept.delete()
    Estimate.objects.using("owner").create(
        freeze_id=held.number,
        question=Question(number="estimated").address(),
        content={"estimate": None, "lower_bound": 800.0, "refused": True, "reason": "Too few sources: there is 1."},
    )
    page = text(reader_of(), "/picture/?number=estimated")
    assert "refused" in page
    assert "Too few sources: there is 1." in page
    assert "At least 800." in page


def test_an_estimate_that_nobody_asked_for_has_a_button() -> None:
    frozen()
    client = reader_of()
    narrowed = "/picture/?class=malware&time=reported"
    assert "Estimate this" in text(client, narrowed)
    assert "Estimate this" not in text(client, "/picture/?source=business")
    assert "cannot be made of one kind of source" in text(client, "/picture/?source=business&time=reported")
    assert Client().post("/picture/estimate/", {"question": "class=fraud"}).status_code == 302
    asked = client.post("/picture/estimate/", {"question": "time=reported&class=malware"})
    assert asked["Location"] == "/picture/?number=estimated&time=reported&class=malware"
    page = text(client, narrowed)
    assert "This estimate is being made" in page
    assert "Estimate this" not in page
    client.post("/picture/estimate/", {"question": "time=reported&class=malware"})  # a double click
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'estimate_question'")
        assert cursor.fetchone() == (1,)


def test_an_estimate_that_came_while_the_page_was_made_is_offered_no_second_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frozen()
    client, narrowed = reader_of(), "/picture/?class=malware&time=reported"
    client.post("/picture/estimate/", {"question": "time=reported&class=malware"})
    waiting = estimates.waiting

    def ended(freeze: Any, question: Any) -> bool:
        """The job ends just before the page asks whether it waits."""
        if waiting(freeze, question):
            with connections["owner"].cursor() as cursor:
                cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'estimate_question'")
                cursor.execute(
                    "INSERT INTO picture_estimate (freeze_id, question, content) SELECT id, %s, %s::jsonb"
                    " FROM picture_freeze ORDER BY id DESC LIMIT 1",
                    [estimates.key(question), '{"estimate": null, "refused": true, "reason": "Too few."}'],
                )
        return waiting(freeze, question)

    monkeypatch.setattr(estimates, "waiting", ended)
    page = text(client, narrowed)
    assert "Estimate this" not in page
    assert "Look again" in page
    assert "Look again" not in text(client, narrowed)


def test_a_chart_without_any_number_is_named_and_not_drawn() -> None:
    frozen()
    page = text(reader_of(), "/picture/?class=malware")
    assert 'id="techniques"' not in page
    said = page[page.index("Not drawn:") :][:300]
    assert "By technique (ATT&amp;CK)" in said
    assert "By sector" not in said, "one bar is a number"


def test_a_filter_is_a_chip_and_narrows() -> None:
    frozen()
    client = reader_of()
    page = text(client, "/picture/?class=malware&number=reported")
    assert '<span class="soft">Class:</span> Malware' in page
    assert "/picture/countries.csv?number=reported&amp;class=malware" in page
    listed = _csv(client, "/picture/sectors.csv?number=reported")
    sums = {row[0]: row[1] for row in listed[1:]}
    assert 288 - NOISE <= int(sums["Health and care (R)"]) <= 288 + NOISE
    assert "There is no class called &lt;b&gt;" in text(client, "/picture/?class=%3Cb%3E")


def _csv(client: Client, address: str) -> list[list[str]]:
    lines = text(client, address).splitlines()
    return list(csv.reader(io.StringIO("\n".join(line for line in lines if not line.lstrip('"').startswith("#")))))


def test_what_is_small_is_hatched_and_what_singles_out_is_refused() -> None:
    frozen()
    client = reader_of()
    listed = {row[0]: row[1] for row in _csv(client, "/picture/classes.csv")[1:]}
    assert listed["Abusive content"] == "suppressed"
    page = text(client, "/picture/?class=abusive-content")
    assert "Too few to show without showing whose" in page
    assert "distinct crimes</h1>" not in page
    wider = text(client, "/picture/?class=abusive-content&country=PT")
    assert '<a href="?class=abusive-content">' in wider or '<a href="?country=PT">' in wider, "the way out is a link"


def test_what_an_address_has_that_means_nothing_is_said() -> None:
    question, passed = asked({"from": ["2026-05"], "to": ["2026-01"], "technique": ["foo"]})
    assert words.strange(words.filters(question, {("technique",): [Shown(("T1110",), 20.0)]}), passed) == [
        "The last month, 2026-01, is before the first; it was passed over.",
        "There is no technique (ATT&CK) called foo; it was passed over.",
    ]


def test_techniques_have_words() -> None:
    assert words.said("technique", "T1110.004") == "T1110.004, credentials guessed"
    assert words.said("technique", "T1566.002") == "T1566.002, phishing"
    assert words.said("technique", "T9999") == "T9999"


def test_files_say_what_they_are() -> None:
    frozen()
    client = reader_of()
    held = reader.latest()
    assert held is not None
    answer = client.get("/picture/classes.csv?country=PT")
    assert answer.status_code == 404 or "# question: country=PT" in answer.content.decode()
    answer = client.get("/picture/classes.csv")
    assert answer["Content-Disposition"] == f'attachment; filename="picture-classes-freeze-{held.number}.csv"'
    said = answer.content.decode()
    assert held.sha256 in said
    table = pq.read_table(io.BytesIO(client.get("/picture/classes.parquet").content))
    about = json.loads(table.schema.metadata[b"hueandcry"])
    assert about["freeze"] == str(held.number)
    assert "Hue & Cry" in about["source"]
    by_name = {row["class"]: row for row in table.to_pylist()}
    assert by_name["Abusive content"]["value"] is None
    assert by_name["Abusive content"]["value_withheld"] is True
    assert by_name["Fraud"]["value_low"] <= by_name["Fraud"]["value"] <= by_name["Fraud"]["value_high"]
    assert client.get("/picture/elsewhere.csv").status_code == 404
    assert client.get("/picture/classes.exe").status_code == 404


def test_countries_are_compared_as_lines_and_rates() -> None:
    frozen()
    page = text(reader_of(), "/picture/?country=PT&country=ES&time=reported")
    assert "Countries over time" in page
    assert "Countries compared" in page
    assert 'href="/picture/countries/ES/"' in page
    assert "up to 7 at a time" not in page
    many = "&".join(f"country={code}" for code in ("PT", "ES", "FR", "DE", "IT", "NL", "BE", "SE"))
    assert "up to 7 at a time" in text(reader_of(), f"/picture/?{many}&time=reported")


def test_looking_is_recorded_once() -> None:
    frozen()
    reader_of().get("/picture/?country=PT")
    acts = list(Act.objects.using("owner").filter(kind="picture").values_list("verb", "detail"))
    assert acts == [("read", {"question": "country=PT"})]


def test_the_home_page_has_the_three_numbers() -> None:
    frozen()
    page = text(reader_of(), "/")
    assert "Estimated, reported or not" in page
    assert "Distinct crimes" in page
