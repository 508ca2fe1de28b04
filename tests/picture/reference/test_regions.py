"""Regions and groups, against M49 and against numbers that are published."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from hueandcry.exchange.countries import is_code
from hueandcry.picture.reference import regions

CODES = Path(__file__).parents[4] / "shared" / "data" / "countries" / "country-codes.csv"


@pytest.mark.skipif(not CODES.exists(), reason="../shared/data/countries/country-codes.csv is not here")
def test_regions_are_those_of_m49() -> None:
    with CODES.open(encoding="utf-8") as file:
        rows = {r["ISO3166-1-Alpha-2"]: r for r in csv.DictReader(file) if r["M49"] and r["Region Code"]}
    assert len(rows) > 240
    for code, row in rows.items():
        finest = row["Intermediate Region Code"] or row["Sub-region Code"]
        if code in {"TW"}:
            continue  # no place of its own in M49
        if finest == "830":  # Channel Islands, an intermediate region that we leave with Northern Europe
            finest = row["Sub-region Code"]
        assert regions.region_of(code) == f"m49:{row['Region Code'].zfill(3)}", code
        assert regions.subregion_of(code) == f"m49:{finest.zfill(3)}", code
    ours = set().union(*(r.countries for r in regions.REGIONS.values() if r.kind == "region"))
    assert ours - set(rows) <= {"XK", "TW"}


def test_groups_have_as_many_members_as_their_secretariats_say() -> None:
    sizes = {key: len(region.countries) for key, region in regions.REGIONS.items() if region.kind == "group"}
    assert (sizes["eu"], sizes["eea"], sizes["council-of-europe"], sizes["five-eyes"]) == (27, 30, 46, 5)
    assert {"US", "JP", "AU", "CA", "PH", "SN"} <= regions.BUDAPEST - regions.COUNCIL_OF_EUROPE
    assert not regions.BUDAPEST & {"IE", "RU", "CN", "IN"}, "Ireland has signed and not ratified"
    for region in regions.REGIONS.values():
        assert all(is_code(code) for code in region.countries), region.key
        assert region.source and date.fromisoformat(region.as_of)


def test_a_country_has_a_continent_a_subregion_and_its_groups() -> None:
    assert (regions.region_of("PT"), regions.subregion_of("pt")) == ("m49:150", "m49:039")
    assert (regions.region_of("AQ"), regions.subregion_of("")) == ("", "")
    assert regions.regions_of("NO") == ("eea", "council-of-europe", "budapest", "m49:150", "m49:154")
    assert regions.countries_of("five-eyes", "eu") == regions.countries_of("alliance")
    assert regions.label_of("m49:039") == "Southern Europe"
    with pytest.raises(KeyError):
        regions.countries_of("atlantis")
