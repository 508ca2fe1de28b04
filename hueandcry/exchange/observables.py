"""Observables: each value in one canonical form, with one type.

``canonical`` is on the path of every value that is taken in, so it tries the plain form first and does nothing twice.
What fails its own syntax or checksum stays as "text", marked with the type it was claimed to be. Canonical values are
stable: reading one again gives the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from . import addresses, artefacts, identifiers, wallets
from .drafts import MAX_VALUE
from .names import FREE_MAIL, has_known_suffix, is_file_name, word_set


class Kind(NamedTuple):
    """One type of observable. ``telling``: how much a shared value of it says that two crimes belong together, 0 to 1,
    before warning lists and rarity. ``means``: a thing the criminals used, rather than one that describes people."""

    label: str
    telling: float
    personal: bool = False
    means: bool = True


# Names are those of STIX 2.1 cyber-observables where there is one (section 6). The weights are judgements: 1.0 where a
# value is unique by construction, .8 where one holder has it at a time, .5 and less where strangers share it daily.
TYPES: Mapping[str, Kind] = MappingProxyType(
    {
        "ipv4-addr": Kind("IPv4 address", 0.5),
        "ipv6-addr": Kind("IPv6 address", 0.6),
        "ip-range": Kind("IP range", 0.3),
        "domain-name": Kind("Domain", 0.8),
        "hostname": Kind("Host name", 0.4),
        "url": Kind("URL", 0.9),
        "email-addr": Kind("E-mail address", 0.9, personal=True),
        "email-subject": Kind("E-mail subject", 0.4),
        "mac-addr": Kind("MAC address", 0.7, personal=True),
        "autonomous-system": Kind("Autonomous system", 0.1),
        "port": Kind("Port", 0.05),
        "md5": Kind("MD5", 0.95),
        "sha1": Kind("SHA-1", 1.0),
        "sha224": Kind("SHA-224", 1.0),
        "sha256": Kind("SHA-256", 1.0),
        "sha384": Kind("SHA-384", 1.0),
        "sha512": Kind("SHA-512", 1.0),
        "ssdeep": Kind("ssdeep", 0.9),
        "tlsh": Kind("TLSH", 0.9),
        "imphash": Kind("Import hash", 0.6),
        "ja3": Kind("JA3", 0.3),
        "file-name": Kind("File name", 0.2),
        "file-path": Kind("File path", 0.3),
        "pdb-path": Kind("Debug file path", 0.8),
        "windows-registry-key": Kind("Registry key", 0.3),
        "mutex": Kind("Mutex", 0.6),
        "user-agent": Kind("User agent", 0.2),
        "x509-sha1": Kind("Certificate SHA-1", 0.9),
        "x509-sha256": Kind("Certificate SHA-256", 0.9),
        "x509-serial": Kind("Certificate serial", 0.7),
        "vulnerability": Kind("Vulnerability", 0.15),
        "btc-address": Kind("Bitcoin address", 1.0, personal=True),
        "ltc-address": Kind("Litecoin address", 1.0, personal=True),
        "doge-address": Kind("Dogecoin address", 1.0, personal=True),
        "dash-address": Kind("Dash address", 1.0, personal=True),
        "eth-address": Kind("Ethereum address", 1.0, personal=True),
        "trx-address": Kind("Tron address", 1.0, personal=True),
        "xrp-address": Kind("XRP Ledger address", 0.6, personal=True),  # exchanges share one, told apart by a tag
        "xmr-address": Kind("Monero address", 1.0, personal=True),
        "iban": Kind("IBAN", 1.0, personal=True),
        "bic": Kind("BIC", 0.1),
        "payment-card": Kind("Payment card, masked", 0.6, personal=True, means=False),  # several cards share a mask
        "phone-number": Kind("Phone number", 0.9, personal=True),
        "user-account": Kind("Account", 0.9, personal=True),
        "person-name": Kind("Person's name", 0.2, personal=True, means=False),
        "identity-document": Kind("Identity document", 0.9, personal=True, means=False),
        "text": Kind("Text", 0.1, means=False),
    }
)


class Value(NamedTuple):
    """One value in canonical form; the fields are those of ``drafts.Observation``. ``valid`` False: ``type`` is "text",
    ``value`` stands as received and ``claimed`` is the type it failed to be."""

    type: str
    value: str
    valid: bool = True
    claimed: str = ""


Typed = tuple[str, str]
Reader = Callable[[str], Typed | None]


def _words(name: str) -> Reader:
    """A reader of free words under ``name``: anything but nothing."""
    return lambda text: (name, text) if text else None


def _hash_readers() -> dict[str, Reader]:
    return {name: artefacts.hex_of(name, length) for length, name in artefacts.HASH_LENGTHS.items()}


# Type -> how it is read. After the line: names for "whichever of these it is", which are no types themselves.
_READERS: dict[str, Reader] = {
    **{name: _words(name) for name in ("email-subject", "pdb-path", "mutex", "user-agent", "person-name", "text")},
    **_hash_readers(),
    "identity-document": lambda text: ("identity-document", text.upper()) if text else None,
    "ipv4-addr": addresses.ip,
    "ipv6-addr": addresses.ip,
    "ip-range": addresses.ip,
    "domain-name": addresses.domain,
    "hostname": addresses.hostname,
    "url": addresses.url,
    "email-addr": addresses.email,
    "mac-addr": addresses.mac,
    "autonomous-system": addresses.autonomous_system,
    "port": addresses.port,
    "ssdeep": artefacts.ssdeep,
    "tlsh": artefacts.tlsh,
    "imphash": artefacts.hex_of("imphash", 32),
    "ja3": artefacts.hex_of("ja3", 32),
    "file-name": artefacts.file_name,
    "file-path": artefacts.file_path,
    "windows-registry-key": artefacts.registry_key,
    "x509-sha1": artefacts.fingerprint("x509-sha1", 40),
    "x509-sha256": artefacts.fingerprint("x509-sha256", 64),
    "x509-serial": artefacts.serial,
    "vulnerability": artefacts.vulnerability,
    "btc-address": wallets.bitcoin,
    "ltc-address": wallets.litecoin,
    "doge-address": wallets.dogecoin,
    "dash-address": wallets.dash,
    "eth-address": wallets.ethereum,
    "trx-address": wallets.tron,
    "xrp-address": wallets.ripple,
    "xmr-address": wallets.monero,
    "iban": identifiers.iban,
    "bic": identifiers.bic,
    "payment-card": identifiers.payment_card,
    "phone-number": identifiers.phone,
    "user-account": identifiers.user_account,
    # ---
    "hash": artefacts.any_hash,
    "ip": addresses.ip,
    "host": addresses.hostname,
    "wallet": wallets.wallet,
}

# Zero-width and direction marks, soft hyphen: pasted along unseen, and used to hide what a name really is. The two
# joiners stay (U+200C, U+200D): IDNA 2008 allows them where a script needs them.
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ud800-\udfff]"
)
_BREAKS = re.compile(r"[\t-\r\x85\u2028\u2029]+")


def clean(raw: str) -> str:
    """``raw`` trimmed, in NFC, without control characters (line breaks become a space), cut at ``MAX_VALUE``."""
    if raw.isascii() and raw.isprintable():
        return raw.strip()[:MAX_VALUE].rstrip()
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", _BREAKS.sub(" ", raw[: 4 * MAX_VALUE])))
    return text.strip()[:MAX_VALUE].rstrip()


def canonical(type: str, raw: str, region: str = "") -> Value:  # noqa: A002
    """The canonical form of ``raw`` as a value of ``type`` (one of ``TYPES``, or "hash", "ip", "host", "wallet").

    Never raises: what fails its syntax or checksum, is longer than ``MAX_VALUE`` or has an unknown type becomes a
    "text" with ``valid`` False. An address may turn out to be of a neighbouring type: "1.2.3.0/24" as ipv4-addr is an
    ip-range, an address claimed as a domain is an address. ``region``: ISO 3166-1 alpha-2 of national phone numbers.
    """
    text = clean(raw)
    reader = _READERS.get(type)
    found: Typed | None = None
    if reader is not None and 0 < len(text) < MAX_VALUE:
        found = identifiers.phone(text, region) if region and type == "phone-number" else reader(text)
    if found is not None and len(found[1]) < MAX_VALUE:
        return Value(*found)
    if type == "payment-card":
        text = identifiers.masked(text)
    return Value("text", text, False, type)


def refang(text: str) -> str:
    """``text`` with the marks taken out that keep people from clicking: hxxp, [.], (dot), [at], [:]//."""
    return re.sub(r"\bh[xX*]{2}p(s?)(?=:|\[:|\(:)", r"http\1", addresses.plain_dots(text), flags=re.IGNORECASE)


# -- the type of a lone value -------------------------------------------------------------------------------------


def _is_file(text: str) -> bool:
    return bool(re.fullmatch(r"[^\\/:*?\"<>|]{1,200}\.[A-Za-z0-9]{1,10}", text)) and is_file_name(text)


# In this order, the first that accepts it: (what it must look like, type).
_GUESSES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"[a-z][a-z0-9+.*-]{1,31}\s?(?::|\[:|\(:|\[:/).{2,}", "url"),
        (r"[0-9a-f]{32,128}", "hash"),
        (r"T1[0-9a-f]{70}", "hash"),
        (r"[0-9]{1,10}:[a-z0-9+/]{3,64}:[a-z0-9+/]{3,64}.*", "ssdeep"),
        (r"[a-z0-9]{25,106}|(?:bc1|ltc1)[a-z0-9]{8,}", "wallet"),
        (r"0x[0-9a-f]{40}", "eth-address"),
        (r"[a-z]{2}[0-9]{2}[a-z0-9 -]{10,50}", "iban"),
        (r"cve-.*|ghsa-.*", "vulnerability"),
        (r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", "mac-addr"),
        (r"[0-9a-f:.\[\](){}dot/ –-]{2,200}", "ip"),
        (r"asn? ?[0-9]{1,10}", "autonomous-system"),
        (r"(?:hk|\\registry).*\\.*", "windows-registry-key"),
        (r".*(?:@|[\[({]at[\])}]).+", "email-addr"),
        (r"(?:\+|00)[0-9 ()./-]{6,30}", "phone-number"),
    )
)


def guess(raw: str, region: str = "") -> Value:
    """The type of a lone value (a CSV cell, a search box), in canonical form; "text" where it is none of them.

    Never raises. A scheme-less URL needs a path and a known public suffix; a payment card needs a length and leading
    digits that some scheme gives out; an account needs a known platform in front ("telegram:name").
    """
    text = clean(raw)
    for looks, name in _GUESSES:
        if looks.fullmatch(text):
            value = canonical(name, text, region)
            if value.valid and (value.type != "url" or "//" in text):
                return value
    return _guess_by_words(text, region) or canonical("text", text)


def _guess_by_words(text: str, region: str) -> Value | None:
    if re.fullmatch("[0-9][0-9 -]{11,22}", text) and identifiers.is_branded_card(text):
        return canonical("payment-card", text)
    if region and (phone := canonical("phone-number", text, region)).valid:
        return phone
    if identifiers.has_known_platform(text):
        return canonical("user-account", text)
    if re.match(r"[A-Za-z]:\\|%[A-Za-z]+%\\|\\\\[^\\]|/[^/ ]+/", text):
        return canonical("file-path", text)
    return _guess_dotted(text)


def _guess_dotted(text: str) -> Value | None:
    if "/" not in text and _is_file(text):
        return canonical("file-name", text)
    value = canonical("url", text)
    if value.type == "text":
        return None
    host = url_host(value.value) if value.type == "url" else value.value
    return value if value.type not in ("url", "domain-name") or has_known_suffix(host) else None


# -- values within values -----------------------------------------------------------------------------------------

_PROFILE = re.compile(
    r"https?://(?:www\.|m\.|mobile\.)?([a-z0-9.-]+)/(?:s/|@|in/|user/|c/)?@?([A-Za-z0-9_.-]{3,64})/?(?:\?.*)?"
)
_PROFILE_HOSTS = {
    "t.me": "telegram",
    "telegram.me": "telegram",
    "x.com": "x",
    "twitter.com": "x",
    "instagram.com": "instagram",
    "tiktok.com": "tiktok",
    "github.com": "github",
    "facebook.com": "facebook",
}
# First parts of those sites' addresses that are no person's
_NO_HANDLE = word_set(
    "joinchat share home login search explore intent hashtag i p reel reels tv groups pages sharer watch events about "
    "privacy terms help settings features topics marketplace orgs addstickers proxy socks iv setlanguage"
)


def derived(value: Value) -> tuple[Value, ...]:
    """What a value holds besides itself, for readers to add.

    Of a URL its host, and on sites such as t.me the account; of an e-mail address its domain, unless a free-mail
    provider's. Nothing of anything else, or of an invalid value.
    """
    if value.type == "url":
        return (*_host(value.value), *_account(value.value))
    if value.type == "email-addr":
        domain = value.value.rpartition("@")[2]
        return () if domain in FREE_MAIL else (Value("domain-name", domain),)
    return ()


def url_host(url: str) -> str:
    """The host of a canonical URL, brackets off; "" where it has none (file:///...)."""
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    return authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]


def _host(url: str) -> tuple[Value, ...]:
    host = url_host(url)
    found = addresses.ip(host) or addresses.domain(host) if host else None
    return (Value(*found),) if found else ()


def _account(url: str) -> tuple[Value, ...]:
    match = _PROFILE.fullmatch(url)
    platform = _PROFILE_HOSTS.get(match[1]) if match else None
    if match is None or platform is None or match[2].lower() in _NO_HANDLE:
        return ()
    return (canonical("user-account", f"{platform}:{match[2]}"),)
