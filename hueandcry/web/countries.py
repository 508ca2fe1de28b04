"""Countries by name in the reader's language. Names from CLDR (babel), codes ISO 3166-1 alpha-2. No Django here."""

from __future__ import annotations

from functools import cache

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
