"""Countries and languages in the reader's language, aspects of capacity: how one is called, what a form offers."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404
from django.utils.translation import get_language

from hueandcry.capacity.assessment.model import model
from hueandcry.exchange.countries import is_code
from hueandcry.web import countries, languages


def country(code: str) -> str:
    """What a country is called."""
    return countries.country_name(code, get_language() or "en")


def addressed(code: str) -> str:
    """The country that an address names. Raises Http404 where it names none, or not in capitals."""
    if not is_code(code) or code != code.upper():
        raise Http404
    return code


def country_choices() -> list[tuple[str, str]]:
    """Every country by name; Kosovo among them, by the code that the EU and the IMF use."""
    return countries.by_name(get_language() or "en", also=("XK",))


def language(code: str) -> str:
    """What a language is called."""
    return languages.language_name(code, get_language() or "en")


def language_choices(codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """These languages by name; every one of ISO 639-1 where none are named."""
    wanted = languages.codes() if codes is None else codes
    return sorted(((code, language(code)) for code in wanted), key=lambda pair: (pair[1], pair[0]))


def aspect_choices() -> list[tuple[str, str]]:
    """Every aspect of capacity, in the order of the model."""
    return [(each.id, f"{each.id} {each.name}") for each in model().aspects.values()]
