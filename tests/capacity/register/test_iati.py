"""IATI activity files: the standard's own fixtures, a real file, and what a stranger may send."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.capacity.register import iati, iati_xml, programmes
from hueandcry.capacity.register.drafts import ResourceDraft
from hueandcry.exchange.drafts import Loss, Refusal, Unreadable

DATA = Path(__file__).parents[4] / "shared" / "data" / "iati"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not here: IATI's fixtures and a World Bank file")
DAY = date(2026, 11, 23)

WHOLE = """<?xml version="1.0"?>
<iati-activities version="2.03">
  <iati-activity xml:lang="en" default-currency="EUR">
    <iati-identifier>XM-EX-1-42</iati-identifier>
    <reporting-org type="10" ref="XM-EX-1"><narrative>Example Agency</narrative></reporting-org>
    <title><narrative>Cybercrime units of the coast</narrative>
      <narrative xml:lang="pt">Unidades da costa</narrative></title>
    <description><narrative>Trains investigators.</narrative></description>
    <participating-org role="4"><narrative>Academy of the coast</narrative></participating-org>
    <activity-status code="2"/>
    <activity-date type="1" iso-date="2025-01-01"/>
    <activity-date type="2" iso-date="2025-02-01"/>
    <activity-date type="3" iso-date="2027-12-31"/>
    <recipient-country code="AO" percentage="60"/>
    <recipient-country code="MZ" percentage="40"/>
    <sector code="15130" percentage="100"/>
    <budget><period-start iso-date="2025-01-01"/><period-end iso-date="2025-12-31"/>
      <value value-date="2025-01-01">1000.10</value></budget>
    <transaction><transaction-type code="3"/><transaction-date iso-date="2025-06-01"/>
      <value currency="USD" value-date="2025-06-01">250</value></transaction>
    <document-link url="https://agency.example/plan.pdf" format="application/pdf">
      <title><narrative>Plan</narrative></title>
      <category code="A01"/></document-link>
    <related-activity ref="XM-EX-1-7" type="1"/>
  </iati-activity>
</iati-activities>"""


def read(text: str) -> list[iati.Read]:
    return list(iati.read(text.encode(), day=DAY))


def one(text: str) -> iati.Programme:
    found = read(text)
    assert isinstance(found[0], iati.Programme)
    return found[0]


def losses(text: str) -> list[str]:
    return [each.what for each in read(text) if isinstance(each, Loss)]


def test_all_that_an_activity_tells_is_read() -> None:
    made = one(WHOLE)
    assert made.identifier == "XM-EX-1-42"
    assert made.titles == {"en": "Cybercrime units of the coast", "pt": "Unidades da costa"}
    assert [(body.role, body.name) for body in made.bodies] == [
        ("reporting", "Example Agency"),
        ("implementing", "Academy of the coast"),
    ]
    assert [(share.code, share.percentage) for share in made.countries] == [("AO", 60), ("MZ", 40)]
    assert made.status == "implementation"
    assert made.dates["actual start"] == date(2025, 2, 1)
    assert [(each.kind, each.amount, each.currency, each.on) for each in made.sums] == [
        ("budget", Decimal("1000.10"), "EUR", date(2025, 1, 1)),
        ("disbursement", Decimal(250), "USD", date(2025, 6, 1)),
    ]
    assert made.documents == (("Plan", "https://agency.example/plan.pdf"),)
    assert made.related == (("1", "XM-EX-1-7"),)
    assert losses(WHOLE) == []


def test_a_programme_becomes_a_resource() -> None:
    (made,) = programmes.read(WHOLE.encode(), day=DAY)
    assert isinstance(made, ResourceDraft)
    assert (made.kind, made.language, made.provider) == ("programme", "en", "Example Agency")
    assert made.countries == ("AO", "MZ")
    assert (made.starts, made.ends) == (date(2025, 2, 1), date(2027, 12, 31))
    assert ["budget", "1000.10", "EUR"] in made.details["totals"]


@needs_data
@pytest.mark.parametrize("folder", ["should-pass", "should-fail"])
def test_the_standards_own_fixtures_pass_and_fail_as_they_must(folder: str) -> None:
    files = sorted((DATA / "activity-tests" / folder).rglob("*.xml"))
    assert len(files) > 90
    for file in files:
        found = list(iati.read(file.read_bytes(), day=DAY))
        refused = [each for each in found if isinstance(each, Refusal)]
        taken = [each for each in found if isinstance(each, iati.Programme)]
        assert (bool(taken), bool(refused)) == ((True, False) if folder == "should-pass" else (False, True)), file
        assert all(each.place.startswith("line ") and "line " in each.reason for each in refused)


@needs_data
def test_the_world_banks_file_of_an_older_standard_is_read_by_the_words_it_has() -> None:
    found = list(programmes.read((DATA / "worldbank-activities.xml").read_bytes(), day=DAY))
    made = [each for each in found if isinstance(each, ResourceDraft)]
    assert len(made) == 16
    assert not [each for each in found if isinstance(each, Refusal)]
    assert {each.provider for each in made} == {"World Bank"}
    assert len({each.identifier for each in made}) == 16
    assert sum(each.countries == ("MW",) for each in made) == 14  # the other two say "Africa", which is told as a loss
    assert sum("Africa" in each.what for each in found if isinstance(each, Loss)) == 2
    first = made[0]
    assert ["commitment", "93000000", "USD"] in first.details["totals"]
    assert ["disbursement", "1942087.5", "USD"] in first.details["totals"]


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (changed('percentage="60"', 'percentage="160"'), "12.1.1"),
        (changed('percentage="60"', 'percentage="70"'), "add up to 100"),
        (changed("2027-12-31", "2024-12-31"), "end is before its planned start"),
        (changed('type="2" iso-date="2025-02-01"', 'type="2" iso-date="2031-02-01"'), "lies ahead"),
        (changed('code="AO"', 'code="ZZ"'), "no country"),
        (changed("XM-EX-1-42", "XM-EX-1"), "reporting organisation's own"),
        (
            changed(
                '<transaction-date iso-date="2025-06-01"/>\n      <value currency="USD" value-date="2025-06-01">',
                '<transaction-date iso-date="2031-06-01"/>\n      <value currency="USD" value-date="2031-06-01">',
            ),
            "11.2.2",
        ),
    ],
)
def test_what_breaks_a_rule_that_matters_is_left_out_and_said(text: str, said: str) -> None:
    assert any(said in each for each in losses(text))
    assert one(text).titles


def test_an_activity_without_a_title_or_out_of_form_is_refused_with_its_line() -> None:
    (refused,) = read(changed('<activity-status code="2"/>', "<activity-status/>"))
    assert isinstance(refused, Refusal)
    assert refused.place == "line 3"
    assert 'line 10: "activity-status" lacks its attribute "code"' in refused.reason
    (refused,) = read(
        changed(
            '<narrative>Cybercrime units of the coast</narrative>\n      <narrative xml:lang="pt">Unidades da costa'
            "</narrative>",
            "<narrative> </narrative>",
        )
    )
    assert isinstance(refused, Refusal)
    assert "no title" in refused.reason


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><iati-activities>&x;</iati-activities>', "document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><iati-activities/>', "document type"),
        (b"<html></html>", "begins with"),
        (b"", "well-formed"),
        (b"<iati-activities><iati-activity>", "well-formed"),
        (b"<iati-activities>" + b"<a>" * 40 + b"</a>" * 40 + b"</iati-activities>", "deep"),
        (
            b"<iati-activities><iati-activity><title>" + b"a" * 200_001 + b"</title></iati-activity></iati-activities>",
            "200,000",
        ),
        (b'<?xml version="1.0" encoding="utf-7"?><iati-activities/>', "encoding"),
    ],
)
def test_what_a_stranger_may_send_is_refused_as_a_whole(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        list(iati.read(raw, day=DAY))


def test_a_reading_ends_at_its_time() -> None:
    with pytest.raises(Unreadable, match="longer than"):
        list(iati_xml.activities(WHOLE.encode(), seconds=-1))


def test_memory_is_that_of_one_activity() -> None:
    body = WHOLE.split('<iati-activities version="2.03">')[1].split("</iati-activities>")[0]
    many = iati_xml.activities(f'<iati-activities version="2.03">{body * 300}</iati-activities>'.encode())
    assert sum(1 for _each in many) == 300


@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: WHOLE.replace("XM-EX-1-42", text).encode("utf-8", "replace"))
)
def test_nothing_but_unreadable_comes_out_whatever_the_bytes_are(raw: bytes) -> None:
    try:
        for each in programmes.read(raw, day=DAY):
            assert isinstance(each, ResourceDraft | Refusal | Loss)
    except Unreadable as error:
        assert error.place and error.reason
