"""Countries by name or code, to ISO 3166-1 alpha-2."""

from __future__ import annotations

from functools import cache

import pycountry

from hueandcry.exchange.folded import folded

# Names in use beside those of ISO 3166-1 and its common names (pycountry). Sources: EuRepoC's and VCDB's spellings, the
# UN's short names, former names still met in files; Kosovo has the user-assigned code that the EU and IMF use.
ALIASES = {
    "bolivia": "BO",
    "bosnia": "BA",
    "brunei": "BN",
    "burma": "MM",
    "cape verde": "CV",
    "congo brazzaville": "CG",
    "congo kinshasa": "CD",
    "cote divoire": "CI",
    "czech republic": "CZ",
    "democratic republic of the congo": "CD",
    "congo democratic republic": "CD",
    "congo democratic republic of the": "CD",
    "dr congo": "CD",
    "drc": "CD",
    "east timor": "TL",
    "england": "GB",
    "falkland islands": "FK",
    "great britain": "GB",
    "holland": "NL",
    "hong kong sar": "HK",
    "iran": "IR",
    "ivory coast": "CI",
    "korea democratic peoples republic of": "KP",
    "korea north": "KP",
    "korea republic of": "KR",
    "korea south": "KR",
    "kosovo": "XK",
    "laos": "LA",
    "macao": "MO",
    "macau": "MO",
    "macedonia": "MK",
    "micronesia": "FM",
    "moldova": "MD",
    "north korea": "KP",
    "north macedonia": "MK",
    "northern ireland": "GB",
    "palestine": "PS",
    "palestinian territories": "PS",
    "palestinian territory": "PS",
    "republic of china": "TW",
    "republic of ireland": "IE",
    "republic of korea": "KR",
    "russia": "RU",
    "scotland": "GB",
    "south korea": "KR",
    "st lucia": "LC",
    "swaziland": "SZ",
    "syria": "SY",
    "taiwan": "TW",
    "tanzania": "TZ",
    "the bahamas": "BS",
    "the gambia": "GM",
    "the netherlands": "NL",
    "turkey": "TR",
    "uae": "AE",
    "uk": "GB",
    "united states of america": "US",
    "us": "US",
    "usa": "US",
    "vatican": "VA",
    "vatican city": "VA",
    "venezuela": "VE",
    "vietnam": "VN",
    "wales": "GB",
}
# The languages in which column values are looked up besides English, by pycountry's own translations of ISO 3166
_LANGUAGES = ("fr", "de", "es", "pl")


def alpha_2(name: str) -> str:
    """Give the ISO 3166-1 alpha-2 code for a country's name (English, French, German, Spanish, Polish) or code.

    "" for what is no country: regions, "Unknown". Kosovo is XK.
    """
    key = _plain(name[:100])
    if not key:
        return ""
    return ALIASES.get(key) or _names().get(key, "")


def is_code(code: str) -> bool:
    """Tell whether a text is an alpha-2 code in use."""
    return code == "XK" or (len(code) == 2 and code.isascii() and pycountry.countries.get(alpha_2=code) is not None)


@cache
def _names() -> dict[str, str]:
    from babel import Locale  # slow to load, and only needed where names are looked up

    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if is_code(code):
                found[_plain(name)] = code
    for country in pycountry.countries:
        for name in ("alpha_2", "alpha_3", "name", "official_name", "common_name"):
            value = getattr(country, name, None)
            if value:
                found[_plain(value)] = country.alpha_2
    return found


def _plain(name: str) -> str:
    """Fold case, accents and punctuation, so that "Korea, Republic of" and "KOREA (Republic of)" are one."""
    kept = "".join(sign if sign.isalnum() else " " for sign in folded(name) if sign not in "'’.")
    return " ".join(kept.split())
