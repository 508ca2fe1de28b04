"""Countries by name in the reader's language. Names from CLDR (babel), codes ISO 3166-1 alpha-2. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pycountry
from babel import Locale, UnknownLocaleError


@cache
def _territories(language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return dict(locale.territories)


def country_name(code: str, language: str = "en") -> str:
    """Name of the country with this alpha-2 code; an unknown code is its own name."""
    return _territories(language).get(code.upper(), code)


def by_name(language: str = "en", also: Iterable[str] = ()) -> list[tuple[str, str]]:
    """(code, name) of every country of ISO 3166-1, and of the codes in ``also``, in the order of their names."""
    codes = {country.alpha_2 for country in pycountry.countries} | set(also)
    return sorted(((code, country_name(code, language)) for code in codes), key=lambda pair: (pair[1], pair[0]))
