"""Resources out of a table: CSV of any delimiter and encoding, its columns guessed by name or mapped by hand. Pure.

    found = read(raw, ("4.3.a", ...))            drafts, refusals (line and column), remarks

Opening, delimiters, byte order marks and quoting are those of tables of reports (``exchange.table``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from hueandcry.capacity.register.drafts import COSTS, KINDS, Draft, ResourceDraft, Unfit, fit, language
from hueandcry.exchange.countries import alpha_2, is_code
from hueandcry.exchange.drafts import Loss, Refusal, Unreadable
from hueandcry.exchange.folded import folded
from hueandcry.exchange.table import Row, open_table

MOST_ROWS = 100_000
# What a column may be -> names that it goes by, folded as ``_plain`` folds, in five languages.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("kind", "type", "category", "resource type", "art", "tipo", "categorie"),
    "title": ("title", "name", "resource", "nom", "titre", "nombre", "titulo", "nome", "bezeichnung", "titel"),
    "about": (
        "about",
        "summary",
        "description",
        "abstract",
        "resume",
        "descripcion",
        "resumo",
        "descricao",
        "beschreibung",
    ),
    "written in": ("language of text", "sprache des textes"),
    "provider": (
        "provider",
        "organisation",
        "organization",
        "offered by",
        "publisher",
        "fournisseur",
        "organisme",
        "proveedor",
        "fornecedor",
        "entidade",
        "anbieter",
    ),
    "url": ("url", "website", "link", "address", "web", "site", "site web", "enlace", "sitio web", "adresse web"),
    "identifier": ("identifier", "id", "doi", "isbn", "iati identifier", "reference"),
    "countries": ("countries", "country", "serves", "countries served", "pays", "paises", "pais", "lander", "land"),
    "languages": (
        "languages",
        "language",
        "langues",
        "langue",
        "idiomas",
        "idioma",
        "linguas",
        "lingua",
        "sprachen",
        "sprache",
    ),
    "aspects": ("aspects", "aspect", "capacity aspects", "capacity aspect"),
    "cost": ("cost", "price", "fee", "cout", "prix", "costo", "precio", "custo", "preco", "kosten"),
    "evidence": ("evidence", "proof", "source", "preuve", "evidencia", "prova", "beleg"),
    "starts": ("starts", "start", "starts on", "start date", "from", "debut", "inicio", "beginn"),
    "ends": ("ends", "end", "ends on", "end date", "until", "fin", "fim", "ende"),
}
KIND_WORDS: Final = {
    "organization": "organisation",
    "training": "course",
    "curso": "course",
    "cours": "course",
    "kurs": "course",
    "software": "tool",
    "outil": "tool",
    "herramienta": "tool",
    "ferramenta": "tool",
    "werkzeug": "tool",
    "guide": "publication",
    "report": "publication",
    "handbook": "publication",
    "lab": "laboratory",
    "laboratoire": "laboratory",
    "laboratorio": "laboratory",
    "project": "programme",
    "program": "programme",
    "projet": "programme",
    "fonds": "fund",
    "fondo": "fund",
    "fundo": "fund",
    "grant": "fund",
}
COST_WORDS: Final = {
    "": "unknown",
    "0": "free",
    "none": "free",
    "gratuit": "free",
    "gratis": "free",
    "gratuito": "free",
    "no": "free",
    "yes": "paid",
    "fee": "paid",
    "kostenlos": "free",
}
WORLD: Final = frozenset(
    {"worldwide", "world", "global", "all", "international", "monde", "mundo", "mundial", "weltweit"}
)
_LIST = re.compile(r"[;,/|\n]")
_PRICE = re.compile(
    r"(?P<before>[A-Za-z]{3})? ?(?P<amount>\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,2})?) ?(?P<after>[A-Za-z]{3})?"
)
_PARENTHESES = re.compile(r"\([^()]{0,100}\)")


def guess(header: Collection[str]) -> dict[str, str]:
    """What each column may be, by its name: column -> field; a column that is none is not there."""
    found: dict[str, str] = {}
    for name in header:
        plain = _plain(_PARENTHESES.sub("", name))
        told = next((key for key, names in COLUMNS.items() if plain == key.replace("_", " ") or plain in names), "")
        if told and told not in found.values():
            found[name] = told
    return found


def read(
    raw: bytes, aspects: Collection[str] = (), *, mapping: Mapping[str, str] | None = None, kind: str = ""
) -> Iterator[Draft]:
    """A draft or a refusal for each row. ``aspects``: those there are (none: any is taken); ``mapping``: column ->
    field, instead of the guess; ``kind``: of rows without one. Raises Unreadable where there is no table, or no column
    of titles."""
    table = open_table(raw)
    columns = dict(mapping) if mapping is not None else guess(table.header)
    _check(columns, table.header)
    if table.encoding_guessed:
        yield Loss("line 1", f"the file names no encoding and is not UTF-8; it was read as {table.encoding}")
    left = [name for name in table.header if name not in columns]
    if left:
        yield Loss("line 1", f"columns that were not read: {', '.join(left)[:1_000]}")
    at = {columns[name]: (number, name) for number, name in enumerate(table.header) if name in columns}
    for count, row in enumerate(table.rows, start=1):
        if count > MOST_ROWS:
            raise Unreadable(row.place, f"more than {MOST_ROWS:,} rows in one file")
        yield _row(row, at, aspects, kind)


def _check(columns: Mapping[str, str], header: Collection[str]) -> None:
    for name, told in columns.items():
        if name not in header:
            raise Unreadable("line 1", f'there is no column "{name[:60]}"; there are {", ".join(header)[:500]}')
        if told not in COLUMNS:
            raise Unreadable("line 1", f'"{told[:60]}" is nothing that a column can be; it can be {", ".join(COLUMNS)}')
    if "title" not in columns.values():
        raise Unreadable("line 1", f"no column holds titles; there are {', '.join(header)[:500]}")


Columns = Mapping[str, tuple[int, str]]


def _row(row: Row, at: Columns, aspects: Collection[str], kind: str) -> Draft:
    if row.problem:
        return Refusal(row.place, row.problem)
    cells = {told: row.cells[n].strip() if n < len(row.cells) else "" for told, (n, _name) in at.items()}
    try:
        return fit(_draft(row.place, cells, aspects, kind))
    except Unfit as error:
        column = f', column "{at[error.part][1]}"' if error.part in at else ""
        return Refusal(f"{row.place}{column}", error.reason)


def _draft(place: str, cells: Mapping[str, str], aspects: Collection[str], kind: str) -> ResourceDraft:
    countries, worldwide = _countries(cells.get("countries", ""))
    cost, amount, currency = _cost(cells.get("cost", ""))
    return ResourceDraft(
        kind=_kind(cells.get("kind", "")) or kind or "organisation",
        place=place,
        title=cells.get("title", ""),
        about=cells.get("about", ""),
        language=language(cells["written in"]) if cells.get("written in") else "",
        provider=cells.get("provider", ""),
        url=cells.get("url", ""),
        identifier=cells.get("identifier", ""),
        countries=countries,
        everywhere=worldwide,
        languages=tuple(language(each) for each in _listed(cells.get("languages", ""))),
        aspects=_aspects(cells.get("aspects", ""), aspects),
        cost=cost,
        amount=amount,
        currency=currency,
        evidence=cells.get("evidence", ""),
        starts=_day("starts", cells),
        ends=_day("ends", cells),
    )


def _kind(told: str) -> str:
    word = _plain(told)
    singular = word.removesuffix("s")
    for each in (word, singular, KIND_WORDS.get(word, ""), KIND_WORDS.get(singular, "")):
        if each in KINDS:
            return each
    if word == "laboratories":
        return "laboratory"
    return word


def _countries(told: str) -> tuple[tuple[str, ...], bool]:
    found, worldwide = [], False
    whole = alpha_2(told) if "," in told else ""  # "Korea, Republic of"
    for each in [told] if whole else _listed(told):
        code = alpha_2(each) or _in_portuguese().get(_plain(each), "")
        if _plain(each) in WORLD:
            worldwide = True
        elif code:
            found.append(code)
        else:
            raise Unfit("countries", f'"{each[:80]}" is no country that we know; write its name or ISO 3166-1 code')
    return tuple(found), worldwide


@cache
def _in_portuguese() -> dict[str, str]:
    """Names that ``exchange.countries`` does not know: countries that this register serves first name themselves so."""
    from babel import Locale  # slow to load, and only needed where other names fail

    return {_plain(name): code for code, name in Locale("pt").territories.items() if is_code(code)}


def _aspects(told: str, known: Collection[str]) -> tuple[str, ...]:
    found = tuple(each.lower() for each in _listed(told))
    for each in found:
        if known and each not in known:
            raise Unfit("aspects", f'"{each[:40]}" is no aspect of the maturity model; they are written as 4.3.a')
    return found


def _cost(told: str) -> tuple[str, Decimal | None, str]:
    """(cost, amount, currency) of what a cell tells: "free", "at cost", "EUR 200", "200 EUR"."""
    word = _plain(told)
    if word in COSTS or word in COST_WORDS:
        return COST_WORDS.get(word, word), None, ""
    found = _PRICE.fullmatch(told.strip())
    if found is None:
        raise Unfit("cost", f'"{told[:40]}" is no cost; write free, at cost, paid, or a price as EUR 200')
    amount = Decimal(found["amount"].replace(",", ""))
    return ("paid" if amount else "free"), amount, (found["before"] or found["after"] or "").upper()


def _day(part: str, cells: Mapping[str, str]) -> date | None:
    told = cells.get(part, "")
    if not told:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Unfit(part, f'"{told[:40]}" is no day; days are written as 2026-03-31') from None


def _listed(told: str) -> list[str]:
    return [each.strip() for each in _LIST.split(told) if each.strip()]


def _plain(name: str) -> str:
    kept = "".join(sign if sign.isalnum() else " " for sign in folded(name))
    return " ".join(kept.split())
