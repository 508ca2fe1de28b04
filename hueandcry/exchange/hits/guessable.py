"""Which values can be tried one after the other, and how trying them looks. Pure; no Django here.

Of such a type there are so few values, or they lie so close together, that a program can go through all of them: ten
thousand million phone numbers, not 2 to the 256 file hashes. They have a budget of their own (docs/hits.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Address

# hueandcry_guessable in migrations/0009_hits_rules.sql says the same; a test compares them.
GUESSABLE = frozenset(
    {
        *("ipv4-addr", "ip-range", "phone-number", "iban", "bic", "payment-card", "identity-document", "person-name"),
        *("mac-addr", "autonomous-system", "port", "vulnerability", "ja3", "x509-serial", "user-account"),
    }
)
NEIGHBOURHOOD = 1_000  # numbers in a row that count as one neighbourhood
# Values asked for of one neighbourhood in one day that look like going through it. Real lists do hold neighbours: a
# block of rented numbers, a /24 that scans; twenty-five is more than the reports of one such case hold as a rule.
MANY = 25


def number_of(type: str, value: str) -> int | None:  # noqa: A002
    """The place of a value among its neighbours; None where its type has no order that anybody would go along."""
    if type == "ipv4-addr":
        return int(IPv4Address(value))
    if type not in ("phone-number", "iban", "identity-document", "payment-card", "autonomous-system"):
        return None
    if type == "iban":  # its check digits change with every number, so they are no part of the order
        value = value[:2] + value[4:]
    digits = "".join(c for c in value if c.isdigit())
    return int(digits) if digits else None


def neighbourhoods(values: Iterable[tuple[str, str]]) -> Counter[str]:
    """How many of these (type, value) lie in each neighbourhood, by its name: ``phone-number +35191234``.

    Different values are counted; one that comes twice is one.
    """
    found: Counter[str] = Counter()
    for type_, value in set(values):
        number = number_of(type_, value)
        if number is not None:
            start = value[:2] if type_ in ("iban", "identity-document") else ""
            found[f"{type_} {start}{number // NEIGHBOURHOOD}"] += 1
    return found
