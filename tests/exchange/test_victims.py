"""A victim's postal area and the reference that several reporters hold: what is kept of what people write."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hueandcry.exchange import victims
from hueandcry.world import places


@pytest.mark.parametrize(
    ("written", "country", "area"),
    [
        ("SW1A 1AA", "GB", "SW1A"),
        ("sw1a1aa", "", "SW1A"),
        ("M1", "GB", "M1"),
        ("28195", "DE", "281"),
        ("1067", "DE", "010"),
        ("D-28195", "DE", "281"),
        ("28195", "", "281"),
        ("94103-1234", "US", "941"),
        ("D02 X285", "IE", "D02"),
        ("k1a 0b1", "CA", "K1A"),
        ("1012 AB", "NL", "101"),
        ("1000-205", "PT", "100"),
        ("00-950", "PL", "009"),
        ("8000", "DK", "80"),
        ("L-2530", "LU", "25"),
        ("LV-1010", "LV", "10"),
        ("VLT 1117", "MT", "VLT"),
        ("VLT", "MT", "VLT"),
        ("8952", "NL", "895"),
        ("1000", "PT", "100"),
        ("281", "DE", "281"),
        ("800", "DK", "08"),
        ("28", "DE", "28"),
        ("28195", "XK", "281"),
        ("\uff12\uff18\uff11\uff19\uff15", "DE", "281"),
    ],
)
def test_a_code_is_cut_to_its_area(written: str, country: str, area: str) -> None:
    assert victims.area(written, country) == area


@pytest.mark.parametrize(
    "written", ["", "Lyon", "1 High Street, Leeds", "-", "'; DROP TABLE", "1" * 40, "\u0661\u0662\u0663"]
)
def test_what_is_no_postal_code_is_no_area(written: str) -> None:
    assert victims.area(written, "FR") == ""


@given(st.text(max_size=60) | st.text("A1-", max_size=9), st.sampled_from(("", "GB", "DE", "PT", "MT", "IE", "NL")))
@example("AA00", "")
@example("AAA1234", "IE")
def test_an_area_is_short_and_gives_itself_again(written: str, country: str) -> None:
    area = victims.area(written, country)
    assert len(area) <= 4 and (not area or (area.isascii() and area.isalnum()))
    assert victims.area(area, country) == area


@pytest.mark.parametrize("country", [*sorted(places.FORMS), "GB"])
def test_every_country_of_the_world_has_areas_larger_than_a_street(country: str) -> None:
    rng = random.Random(1)  # noqa: S311  a test wants the same each time
    codes = [places.postal_code(rng, country) for _ in range(300)]
    areas = {victims.area(code, country) for code in codes}
    assert "" not in areas
    assert 3 < len(areas) < len(set(codes))
    assert all(victims.area(places.nearby(rng, code, country), country) for code in codes)


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("crn 2026/0012345-77", "CRN2026001234577"),
        ("E2E-77881-AB", "e2e 77881 ab"),
        ("Ref. 123 456 789", "123456789"),
        ("1234.5678", "12345678"),
        ("PT-2026-0000123", "pt20260000123"),
    ],
)
def test_a_reference_is_the_same_however_it_is_written(written: str, same: str) -> None:
    assert victims.reference(written) == victims.reference(same) != ""


@pytest.mark.parametrize(
    "written", ["", "n/a", "unknown", "NOTPROVIDED", "000000", "12", "A" * 65 + "123", "see the letter"]
)
def test_what_cannot_be_shared_is_no_reference(written: str) -> None:
    assert victims.reference(written) == ""


def test_the_hash_hangs_on_the_installation_and_holds_nothing_of_the_number() -> None:
    code = victims.reference("PT-2026-0000123")
    first, again, elsewhere = (victims.hashed(code, key) for key in ("a" * 50, "a" * 50, "b" * 50))
    assert first == again != elsewhere
    assert len(first) == 32 and code not in first.upper() and victims.hashed("", "a") == ""
