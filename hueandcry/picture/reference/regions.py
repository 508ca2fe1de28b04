"""Regions that the picture may be asked for: the UN's (M49), and groups that states belong to. Pure.

A region of the UN has a key like ``m49:150`` (Europe) or ``m49:039`` (Southern Europe); a group one like ``eu``. Each
says whose list it is and on what day it was so: memberships change, and a figure of an earlier day was made with the
list of that day. Names of M49's regions are the UN's; the membership of sub-regions is ``exchange.regions``.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from hueandcry.exchange.regions import EU, FIVE_EYES, SUBREGIONS

Kind = Literal["region", "sub-region", "group"]
WORLD: Final = "m49:001"


class Region(NamedTuple):
    """A region: what it is called, which countries (ISO 3166-1 alpha-2) belong to it, and who says so as of when."""

    key: str
    label: str
    kind: Kind
    countries: frozenset[str]
    source: str
    as_of: str  # day, ISO 8601
    note: str = ""


_M49 = "UN Statistics Division, Standard country or area codes for statistical use (M49)"
_M49_NOTE = "Kosovo and Taiwan have no place of their own in M49; they stand with their neighbours."
# Codes of M49, which never change their meaning.
_CODES: Final = {
    "Africa": "002", "Americas": "019", "Asia": "142", "Europe": "150", "Oceania": "009",
    "Northern Africa": "015", "Eastern Africa": "014", "Middle Africa": "017", "Southern Africa": "018",
    "Western Africa": "011", "Caribbean": "029", "Central America": "013", "South America": "005",
    "Northern America": "021", "Central Asia": "143", "Eastern Asia": "030", "South-eastern Asia": "035",
    "Southern Asia": "034", "Western Asia": "145", "Eastern Europe": "151", "Northern Europe": "154",
    "Southern Europe": "039", "Western Europe": "155", "Australia and New Zealand": "053", "Melanesia": "054",
    "Micronesia": "057", "Polynesia": "061",
}  # fmt: skip

_EFTA_IN_EEA = frozenset({"IS", "LI", "NO"})
# 46 since the Russian Federation ceased to be a member on 16 March 2022.
_COUNCIL = "AD AL AM AZ BA CH GB GE IS LI MC MD ME MK NO RS SM TR UA"
COUNCIL_OF_EUROPE: Final = EU | frozenset(_COUNCIL.split())
# All members of the Council of Europe but Ireland, which has signed, and these that ratified or acceded.
_ELSEWHERE = "AR AU BJ BR CA CI CL CM CO CR CV DO EC FJ GD GH IL JP KI LK MA MU NG PA PE PH PY RW SL SN TN TO US"
BUDAPEST: Final = (COUNCIL_OF_EUROPE - {"IE"}) | frozenset(_ELSEWHERE.split())


def _m49() -> dict[str, Region]:
    found: dict[str, Region] = {}
    whole: dict[str, set[str]] = {}
    for name, (region, codes) in SUBREGIONS.items():
        whole.setdefault(region, set()).update(codes.split())
        key = f"m49:{_CODES[name]}"
        found[key] = Region(key, name, "sub-region", frozenset(codes.split()), _M49, "2024-01-01", _M49_NOTE)
    regions = {
        key: Region(key, name, "region", frozenset(codes), _M49, "2024-01-01", _M49_NOTE)
        for name, codes in sorted(whole.items())
        for key in (f"m49:{_CODES[name]}",)
    }
    return regions | dict(sorted(found.items(), key=lambda pair: pair[1].label))


def _groups() -> dict[str, Region]:
    made = (
        Region(
            "eu", "European Union", "group", EU,
            "Treaty on European Union, Article 52, as it stands after 31 January 2020", "2020-02-01",
        ),
        Region(
            "eea", "European Economic Area", "group", EU | _EFTA_IN_EEA,
            "Agreement on the European Economic Area, with the states of EFTA that take part (not Switzerland)",
            "2020-02-01",
        ),
        Region(
            "council-of-europe", "Council of Europe", "group", COUNCIL_OF_EUROPE,
            "Council of Europe, list of the 46 member states", "2022-03-16",
        ),
        Region(
            "budapest", "Parties to the Budapest Convention", "group", BUDAPEST,
            "Council of Europe, Treaty Office, chart of signatures and ratifications of Treaty 185", "2025-06-30",
            "States that ratified later are not here yet; check the Treaty Office before you rely on an absence.",
        ),
        Region(
            "five-eyes", "Five Eyes", "group", FIVE_EYES, "UKUSA Agreement: Australia, Canada, New Zealand, the United"
            " Kingdom and the United States", "1956-01-01",
        ),
        Region(
            "alliance", "European Union and Five Eyes", "group", EU | FIVE_EYES,
            "This alliance's own definition: the countries whose authorities founded it", "2026-01-01",
            "Defined by the alliance, by no treaty.",
        ),
    )  # fmt: skip
    return {region.key: region for region in made}


REGIONS: Final[dict[str, Region]] = _groups() | _m49()
_OF: Final = {
    country: region.key for region in REGIONS.values() if region.kind == "sub-region" for country in region.countries
}
_ABOVE: Final = {
    country: region.key for region in REGIONS.values() if region.kind == "region" for country in region.countries
}


def region_of(country: str) -> str:
    """The key of the UN's region (continent) of a country by its alpha-2 code; "" for Antarctica and unknown codes."""
    return _ABOVE.get(country.upper(), "")


def subregion_of(country: str) -> str:
    """The key of the UN's sub-region of a country by its alpha-2 code; "" for Antarctica and unknown codes."""
    return _OF.get(country.upper(), "")


def regions_of(country: str) -> tuple[str, ...]:
    """Keys of all regions and groups that a country belongs to, groups first."""
    return tuple(key for key, region in REGIONS.items() if country.upper() in region.countries)


def countries_of(*keys: str) -> frozenset[str]:
    """The countries of regions together. Raises KeyError for a key that is none."""
    return frozenset().union(*(REGIONS[key].countries for key in keys))


def label_of(key: str) -> str:
    """What a region is called; the key itself where it is none."""
    region = REGIONS.get(key)
    return region.label if region else key
