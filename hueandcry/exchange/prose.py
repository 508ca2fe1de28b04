"""Observables found in free prose, defanged forms included.

The text is first read with its marks of defanging taken out ("evil[.]com" as "evil.com"), with a map back to where each
character stood. Then each pattern below walks over it once. Every pattern starts where a word starts and repeats a
bounded or possessive number of times, so that hostile text costs linear time. What a pattern finds is believed only
where ``observables.canonical`` believes it too.

One file, though a long one: the order of the patterns decides which of two readings of the same characters stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import phonenumbers

from . import identifiers
from .addresses import DEFANGED, meant
from .drafts import MAX_OBSERVATIONS
from .names import has_known_suffix, is_file_name, public_suffix, word_set
from .observables import Value, canonical, derived, url_host


class Found(NamedTuple):
    """One observable in a text; ``text[start:end]`` is how it stood there. ``valid`` False: it looks like a value of
    type ``claimed`` but fails its checksum; ``type`` is then "text"."""

    type: str
    value: str
    start: int
    end: int
    valid: bool = True
    claimed: str = ""


def find(text: str, region: str = "") -> Iterator[Found]:
    """Each observable in ``text`` in order of place, none overlapping another; never raises.

    ``region`` (ISO 3166-1 alpha-2) is where phone numbers in national form belong; without it only the international
    form is read. Values inside values (the host of a URL) are left to ``observables.derived``. Of each kind (addresses,
    hashes, phones ...) the first ``MAX_OBSERVATIONS`` are read: a caller who gets that many should say that there may
    be more.
    """
    prose = Prose(text, region)
    hits = [hit for scan in _SCANS for hit in islice(scan(prose), MAX_OBSERVATIONS)]
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    free_from = 0
    for value, start, end in hits:
        if start >= free_from:
            free_from = end
            first, last = prose.place(start, end)
            yield Found(value.type, value.value, first, last, value.valid, value.claimed)


class Hit(NamedTuple):
    """A value and its place in the plain text."""

    value: Value
    start: int
    end: int


_MARKS = re.compile(rf"(?P<scheme>\[://\])|(?P<slash>\[/\])|{DEFANGED.pattern}", re.IGNORECASE)


class Prose:
    """A text without its marks of defanging, and the way back to the text as it was."""

    def __init__(self, text: str, region: str = "") -> None:
        self.region = region
        self._from: list[int] = []  # place in the plain text from which on ...
        self._shift: list[int] = []  # ... the original is so many characters further
        self.plain = self._taken_out(text)

    def _taken_out(self, text: str) -> str:
        pieces: list[str] = []
        at = length = shift = 0
        for mark in _MARKS.finditer(text):
            put = "://" if mark["scheme"] else "/" if mark["slash"] else meant(mark)
            pieces += (text[at : mark.start()], put)
            length += mark.start() - at + len(put)
            shift += mark.end() - mark.start() - len(put)
            at = mark.end()
            self._from.append(length)
            self._shift.append(shift)
        return "".join((*pieces, text[at:]))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where ``plain[start:end]`` stood in the original."""
        return self._original(start), self._original(end - 1) + 1

    def _original(self, index: int) -> int:
        step = bisect_right(self._from, index)
        return index + (self._shift[step - 1] if step else 0)

    def is_defanged(self, start: int, end: int) -> bool:
        """Whether somebody put marks into it: it is meant as an address, then."""
        first, last = self.place(start, end)
        return last - first != end - start

    def before(self, index: int, length: int = 40) -> str:
        """The few characters in front, for words that tell what is meant."""
        return self.plain[max(0, index - length) : index]


Scan = Callable[[Prose], Iterator[Hit]]


def _scan(pattern: str, name: str, believed: Callable[[Prose, re.Match[str]], bool] | None = None) -> Scan:
    """A scan for a pattern whose whole match is a value of type ``name``."""
    compiled = re.compile(pattern)

    def scan(prose: Prose) -> Iterator[Hit]:
        for match in compiled.finditer(prose.plain):
            if believed is None or believed(prose, match):
                value = canonical(name, match[0])
                if value.valid:
                    yield Hit(value, match.start(), match.end())

    return scan


# -- URLs, domains, e-mail ----------------------------------------------------------------------------------------

# Where a URL ends in prose: white space, quotes, angle brackets, CJK and typographic punctuation; or where the next
# begins after a comma.
_URL_CHAR = r"(?:(?![,;]h[tx]{2}ps?:)[^\s<>\"`{}|\\^\u3001\u3002\u00ab\u00bb\u201c-\u201e\u2026\uff0c\uff1b])"
_URL = re.compile(
    r"(?<![A-Za-z0-9])(?:h[tx*]{2}ps?|f[tx]ps?|sftp|wss?|tcp|udp|ldaps?|smb|tg)://" + _URL_CHAR + r"{2,2048}+",
    re.IGNORECASE,
)
_TLD = r"[^\W\d_][\w-]{1,62}+"
_DOTTED = rf"(?:[\w-]{{1,63}}+\.){{1,10}}{_TLD}"
_DOMAIN = re.compile(rf"(?<![\w@.\-/\\])({_DOTTED})(?![\w@(-]|\.\w)((?::[0-9]{{1,5}})?/{_URL_CHAR}{{1,2048}}+)?")
_EMAIL = re.compile(rf"(?<![\w.%+\-])[\w.%+\-]{{1,64}}+@{_DOTTED}")
_NO_DOMAIN = word_set("asp.net vb.net ado.net")  # products that look like one
# Endings of files that are a country's as well: a domain after all where it stands under one of the country's own.
_ALSO_DOMAINS = word_set("md py sh ps")
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def _trimmed(text: str) -> str:
    """``text`` without the punctuation of the sentence around it: "https://a.b/(c))." ends after "(c)"."""
    surplus = {closer: text.count(closer) - text.count(opener) for closer, opener in _CLOSERS.items()}
    end = len(text)
    while end:
        last = text[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in ".,;:!?'*_~’":
            break
        end -= 1
    return text[:end]


def _urls(prose: Prose) -> Iterator[Hit]:
    for match in _URL.finditer(prose.plain):
        written = _trimmed(match[0])
        value = canonical("url", written)
        host = url_host(value.value) if value.type == "url" else ""
        if "." in host or ":" in host:
            yield Hit(value, match.start(), match.start() + len(written))


def _domains(prose: Prose) -> Iterator[Hit]:
    for match in _DOMAIN.finditer(prose.plain):
        start, end = match.span(1)
        value = canonical("domain-name", match[1])
        if value.type != "domain-name" or not _is_domain(prose, match, value.value):
            continue
        path = _trimmed(match[2] or "")
        if len(path) > 1 and (url := canonical("url", match[1] + path)).type == "url":
            yield Hit(_account_or(url), start, end + len(path))
        else:
            yield Hit(value, start, end)


def _account_or(url: Value) -> Value:
    """ "t.me/name" is how people write an account; other addresses without a scheme are taken as they are."""
    return next((value for value in derived(url) if value.type == "user-account"), url)


def _is_domain(prose: Prose, match: re.Match[str], domain: str) -> bool:
    """Not "report.pdf", "end.Next" or "ASP.NET"; whoever defanged it has told us that it is one."""
    if not has_known_suffix(domain):
        return False
    if prose.is_defanged(*match.span(1)):
        return True
    tld = match[1].rpartition(".")[2]
    if "_" in domain or domain in _NO_DOMAIN or (tld != tld.lower() and match[1] != match[1].upper()):
        return False
    return not is_file_name(match[1]) or domain.startswith("www.") or _is_domain_after_all(domain)


def _is_domain_after_all(domain: str) -> bool:
    """ "finance.gov.md", but not "readme.md"."""
    suffix = public_suffix(domain)
    return "." in suffix and suffix.rpartition(".")[2] in _ALSO_DOMAINS


# -- IP and MAC addresses -----------------------------------------------------------------------------------------

_VERSION = re.compile(
    r"(?:versions?|ver\.?|v\.?|build|release|firmware|section|chapter|clause|§)\s{0,2}[:=]?\s{0,2}$", re.IGNORECASE
)
_QUAD = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_IPV4 = rf"(?<![\w.\-/]){_QUAD}(?:/[0-9]{{1,2}}(?![\w/]|\.\w)|\s?[-–]\s?{_QUAD}(?![\w.]))?(?![\w]|\.\w|-\w)"
_IPV6 = r"(?<![\w:.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]{1,38}+(?:\.[0-9.]{1,12}+)?(?:/[0-9]{1,3})?(?![\w:])"
_MAC = r"(?<![\w:\-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w:\-])"


def _is_no_version(prose: Prose, match: re.Match[str]) -> bool:
    return not _VERSION.search(prose.before(match.start(), 14))


def _is_no_time(prose: Prose, match: re.Match[str]) -> bool:
    """ "12:30" and "std::" are no addresses: a short form needs "::" and three digits at least."""
    found = match[0]
    return found.count(":") >= 2 and any(c.isdigit() for c in found) and sum(c.isalnum() for c in found) >= 3


# -- hashes -------------------------------------------------------------------------------------------------------

_HASH = re.compile(r"(?<!\w)[0-9a-fA-F]{32,128}+(?!\w)")
_HASH_WORDS = (("imphash", "imphash"), ("ja3", "ja3"), ("thumbprint", "x509"), ("fingerprint", "x509"))


def _hashes(prose: Prose) -> Iterator[Hit]:
    for match in _HASH.finditer(prose.plain):
        if match[0].isdigit() or match[0].isalpha():
            continue
        value = canonical(_hash_type(prose.before(match.start(), 24).lower(), len(match[0])), match[0])
        if value.valid:
            yield Hit(value, match.start(), match.end())


def _hash_type(before: str, length: int) -> str:
    for word, name in _HASH_WORDS:
        if word in before:
            name = {40: "x509-sha1", 64: "x509-sha256"}.get(length, "hash") if name == "x509" else name
            return name if name not in ("imphash", "ja3") or length == 32 else "hash"
    return "hash"


# -- wallets ------------------------------------------------------------------------------------------------------

_BASE58 = re.compile(r"(?<!\w)[13LMDAX9Tr48][1-9A-HJ-NP-Za-km-z]{24,105}+(?!\w)")
_BECH32 = re.compile(r"(?<!\w)(?:bc1|BC1|ltc1|LTC1)[0-9A-Za-z]{11,87}+(?!\w)")
_ETH = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")
_COIN = re.compile(r"bitcoin|btc|wallet|monero|xmr|tron|trx|usdt|litecoin|crypto|address|адрес|кошел", re.IGNORECASE)
# What a Base58 word would be by first character and length, if its checksum fails beside a word that names a coin
_CLAIMS = (
    (re.compile("[13].{25,34}"), "btc-address"),
    (re.compile("T.{33}"), "trx-address"),
    (re.compile("[48].{94}"), "xmr-address"),
)


def _wallets(prose: Prose) -> Iterator[Hit]:
    for pattern in (_BASE58, _BECH32, _ETH):
        for match in pattern.finditer(prose.plain):
            value = canonical("wallet", match[0])
            if not value.valid:
                value = Value("text", value.value, False, _claimed(prose, match))
            if value.claimed or value.valid:
                yield Hit(value, match.start(), match.end())


def _claimed(prose: Prose, match: re.Match[str]) -> str:
    """The type a word with a wrong checksum was meant to have; "" where nothing says that it is a wallet."""
    head = match[0][:3].lower()
    if head[:2] == "0x" or head in ("bc1", "ltc"):
        return {"0x": "eth-address", "bc": "btc-address", "lt": "ltc-address"}[head[:2]]
    if not _COIN.search(prose.before(match.start())) or match[0].isalpha():
        return ""
    return next((name for looks, name in _CLAIMS if looks.fullmatch(match[0])), "")


# -- bank accounts, cards, phones ---------------------------------------------------------------------------------

_IBAN = re.compile(r"(?<!\w)([A-Z]{2})[0-9]{2}(?=[ \u00a0\u202f-]?[A-Z0-9])")
_IBAN_PART = re.compile(r"(?:[ \u00a0\u202f-]?[A-Z0-9]){1,40}")
_BIC = re.compile(
    r"\b(?i:(?:BIC|SWIFT)(?:[ /-](?:code|BIC|SWIFT|number))?)\s{0,2}[:=]?\s{0,2}"
    r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?!\w)"
)
_CARD = re.compile(r"(?<![\w.+\-])[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}(?![\w-]|\.[0-9])")
_CARD_WORD = re.compile(r"card|visa|master|amex|carte|karte|tarjeta|carta|kart|карт|\bPAN\b", re.IGNORECASE)
_GROUPED = re.compile(r"[0-9]{4}([ -])[0-9]{4,6}\1[0-9]{4,5}(?:\1[0-9]{1,4})?")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00(?=[1-9]))[1-9](?:[ ().\-/\u00a0\u2011]{0,2}[0-9]){6,14}(?![\w])")
_MAX_TRIES = 10_000  # candidates that phonenumbers may look at in one text, at some 50 us each


def _ibans(prose: Prose) -> Iterator[Hit]:
    """An IBAN is as long as its country says, however it is spaced, and whatever word follows."""
    for match in _IBAN.finditer(prose.plain):
        length = identifiers.iban_length(match[1])
        body = _IBAN_PART.match(prose.plain, match.start()) if length else None
        end = _after(prose.plain, match.start(), length) if body else 0
        if body is None or end > body.end() or prose.plain[end : end + 1].isalnum():
            continue
        value = canonical("iban", re.sub(r"[^A-Z0-9]", "", prose.plain[match.start() : end]))
        if value.valid or "iban" in prose.before(match.start(), 20).lower():
            yield Hit(value, match.start(), end)


def _after(text: str, start: int, length: int) -> int:
    """Where ``length`` letters and digits from ``start`` on have passed; past any match if the text ends before."""
    for index in range(start, min(len(text), start + 2 * length)):
        length -= text[index].isalnum()
        if length == 0:
            return index + 1
    return len(text) + 1


def _bics(prose: Prose) -> Iterator[Hit]:
    for match in _BIC.finditer(prose.plain):
        value = canonical("bic", match[1])
        if value.valid:
            yield Hit(value, *match.span(1))


def _is_card(prose: Prose, match: re.Match[str]) -> bool:
    """A length and leading digits that a scheme gives out; and digits grouped as on a card, or a word that says so."""
    said = _GROUPED.fullmatch(match[0]) or _CARD_WORD.search(prose.before(match.start(), 60))
    return bool(said) and identifiers.is_branded_card(match[0])


def _phones(prose: Prose) -> Iterator[Hit]:
    for match in islice(_PHONE.finditer(prose.plain), _MAX_TRIES):
        written = match[0]
        while written:  # at most a few groups too many: "+44 20 7946 0018 2021"
            number = identifiers.parsed_phone(re.sub("[\u00a0\u2011]", " ", written))
            if number is not None and phonenumbers.is_valid_number(number):
                yield Hit(canonical("phone-number", written), match.start(), match.start() + len(written))
                break
            written = written.rpartition(" ")[0]


def _national_phones(prose: Prose) -> Iterator[Hit]:
    if not prose.region:
        return
    matcher = phonenumbers.PhoneNumberMatcher(prose.plain[:_MAX_NATIONAL], prose.region.upper(), max_tries=_MAX_TRIES)
    for match in matcher:
        value = canonical("phone-number", phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
        if value.valid:
            yield Hit(value, match.start, match.end)


_MAX_NATIONAL = 200_000  # characters read for numbers in national form: that search is the library's and slow

# -- accounts -----------------------------------------------------------------------------------------------------

_PLATFORM = (
    "telegram|tg|twitter|instagram|tiktok|facebook|discord|snapchat|wechat|whatsapp|signal|skype|threema|wickr|vk|x"
)
_HANDLE = r"[A-Za-z0-9_](?:[A-Za-z0-9_.]{1,30}[A-Za-z0-9_])"
_OF = r"(?:\s(?:handle|channel|group|account|user|username|id|bot|contact|Kanal|канал|compte|cuenta))?"
_ACCOUNTS = (
    re.compile(rf"(?<!\w)(?P<p>{_PLATFORM}){_OF}[\s:(]{{1,3}}@(?P<h>{_HANDLE})", re.IGNORECASE),
    re.compile(rf"(?<!\w)(?P<p>{_PLATFORM}){_OF}\s?:\s?(?P<h>(?=[A-Za-z.]*[0-9_]){_HANDLE})(?![\w/@])", re.IGNORECASE),
    re.compile(
        rf"(?<![\w.])@(?P<h>{_HANDLE})\s(?:on|auf|sur|en|via|in|no|su|op|på|в)\s(?P<p>{_PLATFORM})(?!\w)", re.IGNORECASE
    ),
)


def _accounts(prose: Prose) -> Iterator[Hit]:
    for pattern in _ACCOUNTS:
        for match in pattern.finditer(prose.plain):
            value = canonical("user-account", f"{match['p']}:{match['h']}")
            if value.valid:
                yield Hit(value, *match.span("h"))


_CVE = r"(?i)(?<!\w)CVE-[0-9]{4}-[0-9]{4,19}(?!\w)"
_AS = r"(?<!\w)(?:AS|ASN ?)[1-9][0-9]{1,9}(?!\w)"
_SEGMENT = r"[^\\\s\"'<>|,;]"
_REGISTRY = (  # spaces belong to a key only where another backslash follows: "Windows NT\CurrentVersion and then"
    r"(?<!\w)(?:HKEY_[A-Z_]{4,20}|HK(?:LM|CU|CR|U|CC)):?\\{1,2}"
    rf"(?:{_SEGMENT}{{1,128}}+(?: {_SEGMENT}{{1,64}}+){{0,3}}\\{{1,2}}+){{0,30}}{_SEGMENT}{{1,128}}+(?<![.:)\]])"
)

_SCANS: tuple[Scan, ...] = (
    _urls,
    _scan(_EMAIL.pattern, "email-addr", lambda prose, match: has_known_suffix(match[0].rpartition("@")[2].lower())),
    _domains,
    _scan(_IPV4, "ip", _is_no_version),
    _scan(_MAC, "mac-addr"),
    _scan(_IPV6, "ip", _is_no_time),
    _hashes,
    _wallets,
    _ibans,
    _bics,
    _scan(_CARD.pattern, "payment-card", _is_card),
    _phones,
    _national_phones,
    _accounts,
    _scan(_CVE, "vulnerability"),
    _scan(_AS, "autonomous-system"),
    _scan(_REGISTRY, "windows-registry-key"),
)
