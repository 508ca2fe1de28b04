"""What every way in gives for a resource: a draft, a refusal with its place, or a remark on what was lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

import pycountry

from hueandcry.exchange.countries import is_code
from hueandcry.exchange.drafts import Loss, Refusal
from hueandcry.exchange.text import clean

KINDS: Final = ("organisation", "course", "tool", "publication", "laboratory", "fund", "programme")
LEVELS: Final = ("A1", "A2", "B1", "B2", "C1", "C2", "native")  # CEFR, Council of Europe 2001; native above all
COSTS: Final = ("free", "at cost", "paid", "unknown")
LONGEST_TITLE, LONGEST_ABOUT = 300, 10_000
MOST_LISTED = 300  # countries, languages, aspects of one resource


class Unfit(ValueError):
    """A draft that cannot be stored; ``part`` names the field, the message says why."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(reason)
        self.part, self.reason = part, reason


@dataclass(slots=True)
class ResourceDraft:
    """A resource as somebody tells of it. Languages are ISO 639-1 (639-3 where there is none), countries ISO 3166-1
    alpha-2; ``everywhere`` says that it serves any country. ``details`` is what its kind alone has, fit for JSON."""

    kind: str
    title: str
    place: str = ""  # where in a file it stands
    about: str = ""
    language: str = ""  # in which title and about are written
    provider: str = ""
    url: str = ""
    identifier: str = ""
    countries: tuple[str, ...] = ()
    everywhere: bool = False
    languages: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    cost: str = "unknown"
    amount: Decimal | None = None
    currency: str = ""
    evidence: str = ""
    starts: date | None = None
    ends: date | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


Draft = ResourceDraft | Refusal | Loss


def fit(draft: ResourceDraft, *, kinds: tuple[str, ...] = KINDS) -> ResourceDraft:
    """The draft cleaned and cut to what is stored. Raises Unfit for what cannot be a resource."""
    title = _line(draft.title, LONGEST_TITLE)
    if not title:
        raise Unfit("title", "it has no title")
    if draft.kind not in kinds:
        raise Unfit("kind", f'"{_line(draft.kind, 40)}" is no kind of resource; there are {", ".join(kinds)}')
    if draft.cost not in COSTS:
        raise Unfit("cost", f'"{_line(draft.cost, 40)}" is no cost; there are {", ".join(COSTS)}')
    if draft.starts and draft.ends and draft.ends < draft.starts:
        raise Unfit("ends", "it ends before it starts")
    return replace(
        draft,
        title=title,
        about=clean(draft.about.strip(), LONGEST_ABOUT),
        provider=_line(draft.provider, 300),
        url=address(draft.url),
        identifier=_line(draft.identifier, 300),
        countries=_countries(draft.countries),
        languages=_languages(draft.languages),
        language=language(draft.language) if draft.language else "",
        aspects=_once(_line(each, 40) for each in draft.aspects),
        currency=_currency(draft.currency),
        evidence=clean(draft.evidence.strip(), 2_000),
    )


def _currency(code: str) -> str:
    code = code.strip().upper()
    if code and pycountry.currencies.get(alpha_3=code) is None:
        raise Unfit("cost", f'"{_line(code, 10)}" is no currency by ISO 4217')
    return code


def address(url: str) -> str:
    """An address of the web as it is stored; "" for none. Raises Unfit for what a browser should not open."""
    url = _line(url, 2_000)
    if not url:
        return ""
    if "://" not in url and " " not in url and "." in url.partition("/")[0]:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in url
    except ValueError:
        fits = False
    if not fits:
        raise Unfit("url", f'"{url[:80]}" is no address of the web')
    return url


def language(word: str) -> str:
    """The code of a language by its code or English name. Raises Unfit."""
    word = _line(word, 60).lower().replace("_", "-")
    code = word.partition("-")[0] if len(word.partition("-")[0]) in (2, 3) else word
    known = pycountry.languages
    found = known.get(alpha_2=code) or known.get(alpha_3=code) or known.get(name=word.title())
    if found is None:
        raise Unfit("languages", f'"{word}" is no language that we know')
    return str(getattr(found, "alpha_2", found.alpha_3))


def _languages(words: tuple[str, ...]) -> tuple[str, ...]:
    return _once(language(word) for word in words)


def _countries(codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if not is_code(code):
            raise Unfit("countries", f'"{_line(code, 40)}" is no country by ISO 3166-1')
    return _once(codes)


def _once(words: Any) -> tuple[str, ...]:
    found = tuple(sorted({word for word in words if word}))
    if len(found) > MOST_LISTED:
        raise Unfit("countries", f"more than {MOST_LISTED} entries in one list")
    return found


def _line(text: str, most: int) -> str:
    return clean(" ".join(text.split()), most)
