"""Files of inhabitants and enterprises."""

from __future__ import annotations

import pytest

from hueandcry.picture.reference import denominators
from hueandcry.picture.reference.csv_file import BadFile
from hueandcry.picture.reference.denominators import Denominator

PLAIN = """kind,country,year,value,sector,size,source
inhabitants,PT,2024,10639726,,,INE
enterprises,PT,2023,90000,c,micro,INE
"""
# Eurostat's SDMX-CSV of demo_pjan with codes and labels; Portugal on 1 January 2024: 10 639 726.
PJAN = """DATAFLOW,LAST UPDATE,freq,unit,age,sex,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG
ESTAT:DEMO_PJAN(1.0),03/10/25,A:Annual,NR:Number,TOTAL:Total,T:Total,PT:Portugal,2024,10639726,
ESTAT:DEMO_PJAN(1.0),03/10/25,A:Annual,NR:Number,TOTAL:Total,M:Males,PT:Portugal,2024,5087000,
ESTAT:DEMO_PJAN(1.0),03/10/25,A:Annual,NR:Number,TOTAL:Total,T:Total,EL:Greece,2024,10400720,
ESTAT:DEMO_PJAN(1.0),03/10/25,A:Annual,NR:Number,TOTAL:Total,T:Total,EU27_2020:European Union,2024,449306184,
ESTAT:DEMO_PJAN(1.0),03/10/25,A:Annual,NR:Number,TOTAL:Total,T:Total,UK:United Kingdom,2024,:,
"""
SBS = """DATAFLOW,freq,indic_sbs,nace_r2,size_emp,geo,TIME_PERIOD,OBS_VALUE
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,C,TOTAL,PT,2023,70000
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,C,10-19,PT,2023,6000
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,C,20-49,PT,2023,4500
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,L,TOTAL,PT,2023,50000
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,J,TOTAL,PT,2023,25000
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,B-S_X_O_S94,TOTAL,PT,2023,1400000
ESTAT:SBS_SC_OVW(1.0),A,ENT_NR,C,10-19,ES,2023,15000
ESTAT:SBS_SC_OVW(1.0),A,EMP_NR,C,TOTAL,PT,2023,700000
"""


def read(text: str, source: str = "") -> denominators.Read:
    return denominators.read(text.encode(), source=source, this_year=2026)


def test_ones_own_form() -> None:
    assert read(PLAIN).denominators == (
        Denominator("enterprises", "PT", "C", "micro", 2023, 90_000, "INE"),
        Denominator("inhabitants", "PT", "", "", 2024, 10_639_726, "INE"),
    )


def test_inhabitants_of_eurostat() -> None:
    found = read(PJAN)
    assert [(d.country, d.year, d.value, d.source) for d in found.denominators] == [
        ("GR", 2024, 10_400_720, "Eurostat, demo_pjan"), ("PT", 2024, 10_639_726, "Eurostat, demo_pjan"),
    ]  # fmt: skip
    assert found.passed == {"one age or sex only": 1, "a group or a part of countries": 1, "no value": 1}


def test_enterprises_go_to_the_sections_and_sizes_of_today() -> None:
    found = read(SBS)
    assert {(d.country, d.sector, d.size): d.value for d in found.denominators} == {
        ("PT", "", ""): 1_400_000,
        ("PT", "C", ""): 70_000,
        ("PT", "C", "small"): 10_500,  # 10 to 19 and 20 to 49 together
        ("PT", "M", ""): 50_000,  # L of NACE Rev. 2 is M of Rev. 2.1
    }
    assert found.passed == {
        "an activity that is no one section of NACE Rev. 2.1": 1,  # J parts in two
        "no number of enterprises (indic_sbs is not ENT_NR)": 1,
        "10 to 19 or 20 to 49 persons without the other": 1,
    }


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("10639726", "10639.7", 'Row 2, column "value"'),
        ("10639726", "0", "no whole number from 1"),
        ("10639726", "-5", 'Row 2, column "value"'),
        ("10639726", "9000000000", "2,000,000,000"),
        (",PT,2024", ",ZZ,2024", 'Row 2, column "country": "ZZ" is no country'),
        (",2024,", ",2031,", 'Row 2, column "year"'),
        ("inhabitants", "people", "neither inhabitants nor enterprises"),
        (",c,micro", ",Z,micro", 'Row 3, column "sector"'),
        (",c,micro", ",c,tiny", 'Row 3, column "size"'),
        ("10639726,,", "10639726,C,", 'Row 2, column "sector"'),
        (",INE\nent", ",\nent", "who counted"),
        ("kind,", "what,", "no header of counts"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(before: str, after: str, told: str) -> None:
    with pytest.raises(BadFile) as caught:
        read(PLAIN.replace(before, after, 1))
    assert told in " ".join(caught.value.problems)


def test_thousands_taken_for_units_are_found() -> None:
    rows = "kind,country,year,value\ninhabitants,PT,2023,10516621\ninhabitants,PT,2024,{}\n"
    assert len(read(rows.format(10_639_726), "INE").denominators) == 2
    with pytest.raises(BadFile, match=r"Row 3.*slip of units"):
        read(rows.format(10_640), "INE")
    with pytest.raises(BadFile, match="row 2 has another count"):
        read(rows.format(1) + "inhabitants,PT,2023,5\n", "INE")
