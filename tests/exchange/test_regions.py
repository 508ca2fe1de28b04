"""Regions of countries agree with the UN's own table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from hueandcry.exchange import regions

CODES = Path(__file__).parents[2].parent / "shared" / "data" / "countries" / "country-codes.csv"


def test_countries_have_names_and_regions() -> None:
    assert regions.name_of("MD") == "Moldova"
    assert regions.region_of("PT") == ("Europe", "Southern Europe")
    assert len(regions.EU) == 27
    assert "PT" in regions.members("Southern Europe")


@pytest.mark.skipif(not CODES.is_file(), reason="the UN's table is in ../shared/data/countries, which is absent")
def test_regions_agree_with_the_uns_table() -> None:
    with CODES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            intermediate = row["Intermediate Region Name"] or row["Sub-region Name"]
            wanted = (row["Region Name"], intermediate)
            assert regions.region_of(row["ISO3166-1-Alpha-2"]) == wanted, row["ISO3166-1-Alpha-2"]
