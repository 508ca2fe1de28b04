"""What a crime's page and a pair's say in words: why reports are one crime, what two of them come to."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hueandcry.linkage.analysis import words as analysis
from hueandcry.linkage.analysis.forms import TaskForm
from hueandcry.linkage.crimes import words
from hueandcry.linkage.crimes.sharing import Shared
from hueandcry.linkage.crimes.shown import CrimeLine, CrimeReportLine, Evidence

DAY = datetime(2026, 10, 6, 9, tzinfo=UTC)
ONE = CrimeReportLine(
    1, uuid.uuid4(), "A false invoice", "GREEN", 1, "Example Bank", "PT", DAY, DAY, None, "fraud", ["PT"], "G",
    Decimal(50), "EUR", "business",
)  # fmt: skip
TWO = replace(ONE, id=2, occurred_from=DAY + timedelta(hours=3), loss_amount=None, loss_currency="")
THREE = replace(ONE, id=3, occurred_from=None, loss_amount=None, loss_currency="")
IBAN = Shared(7, "iban", "PT50", 1.0, [], "mule", False, 2, [1, 3], 2)
ADDRESS = Shared(8, "ipv4-addr", "192.0.2.1", 0.5, [], "attacker", False, 3, [1, 2, 3], 3)


def test_why_reports_are_one_crime_names_what_most_of_them_share_first() -> None:
    crime = CrimeLine(1, uuid.uuid4(), [ONE, TWO, THREE])
    said = words.why(crime, [IBAN, ADDRESS])
    assert said == "all name the same IPv4 address; 2 of them name the same IBAN; 2 tell of the same day"
    assert words.why(CrimeLine(1, uuid.uuid4(), [TWO, THREE]), []) == ""
    by_day = words.why(CrimeLine(1, uuid.uuid4(), [ONE, TWO]), [])
    assert by_day.startswith("2 tell of the same day; what else ties them"), "a day alone is no reason"
    assert CrimeLine(1, uuid.uuid4(), [replace(ONE, title="A break-in on Monday. ")]).title == "A break-in on Monday"
    assert CrimeLine(1, uuid.uuid4(), [replace(ONE, title="And then...")]).title == "And then..."


def test_what_a_report_has_in_common_is_with_another_and_not_with_itself() -> None:
    said = words.in_common([ONE, TWO, THREE], [IBAN, ADDRESS])
    assert said == {1: "IBAN, IPv4 address, the day", 2: "IPv4 address, the day", 3: "IBAN, IPv4 address"}
    assert words.in_common([ONE], []) == {1: ""}


@pytest.mark.parametrize(
    ("bits", "said"),
    [
        (0.2, "about even"), (3.0, "about 8 to 1 for it"), (-3.0, "about 8 to 1 against it"),
        (12.3, "about 5\u202f000 to 1 for it"), (40.0, "more than 1\u202f000\u202f000 to 1 for it"),
        (-4_000.0, "more than 1\u202f000\u202f000 to 1 against it"),
    ],
)  # fmt: skip
def test_odds_are_no_more_exact_than_a_model(bits: float, said: str) -> None:
    assert words.odds(bits).replace("\u2009", "\u202f") == said


def test_a_pair_says_why_it_is_where_the_evidence_alone_would_not_put_it() -> None:
    weak, strong = (Evidence([], weight, 0.5, 3.5, 1) for weight in (-1.0, 9.0))
    assert "through other reports" in words.verdict(weak, together=True)
    assert "fits another crime better" in words.verdict(strong, together=False)
    for each, together in ((weak, False), (strong, True)):
        assert "are linked from +3.5 on" in words.verdict(each, together=together)


def test_what_was_said_before_a_change_is_told_in_words_and_by_name() -> None:
    told = {"likelihood": "likely", "state": "doing", "due_on": "2026-11-25", "assignee": 4, "words": ""}
    assert analysis.before(told, {"assignee": {4: "Example Bank"}}) == [
        ("How likely", "likely (55 to 80 %)"), ("State", "being done"), ("Until", "25 Nov. 2026"),
        ("For whom", "Example Bank"),
    ]  # fmt: skip


def test_a_due_day_is_written_as_a_browser_reads_it() -> None:
    widget = TaskForm.declared_fields["due_on"].widget
    assert 'value="2026-11-25"' in widget.render("due_on", date(2026, 11, 25))
