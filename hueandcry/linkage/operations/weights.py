"""What a shared value tells by its type, before anything is known of who shares it. Pure.

How telling a type is, the exchange says (``TYPES``: 1 unique by construction, .5 where strangers share it daily). Here
stands what linking crimes needs besides: which types are one kind of means, so that a URL and its host count once, and
how long a value may rest before it is likely to be somebody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from hueandcry.exchange.observables import TYPES

Family = Literal["name", "address", "money", "telephone", "handle", "file", "trace", "words"]

# A mail address implies its domain, a URL its host, one hash of a file the others: within a family values repeat each
# other, so only agreement across families confirms.
FAMILIES: tuple[Family, ...] = ("name", "address", "money", "telephone", "handle", "file", "trace", "words")
_FAMILY: Mapping[str, Family] = MappingProxyType(
    {
        **dict.fromkeys(("domain-name", "hostname", "url", "email-addr"), "name"),
        **dict.fromkeys(("ipv4-addr", "ipv6-addr", "ip-range", "autonomous-system", "port"), "address"),
        **dict.fromkeys(("iban", "bic", "payment-card"), "money"),
        "phone-number": "telephone",
        "user-account": "handle",
        **dict.fromkeys(("email-subject", "text", "person-name", "identity-document"), "words"),
        **dict.fromkeys(("vulnerability", "user-agent", "ja3", "mac-addr", "windows-registry-key", "mutex"), "trace"),
    }
)

# Days that a value may rest between two uses and still be the same holder's. An address is let to the next customer
# within weeks; a domain falls free about a year after it is no longer paid for (ICANN: one year's registration, 45
# days' grace, 30 days' redemption); a telephone number goes to somebody new after months of quarantine; an account with
# a bank or a handle may be closed and is not given out again, and a key or the digest of a file is nobody else's ever.
FOR_EVER = 36_500
_RESTS: Mapping[Family, int] = MappingProxyType(
    {"address": 90, "name": 440, "telephone": 270, "handle": 1_100, "money": 1_100, "trace": 180, "words": 90}
)
_KEYS = ("btc-address", "ltc-address", "doge-address", "dash-address", "eth-address", "trx-address", "xmr-address")

# Who is said to have used a value. What is a victim's ties no crimes: whoever is robbed twice is no criminal. Of what
# nobody says whose it is, half is beside the point.
ROLES: Mapping[str, float] = MappingProxyType({"attacker": 1.0, "mule": 1.0, "unknown": 0.5, "victim": 0.0})


def family(kind: str) -> Family:
    """The family of a type of observable; a file's traces where it is none of the others."""
    if kind.endswith("-address"):
        return "money"
    return _FAMILY.get(kind, "file")


def rest(kind: str) -> int:
    """Days that a value of this type may rest and still tie what comes before to what comes after."""
    return FOR_EVER if kind in _KEYS else _RESTS.get(family(kind), FOR_EVER)


def ties(kind: str) -> bool:
    """Whether a value of this type may tie crimes: a thing that criminals use, and no words that describe the crime,
    since crimes of one kind in one language are described in the same words."""
    return kind in TYPES and TYPES[kind].means and family(kind) != "words"
