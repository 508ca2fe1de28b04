"""Where a country lies and which alliance it belongs to: the UN's regions (M49), the European Union, the Five Eyes.

Names and codes are in ``countries``. Source: UN Statistics Division, standard M49, sub-regions and intermediate
regions. Kosovo (XK, user-assigned) and Taiwan have no place of their own there; we put them with their neighbours.
"""

from __future__ import annotations

import pycountry

# Sub-region: (region, members).
SUBREGIONS: dict[str, tuple[str, str]] = {
    "Northern Africa": ("Africa", "DZ EG EH LY MA SD TN"),
    "Eastern Africa": ("Africa", "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW"),
    "Middle Africa": ("Africa", "AO CD CF CG CM GA GQ ST TD"),
    "Southern Africa": ("Africa", "BW LS NA SZ ZA"),
    "Western Africa": ("Africa", "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG"),
    "Caribbean": ("Americas", "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI"),
    "Central America": ("Americas", "BZ CR GT HN MX NI PA SV"),
    "South America": ("Americas", "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    "Northern America": ("Americas", "BM CA GL PM US"),
    "Central Asia": ("Asia", "KG KZ TJ TM UZ"),
    "Eastern Asia": ("Asia", "CN HK JP KP KR MN MO TW"),
    "South-eastern Asia": ("Asia", "BN ID KH LA MM MY PH SG TH TL VN"),
    "Southern Asia": ("Asia", "AF BD BT IN IR LK MV NP PK"),
    "Western Asia": ("Asia", "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"),
    "Eastern Europe": ("Europe", "BG BY CZ HU MD PL RO RU SK UA"),
    "Northern Europe": ("Europe", "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ"),
    "Southern Europe": ("Europe", "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK"),
    "Western Europe": ("Europe", "AT BE CH DE FR LI LU MC NL"),
    "Australia and New Zealand": ("Oceania", "AU CC CX HM NF NZ"),
    "Melanesia": ("Oceania", "FJ NC PG SB VU"),
    "Micronesia": ("Oceania", "FM GU KI MH MP NR PW UM"),
    "Polynesia": ("Oceania", "AS CK NU PF PN TK TO TV WF WS"),
}

EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
FIVE_EYES = frozenset({"AU", "CA", "GB", "NZ", "US"})

_REGION = {code: (region, name) for name, (region, codes) in SUBREGIONS.items() for code in codes.split()}


def name_of(code: str) -> str:
    """The English name of an alpha-2 code, the common one where ISO has it; the code itself where it is unknown."""
    if code.upper() == "XK":
        return "Kosovo"
    country = pycountry.countries.get(alpha_2=code.upper())
    if country is None:
        return code
    return str(getattr(country, "common_name", country.name))


def region_of(code: str) -> tuple[str, str]:
    """(region, sub-region) of M49 for an alpha-2 code; ("", "") for Antarctica and unknown codes."""
    return _REGION.get(code.upper(), ("", ""))


def members(subregion: str) -> tuple[str, ...]:
    """The alpha-2 codes of a sub-region; raises KeyError for one that M49 does not have."""
    return tuple(SUBREGIONS[subregion][1].split())
