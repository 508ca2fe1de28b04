"""Languages by name in the reader's language. Names from CLDR (babel), codes ISO 639-1. No Django here."""

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
def _codes() -> dict[str, str]:
    return {each.alpha_2: each.name for each in pycountry.languages if hasattr(each, "alpha_2")}


def language_name(code: str, reader: str = "en") -> str:
    """Name of the language with this code; an unknown code is its own name."""
    return _said(reader).get(code) or _codes().get(code, code)


def language_names(reader: str = "en") -> dict[str, str]:
    """Every language of ISO 639-1 by code."""
    return {code: language_name(code, reader) for code in _codes()}
