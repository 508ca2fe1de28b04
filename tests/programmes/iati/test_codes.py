"""Codes: our table against the published lists, and which attributes take theirs from them."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from hueandcry.programmes.iati.check import check
from hueandcry.programmes.iati.codes import lists
from tests.programmes.iati.samples import ACTIVITY, DATA, NOW, ORGANISATION, needs_data

ISO = {"Country": 0, "Language": 4, "Currency": 20}  # so many more at most, which came to ISO's lists since


@needs_data
def test_each_published_list_is_ours() -> None:
    files = sorted((DATA / "codelists").glob("*.xml"))
    assert len(files) == 25
    for file in files:
        items = list(ET.parse(file).getroot().iter("codelist-item"))  # noqa: S314 - a file at hand
        withdrawn = {each.findtext("code") for each in items if each.get("status") == "withdrawn"}
        used = {each.findtext("code") for each in items} - withdrawn
        ours = lists()[file.stem]
        assert used <= ours.used and withdrawn == ours.withdrawn, file.stem
        assert len(ours.used - used) <= ISO.get(file.stem, 0), file.stem


CODED = [
    ('activity-status code="2"', 'activity-status code="7"', "/activity-status[1]/@code", "ActivityStatus"),
    ('role="4"', 'role="5"', "/participating-org[2]/@role", "OrganisationRole"),
    ('code="MZ"', 'code="ZZ"', "/recipient-country[2]/@code", "Country"),
    ('code="15110"', 'code="15111111"', "/sector[2]/@code", "Sector"),
    ('currency="KWD"', 'currency="KWX"', "/transaction[1]/value[1]/@currency", "Currency"),
    ('xml:lang="fr"', 'xml:lang="french"', "/title[1]/narrative[2]/@xml:lang", "Language"),
    ('measure="1"', 'measure="9"', "/result[1]/indicator[1]/@measure", "IndicatorMeasure"),
    ('transaction-type code="3"', 'transaction-type code="D"', "/transaction-type[1]/@code", "TransactionType"),
    ('default-aid-type code="C01"', 'default-aid-type code="Z01"', "/default-aid-type[1]/@code", "AidType"),
]


@pytest.mark.parametrize(("old", "new", "path", "name"), CODED)
def test_a_wrong_code_is_found_at_its_place(old: str, new: str, path: str, name: str) -> None:
    assert ACTIVITY.count(old) == 1
    answer = check(ACTIVITY.replace(old, new).encode(), now=NOW)
    (found,) = [each for each in answer.errors if each.rule == "code"]
    assert found.place.endswith(path)
    assert found.message.endswith(f"is not on the list {name}")
    line = next(n for n, each in enumerate(ACTIVITY.splitlines(), start=1) if old in each)
    assert found.place.startswith(f"line {line}: /iati-activities/iati-activity[1]/")


def test_codes_of_other_vocabularies_are_not_asked() -> None:
    free = ACTIVITY.replace('code="4.3.a"', 'code="anything"')
    assert check(free.encode(), now=NOW).valid
    category = ACTIVITY.replace('vocabulary="99" vocabulary-uri="https://example.org/aspects" code="4.3.a"',
                                'vocabulary="2" code="151"')  # fmt: skip
    assert check(category.encode(), now=NOW).valid
    assert not check(category.replace('"151"', '"999"').encode(), now=NOW).valid


def test_withdrawn_codes_and_languages_of_regions_are_warnings() -> None:
    told = ACTIVITY.replace('code="MZ"', 'code="AN"').replace('xml:lang="fr"', 'xml:lang="fr-CA"')
    answer = check(told.encode(), now=NOW)
    assert answer.valid
    assert [each.message for each in answer.warnings if each.rule == "code"] == [
        '"fr-CA" is told, and the list Language has "fr"',
        '"AN" is withdrawn from the list Country',
    ]


def test_an_organisation_has_codes_too() -> None:
    answer = check(ORGANISATION.replace('country code="KE"/>\n', 'country code="KX"/>\n', 1).encode(), now=NOW)
    assert [each.place.split("/", 3)[3] for each in answer.errors] == [
        "recipient-country-budget[1]/recipient-country[1]/@code"
    ]
