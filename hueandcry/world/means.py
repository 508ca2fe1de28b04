"""The means of criminals, made up but well formed: domains, addresses, wallets, accounts, telephone numbers, hashes.

Whatever has a checksum has a right one. Nothing here is meant: an IP address is any public unicast one and an account
number any of a country's form, so that the real intake takes them; some may by chance belong to somebody.
"""

from __future__ import annotations

import hashlib
import ipaddress
import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import base58
import phonenumbers
from eth_hash.auto import keccak
from schwifty import IBAN

from hueandcry.world.countries import COUNTRIES

KINDS = ("domain", "onion", "ipv4", "email", "iban", "phone", "btc", "eth", "trx", "sha256", "telegram")


class Value(NamedTuple):
    """One value that a crime leaves behind."""

    kind: str
    value: str
    role: str = "attacker"  # attacker, mule, or noise: it has nothing to do with the crime


# What reports hold besides and what means nothing: public resolvers, content networks, link shorteners, large sites.
NOISE = (
    Value("ipv4", "8.8.8.8", "noise"),
    Value("ipv4", "1.1.1.1", "noise"),
    Value("ipv4", "9.9.9.9", "noise"),
    Value("ipv4", "127.0.0.1", "noise"),
    Value("ipv4", "192.168.1.1", "noise"),
    Value("domain", "gmail.com", "noise"),
    Value("domain", "outlook.com", "noise"),
    Value("domain", "cdn.jsdelivr.net", "noise"),
    Value("domain", "ajax.googleapis.com", "noise"),
    Value("domain", "bit.ly", "noise"),
    Value("domain", "t.me", "noise"),
    Value("url", "https://www.google.com/", "noise"),
)
SHARED_HOSTS = 24  # IP addresses that host thousands of sites, good and bad

_FRONT = [
    "secure",
    "login",
    "verify",
    "account",
    "konto",
    "client",
    "online",
    "my",
    "portal",
    "update",
    "parcel",
    "delivery",
    "zustellung",
    "colis",
    "paczka",
    "pay",
    "payment",
    "billing",
    "invoice",
    "refund",
    "capital",
    "invest",
    "trade",
    "prime",
    "crypto",
    "wealth",
    "helpdesk",
    "support",
    "service",
    "care",
    "shop",
    "outlet",
]
_SYLLABLES = [
    "ba",
    "bri",
    "co",
    "da",
    "dra",
    "fe",
    "fi",
    "ga",
    "gro",
    "ka",
    "kle",
    "lo",
    "lu",
    "ma",
    "mi",
    "ne",
    "no",
    "pa",
    "pri",
    "qua",
    "re",
    "ri",
    "sa",
    "ska",
    "ta",
    "tri",
    "va",
    "vel",
    "wo",
    "xa",
    "zu",
]
_SUFFIXES = ("com", "com", "top", "xyz", "icu", "info", "online", "site", "net", "shop", "live", "org", "club", "app")
_FREE = ("gmail.com", "outlook.com", "proton.me", "gmx.net", "mail.com", "yahoo.com")
_FIRST = [
    "anna",
    "marek",
    "ivan",
    "lucia",
    "peter",
    "sofia",
    "daniel",
    "maria",
    "jonas",
    "clara",
    "thomas",
    "elena",
    "victor",
    "nora",
    "paul",
    "irene",
]


def _word(rng: random.Random, syllables: int = 3) -> str:
    return "".join(rng.choice(_SYLLABLES) for _ in range(syllables))


def domain(rng: random.Random, country: str) -> str:
    """A lure's domain under a real public suffix; a random syllable word keeps it from being anybody's name."""
    suffix = (
        country.lower() if rng.random() < 0.15 and country not in {"GB", "NZ", "AU", "KE"} else rng.choice(_SUFFIXES)
    )
    tail = rng.choice(("", "", "-" + rng.choice(_FRONT), str(rng.randrange(10, 99))))
    return f"{rng.choice(_FRONT)}-{_word(rng)}{tail}.{suffix}"


def onion(rng: random.Random, country: str) -> str:
    """A version 3 onion address with its checksum (Tor rend-spec-v3, section 6)."""
    import base64

    key = rng.randbytes(32)
    check = hashlib.sha3_256(b".onion checksum" + key + b"\x03").digest()[:2]
    return base64.b32encode(key + check + b"\x03").decode().lower() + ".onion"


def ipv4(rng: random.Random, country: str) -> str:
    """A public unicast address."""
    while True:
        address = ipaddress.IPv4Address(rng.getrandbits(32))
        if address.is_global and not address.is_multicast:
            return str(address)


def email(rng: random.Random, country: str) -> str:
    """A sender: half with a free provider, half under a domain of its own."""
    name = f"{rng.choice(_FIRST)}.{_word(rng, 2)}{rng.randrange(100)}"
    return f"{name}@{rng.choice(_FREE) if rng.random() < 0.5 else domain(rng, country)}"


def iban(rng: random.Random, country: str) -> str:
    """An account with right check digits, national ones included; half of them abroad."""
    code = country if country in _IBAN_COUNTRIES and rng.random() < 0.5 else rng.choice(_IBAN_COUNTRIES)
    return str(IBAN.random(country_code=code, random=rng))


# Hungary's and Sweden's accounts have check digits of their own, which schwifty cannot make.
_IBAN_COUNTRIES = tuple(c.code for c in COUNTRIES if c.iban and c.code not in {"HU", "SE"})


@cache
def _mobile(country: str) -> phonenumbers.PhoneNumber:
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        raise ValueError(f"no example of a mobile number for {country}")
    return example


def phone(rng: random.Random, country: str) -> str:
    """A mobile number that the country's plan allows, in E.164; a third call from abroad."""
    code = country if rng.random() < 0.66 else rng.choice(COUNTRIES).code
    example = _mobile(code)
    stem = str(example.national_number)[:-5]
    for _ in range(50):
        number = phonenumbers.PhoneNumber(example.country_code, int(stem + f"{rng.randrange(100_000):05d}"))
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return str(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))


_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _bech32(program: bytes) -> str:
    """A version 0 segwit address (BIP-173)."""
    number = int.from_bytes(program, "big")
    data = [0, *(number >> shift & 31 for shift in range(len(program) * 8 - 5, -1, -5))]
    check = 1
    for value in [3, 3, 0, 2, 3, *data, 0, 0, 0, 0, 0, 0]:  # the human-readable part "bc", expanded
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit in range(5):
            check ^= _GENERATOR[bit] if top >> bit & 1 else 0
    check ^= 1
    return "bc1" + "".join(_CHARSET[v] for v in [*data, *(check >> 5 * (5 - i) & 31 for i in range(6))])


def btc(rng: random.Random, country: str) -> str:
    """A Bitcoin address: Bech32, or Base58Check of either kind."""
    form = rng.random()
    if form < 0.5:
        return _bech32(rng.randbytes(20))
    return base58.b58encode_check((b"\x00" if form < 0.8 else b"\x05") + rng.randbytes(20)).decode()


def eth(rng: random.Random, country: str) -> str:
    """An Ethereum address with the checksum of EIP-55 in its capitals."""
    plain = rng.randbytes(20).hex()
    digest = keccak(plain.encode()).hex()
    return "0x" + "".join(c.upper() if int(d, 16) > 7 else c for c, d in zip(plain, digest, strict=False))


def trx(rng: random.Random, country: str) -> str:
    """A Tron address (Base58Check, version 0x41)."""
    return base58.b58encode_check(b"\x41" + rng.randbytes(20)).decode()


def sha256(rng: random.Random, country: str) -> str:
    """A malware sample's digest."""
    return rng.randbytes(32).hex()


def telegram(rng: random.Random, country: str) -> str:
    """A Telegram handle."""
    return f"@{_word(rng, 2)}_{rng.choice(_FRONT)}{rng.randrange(1000)}"


_MAKERS: dict[str, Callable[[random.Random, str], str]] = {
    "domain": domain, "onion": onion, "ipv4": ipv4, "email": email, "iban": iban, "phone": phone, "btc": btc,
    "eth": eth, "trx": trx, "sha256": sha256, "telegram": telegram,
}  # fmt: skip


def make(kind: str, stream: str, country: str) -> str:
    """The value of one kind that belongs to ``stream``: the same stream gives the same value for ever."""
    return _MAKERS[kind](random.Random(stream), country)
