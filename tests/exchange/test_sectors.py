"""Sections of NACE: the shift of letters between revisions, codes, NAICS and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hueandcry.exchange import sectors


def test_sections_run_from_a_to_v_and_every_division_belongs_to_one() -> None:
    assert "".join(sectors.SECTIONS) == "".join(sectors.SHORT) == "ABCDEFGHIJKLMNOPQRSTUV"
    assert "".join(sectors.SECTIONS_20) == "".join(sectors.FROM_20) == "ABCDEFGHIJKLMNOPQRSTU"
    for revision, missing in (("2.1", {4, 34, 40, 44, 45, 48, 54, 57, 67, 76, 83, 89}), ("2.0", {4, 34, 40, 44, 48})):
        spans = sectors.DIVISIONS[revision]  # type: ignore[index]
        covered = [d for _, first, last in spans for d in range(first, last + 1)]
        assert len(covered) == len(set(covered))
        assert missing <= set(range(1, 100)) - set(covered)


def test_every_new_section_is_reached_from_an_old_one() -> None:
    assert {new for news in sectors.FROM_20.values() for new in news} == set(sectors.SECTIONS)


@pytest.mark.parametrize(
    ("old", "new"), [("A", "A"), ("I", "I"), ("J", "K"), ("K", "L"), ("O", "P"), ("Q", "R"), ("U", "V"), ("V", "")]
)
def test_letters_shift_from_k_on(old: str, new: str) -> None:
    assert sectors.from_20(old) == new


@pytest.mark.parametrize(("old", "label"), [("K", "Financial and insurance activities"), ("P", "Education")])
def test_the_shift_keeps_the_meaning(old: str, label: str) -> None:
    assert sectors.SECTIONS_20[old] == sectors.SECTIONS[sectors.from_20(old)] == label


@pytest.mark.parametrize(
    ("code", "revision", "section"),
    [
        ("64.19", "2.1", "L"),
        ("K64.19", "2.0", "L"),
        ("62", "2.1", "K"),
        ("62.01", "2.0", "K"),
        ("58.2", "2.0", "J"),
        ("63.91", "2.0", "J"),
        ("45.20", "2.0", "T"),
        ("45.11", "2.0", "G"),
        ("K", "2.1", "K"),
        ("K", "2.0", "L"),
        ("00", "2.1", ""),
        ("banana", "2.1", ""),
    ],
)
def test_codes(code: str, revision: sectors.Revision, section: str) -> None:
    assert sectors.section_of_code(code, revision) == section


@pytest.mark.parametrize(
    ("naics", "section"),
    [("522110", "L"), ("52", "L"), ("622", "R"), ("517", "K"), ("5112", "J"), ("2213", "E"), ("000", "")],
)
def test_naics(naics: str, section: str) -> None:
    assert sectors.from_naics(naics) == section


@pytest.mark.parametrize(
    ("words", "section"),
    [
        ("Banking", "L"),
        ("financial-services", "L"),
        ("Financial and insurance activities", "L"),
        ("Information and communication", "K"),
        ("Government / ministries", "P"),
        ("a regional hospital", "R"),
        ("Einzelhandel", "G"),
        ("zzz", ""),
    ],
)
def test_words(words: str, section: str) -> None:
    assert sectors.section_of_words(words) == section


@given(st.text())
def test_never_raises(text: str) -> None:
    assert sectors.section_of_words(text) in {"", *sectors.SECTIONS}
    assert sectors.section_of_code(text, "2.0") in {"", *sectors.SECTIONS}
    assert sectors.from_naics(text) in {"", *sectors.SECTIONS}
