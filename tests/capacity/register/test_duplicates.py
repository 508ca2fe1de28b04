"""Resources told twice, on variants as sources write them."""

from __future__ import annotations

from typing import Any

from hueandcry.capacity.register.duplicates import SETTINGS, THRESHOLD, pairs, record, site


def row(
    key: int,
    name: str,
    provider: str = "",
    url: str = "",
    identifier: str = "",
    kind: str = "course",
    countries: str = "",
) -> dict[str, Any]:
    return {
        "id": key,
        "kind": kind,
        "title": name,
        "provider": provider,
        "identifier": identifier,
        "url": url,
        "countries": countries.split(),
    }


BASE = row(
    1,
    "Digital Forensics for First Responders",
    "Academia de Polícia",
    "https://academy.example/dffr",
    countries="AO MZ",
)

SAME = [
    row(2, "DIGITAL FORENSICS FOR FIRST RESPONDERS", "Academia de Policia", countries="MZ AO"),
    row(2, "First responders: digital forensics", "Academia de Polícia", "http://www.academy.example/dffr/"),
    row(2, "Digital Forensics for First Responders (2026)", "Academia de Polícia", countries="AO"),
    row(2, "Digital Forensics for First Responders", "", "https://academy.example/dffr", countries="AO MZ"),
]
OTHER = [
    row(2, "Mobile Device Examination", "Academia de Polícia", "https://academy.example/mobile", countries="AO MZ"),
    row(2, "Digital Evidence in Court", "Judicial School", "https://school.example/", countries="BR"),
    row(2, "Digital Forensics for Prosecutors", "Judicial School", "https://school.example/", countries="BR"),
]


def test_one_thing_told_twice_is_found() -> None:
    told = [dict(one, id=n) for n, one in enumerate(SAME, start=2)]
    found = pairs(told, [BASE])
    assert [(left, right) for left, right, _bits in found] == [(one["id"], 1) for one in told]
    assert all(bits >= THRESHOLD for _left, _right, bits in found)


def test_another_of_the_same_provider_or_of_like_words_is_not() -> None:
    assert pairs([dict(one, id=n) for n, one in enumerate(OTHER, start=2)], [BASE]) == []


def test_an_identifier_that_both_have_is_enough_beside_another_name() -> None:
    left = row(1, "Programme P084404", "World Bank", identifier="44000-P084404", kind="programme")
    right = row(2, "Power market of southern Africa", "World Bank", identifier="44000-p084404", kind="programme")
    assert pairs([right], [left])


def test_a_resource_is_no_duplicate_of_itself_and_nothing_gives_nothing() -> None:
    assert pairs([BASE], [BASE]) == []
    assert pairs([], [BASE]) == pairs([BASE], []) == []


def test_records_hold_what_the_settings_read() -> None:
    made = record(BASE)
    assert set(SETTINGS.columns) <= set(made)
    assert made["site"] == "academy.example"
    assert site("http://[") == "" and site("") == ""
