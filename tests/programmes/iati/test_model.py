"""The model: what is written is read again as it was, is valid, and nothing is dropped without a word."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hueandcry.programmes.iati import model as m
from hueandcry.programmes.iati import model_organisation as o
from hueandcry.programmes.iati.check import check
from hueandcry.programmes.iati.convert import convert
from hueandcry.programmes.iati.read import read
from hueandcry.programmes.iati.write import as_text, write
from hueandcry.programmes.iati.xml import Unwritable, text
from tests.programmes.iati.samples import ACTIVITY, DATA, NOW, ORGANISATION, needs_data
from tests.programmes.iati.test_structure import validator


def test_an_activity_is_read() -> None:
    reading = read(ACTIVITY.encode())
    assert reading.unheld == ()
    assert isinstance(reading.file, o.Activities)
    (activity,) = reading.file.activities
    assert activity.identifier == "XM-HAC-NCAP-KE"
    assert activity.titles[1] == m.Text("Des tribunaux qui savent lire un disque", "fr")
    assert activity.participants[1].names == (m.Text("National police & prosecutors"),)
    assert activity.day(m.ACTUAL_START) == date(2025, 2, 1)
    assert activity.sectors[2] == m.Sector("99", "https://example.org/aspects", "4.3.a", None, (m.Text("Law"),))
    assert activity.budgets[0].value == m.Money(10_000_050, date(2025, 1, 1))
    assert activity.planned[0].value == m.Money(5_000, date(2026, 1, 1), "JPY")
    assert activity.transactions[0].value == m.Money(12_345, date(2025, 3, 1), "KWD")
    assert activity.results[0].indicators[0].periods[0].actuals[0].comment == (m.Text("Two have left"),)
    assert (activity.humanitarian, activity.conditions and activity.conditions.attached) == (False, True)


def test_an_organisation_is_read() -> None:
    reading = read(ORGANISATION.encode())
    assert reading.unheld == ()
    assert isinstance(reading.file, o.Organisations)
    (organisation,) = reading.file.organisations
    assert organisation.total_budgets[0].value == m.Money(250_000_000, date(2026, 1, 1))
    assert organisation.country_budgets[0].country == m.Country("KE")


@pytest.mark.parametrize("sample", [ACTIVITY, ORGANISATION])
def test_what_is_read_is_written_as_it_was(sample: str) -> None:
    file = read(sample.encode()).file
    raw = write(file, now=NOW)
    assert read(raw).file == file
    assert write(read(raw).file, now=NOW) == raw


LOST = [
    ('<activity-scope code="4"/>', '<contact-info><email>a@b.org</email></contact-info><activity-scope code="4"/>',
     '"contact-info" with all it holds'),
    ('value-date="2025-03-01">12.345', 'value-date="2025-03-01">12.3456',
     "digits of 12.3456 past the smallest unit of KWD"),
    ('type="2" iso-date="2025-02-01"', 'type="2" iso-date="2025-02-01Z"', '"2025-02-01Z" is held as 2025-02-01'),
    ('ref="KE-1"', 'xmlns:x="urn:x" x:note="n" ref="KE-1"', '"urn:x note" of another namespace'),
    ("</title>\n    <description", '<x:y xmlns:x="urn:x"/></title>\n    <description',
     '"urn:x y" of another namespace'),
    ('<activity-scope code="4"/>', '<activity-scope code="4" xml:lang="en"/>', '"en"'),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), LOST)
def test_what_the_model_does_not_hold_is_told(old: str, new: str, said: str) -> None:
    assert ACTIVITY.count(old) == 1
    (unheld,) = read(ACTIVITY.replace(old, new).encode()).unheld
    assert said in unheld.what
    assert unheld.place.startswith("line ")


@needs_data
def test_the_standards_samples_and_the_real_file_come_out_as_they_went_in() -> None:
    files = [*sorted((DATA / "activity-tests" / "should-pass").rglob("*.xml")), DATA / "worldbank-activities.xml"]
    assert len(files) == 158
    for path in files:
        first = read(path.read_bytes())
        again = as_text(first.file)
        assert read(again).file == first.file and not read(again).unheld, path
        if first.changes:
            assert {each.what for each in first.unheld} == {'"contact-info" with all it holds'}
        else:
            assert check(again, now=NOW).valid and validator("activities").validate(
                etree.fromstring(again).getroottree()
            )
            assert all("another namespace" in each.what for each in first.unheld), path


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)
SAID = st.builds(lambda words: f"x{words}", WORDS | st.sampled_from(["\r\n", "\t", " <&>\"' "]))
TEXTS = st.lists(st.builds(m.Text, SAID, st.sampled_from(["", "fr", "sw"])), min_size=1, max_size=2).map(tuple)
REF = st.sampled_from(["XM-1", "KE-POL-22", "X Y"])
DAYS = st.dates(date(2000, 1, 1), date(2025, 12, 30))
MONEY = st.builds(m.Money, st.integers(-(10**12), 10**12), DAYS, st.sampled_from(["", "JPY", "KWD", "USD", "CLF"]))
WORD = st.sampled_from(["", "12", "-1.5", "0"])
DOCUMENT = st.builds(m.Document, st.just("https://example.org/?a=1&b=2"), st.just("text/html"), TEXTS,
                     TEXTS | st.just(()), st.just(("A02", "B01")), st.sampled_from([(), ("en", "fr")]),
                     st.none() | DAYS)  # fmt: skip


def tuples(each: Any, most: int = 2) -> Any:
    return st.lists(each, max_size=most).map(tuple)


@st.composite
def shares(draw: Any, of: Any, codes: list[str]) -> Any:
    """One of all, or two whose percentages add up to 100."""
    first = draw(st.decimals(0, 100, places=2))
    return draw(st.sampled_from([(of(codes[0]),), (of(codes[0], first), of(codes[1], 100 - first))]))


PROVIDER = st.none() | st.builds(m.Provider, REF, WORDS, st.sampled_from(["", "10"]), TEXTS)
RECEIVER = st.none() | st.builds(m.Receiver, REF, WORDS, st.sampled_from(["", "22"]), TEXTS)
FIGURE = st.builds(m.Figure, st.just("3.5"), tuples(st.builds(m.ResultLocation, REF)),
                   tuples(st.builds(m.Dimension, WORDS, WORDS)), TEXTS | st.just(()), tuples(DOCUMENT, 1))  # fmt: skip
PERIOD = DAYS.flatmap(lambda start: st.builds(m.Period, st.just(start), st.dates(start, date(2026, 12, 31)),
                                              tuples(FIGURE), tuples(FIGURE)))  # fmt: skip
BASELINE = st.builds(m.Baseline, st.none() | DAYS, st.integers(1, 3000), st.just("1"), st.just(()), st.just(()),
                     tuples(DOCUMENT, 1), TEXTS | st.just(()))  # fmt: skip
INDICATOR = st.builds(m.Indicator, st.sampled_from(["1", "2"]), st.none() | st.booleans(), st.none() | st.booleans(),
                      TEXTS, TEXTS | st.just(()), tuples(DOCUMENT, 1), st.just(()), tuples(BASELINE),
                      tuples(PERIOD))  # fmt: skip
RESULT = st.builds(m.Result, st.sampled_from("1239"), st.none() | st.booleans(), TEXTS, TEXTS | st.just(()),
                   tuples(DOCUMENT, 1), tuples(st.builds(m.Reference, st.just("99"), REF, st.just("urn:x"))),
                   st.lists(INDICATOR, min_size=1, max_size=2).map(tuple))  # fmt: skip
YEAR = DAYS.map(lambda day: (day, date(day.year, 12, 31)))
BUDGET = st.builds(lambda kind, status, year, value: m.Budget(kind, status, *year, value),
                   st.sampled_from(["", "1", "2"]), st.sampled_from(["", "1"]), YEAR, MONEY)  # fmt: skip
PLANNED = st.builds(lambda year, value, *parties: m.PlannedDisbursement("1", *year, value, *parties),
                    YEAR, MONEY, PROVIDER, RECEIVER)  # fmt: skip
TRANSACTION = st.builds(m.Transaction, WORDS, st.none() | st.booleans(), st.sampled_from(["2", "3"]), DAYS, MONEY,
                        TEXTS | st.just(()), PROVIDER, RECEIVER, st.sampled_from(["", "1"]), st.just(()), st.none(),
                        st.none(), st.sampled_from(["", "10"]), st.just("110"),
                        st.just((m.AidType("C01"),)))  # fmt: skip
ACTIVITIES = st.builds(
    m.Activity,
    updated=st.none() | st.datetimes(datetime(2001, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    language=st.just("en"), currency=st.sampled_from(["EUR", "JPY"]), humanitarian=st.none() | st.booleans(),
    hierarchy=st.none() | st.integers(-5, 5), identifier=st.just("XM-1-A"),
    reporting=st.builds(m.ReportingOrg, st.just("XM-1"), st.just("40"), st.none() | st.booleans(), TEXTS),
    titles=TEXTS,
    descriptions=st.lists(st.builds(m.Description, st.sampled_from(["", "1"]), TEXTS),
        min_size=1, max_size=2).map(tuple),
    participants=st.lists(
        st.builds(m.ParticipatingOrg, REF, st.just("10"), st.sampled_from("1234"), WORDS, WORDS, TEXTS),
        min_size=1, max_size=2).map(tuple),
    other_identifiers=tuples(st.builds(m.OtherIdentifier, REF, st.just("A1"),
                                       st.none() | st.builds(m.OwnerOrg, REF, TEXTS))),
    status=st.sampled_from("123456"), dates=DAYS.map(lambda day: (m.ActivityDate("1", day), m.ActivityDate("3", day))),
    scope=st.sampled_from(["", "4"]), countries=shares(m.Country, ["KE", "MZ"]),
    sectors=shares(lambda code, share=None: m.Sector("1", "", code, share), ["15130", "15110"]),
    tags=tuples(st.builds(m.Tag, REF, st.just("99"), st.just("urn:x"), TEXTS)),
    markers=tuples(st.builds(m.PolicyMarker, st.just("1"), st.just(""), st.just("2"), st.just("1"), TEXTS)),
    collaboration=st.just("4"), flow=st.just("10"), finance=st.just("110"), aid=st.just((m.AidType("C01", "1"),)),
    tied=st.just("5"), budgets=tuples(BUDGET), planned=tuples(PLANNED), transactions=tuples(TRANSACTION),
    documents=tuples(DOCUMENT), related=tuples(st.builds(m.RelatedActivity, REF, st.just("1"))),
    conditions=st.none() | st.builds(m.Conditions, st.booleans(), tuples(st.builds(m.Condition, st.just("2"), TEXTS))),
    results=tuples(RESULT, 1),
)  # fmt: skip
LINE = st.builds(lambda ref, minor, words: o.BudgetLine(ref, m.Money(minor, date(2020, 1, 1)), words),
                 WORDS, st.integers(0, 10**9), TEXTS)  # fmt: skip
YEAR_2020 = (date(2020, 1, 1), date(2020, 12, 31))
ORGANISATIONS = st.builds(
    o.Organisation,
    language=st.just("en"), currency=st.just("EUR"), identifier=REF, names=TEXTS,
    reporting=st.builds(m.ReportingOrg, st.just("XM-1"), st.just("40"), st.none(), TEXTS),
    total_budgets=tuples(
        st.builds(lambda value, lines: o.TotalBudget("1", *YEAR_2020, value, lines), MONEY, tuples(LINE))),
    country_budgets=tuples(
        st.builds(lambda value, lines: o.CountryBudget("2", m.Country("KE"), *YEAR_2020, value, lines),
                  MONEY, tuples(LINE))),
    documents=tuples(st.builds(lambda document: document, DOCUMENT)),
)  # fmt: skip


@needs_data
@settings(max_examples=150, deadline=None)
@given(st.lists(ACTIVITIES, min_size=1, max_size=2))
def test_any_activity_is_valid_and_read_as_it_was(activities: list[m.Activity]) -> None:
    file = o.Activities(version="2.03", activities=tuple(activities))
    raw = write(file, now=NOW)
    assert read(raw).file == file and read(raw).unheld == ()
    tree = etree.fromstring(raw).getroottree()
    assert validator("activities").validate(tree), validator("activities").error_log


@needs_data
@settings(max_examples=100, deadline=None)
@given(st.lists(ORGANISATIONS, min_size=1, max_size=2))
def test_any_organisation_is_valid_and_read_as_it_was(organisations: list[o.Organisation]) -> None:
    file = o.Organisations(version="2.03", organisations=tuple(organisations))
    raw = write(file, now=NOW)
    assert read(raw).file == file and read(raw).unheld == ()
    tree = etree.fromstring(raw).getroottree()
    assert validator("organisations").validate(tree), validator("organisations").error_log


def test_what_would_not_be_valid_is_not_written() -> None:
    file = o.Activities(version="2.03", activities=(m.Activity(identifier="X"),))
    with pytest.raises(Unwritable, match='lacks "reporting-org"'):
        write(file, now=NOW)
    with pytest.raises(Unwritable, match=r"U\+0000"):
        as_text(o.Activities(activities=(m.Activity(identifier="a\0b"),)))


@needs_data
def test_the_converted_file_is_read_as_its_own_text_is() -> None:
    raw = (DATA / "worldbank-activities.xml").read_bytes()
    assert read(text(convert(raw).root)).file == read(raw).file
