"""The sections of NACE that organisations are sorted by are those that reports are classed by."""

from __future__ import annotations

from hueandcry.exchange import sectors
from hueandcry.members.sections import SECTIONS, section


def test_the_letters_are_the_same_everywhere() -> None:
    assert set(SECTIONS) == set(sectors.SECTIONS)


def test_a_letter_has_a_name() -> None:
    assert section("L") == "Finance and insurance"
    assert section("") == ""
