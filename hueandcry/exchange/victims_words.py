"""What people write of a victim in a letter: the number of its case, its postal code, its country. Pure.

    told = victims_words.of("Our postcode is LS1 4AP. Crime reference: 13/260-88 412.")
    told.reference, told.area     # "1326088412", "LS1"

A wrong number ties two crimes together, a missing one only leaves them apart: so a number counts where a word for it
stands before it, and only in the form that such numbers have. Numbers of the sender's own ("our reference"), of orders
and customers, telephone numbers, accounts, dates and sums are none; where a letter names several cases, none counts.
Where the words come from: forms and letters of police, prosecutors and banks of the countries whose languages these
are. Every pattern walks over the text once, with bounded repeats.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from hueandcry.exchange import countries, identifiers, money, prose, victims

MAX_READ: Final = 20_000  # characters of a text that are looked at
MAX_PLACES: Final = 200  # words for a number that are followed up in one text


class Told(NamedTuple):
    """``reference`` canonical as in victims.py, ``area`` likewise, ``country`` ISO 3166-1 alpha-2; "" for none."""

    reference: str = ""
    area: str = ""
    country: str = ""
    losses: tuple[str, ...] = ()


def _any(*words: str) -> str:
    """One of these, the longest first, a blank standing for any white space within a line or a hyphen."""
    listed = sorted((word for line in words for word in line.split(";")), key=len, reverse=True)
    return "(?:" + "|".join(listed).replace(" ", r"[ \t\u00a0-]{1,2}") + ")"


_NUMBER = r"(?:[ \t\u00a0-]?(?:numbers?|num(?:mer|éro|ero)?|n[.°ºo]{1,2}|nr\.?|no\.?|id|#))?"
# Numbers that an authority gives and that others take over
_AUTHORITY = _any(
    "crime reference;crime number;crime ref;police report;police reference;police case;police number;police file",
    "police ref;complaint number;complaint reference;fraud report;action fraud reference;incident report",
    "aktenzeichen;geschäftszeichen;tagebuchnummer;tagebuch-?nr\\.?;strafanzeige;anzeigennummer;anzeigenummer",
    "aktenzeichen der (?:straf)?anzeige;polizeiliche vorgangsnummer;geschäftszahl",
    "(?:numéro|référence|n[°ºo]) (?:de|du|de la) (?:plainte|procès-verbal|pv|procédure);procès-verbal n[°ºo]",
    "p\\.?v\\.? n[°ºo]",
    "(?:número|referencia|n[.°ºo]{1,2}) (?:de|de la|del) (?:denuncia|atestado|diligencias);atestado",
    "diligencias previas",
    "(?:numer|sygnatura|nr) (?:zawiadomienia|akt|akt sprawy|postępowania);sygn\\. akt;sygn\\. sprawy;sygnatura",
    "aangiftenummer;aangifte;proces-verbaalnummer;proces-verbaal;pv-nummer;parketnummer",
    "(?:numero|n[.°ºo]{1,2}) (?:di|della|del) (?:denuncia|querela|procedimento);denuncia;querela;procedimento",
    "nuipc;(?:número|n[.°ºo]{1,2}) (?:da queixa|da denúncia|do inquérito);inquérito",
    "diarienummer;k-nummer;journalnummer;anmeldelsesnummer;anmeldenummer;ilmoitusnumero",
    "spisová značka;sp\\. zn\\.;číslo jednací;ügyszám;bűnügyi szám;dosar penal",
    "номер заяви;номер провадження;єрдр;куcп;кусп;номер уголовного дела",
)
# Numbers of a case, which may be the sender's own
_CASE = _any(
    "case;case file;case reference;case ref;file;file reference;incident;incident reference;ticket;investigation",
    "vorgangsnummer;vorgang;fallnummer;fall;ticketnummer;schadensnummer",
    "(?:numéro|n[°ºo]|référence) (?:de|du) (?:dossier|ticket|l'incident);dossier",
    "(?:número|n[.°ºo]{1,2}) (?:de|del) (?:expediente|caso|incidente);expediente;caso",
    "(?:numer|nr) (?:sprawy|zgłoszenia);sprawa",
    "zaaknummer;zaak;dossiernummer;meldnummer;meldingsnummer",
    "(?:numero|n[.°ºo]{1,2}) (?:di|della) (?:pratica|caso);pratica;fascicolo",
    "processo;(?:número|n[.°ºo]{1,2}) do processo",
    "ärendenummer;sagsnummer;saksnummer;asianumero;номер справи;номер дела",
)
_REFERENCE = _any(
    "reference;ref\\.?;referenz;referenznummer;référence;réf\\.?;referencia;referência;riferimento;rif\\."
)
_OWN = re.compile(
    r"(?<!\w)(?:our|my|your|unser\w{0,2}|mein\w{0,2}|ihr\w{0,2}|notre|mon|ma|votre|vos|nuestr[oa]|mi|su|vuestr[oa]|nasz\w{0,3}"
    r"|mój|moja|wasz\w{0,3}|pa[ńn]stwa|ons|onze|mijn|uw|nostr[oa]|mi[oa]|vostr[oa]|noss[oa]|meu|minha|voss[oa])\s{1,2}$",
    re.IGNORECASE,
)
_TO_AUTHORITY = re.compile(
    r"(?<!\w)(?:police|polizei\w*|kripo|lka|policía|guardia civil|mossos|gendarmerie|procureur|parquet|fiscalía|juzgado"
    r"|policj\w|prokuratur\w{0,2}|komend\w{0,2}"
    r"|politie|officier|polizia"
    r"|carabinieri|questura|procura|polícia|psp|gnr"
    r"|prosecutor\w?|staatsanwaltschaft|action fraud|crime|cybercrime|complaint"
    r"|(?:straf)?anzeige|plainte|denuncia|aangifte)(?!\w)",
    re.IGNORECASE,
)
_LABEL = re.compile(
    rf"(?<![\w-])(?:(?P<authority>{_AUTHORITY})|(?P<case>{_CASE})|(?P<reference>{_REFERENCE}))"
    rf"(?P<number>{_NUMBER})(?!\w)",
    re.IGNORECASE,
)
_NUMBERED = re.compile("num|nr|n[.°º]", re.IGNORECASE)
# Between the word and its number: whose it is, then a sign or a verb; a sign may be all, and so may nothing be.
_BETWEEN = re.compile(
    r"(?P<whose>(?:[ \t\u00a0]\(?[^\W\d_][^\W\d_'’-]{0,20}\)?){0,5}?)"
    r"(?P<says>[ \t\u00a0]{0,2}[:=#]|[ \t\u00a0](?:is|was|lautet|ist|war|est|es|fue|era|è|jest|to|brzmi|é)"
    r"(?=[ \t\u00a0:]))?"
    r"[ \t\u00a0]{0,2}:?[ \t\u00a0]{0,2}[\"'“”„«‘]?(?=(?:[A-Za-z]{1,5}[-/. \u00a0]){0,2}[A-Za-z]{0,5}[0-9])"
)
_OTHERS = re.compile(  # whose number it is after all
    r"(?<!\w)(?:order|invoice|customer|client|account|phone|tel\w{0,6}|fax|mobile|card|tracking|parcel|bestell\w{0,8}|rechnung\w{0,3}"
    r"|kunden\w{0,8}|konto\w{0,6}|commande|facture|client\w?|compte|pedido|factura|cliente|cuenta|zamówieni\w|faktur\w|klient\w{0,2}|konta"
    r"|bestelling|factuur|klant|rekening|ordine|fattura|conto|encomenda|fatura|conta|iban|wallet|not?|kein\w?|pas|nie|geen|non|sin)(?!\w)",
    re.IGNORECASE,
)
_SOLID = re.compile(r"[^\W_](?:[^\W_]|[-/.\\\u2010-\u2015](?=[^\W_])){0,63}+")
# Parts set apart by a blank: each holds a digit; a few letters may stand between, as in "12 Js 345/26"
_PARTS = re.compile(
    r"(?:[ \u00a0](?:[A-Z][A-Za-z]{0,3}[ \u00a0](?=[0-9]))?(?=[A-Za-z/.-]{0,6}[0-9])[^\W_]"
    r"(?:[^\W_]|[-/.](?=[^\W_])){0,30}){1,6}+"
)
_ENDS = re.compile(r"[ \t\u00a0]{0,2}(?:$|[\r\n,;)\]!?\"'”“»’]|\.(?!\w)|[-\u2013\u2014][ \t])")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d\d)(?:T.*)?", re.IGNORECASE
)
_AFTER_SUM = re.compile(r"[ \t\u00a0]{0,2}(?:[€$£¥%]|[A-Za-zł]{2,5}(?!\w))")
_NO_HEAD = frozenset({"TEL", "FAX", "MOB", "IBAN", "BIC", "TLP", "PAP", "VAT", "UST", "IP", "AS"})

_CODE_LABEL = re.compile(
    r"(?<![\w-])(?:post-?code|postal code|zip(?:[ -]code)?|plz|postleitzahl|code postal|código postal|c\.p\."
    r"|kod pocztowy|(?-i:CAP)|codice (?:di avviamento )?postale"
    r"|postnummer|postinumero|psč|irányítószám|cod poștal)(?!\w)"
    r"(?:[ \t\u00a0](?:is|ist|lautet|est|es|è|to|jest|é)(?!\w))?(?:[ \t\u00a0](?:le|el|il|o)(?!\w))?"
    r"[ \t\u00a0]{0,2}:?[ \t\u00a0]{0,2}",
    re.IGNORECASE,
)
_CODE = re.compile(
    r"[A-Za-z]{0,3}-?(?:(?=[A-Za-z]{0,3}[0-9])[A-Za-z0-9]{1,8})"
    r"(?:[ -](?=[A-Za-z0-9]{0,4}[0-9])[A-Za-z0-9]{2,4}(?!\w)|[ ][A-Z]{2}(?!\w))?(?!\w)"
)
_COUNTRY = re.compile(
    r"^[ \t]{0,4}(?:(?:victim'?s )?country|land|pays|país|kraj|paese)[ \t\u00a0]{0,2}:[ \t\u00a0]{0,2}"
    r"([^\W\d_][^\d\r\n:;,.!?()]{1,50})",
    re.IGNORECASE | re.MULTILINE,
)


def of(text: str, country: str = "") -> Told:
    """Read a letter's own words. ``country``: of the victim, where that is known from elsewhere. Never raises.

    Lines that quote somebody else (">") are not the sender's words and are not read.
    """
    own = "\n".join(line for line in text[:MAX_READ].splitlines() if not line.lstrip().startswith((">", "|")))
    number, losses = _reference(own)
    named = {code for found in _COUNTRY.findall(own) if (code := countries.alpha_2(found.strip()))}
    there = country or (named.pop() if len(named) == 1 else "")
    areas = {found for label in _first(_CODE_LABEL, own) if (found := _area(own, label.end(), there))}
    return Told(number, areas.pop() if len(areas) == 1 else "", "" if country else there, losses)


def labelled(words: str, number: str) -> str:
    """A reference whose name stands by itself, as in a comment ("police case number"); "" for another's."""
    found = _LABEL.search(words[:200])
    if (
        not found
        or found["reference"]
        or _OTHERS.search(words[:200])
        or not _is_shared(found, words[: found.start()], words[found.end() : 200])
    ):
        return ""
    return _taken(number.strip(), 0)


def code_after(words: str, country: str = "") -> str:
    """The postal area in words such as "victim, postal code 28195"; "" for none or several."""
    areas = {found for label in _first(_CODE_LABEL, words[:500]) if (found := _area(words, label.end(), country))}
    return areas.pop() if len(areas) == 1 else ""


def _first(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    return [found for found, _ in zip(pattern.finditer(text), range(MAX_PLACES), strict=False)]


def _reference(text: str) -> tuple[str, tuple[str, ...]]:
    """The one number of a case, an authority's before others'."""
    ranks: dict[str, set[str]] = {"authority": set(), "case": set(), "reference": set()}
    for label in _first(_LABEL, text):
        between = _BETWEEN.match(text, label.end())
        if between is None or _OTHERS.search(between["whose"]) or (between["whose"].strip() and not between["says"]):
            continue
        before = text[max(0, label.start() - 30) : label.start()].rpartition("\n")[2]
        says = bool(between["says"] or label["number"] or _NUMBERED.search(label[0]))
        if not _is_shared(label, before, between["whose"], says):
            continue
        number = _taken(text, between.end())
        if number:
            ranks[next(rank for rank in ranks if label[rank])].add(number)
    for numbers in ranks.values():
        if len(numbers) == 1:
            return numbers.pop(), ()
        if numbers:
            return "", (f"{len(numbers)} numbers of cases: none is taken for this one's",)
    return "", ()


def _is_shared(label: re.Match[str], before: str, whose: str, says: bool = True) -> bool:
    """Whether a number under this word is one that others hold as well, and not the sender's own."""
    own = _OWN.search(before)
    if label["authority"]:
        return not own or bool(_TO_AUTHORITY.search(f"{label[0]} {whose}"))
    if label["case"]:
        return says and (not own or bool(_TO_AUTHORITY.search(whose)))
    # a bare "reference" is a case's at the beginning of a line with its sign, or where an authority is named
    return says and not own and (not before.strip() or bool(_TO_AUTHORITY.search(f"{before} {whose}")))


def _taken(text: str, at: int) -> str:
    """The reference that stands there, canonical; "" for what is none, or whose end cannot be told."""
    solid = _SOLID.match(text, at)
    if not solid:
        return ""
    parts = _PARTS.match(text, solid.end())
    end = parts.end() if parts else solid.end()
    if parts and (not _ENDS.match(text, end) or (solid[0].isalpha() and not solid[0].isupper())):
        return ""
    written = text[at:end]
    if parts is None and _AFTER_SUM.match(text, end) and _is_sum(text, written, end):
        return ""
    return "" if _is_something_else(written) else victims.reference(written)


def _is_sum(text: str, written: str, end: int) -> bool:
    sign = _AFTER_SUM.match(text, end)
    word = sign[0].strip() if sign else ""
    return written.replace(".", "").isdigit() and (word in "€$£¥%" or bool(money.currency_of(word)))


def _is_something_else(written: str) -> bool:
    """A date, a telephone number, an account, an address, a hash: whatever word stood before it."""
    plain = written.replace(" ", "").replace("\u00a0", "")
    head = re.match("[A-Za-z]*", plain)
    if _DATE.fullmatch(plain) or (head and head[0].upper() in _NO_HEAD):
        return True
    digits = plain.replace("-", "").replace(".", "")
    if plain.startswith("0") and "/" not in plain and digits.isdigit() and 9 <= len(digits) <= 14:
        return True
    code = re.sub(r"[^A-Za-z0-9]", "", plain).upper()
    iban = re.match("[A-Z]{2}[0-9]{2}", code)
    if iban and identifiers.iban_length(code[:2]) == len(code):
        return True
    return any(True for _ in prose.find(written))


def _area(text: str, at: int, country: str) -> str:
    code = _CODE.match(text, at)
    return victims.area(code[0], country) if code else ""
