"""Languages by name in the reader's language. Names from CLDR (babel), codes ISO 639. No Django here."""

from __future__ import annotations

from functools import cache

import pycountry
from babel import Locale, UnknownLocaleError


@cache
def _said(reader: str) -> dict[str, str]:
    try:
        locale = Locale.parse(reader, sep="-")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return dict(locale.languages)


@cache
def codes() -> tuple[str, ...]:
    """The codes of ISO 639-1."""
    return tuple(each.alpha_2 for each in pycountry.languages if hasattr(each, "alpha_2"))


@cache
def language_name(code: str, reader: str = "en") -> str:
    """Name of the language with this code of ISO 639-1 or 639-3; an unknown code is its own name."""
    if said := _said(reader).get(code):
        return said
    found = pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)
    return str(found.name).partition(" (")[0] if found else code
